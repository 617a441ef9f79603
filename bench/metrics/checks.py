"""Checks of arrays and numbers that callers hand in, before compiled code reads them: it checks nothing itself."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from bench.errors import UndefinedError

LARGEST = 1e150
"""Coordinates from here on have squares that overflow."""


def table(name: str, values: Any, rows: int | str = "n_samples", columns: int | str = "n_components") -> np.ndarray:
    """Return values as an array of real numbers, finite or not, with so many rows and columns.

    A name stands for any number of them; there is always a column.

    Raises
    ------
    ValueError
        If they are no real numbers, or of another shape.
    """
    array = numbers(name, values)
    if array.ndim != 2 or not array.shape[1] or array.shape != _shape(array, rows, columns):
        raise ValueError(f"Got {name} of shape {array.shape}, but expected ({rows}, {columns}).")
    return array


def numbers(name: str, values: Any) -> np.ndarray:
    """Return values as an array of float32 or float64 of any shape; ValueError if they are no real numbers."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"Got {name}, which is no array of numbers: {error}.") from error
    if array.dtype.kind not in "fiub":
        raise ValueError(f"Got {name} of type {array.dtype}, but expected real numbers.")
    if array.dtype in (np.float32, np.float64):
        return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
    with np.errstate(over="ignore"):  # what is too large for float64 becomes infinite, and is refused as that
        return array.astype(np.float64)


def whole_numbers(name: str, values: Any, n: int, below: int) -> np.ndarray:
    """Return values as an array of n whole numbers from 0 to less than `below`; ValueError if they are others."""
    array = np.asarray(values)
    if array.shape != (n,) or array.dtype.kind not in "iu":
        raise ValueError(f"Got {name} of shape {array.shape} and type {array.dtype}, but expected {n} whole numbers.")
    if n and (array.min() < 0 or array.max() >= below):
        raise ValueError(f"Got {name} from {array.min()} to {array.max()}, but expected 0 to {below - 1}.")
    return array


def positions(values: np.ndarray, components: int | str = "n_components", n: int | str = "n_samples") -> None:
    """Check positions as kernels take them: below `LARGEST`, float64, contiguous, of shape (n_components, n_samples).

    Raises
    ------
    ValueError
        If they are anything else.
    """
    array = np.asarray(values)
    is_table = isinstance(values, np.ndarray) and array.dtype == np.float64 and array.ndim == 2
    if not is_table or array.shape != _shape(array, components, n):
        got = f"{type(values).__name__} of shape {array.shape} and type {array.dtype}"
        raise ValueError(f"Got a {got}, but expected an array of shape ({components}, {n}) and type float64.")
    if not array.shape[0] or not array.flags.c_contiguous or not np.abs(array).max(initial=0) < LARGEST:
        raise ValueError("Got positions that are empty, not contiguous, or too large to be squared.")


def neighbours(k: Any, most: int) -> int:
    """Return a number of neighbours.

    Raises
    ------
    ValueError
        If it is no whole number above zero.
    UndefinedError
        If there are not so many.
    """
    try:
        number = index(k)
    except TypeError as error:
        raise ValueError(f"Got k={k!r}, but expected a whole number.") from error
    if number < 1:
        raise ValueError(f"Got k={number}, but expected at least 1.")
    if number > most:
        raise UndefinedError("too few points")
    return number


def _shape(array: np.ndarray, *expected: int | str) -> tuple[int, ...]:
    """Return the expected shape; where a name stands for any number, that of the array."""
    return tuple(got if isinstance(size, str) else size for got, size in zip(array.shape, expected, strict=True))
