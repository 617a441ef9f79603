"""What a reducer must be able to do before any check makes sense, step by step: the first failure is the root cause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.commands.contract_checks import make, points
from bench.commands.failures import Failure, class_of, failure_of
from reducers.base import Reducer

NEW_ROWS = 20
"""Rows that are mapped and not fitted."""
FIXES = {
    "__init__": "give every parameter a default, and store each in self under its own name; nothing else",
    "get_params": "store every parameter of __init__ in self, unchanged and under its own name",
    "fit_transform": "correct _fit at this line; X is a read-only float32 array of shape (n_samples, n_features)",
    "transform": "correct _transform at this line; X holds rows that _fit has not seen",
    "inverse_transform": "return one row of features for each position",
    "extras": "return a dictionary of arrays from _extras",
}
"""What to do about a step that fails, if the exception itself tells nothing better."""


@dataclass(frozen=True)
class Stop:
    """The step that failed, and why."""

    step: str
    failure: Failure

    @property
    def ends_all(self) -> bool:
        """Whether there is no reducer to check."""
        return self.step in ("__init__", "get_params")


def first_failure(cls: type[Reducer]) -> Stop | None:
    """Return the first step that a reducer fails, or None."""
    steps = _Steps(cls)
    try:
        steps.take()
    except Exception as error:  # noqa: BLE001 - a reducer may raise anything
        stop = Stop(steps.now, failure_of(error, cls, FIXES[steps.now]))
        if stop.ends_all and stop.failure.place is None:
            return replace(stop, failure=replace(stop.failure, place=class_of(cls)))
        return stop
    return None


class _Steps:
    """The steps, and the one that is taken now."""

    def __init__(self, cls: type[Reducer]) -> None:
        self.cls, self.now = cls, "__init__"

    def take(self) -> None:
        """Take one step after the other; raise what the reducer raises, or AssertionError for a wrong array."""
        self.cls()
        self.now = "get_params"
        assert "n_components" in self.cls().get_params(), "__init__ has no parameter n_components"
        self.now = "__init__"
        reducer = make(self.cls)
        X, new = points()[NEW_ROWS:], points()[:NEW_ROWS]
        X.flags.writeable = False
        self.now = "fit_transform"
        _is_array("fit_transform", reducer.fit_transform(X), (len(X), reducer.n_components))
        if hasattr(reducer, "transform"):
            self.now = "transform"
            _is_array("transform", reducer.transform(new), (len(new), reducer.n_components))
        if hasattr(reducer, "inverse_transform"):
            self.now = "inverse_transform"
            _is_array("inverse_transform", reducer.inverse_transform(reducer.embedding_[:NEW_ROWS]), new.shape)
        if hasattr(reducer, "extras"):
            self.now = "extras"
            _are_extras(reducer.extras(new))


def _is_array(source: str, found: Any, shape: tuple[int, ...]) -> None:
    assert isinstance(found, np.ndarray), f"{source} gives a {type(found).__name__}, but expected a NumPy array"
    assert found.shape == shape, f"{source} gives shape {found.shape}, but expected {shape}"
    assert found.dtype in (np.float32, np.float64), f"{source} gives dtype {found.dtype}, but expected floats"
    assert np.isfinite(found).all(), f"{source} gives NaN or infinity"


def _are_extras(found: Any) -> None:
    assert isinstance(found, dict), f"_extras gives a {type(found).__name__}, but expected a dictionary"
    for name, array in found.items():
        kind = np.asarray(array).dtype.kind
        assert kind in "fiub", f"_extras gives {name!r} of dtype {np.asarray(array).dtype}, but expected numbers"
