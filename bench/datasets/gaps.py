"""Missing values: refused, left out by rows, or filled with means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.datasets import class_labels
from bench.datasets.guard import listed, shown
from bench.datasets.options import Missing
from bench.datasets.points import Points
from bench.errors import DatasetError
from bench.units import counted

MAX_LISTED = 10
"""Columns that a message names."""


def closed(points: Points, how: Missing) -> Points:
    """Return points without missing values, with a note of what became of them.

    Raises DatasetError if there are some and they are refused, if no row or a column of them is left, or if a value is
    infinite.
    """
    numbers: np.ndarray = np.arange(len(points.X))  # of each row that is left, which one of the file it is
    if how == "drop" and points.labels is not None:
        labelled = ~class_labels.missing(points.labels)
        points, numbers = _only(points, labelled, "without a label"), np.flatnonzero(labelled)
    X = points.X.reshape(len(points.X), -1)
    if X.dtype.kind != "f" or np.isfinite(X).all():
        return points
    infinite, gaps = np.isinf(X), np.isnan(X)
    if infinite.any():
        row, column = _first(infinite)
        raise DatasetError(
            f"Got '{X[row, column]}' {_place(points, numbers[row], column)}, but expected a finite number."
        )
    count, rows = np.count_nonzero(gaps, axis=0), gaps.any(axis=1)
    named = (f"{points.columns[int(i)]} ({count[i]:,})" for i in np.flatnonzero(count))
    columns = f"{'column' if np.count_nonzero(count) == 1 else 'columns'} {listed(named, MAX_LISTED)}"
    missing = counted(int(count.sum()), "missing value")
    if how == "refuse" or (count == len(X)).any() or (how == "drop" and rows.all()):
        row, column = _first(gaps)
        raise DatasetError(
            f"Got no value or NaN {_place(points, numbers[row], column)}, but expected a number. Found {missing} in "
            f"{np.count_nonzero(rows):,} of {len(X):,} rows, in {columns}. --drop COLUMN leaves out a "
            "column, --missing drop leaves out these rows, and --missing mean fills in the mean of the column."
        )
    if how == "drop":
        return _only(points, ~rows, f"with missing values in {columns}")
    filled = np.where(gaps, np.nanmean(X, axis=0), X).reshape(points.X.shape)
    note = f"{missing} filled with the mean of {columns}"
    return replace(points, X=filled, notes=(*points.notes, note))


def _only(points: Points, kept: np.ndarray, which: str) -> Points:
    """Return the points of some rows; the note says which others there were."""
    if kept.all():
        return points
    note = f"left out are rows {which}: {np.count_nonzero(~kept):,}"
    labels = None if points.labels is None else points.labels[kept]
    return replace(points, X=points.X[kept], labels=labels, notes=(*points.notes, note))


def _first(which: np.ndarray) -> tuple[int, int]:
    """Return the first row in the first column that has one."""
    column = int(np.argmax(which.any(axis=0)))
    return int(np.argmax(which[:, column])), column


def _place(points: Points, row: int, column: int) -> str:
    return f"in row {row + 1}, column {shown(points.columns[column])} of {points.path}"
