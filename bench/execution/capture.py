"""Arrays for scores and pictures that a worker keeps of a run: they are computed after all timed calls."""

from __future__ import annotations

import traceback
from typing import Any

import numpy as np

from bench.errors import CannotWriteError

REFIT_ROWS = 100
"""Training points that are mapped again, so few that it costs little where `transform` is slow."""
FEW_ROWS = 100
ALONE_ROWS = 10
"""Test points that are mapped again, in a batch of their own and one by one."""

REBUILT_ROWS = 16
GRID_POINTS = 12
"""Points along each axis of an embedding that are mapped back to data, for a picture."""
GRID_SHARE = 0.98
"""Middle share of the training points, along each axis, that these points span."""

Arrays = dict[str, np.ndarray]


def of_reconstructions(rebuilt: np.ndarray, X_test: np.ndarray) -> Arrays:
    """Return the squared error of each reconstructed test point, and the first reconstructions."""
    error = np.square(rebuilt.astype(np.float64) - X_test).sum(axis=1)
    return {"squared_error": error, "rebuilt": rebuilt[:REBUILT_ROWS].astype(np.float32)}


def for_scores(reducer: Any, X: np.ndarray, X_test: np.ndarray) -> Arrays:
    """Return training points mapped as if they were new, and test points mapped in a small batch and alone.

    The latter two are missing if the reducer cannot map so few points.
    """
    arrays = {"refit": reducer.transform(X[:REFIT_ROWS]).astype(np.float32)}
    try:
        few = reducer.transform(X_test[:FEW_ROWS])
        alone = [reducer.transform(X_test[row : row + 1]) for row in range(min(ALONE_ROWS, len(X_test)))]
    except Exception:  # noqa: BLE001 - a reducer may raise anything
        traceback.print_exc()
        return arrays
    return arrays | {"few": few.astype(np.float32), "alone": np.concatenate(alone).astype(np.float32)}


def for_pictures(reducer: Any, X: np.ndarray, X_test: np.ndarray, *, by_epoch: bool) -> Arrays:
    """Return a decoded lattice of the embedding and what the reducer itself offers; if it fails, what there is by then.

    If `by_epoch`, a neural reducer is trained once more to show its training epoch by epoch.
    """
    arrays: Arrays = {}

    def add(extras: Arrays) -> None:
        arrays.update({f"extra_{name}": np.asarray(array) for name, array in extras.items()})

    try:
        if hasattr(reducer, "inverse_transform") and reducer.embedding_.shape[1] == 2:
            arrays |= _grid(reducer)
        if hasattr(reducer, "extras"):
            add(reducer.extras(X_test))
        if hasattr(reducer, "training_extras"):
            add(reducer.training_extras(X, by_epoch=by_epoch))
    except Exception:  # noqa: BLE001 - a reducer may raise anything
        traceback.print_exc()
    return arrays


def save(path: str, arrays: Arrays) -> None:
    """Write the arrays of a run into one file; CannotWriteError if that cannot be."""
    try:
        with open(path, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
    except OSError as error:
        raise CannotWriteError(str(error)) from error


def _grid(reducer: Any) -> Arrays:
    """Return the data at the points of a lattice over the embedding, from its top left to its bottom right."""
    edges = [(1 - GRID_SHARE) / 2, (1 + GRID_SHARE) / 2]
    (left, bottom), (right, top) = np.quantile(reducer.embedding_, edges, axis=0)
    x, y = np.linspace(left, right, GRID_POINTS), np.linspace(top, bottom, GRID_POINTS)
    lattice = np.column_stack([np.tile(x, GRID_POINTS), np.repeat(y, GRID_POINTS)])
    data = np.asarray(reducer.inverse_transform(lattice.astype(reducer.embedding_.dtype)), dtype=np.float32)
    return {"grid": data, "grid_axes": np.array([x, y], dtype=np.float32)}
