"""t-SNE of the first 50 principal components."""

from __future__ import annotations

from reducers.pca import AfterPCA
from reducers.tsne import TSNE


class TSNEAfterPCA(AfterPCA, TSNE):
    """t-SNE of the first 50 principal components; its parameters are those of `TSNE`."""

    label = "t-SNE after PCA"
    by_default = False
