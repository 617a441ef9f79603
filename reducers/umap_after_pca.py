"""UMAP of the first 50 principal components."""

from __future__ import annotations

import numpy as np

from reducers.pca import AfterPCA
from reducers.umap import UMAP


class UMAPAfterPCA(AfterPCA, UMAP):
    """UMAP of the first 50 principal components; its parameters are those of `UMAP`."""

    label = "UMAP after PCA"
    by_default = False

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return super()._transform(self.pca_first_.transform(X))
