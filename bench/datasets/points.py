"""A table of points as a file holds it, and how its features come to lie in [0, 1]."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.datasets import scaling
from bench.datasets.guard import listed, shown
from bench.datasets.options import Scale
from bench.errors import DatasetError

SMALLEST = float(np.finfo(np.float32).tiny)
"""Differences below this are denormal in float32: many programs take them for 0."""


@dataclass(frozen=True)
class Points:
    """A table of points as a file holds it."""

    path: Path
    X: np.ndarray
    """Real numbers of shape (n_samples, n_features) or (n_samples, height, width)."""
    columns: Sequence[object]
    """What the features are called: names or numbers from 1."""
    labels: np.ndarray | None = None
    place: str = ""
    """Where the labels stand, as text."""
    notes: tuple[str, ...] = ()
    """What the file holds that is not used."""

    same_unit: bool = False
    """Whether all columns are known to be of one unit."""

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """Height and width in pixels if a row is an image."""
        if self.X.ndim == 3:
            return self.X.shape[1], self.X.shape[2]
        return (28, 28) if self.X.shape[1] == 784 else None

    def as_images(self, shape: tuple[int, int] | None) -> Points:
        """Return the points as images of that height and width; DatasetError if rows have not as many values."""
        if shape is None:
            return self
        values, (height, width) = math.prod(self.X.shape[1:]), shape
        if values != height * width:
            raise DatasetError(
                f"Got --image {height}x{width}, which is {height * width:,} pixels, for rows of {values:,} values in "
                f"{self.path}. Name the height and width of one image."
            )
        return replace(self, X=self.X.reshape(-1, height, width), same_unit=True)

    def scaled(self, how: Scale = "auto") -> tuple[np.ndarray, str, tuple[str, ...]]:
        """Return the features in [0, 1] as float32, what was done to them, and what to know of them.

        Raises DatasetError if no column varies, or one that does becomes constant, infinite or NaN: with its name.
        """
        values = self.X.reshape(len(self.X), -1)
        low, high = values.min(axis=0), values.max(axis=0)
        varies = low != high
        if not varies.any():
            raise DatasetError(f"Got {len(values):,} equal rows in {self.path}, but expected points that differ.")
        exact = values.astype(np.float64, copy=False)
        self.check_range(low.astype(np.float64), high.astype(np.float64))
        ratio, widest = (1.0, 0) if self.image_shape else scaling.unevenness(exact)
        how = self.chosen(how, ratio)
        X, done = scaling.to_unit_interval(exact, how)
        self.check_kept(varies & ~(np.ptp(X, axis=0) >= SMALLEST) | ~np.isfinite(X).all(axis=0), done)
        return X, done, self.remarks(varies, how, ratio, widest)

    def chosen(self, how: Scale, ratio: float) -> Scale:
        """Return how columns are scaled, one of which spreads `ratio` times as far as half of them."""
        if how != "auto":
            return how
        return "standard" if ratio > scaling.UNEVEN and not self.same_unit else "none"

    def check_kept(self, lost: np.ndarray, done: str) -> None:
        """Raise DatasetError, with their names, if columns that vary are constant after what was done to them."""
        if lost.any():
            raise DatasetError(
                f"Got {self.named(lost)} of {self.path} with values that differ, but as float32 ({done}) they do not. "
                "Give each column its own scale with --scale standard, or leave these out with --drop COLUMN."
            )

    def remarks(self, varies: np.ndarray, how: Scale, ratio: float, widest: int) -> tuple[str, ...]:
        """Return what to know of columns that are constant, or spread farther than others, as the `widest` does."""
        notes = [f"{np.count_nonzero(~varies):,} of {len(varies):,} columns are constant ({self.named(~varies)})"]
        notes = [] if varies.all() else notes
        if ratio > scaling.UNEVEN:
            notes.append(
                f"column {shown(self.columns[widest])} spreads at least {ratio:,.4g} times as far as half of the "
                f"columns ({'--scale none keeps that' if how != 'none' else '--scale standard evens that out'})"
            )
        return tuple(notes)

    def check_range(self, low: np.ndarray, high: np.ndarray) -> None:
        """Refuse values whose range is infinite or denormal in float64, so that no factor could scale them."""
        limits = np.finfo(np.float64)
        with np.errstate(over="ignore"):
            width = high.max() - low.min()
        if limits.tiny <= width <= limits.max:
            return
        size = np.maximum(np.abs(low), np.abs(high))
        raise DatasetError(
            f"Got values from {low.min():g} to {high.max():g} in {self.path}, the largest in "
            f"{self.named(size > size.max() / 2)}, but expected a range between {limits.tiny:.1e} and "
            f"{limits.max:.1e}. Multiply all values by one factor."
        )

    def named(self, which: np.ndarray) -> str:
        """Return the first few of some columns by name."""
        names = [self.columns[int(i)] for i in np.flatnonzero(which)]
        return f"column{'s' if len(names) > 1 else ''} {listed(names)}"
