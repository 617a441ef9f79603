"""Arrays for scores and pictures that a worker keeps of a run: they are computed after all timed calls."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from bench.errors import CannotWriteError
from bench.execution import border
from bench.execution.border import (
    ALONE_ROWS,
    FEW_ROWS,
    GRID_POINTS,
    LINE_STEPS,
    REBUILT_ROWS,
    REFIT_ROWS,
    Arrays,
    Sizes,
)
from reducers.rows import blocks, stretch_of

GRID_SHARE = 0.98
"""Middle share of the training points, along each axis, that the points of the lattice span."""

OWN_LIMITS = (errno.EFBIG, errno.EMFILE, errno.EBADF)
"""Causes of a file that cannot be written which lie in the process, where a reducer can change them."""


def of_reconstructions(rebuilt: Any, X_test: np.ndarray, sizes: Sizes) -> Arrays:
    """Return the squared error of each reconstructed test point, and the first reconstructions.

    Raises InvalidEmbeddingError if these are no reconstructions.
    """
    border.checked("reconstructions", rebuilt, sizes)
    error = np.empty(len(rebuilt))
    for rows, points in blocks(X_test):
        error[rows] = np.square(rebuilt[rows].astype(np.float64) - points).sum(axis=1)
    rebuilt = border.checked("rebuilt", rebuilt[:REBUILT_ROWS], sizes)
    return {"squared_error": border.checked("squared_error", error, sizes), "rebuilt": rebuilt}


def of_batches(reducer: Any, Z_test: np.ndarray, X_test: np.ndarray, sizes: Sizes, batches: Sequence[slice]) -> Arrays:
    """Return what `of_reconstructions` does of so many test points that few of them are mapped back at a time.

    Raises InvalidEmbeddingError if these are no reconstructions.
    """
    found = []
    for rows in batches:
        rebuilt = reducer.inverse_transform(Z_test[rows])
        found.append(
            of_reconstructions(rebuilt, stretch_of(X_test, rows), replace(sizes, n_test=rows.stop - rows.start))
        )
    error = np.concatenate([arrays["squared_error"] for arrays in found])
    return {"squared_error": border.checked("squared_error", error, sizes), "rebuilt": found[0]["rebuilt"]}


def for_scores(reducer: Any, X: np.ndarray, X_test: np.ndarray, sizes: Sizes) -> Arrays:
    """Return training points mapped as if they were new, and test points mapped in a small batch and alone.

    The latter two are missing if the reducer cannot map so few points. Raises InvalidEmbeddingError if one of them is
    no embedding.
    """
    arrays = {"refit": border.checked("refit", reducer.transform(X[:REFIT_ROWS]), sizes)}
    try:
        few = reducer.transform(X_test[:FEW_ROWS])
        alone = np.concatenate(
            [reducer.transform(X_test[row : row + 1]) for row in range(min(ALONE_ROWS, len(X_test)))]
        )
    except Exception:  # noqa: BLE001 - a reducer may raise anything
        print_traceback()
        return arrays
    return arrays | {"few": border.checked("few", few, sizes), "alone": border.checked("alone", alone, sizes)}


def for_pictures(
    reducer: Any, embedding: np.ndarray, X: np.ndarray, X_test: np.ndarray, sizes: Sizes, *, by_epoch: bool
) -> tuple[Arrays, list[str]]:
    """Return a decoded lattice and line of the embedding, what the reducer offers itself, and what is not kept and why.

    If `by_epoch`, a neural reducer is trained once more to show its training epoch by epoch.
    """
    arrays: Arrays = {}
    notes: list[str] = []

    def lattice() -> tuple[Arrays, list[str]]:
        return _grid(reducer, embedding, sizes), []

    def between() -> tuple[Arrays, list[str]]:
        return _line(reducer, X_test, sizes), []

    def of(offered: Callable[[], Any]) -> Callable[[], tuple[Arrays, list[str]]]:
        return lambda: border.extras(offered(), sizes, border.MAX_EXTRA_BYTES - sum(a.nbytes for a in arrays.values()))

    sources: dict[str, Callable[[], tuple[Arrays, list[str]]]] = {}
    if hasattr(reducer, "inverse_transform") and embedding.shape[1] == 2:
        sources["decoded lattice"] = lattice
    if hasattr(reducer, "inverse_transform") and hasattr(reducer, "transform") and len(X_test) > 1:
        sources["decoded line"] = between
    if hasattr(reducer, "extras"):
        sources["extras"] = of(lambda: reducer.extras(X_test))
    if hasattr(reducer, "training_extras"):
        sources["extras of the training"] = of(lambda: reducer.training_extras(X, by_epoch=by_epoch))
    for name, source in sources.items():
        try:
            kept, more = source()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a reducer may raise anything
            print_traceback()
            kept, more = {}, [f"its {name} were not kept: {border.described(error)}"]
        arrays |= kept
        notes += more
    return arrays, notes


def ends_of_line(X_test: np.ndarray) -> list[int]:
    """Return two rows of test points between which every method decodes a line: the farthest apart of the first ones.

    They are those farthest apart in the data, so that they are the same for all methods.
    """
    first = X_test[:REBUILT_ROWS].astype(np.float64)
    squared = np.square(first[:, None] - first[None]).sum(axis=2)
    return [int(row) for row in np.unravel_index(squared.argmax(), squared.shape)]


def save(path: str, arrays: Arrays) -> None:
    """Write the arrays of a run into one file.

    Raises
    ------
    CannotWriteError
        If that cannot be, by no fault of this process.
    OSError
        If it cannot be because of what the reducer did to this process.
    """
    try:
        with open(path, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
    except OSError as error:
        if error.errno in OWN_LIMITS:
            raise
        raise CannotWriteError(str(error)) from error


def print_traceback() -> None:
    """Print the error that is being handled, if there is still something to print to."""
    with suppress(Exception):  # a reducer may have closed it
        traceback.print_exc()


def _grid(reducer: Any, embedding: np.ndarray, sizes: Sizes) -> Arrays:
    """Return the data at the points of a lattice over the embedding, from its top left to its bottom right."""
    edges = [(1 - GRID_SHARE) / 2, (1 + GRID_SHARE) / 2]
    (left, bottom), (right, top) = np.quantile(embedding, edges, axis=0)
    x, y = np.linspace(left, right, GRID_POINTS), np.linspace(top, bottom, GRID_POINTS)
    lattice = np.column_stack([np.tile(x, GRID_POINTS), np.repeat(y, GRID_POINTS)])
    data = reducer.inverse_transform(lattice.astype(embedding.dtype))
    axes = np.array([x, y], dtype=np.float32)
    return {"grid": border.checked("grid", data, sizes), "grid_axes": border.checked("grid_axes", axes, sizes)}


def _line(reducer: Any, X_test: np.ndarray, sizes: Sizes) -> Arrays:
    """Return the data at points of the straight line between the positions of two test points."""
    start, end = reducer.transform(X_test[ends_of_line(X_test)])
    shares = np.linspace(0, 1, LINE_STEPS, dtype=start.dtype)[:, None]
    return {"line": border.checked("line", reducer.inverse_transform(start + shares * (end - start)), sizes)}
