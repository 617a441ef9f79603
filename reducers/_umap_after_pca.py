"""UMAP of the first 50 principal components.

No participant of studies by itself; its name is `reducers/_umap_after_pca.py:UMAPAfterPCA`.
"""

from __future__ import annotations

from reducers._after_pca import PlacesAfterPCA
from reducers.umap import UMAP


class UMAPAfterPCA(PlacesAfterPCA, UMAP):
    """UMAP of the first 50 principal components; its parameters are those of `UMAP`."""

    label = "UMAP after PCA"
