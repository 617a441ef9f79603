"""Random projection: a control that learns nothing from the data."""

from __future__ import annotations

import numpy as np
from sklearn.random_projection import GaussianRandomProjection

from reducers.base import Reducer


class RandomProjection(Reducer):
    """A Gaussian random linear map: it does not look at the data, so a method with better scores has learnt something.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    random_state : int, RandomState or None
        Seed of the map.
    """

    label = "Random projection"
    references = ("Johnson and Lindenstrauss 1984, Extensions of Lipschitz mappings into a Hilbert space",)

    def __init__(self, n_components: int = 2, random_state: int | np.random.RandomState | None = None) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        components = GaussianRandomProjection(self.n_components, random_state=rng).fit(X[:1]).components_
        self.components_ = components.astype(X.dtype)
        return self._transform(X)

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return X @ self.components_.T
