"""t-SNE of the first 50 principal components.

No participant of studies by itself; its name is `reducers/_tsne_after_pca.py:TSNEAfterPCA`.
"""

from __future__ import annotations

from reducers._after_pca import AfterPCA
from reducers.tsne import TSNE


class TSNEAfterPCA(AfterPCA, TSNE):
    """t-SNE of the first 50 principal components; its parameters are those of `TSNE`."""

    label = "t-SNE after PCA"
