"""The contract of every reducer: scikit-learn's estimator, with the common work done once.

A subclass writes `__init__` (explicit keywords, stored unchanged) and `_fit(X, rng) -> Z`, and, if the method can,
`_transform(X)` and `_inverse_transform(Z)`. Validation, shapes and finiteness are checked here. Public `transform` and
`inverse_transform` exist exactly when the subclass defines the private method: `hasattr` tells.

A method that has more to show than an embedding (its training, what it generates) also writes
`_extras(X) -> {name: array}`. A run calls the public `extras` after everything that is timed and keeps the arrays.

`reducers/README.md` has a whole example, and says what arrives and how to check it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin
from sklearn.utils import Tags, TransformerTags, check_array, check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import FLOAT_DTYPES, check_is_fitted, validate_data

from reducers.errors import InvalidEmbeddingError


def _defines(method: str, advice: str) -> Callable[[Reducer], bool]:
    """Return the check of `available_if`: true if the subclass defines `method`, else an error with advice."""

    def check(reducer: Reducer) -> bool:
        if getattr(reducer, method) is None:
            raise AttributeError(f"{type(reducer).__name__} defines no {method}: {advice}")
        return True

    return check


class Reducer(ClassNamePrefixFeaturesOutMixin, BaseEstimator, ABC):
    """A method that maps points to a few dimensions.

    `TransformerMixin` is deliberately not a base: its output wrapping replaces the conditional `transform`, and
    every reducer would seem to have one.

    Attributes
    ----------
    embedding_ : ndarray of shape (n_samples, n_components)
        The embedding of the points given to `fit`.
    n_features_in_ : int
        Number of features of the points given to `fit`.
    """

    label: ClassVar[str] = ""
    """Name in figures and tables; the class name if it is empty."""
    by_default: ClassVar[bool] = True
    """Whether a study of every reducer includes it; otherwise only studies that name it do. Written as a constant."""
    requires: ClassVar[tuple[str, ...]] = ()
    """Modules that it needs and this project does not install by itself. Written as a constant."""
    quick_params: ClassVar[Mapping[str, Any]] = {}
    """Tiny settings that take the method's usual code path within a second, for warm-up and conformance checks."""
    search_space: ClassVar[Mapping[str, Any]] = {}
    """Parameters that `bench tune` varies: `{"low": 5, "high": 100, "log": True}`, or a list of values, for each."""
    algorithm_changes_at: ClassVar[tuple[int, ...]] = ()
    """Numbers of rows from which the method takes another code path; a warm-up and the data are on one side of them."""
    excused_checks: ClassVar[Mapping[str, str]] = {}
    """Conformance checks that the method cannot pass, with the reason. An excuse that is not needed fails."""
    references: ClassVar[tuple[str, ...]] = ()
    """Where the method was published."""

    n_components: int

    _transform: Any = None
    _inverse_transform: Any = None
    _extras: Any = None

    @abstractmethod
    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        """Learn from `X` and return its embedding.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Checked, C-ordered, float32 or float64 as given; it may be read-only.
        rng : RandomState
            The only source of randomness to draw from; for a library that expects an int, `rng.randint(2**31 - 1)`.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
        """

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the embedding of `X`. Labels `y` are accepted, as scikit-learn's tools pass them, and never used."""
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """Learn the embedding of `X` and return it; `fit` is the same operation.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored

        Returns
        -------
        ndarray of shape (n_samples, n_components)

        Raises
        ------
        InvalidEmbeddingError
            If the method returned something that is no embedding of `X`.
        """
        X = validate_data(self, X, dtype=FLOAT_DTYPES, order="C", ensure_min_samples=2)
        if not isinstance(self.n_components, int | np.integer) or self.n_components < 1:
            raise ValueError(f"Got n_components={self.n_components!r}, but expected an integer of at least 1.")
        self.embedding_ = self._checked(self._fit(X, generator_of(getattr(self, "random_state", None))), len(X), "_fit")
        return self.embedding_

    @available_if(
        _defines(
            "_transform",
            "it embeds only the points it was fitted on. Use fit_transform, or a method with transform.",
        )
    )
    def transform(self, X: Any) -> np.ndarray:
        """Map points, new ones too, into the fitted embedding.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_components)
        """
        check_is_fitted(self, "embedding_")
        X = validate_data(self, X, dtype=FLOAT_DTYPES, order="C", reset=False)
        return self._checked(self._transform(X), len(X), "_transform")

    @available_if(_defines("_inverse_transform", "it has no way back from the embedding to the data."))
    def inverse_transform(self, Z: Any) -> np.ndarray:
        """Map positions in the embedding back to points of the data's space.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_components)

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self, "embedding_")
        return self._inverse_transform(check_array(Z, dtype=FLOAT_DTYPES, order="C"))

    @available_if(_defines("_extras", "it has nothing to keep but its embedding."))
    def extras(self, X: Any) -> dict[str, np.ndarray]:
        """Return what a run keeps of the method besides its embedding: arrays for figures and claims.

        It is called with test points, after everything that is timed. The arrays are float32 or integers and together
        about a megabyte; the method's own documentation describes each.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Test points.

        Returns
        -------
        dict of str to ndarray
        """
        check_is_fitted(self, "embedding_")
        return self._extras(validate_data(self, X, dtype=FLOAT_DTYPES, order="C", reset=False))

    def _checked(self, Z: Any, n_samples: int, source: str) -> np.ndarray:
        """Return `Z` if it is a real, finite embedding of `n_samples` points; raise what is wrong with it if not."""
        where = f"{type(self).__name__}.{source}"
        expected = (n_samples, self.n_components)
        if not isinstance(Z, np.ndarray):
            raise InvalidEmbeddingError(f"Got a {type(Z).__name__} from {where}, but expected a NumPy array.")
        if Z.shape != expected:
            raise InvalidEmbeddingError(f"Got an embedding of shape {Z.shape} from {where}, but expected {expected}.")
        if Z.dtype not in FLOAT_DTYPES[:2]:
            raise InvalidEmbeddingError(
                f"Got an embedding of dtype {Z.dtype} from {where}, but expected float32 or float64."
            )
        bad_rows = np.flatnonzero(~np.isfinite(Z).all(axis=1))
        if bad_rows.size:
            raise InvalidEmbeddingError(
                f"Got NaN or infinity in {bad_rows.size} of {n_samples} rows from {where} (first: row {bad_rows[0]}), "
                "but expected finite numbers."
            )
        return Z

    @property
    def _n_features_out(self) -> int:
        return self.embedding_.shape[1]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags = TransformerTags(preserves_dtype=[])
        return tags


def generator_of(random_state: Any) -> np.random.RandomState:
    """Return the generator of a fit; without a seed a fresh one, so that NumPy's global one is never touched."""
    return np.random.RandomState() if random_state is None else check_random_state(random_state)
