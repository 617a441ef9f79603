"""Rows of bytes that stand for float32 features: each is converted as it is read, so that there is no copy of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

BLOCK_VALUES = 2**22
"""Values that are converted at a time."""


class Rows:
    """A table of bytes, seen as float32 features: every value divided by one number as it is read.

    It has what most code asks of an array. `numpy.asarray` gives the whole table, a copy of four times its bytes, so
    that any method takes it. A reducer that says `streams = True` reads blocks of rows instead, and holds none of it.

    Parameters
    ----------
    stored : ndarray of shape (n_samples, n_features), uint8
        The bytes, such as a memory map.
    divisor : float
        What they are divided by.
    """

    dtype = np.dtype(np.float32)
    ndim = 2

    def __init__(self, stored: np.ndarray, divisor: float = 1.0) -> None:
        self.stored, self.divisor = stored, divisor

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and of features."""
        return self.stored.shape[0], self.stored.shape[1]

    @property
    def nbytes(self) -> int:
        """Bytes as they are stored."""
        return int(self.stored.nbytes)

    def __len__(self) -> int:
        return len(self.stored)

    def __getitem__(self, key: Any) -> np.ndarray:
        """Return some of the rows, or of their features, as float32."""
        return self._converted(self.stored[key])

    def part(self, rows: slice) -> Rows:
        """Return a stretch of rows, still as bytes."""
        return Rows(self.stored[rows], self.divisor)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Return everything as float32, or as another type."""
        if copy is False:
            raise ValueError("Got copy=False, but bytes become features only by a copy.")
        whole = self._converted(self.stored)
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def astype(self, dtype: Any) -> np.ndarray:
        """Return everything as another type."""
        return self.__array__(dtype)

    def min(self, axis: int | None = None) -> Any:
        """Return the least feature, of all rows or by column."""
        return self._converted(self.stored.min(axis=axis))

    def max(self, axis: int | None = None) -> Any:
        """Return the largest feature, of all rows or by column."""
        return self._converted(self.stored.max(axis=axis))

    def sum(self) -> float:
        """Return the sum of all features; it reads every byte."""
        return float(self.stored.sum(dtype=np.int64)) / self.divisor

    def mean(self, axis: int | None = None, dtype: Any = None) -> Any:
        """Return the mean feature, of all rows or by column."""
        return np.asarray(self.stored.mean(axis=axis, dtype=np.float64) / self.divisor).astype(dtype or self.dtype)[()]

    def _converted(self, values: Any) -> Any:
        # Correctly rounded, as a quotient in float64 that is rounded to float32 afterwards.
        return np.divide(values, np.float32(self.divisor), dtype=np.float32)


def stretch_of(X: np.ndarray | Rows, rows: slice) -> np.ndarray:
    """Return a stretch of rows without a copy."""
    return X.part(rows) if isinstance(X, Rows) else X[rows]  # type: ignore[return-value]


def blocks(X: np.ndarray | Rows) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield stretches of rows, few enough to bound the memory, with the rows as an array."""
    step = max(1, BLOCK_VALUES // X.shape[1])
    for start in range(0, len(X), step):
        rows = slice(start, min(start + step, len(X)))
        yield rows, X[rows]
