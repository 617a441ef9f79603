"""Test points that are very many are mapped in batches, which bounds the memory of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from reducers.rows import stretch_of

VALUES = 2**26
"""Values of test points that are mapped at once."""


def batches_of(X_test: np.ndarray) -> list[slice]:
    """Return the stretches in which test points are mapped: all at once, unless they are very many."""
    n, step = len(X_test), max(1, VALUES // X_test.shape[1])
    return [slice(start, min(start + step, n)) for start in range(0, n, step)]


def transformed(transform: Callable[[Any], Any], X: np.ndarray, batches: Sequence[slice]) -> Any:
    """Return the positions of points that are mapped batch by batch."""
    if len(batches) == 1:
        return materialised(transform(X))
    return np.concatenate([materialised(transform(stretch_of(X, rows))) for rows in batches])


def inverted(inverse: Callable[[Any], Any], Z: np.ndarray, batches: Sequence[slice]) -> Any:
    """Return what positions are mapped back to; None for several batches, whose results together may be too large."""
    if len(batches) == 1:
        return materialised(inverse(Z))
    for rows in batches:
        materialised(inverse(Z[rows]))
    return None


def materialised(got: Any) -> Any:
    """Return an array as a plain one, and anything else as it is."""
    return np.asarray(got) if isinstance(got, np.ndarray) and not isinstance(got, np.ma.MaskedArray) else got
