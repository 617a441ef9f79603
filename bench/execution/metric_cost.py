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
    others. From a few thousand points on, the components take less than a hundredth of the time. For `levels` see
    `Dataset`.
    """

    label: ClassVar[str] = "Scoring"

    def __init__(self, n_components: int = 2, levels: int | None = None) -> None:
        self.n_components = n_components
        self.levels = levels

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        Z = PCA(self.n_components, svd_solver="covariance_eigh").fit_transform(X)
        y, classes = np.arange(len(X)) % N_CLASSES, tuple(map(str, range(N_CLASSES)))
        data = Dataset("metric cost", X, X[:0], y, None, classes, None, self.levels, "classes assigned in turn")
        self.scores_ = evaluate(Embedding(ReferenceSpace(data), Z))
        return Z
