"""PCA before another reducer: the step that many do first, for speed."""

from __future__ import annotations

import numpy as np

from reducers.base import Reducer
from reducers.pca import PCA

N_COMPONENTS = 50
"""Principal components kept; of data with fewer rows or columns as many as there are."""


class AfterPCA(Reducer):
    """What a reducer's class is mixed with, so that it sees the first principal components and nothing else.

    Attributes
    ----------
    first_ : PCA
        Fitted on the points.
    """

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        self.first_ = PCA(min(N_COMPONENTS, *X.shape))
        # What follows in the order of classes is the reducer that this is mixed with.
        return super()._fit(self.first_.fit_transform(X), rng)  # type: ignore[safe-super]


class PlacesAfterPCA(AfterPCA):
    """The same of a reducer that can place new points."""

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return super()._transform(self.first_.transform(X))
