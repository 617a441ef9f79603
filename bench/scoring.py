"""Scoring as a method, measured like every other: what it takes to judge beside what it takes to embed."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from sklearn.decomposition import PCA

from bench.datasets import Dataset
from bench.scores import Case, Original, evaluate
from reducers.base import Reducer

N_CLASSES = 10


class Scoring(Reducer):
    """Two principal components and every score of them, from the data on, with nothing known of the original space.

    Where a method is fitted there are no labels: the classes dealt out here cost the scores of labels as much time
    as any. The components take no hundredth of the whole from a few thousand points on.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    levels : int or None
        `X * levels` are whole numbers (255 for 8-bit pixels); None where the data are not of that kind.
    """

    label: ClassVar[str] = "Scoring"

    def __init__(self, n_components: int = 2, levels: int | None = None) -> None:
        self.n_components = n_components
        self.levels = levels

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        Z = PCA(self.n_components, svd_solver="covariance_eigh").fit_transform(X)
        data = Dataset(
            name="scoring",
            X=X,
            X_test=X[:0],
            y=np.arange(len(X)) % N_CLASSES,
            y_test=None,
            classes=tuple(map(str, range(N_CLASSES))),
            image_shape=None,
            levels=self.levels,
            provenance="the points to fit, with classes dealt out in turn",
        )
        self.scores_ = evaluate(Case(Original(data), Z))
        return Z
