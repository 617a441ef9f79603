"""A baseline for `transform`: new points are mapped to the training points that are nearest to them."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import NearestNeighbors

from reducers.pca import PCA


class NeighbourPlacement(PCA):
    """The plane of PCA, into which new points are mapped by their nearest training points, found by an exact search.

    A new point comes to the median position of these points. The search takes nearly all of the time, which therefore
    is that of such a baseline in any other embedding of the same points.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    n_neighbors : int
        Training points whose median position a new point has; 1 copies the position of the nearest.
    svd_solver : str
        Solver of `sklearn.decomposition.PCA`.

    Attributes
    ----------
    search_ : NearestNeighbors
        Fitted on the training points.
    """

    label = "Nearest neighbours (baseline)"
    by_default = False
    references = ("Cover and Hart 1967, Nearest neighbor pattern classification",)

    def __init__(self, n_components: int = 2, n_neighbors: int = 1, svd_solver: str = "covariance_eigh") -> None:
        super().__init__(n_components, svd_solver)
        self.n_neighbors = n_neighbors

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        if not 1 <= self.n_neighbors <= len(X):
            raise ValueError(f"Got n_neighbors={self.n_neighbors}, but expected 1 to n_samples={len(X)}.")
        self.search_ = NearestNeighbors(n_neighbors=self.n_neighbors, algorithm="brute").fit(X)
        return super()._fit(X, rng)

    def _transform(self, X: np.ndarray) -> np.ndarray:
        near = self.search_.kneighbors(X, return_distance=False)
        return np.median(self.embedding_[near], axis=1)
