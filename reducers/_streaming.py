"""Reducers that read points block by block, so that they take a file of bytes without a copy of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from reducers.base import Reducer, _defines, generator_of
from reducers.rows import Rows


class StreamingReducer(Reducer):
    """A reducer whose `_fit`, `_transform` and `_extras` take `Rows` as well as an array, and never copy them.

    A subclass that is handed `Rows` by a study says `streams = True`; to others a study gives float32.
    """

    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """Learn the embedding of `X` and return it; see `Reducer.fit_transform`."""
        if not isinstance(X, Rows):
            return super().fit_transform(X, y)
        self.n_features_in_ = X.shape[1]
        rng = generator_of(getattr(self, "random_state", None))
        self.embedding_ = self._checked(self._fit(X, rng), len(X), "_fit")  # type: ignore[arg-type]
        return self.embedding_

    @available_if(_defines("_transform", "it embeds only the points it was fitted on."))
    def transform(self, X: Any) -> np.ndarray:
        """Map points, new ones too, into the fitted embedding; see `Reducer.transform`."""
        if not isinstance(X, Rows):
            return super().transform(X)
        return self._checked(self._transform(self._checked_rows(X)), len(X), "_transform")

    @available_if(_defines("_extras", "it has nothing to keep but its embedding."))
    def extras(self, X: Any) -> dict[str, np.ndarray]:
        """Return what a run keeps of the method besides its embedding; see `Reducer.extras`."""
        return self._extras(self._checked_rows(X)) if isinstance(X, Rows) else super().extras(X)

    def _checked_rows(self, X: Rows) -> Rows:
        """Return rows if they have as many features as those of the fit."""
        check_is_fitted(self, "embedding_")
        if X.shape[1] != self.n_features_in_:
            raise ValueError(f"Got {X.shape[1]} features, but expected {self.n_features_in_}, as in the fit.")
        return X
