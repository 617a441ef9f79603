"""The base of faulty and hostile reducers: each says in its docstring what it does, and beside it what must come of it.

Those files are imported by the parent, too, to read that: they define classes and do nothing else.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from tests.bench.fakes import WARM_UP_ROWS, Fake


class Hostile(Fake):
    """Keeps the first columns of the data, after having done its mischief. A class is a case if it states a status."""

    status: ClassVar[str] = ""
    """Statuses that are right, as `ok | invalid`."""
    says: ClassVar[str] = ""
    """Part of the reason; several separated by ` | `."""
    notes: ClassVar[str] = ""
    """Part of a note; several separated by ` | `."""
    keeps_fit: ClassVar[bool] = False
    """Whether the cost of the fit is kept, though the run was not successful."""
    fit_s: ClassVar[tuple[float, float]] = (0.0, 60.0)
    """Between which the time of a fit must be."""
    peak_mib: ClassVar[tuple[float, float]] = (0.0, 700.0)
    """Between which the memory of a fit must be, above what was held before."""
    files: ClassVar[str] = ""
    """Pattern of the files that it leaves, for who cleans up."""


class Overrides(Hostile):
    """Overrides `fit`, so that the checks of the base class are never called."""

    def fit(self, X: Any, y: Any = None) -> Self:
        self.n_features_in_ = X.shape[1]
        self.is_real = len(X) > WARM_UP_ROWS
        Z = np.array(X[:, : self.n_components])
        self.embedding_ = self.lie(Z) if self.is_real else Z
        return self

    def fit_transform(self, X: Any, y: Any = None) -> Any:
        return self.fit(X).embedding_

    def lie(self, Z: np.ndarray) -> Any:
        return Z


class OverridesTransform(Overrides):
    """Overrides `transform` as well; it lies only after the real fit."""

    def transform(self, X: Any) -> Any:
        Z = np.array(X[:, : self.n_components])
        return self.lie_of_new(Z) if self.is_real else Z

    def lie_of_new(self, Z: np.ndarray) -> Any:
        return Z


class Inverts(Overrides):
    """Overrides `inverse_transform`, too."""

    def inverse_transform(self, Z: Any) -> Any:
        rebuilt = np.zeros((len(Z), self.n_features_in_), dtype=np.float32)
        return self.lie_of_data(rebuilt) if self.is_real else rebuilt

    def lie_of_data(self, rebuilt: np.ndarray) -> Any:
        return rebuilt
