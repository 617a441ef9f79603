"""What is known of the columns of a table that is read in blocks, and how they come to lie in [0, 1]."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.datasets.guard import shown
from bench.datasets.options import Scale
from bench.datasets.points import SMALLEST, Points
from bench.errors import DatasetError

Blocks = Callable[[], Iterator[np.ndarray]]
"""Returns the rows of a table from its beginning, as arrays of shape (few, n_features)."""


@dataclass(frozen=True)
class Columns:
    """Facts of each column, float64: its ends, its mean and its standard deviation; and if all values are whole."""

    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    are_whole: bool

    @property
    def varies(self) -> np.ndarray:
        """Which columns are not the same in all rows."""
        varies: np.ndarray = self.low != self.high
        return varies


@dataclass(frozen=True)
class Scaled:
    """How a table is scaled: a column less `shift`, divided by `width`."""

    shift: np.ndarray
    width: np.ndarray
    what: str
    """As text."""
    notes: tuple[str, ...] = ()

    def of(self, block: np.ndarray) -> np.ndarray:
        """Return rows in [0, 1] as float32."""
        return ((block.astype(np.float64) - self.shift) / self.width).astype(np.float32)


def summarised(points: Points, blocks: Blocks) -> Columns:
    """Return what is known of the columns of a table, after one pass over it.

    `points` tells what the table is called. Raises DatasetError if a value is missing or infinite: with its place.
    """
    n, first, are_whole = 0, np.empty(0), True
    low = high = sums = squares = np.empty(0)
    for block in blocks():
        exact = block.astype(np.float64)
        if not np.isfinite(exact).all():
            _refuse(points, exact, n)
        if not n:
            first = exact.mean(axis=0)
            low, high = exact.min(axis=0), exact.max(axis=0)
            sums, squares = np.zeros_like(first), np.zeros_like(first)
        low, high = np.minimum(low, exact.min(axis=0)), np.maximum(high, exact.max(axis=0))
        are_whole = are_whole and (block.dtype.kind in "biu" or np.array_equal(exact, np.rint(exact)))
        exact -= first
        with np.errstate(over="ignore"):  # a range that is too wide is refused by its ends
            sums, squares, n = sums + exact.sum(axis=0), squares + np.square(exact).sum(axis=0), n + len(exact)
    with np.errstate(over="ignore", invalid="ignore"):
        spread = np.sqrt(np.maximum(squares / n - np.square(sums / n), 0.0))
    return Columns(low, high, first + sums / n, np.where(low != high, spread, 0.0), are_whole)


def scaled(points: Points, columns: Columns, how: Scale) -> Scaled:
    """Return how a table comes to lie in [0, 1], as `Points.scaled` does it for one in memory.

    Raises DatasetError if no column varies, or one that does could not be told from a constant one: with its name.
    """
    varies = columns.varies
    if not varies.any():
        raise DatasetError(f"Got equal rows only in {points.path}, but expected points that differ.")
    points.check_range(columns.low, columns.high)
    half = np.percentile(columns.spread[varies], 50, method="lower")
    ratio = 1.0 if points.image_shape else float(columns.spread.max() / half)
    how = points.chosen(how, ratio)
    found = _unit_interval(columns, how)
    ends = found.of(np.stack([columns.low, columns.high]))
    points.check_kept(varies & ~(ends[1] - ends[0] >= SMALLEST) | ~np.isfinite(ends).all(axis=0), found.what)
    notes = points.remarks(varies, how, ratio, int(np.argmax(columns.spread)))
    return Scaled(found.shift, found.width, found.what, notes)


def _unit_interval(columns: Columns, how: Scale) -> Scaled:
    low, high, varies = columns.low, columns.high, columns.varies
    if how == "minmax":
        return Scaled(low, np.where(varies, high - low, 1.0), "each column from its minimum to its maximum")
    if how == "standard":
        spread = np.where(columns.spread > 0, columns.spread, 1.0)
        least, most = ((low - columns.mean) / spread).min(), ((high - columns.mean) / spread).max()
        said = f"each column standardised, then (values {-least:+.3g}) / {most - least:.3g}"
        return Scaled(columns.mean + least * spread, spread * (most - least), said)
    zero, one, least, most = np.zeros(len(low)), np.ones(len(low)), float(low.min()), float(high.max())
    if least >= 0 and 1 < most <= 255 and columns.are_whole:
        return Scaled(zero, 255 * one, "values / 255")
    if least >= 0 and most <= 1:
        return Scaled(zero, one, "values as they are")
    return Scaled(least * one, (most - least) * one, f"(values {-least:+g}) / {most - least:g}")


def _refuse(points: Points, block: np.ndarray, rows_before: int) -> None:
    row, column = np.argwhere(~np.isfinite(block))[0]
    raise DatasetError(
        f"Got '{block[row, column]}' in row {rows_before + row + 1:,}, column {shown(points.columns[int(column)])} of "
        f"{points.path}, but expected a finite number: of a table this large no gap is filled. Leave such rows out, or "
        "fill them in, before the file is written."
    )
