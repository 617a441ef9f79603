"""The cost of the scores themselves, measured like a reducer: what evaluating takes compared with embedding."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from sklearn.decomposition import PCA

from bench.datasets import Dataset
from bench.metrics import Embedding, ReferenceSpace, evaluate
from reducers.base import Reducer

N_CLASSES = 10


class MetricCost(Reducer):
    """Two principal components and all scores of them, starting from the data with nothing precomputed.

    A reducer is fitted without labels, so classes are assigned in turn: scores of labels then take as long as with any
    others. From a few thousand points on, the components take less than a hundredth of the time.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    levels : int or None
        `X * levels` are whole numbers (255 for 8-bit pixels); None if the data are not of that kind.
    """

    label: ClassVar[str] = "Scoring"

    def __init__(self, n_components: int = 2, levels: int | None = None) -> None:
        self.n_components = n_components
        self.levels = levels

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        Z = PCA(self.n_components, svd_solver="covariance_eigh").fit_transform(X)
        data = Dataset(
            name="metric cost",
            X=X,
            X_test=X[:0],
            y=np.arange(len(X)) % N_CLASSES,
            y_test=None,
            classes=tuple(map(str, range(N_CLASSES))),
            image_shape=None,
            levels=self.levels,
            provenance="the training points, with classes assigned in turn",
        )
        self.scores_ = evaluate(Embedding(ReferenceSpace(data), Z))
        return Z
