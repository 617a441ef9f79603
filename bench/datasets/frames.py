"""A table of columns as points: which column holds labels, which are features, which are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from bench.datasets import class_labels
from bench.datasets.guard import listed, shown
from bench.datasets.options import DataOptions
from bench.datasets.points import Points
from bench.errors import DatasetError, unknown

MAX_LISTED = 15
"""Columns that a message names."""


@dataclass(frozen=True)
class Frame:
    """A table as a file holds it."""

    path: Path
    table: pd.DataFrame
    """Its columns are numbered from 0."""
    header: Sequence[str]
    """Their names; empty if the file has none."""

    def points(self, options: DataOptions) -> Points:
        """Return the table as points, NaN where a value is missing.

        Raises DatasetError if a column that is asked for does not exist, or one of features holds text.
        """
        features, label, notes = self.layout(options)
        X = self._numbers(features)
        names = [self.names[i] for i in features]
        if label is None:
            return Points(self.path, X, names, notes=notes)
        labels = self.table[label].to_numpy()
        return Points(self.path, X, names, labels, self.place_of(label), notes)

    def place_of(self, label: int) -> str:
        """Return where the labels stand, as text."""
        return f"in column {shown(self.names[label])}"

    def layout(self, options: DataOptions) -> tuple[list[int], int | None, tuple[str, ...]]:
        """Return which columns are features, which one holds labels, or None, and notes on those that are left out.

        Raises DatasetError if a column that is asked for does not exist, or none is left.
        """
        dropped, kept = self._asked(*options.drop), self._asked(*options.keep)
        label, unused = self._label_columns(self._asked(*filter(None, [options.label])), kept)
        unused = [i for i in unused if i not in dropped]
        label = None if label in dropped else label
        left = {label, *dropped, *unused}
        features = [i for i in range(self.table.shape[1]) if i not in left]
        ids = [i for i in features if i not in kept and self._is_id(i)]
        ids = ids if len(ids) < len(features) else []
        features = sorted(set(features).difference(ids))
        if not features:
            raise DatasetError(
                f"Got no column of features in {self.path}, but expected some. Are the columns separated by "
                f"{'tabs' if self.path.suffix.lower() in ('.tsv', '.txt') else 'commas'}?"
            )
        notes = [
            what.format(self._named(columns))
            for what, columns in (
                ("left out by --drop: {}", dropped),
                ("left out as labels by name: {} (a feature with --keep)", unused),
                ("left out as an id: {} (a feature with --keep)", ids),
            )
            if columns
        ]
        return features, label, tuple(notes)

    @cached_property
    def names(self) -> Sequence[str]:
        """What columns are called: their names, or their numbers from 1."""
        if not self.header:
            return [str(i) for i in range(1, self.table.shape[1] + 1)]
        return [name.strip() or str(i) for i, name in enumerate(self.header, start=1)]

    def _asked(self, *wanted: str) -> list[int]:
        """Return the places of columns with these names; DatasetError if there is none."""
        names = self.names
        for name in wanted:
            if name not in names:
                raise DatasetError(unknown(f"column of {self.path}", name, map(shown, set(names))))
        return [i for i, name in enumerate(names) if name in wanted]

    def _label_columns(self, asked: Sequence[int], kept: Sequence[int]) -> tuple[int | None, list[int]]:
        """Return which column holds the labels, or None, and which others are named as if they did."""
        named = [
            i for i, name in enumerate(self.header) if name.strip().lower() in class_labels.NAMES and i not in kept
        ]
        if asked or named:
            label = (asked or named)[-1]
            return label, [i for i in named if i != label]
        last = self.table.shape[1] - 1
        if pd.api.types.is_numeric_dtype(self.table[last]):
            are_labels = not self.header and bool((self.table[last].dropna() % 1 == 0).all())
        else:
            are_labels = self._is_text(last)
        return (last if are_labels and last not in kept else None), []

    def _is_text(self, column: int) -> bool:
        """Return whether most cells are no numbers: a single slip in a column of numbers is a slip."""
        cells = self.table[column].dropna()
        return bool(len(cells)) and bool(_to_numeric(cells).notna().mean() < 0.5)

    def _is_id(self, column: int) -> bool:
        """Return whether whole numbers, no two equal, count rows in any order, or their column is named as an id."""
        cells = self.table[column]
        if not self.header or not pd.api.types.is_integer_dtype(cells) or cells.hasnans:
            return False
        name = self.names[column].lower()
        is_named = name in ("id", "index") or name.endswith("_id")
        return bool(is_named or cells.max() - cells.min() == len(cells) - 1) and cells.is_unique

    def _numbers(self, features: Sequence[int]) -> np.ndarray:
        """Return columns as numbers, NaN where a cell is empty; DatasetError if cells hold something else."""
        numeric = self.table[features].copy(deep=False)
        odd = [i for i, of in zip(features, numeric.dtypes, strict=True) if not pd.api.types.is_numeric_dtype(of)]
        if texts := [i for i in odd if self._is_text(i)]:
            raise DatasetError(
                f"Got text in {len(texts):,} of {len(features):,} columns of {self.path}: {self._named(texts)}; but "
                "expected numbers. Leave each out with --drop COLUMN, or name the one that holds labels with --label "
                "COLUMN."
            )
        for i in odd:
            numeric[i] = _to_numeric(self.table[i])
            slips = (~np.isfinite(numeric[i]) & self.table[i].notna()).to_numpy()
            if slips.any():
                row = int(np.argmax(slips))
                raise DatasetError(
                    f"Got '{shown(self.table[i].iloc[row])}' in row {row + 1}, column {shown(self.names[i])} of "
                    f"{self.path}, but expected a finite number."
                )
        return np.ascontiguousarray(numeric.to_numpy(np.float64, na_value=np.nan))

    def _named(self, columns: Sequence[int]) -> str:
        return listed((self.names[i] for i in columns), MAX_LISTED)


def _to_numeric(cells: pd.Series) -> pd.Series:
    """Return text as numbers, NaN where it is none, as dates are none."""
    if pd.api.types.is_datetime64_any_dtype(cells) or pd.api.types.is_timedelta64_dtype(cells):
        return pd.Series(np.nan, index=cells.index)
    if isinstance(cells.dtype, pd.CategoricalDtype):
        cells = cells.astype(object)
    try:
        return pd.to_numeric(cells, errors="coerce")
    except OverflowError:  # whole numbers of hundreds of digits
        return cells.map(lambda cell: float(cell) if class_labels.is_number(str(cell)) else np.nan)
