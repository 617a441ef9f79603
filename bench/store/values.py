"""What tables are made of: the values of a quantity over runs, and what is known of rows and data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import exp, log
from typing import Any

import numpy as np
import pandas as pd

RunId = tuple[int, int]
"""Sample of the data and seed: what tells the runs of one variant apart, and pairs those of two."""
ALL_SEEDS = -1
"""Stands for the seed of a reference on one of several samples of the data: no seed changes it."""
Unit = tuple[int, ...]
"""What counts as one value: a run, as sample and seed, or `(sample,)` where a study has several samples of its data."""


class Kind(StrEnum):
    """What a row of a table is, in the order of a table."""

    METHOD = "method"
    CONTROL = "control"
    REFERENCE = "reference"


@dataclass(frozen=True)
class Values:
    """One quantity of one variant."""

    by_run: Mapping[RunId, float] = field(default_factory=dict)
    """Of each successful run that has one."""
    reason: str = ""
    """Why there is none: `n/a (transductive)`; empty if there are values, or nothing is known."""
    seeded: bool = True
    """Whether the seed fixed what the method did. Otherwise runs of two variants with one seed are not paired."""
    resampled: bool = False
    """Whether the study has several samples of its data: one value is then that of a sample, the mean of its seeds."""
    same_as: Mapping[RunId, RunId] = field(default_factory=dict)
    """The first run on the same data that gave the same embedding, of each run that has one; together they are one."""

    def __len__(self) -> int:
        return len(self.by_run)

    @property
    def groups(self) -> dict[Unit, list[RunId]]:
        """The runs of each unit, without those that repeat another one of it."""
        distinct: dict[RunId, RunId] = {}
        for run in self.by_run:
            distinct.setdefault(self.same_as.get(run, run), run)
        found: dict[Unit, list[RunId]] = {}
        for run in distinct.values():
            found.setdefault(run[:1] if self.resampled else run, []).append(run)
        return found

    def units(self, *, is_ratio: bool = False) -> dict[Unit, float]:
        """Return what intervals and comparisons are made of: a value a sample of the data, or else a distinct run.

        The value of a sample is the mean over its seeds, with `is_ratio` the geometric one.
        """
        return {
            unit: _mean([self.by_run[run] for run in runs], is_ratio=is_ratio) for unit, runs in self.groups.items()
        }

    @property
    def is_fixed(self) -> bool:
        """Whether no seed changes the embedding: its several runs are one."""
        return not self.resampled and len(self.by_run) > 1 and len(self.groups) == 1

    @property
    def is_comparable(self) -> bool:
        """Whether it is known how the values vary: there are several, or no seed changes them."""
        return self.is_fixed or len(self.groups) > 1

    @property
    def array(self) -> np.ndarray:
        """The values, in the order of runs."""
        return np.array(list(self.by_run.values()), dtype=np.float64)


@dataclass(frozen=True)
class DataFacts:
    """What pictures must know of the data."""

    name: str
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    """Height and width in pixels where a row is an image."""
    labels: Mapping[str, np.ndarray]
    """Labels of the points of `train` and `test` that are drawn, as indices into `classes`; none if there are none."""
    rows: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Which points of `train` and `test` are drawn, where not all are."""


class ScoreIndex:
    """Values of `scores.csv`, with its column `quantity`, and of `measures.csv` by what they are of."""

    def __init__(self, scores: pd.DataFrame, measures: pd.DataFrame | None) -> None:
        self.values: dict[tuple[str, str], dict[RunId, float]] = {}
        """Value of each run by variant and quantity; `reasons`: the first reason for a missing one."""
        self.reasons: dict[tuple[str, str], str] = {}
        self.errors: dict[tuple[str, str], list[float]] = {}
        """Standard errors of scores by anchors, by row and quantity; none where a score looks at all points."""
        self.singles: dict[tuple[str, str], tuple[float | None, str]] = {}
        """Value or reason of references and of scores over seeds, by row and quantity."""
        self.parts: dict[tuple[str, RunId | None, str, str], dict[str, float]] = {}
        """Scores of several parts, by row, run, score and split."""
        of_runs: dict[str, dict[RunId, list[tuple[str, str, float | None]]]] = {}
        names = ["variant", "quantity", "sample", "seed", "score", "split", "part", "value", "reason"]
        for row, quantity, sample, seed, score, split, part, value, reason in _rows(scores, names):
            run = None if pd.isna(sample) else (int(sample), ALL_SEEDS if pd.isna(seed) else int(seed))
            number = None if pd.isna(value) else float(value)
            if run is not None and run[1] != ALL_SEEDS:
                of_runs.setdefault(row, {}).setdefault(run, []).append((quantity, part, number))
            if part and number is not None:
                self.parts.setdefault((row, run, score, split), {})[part] = number
                if run == (0, ALL_SEEDS):
                    self.parts.setdefault((row, None, score, split), {})[part] = number
            elif run is None and not part:
                self.singles[row, quantity] = (number, reason)
            elif run is not None and number is not None:
                self.values.setdefault((row, quantity), {})[run] = number
            else:
                self.reasons.setdefault((row, quantity), reason)
        self.same_as = {row: _repeated(of_row) for row, of_row in of_runs.items()}
        """Of each variant the runs with the very scores of an earlier one on the same data, and that one."""
        for row, quantity, part, error in _rows(scores, ["variant", "quantity", "part", "standard_error"]):
            if not part and error > 0:
                self.errors.setdefault((row, quantity), []).append(float(error))
        if measures is not None:
            names = ["variant", "sample", "seed", "measure", "part", "value"]
            for row, sample, seed, name, part, value in _rows(measures, names):
                quantity = f"{name}:{part}" if part else name
                self.values.setdefault((row, quantity), {})[int(sample), int(seed)] = float(value)

    def reasons_of(self, row: str) -> set[str]:
        """Return the reasons why scores of a row are missing."""
        return {reason for (of, _), reason in self.reasons.items() if of == row}


def _repeated(scores: Mapping[RunId, list[tuple[str, str, float | None]]]) -> dict[RunId, RunId]:
    """Return the runs whose scores are all those of an earlier run on the same data, to the last digit."""
    first: dict[Any, RunId] = {}
    found = {}
    for run, of_run in scores.items():
        if any(number is not None for *_, number in of_run):
            earlier = first.setdefault((run[0], tuple(of_run)), run)
            if earlier != run:
                found[run] = earlier
    return found


def _mean(values: list[float], *, is_ratio: bool) -> float:
    """Return the mean, with `is_ratio` the geometric one, unless a value is not positive."""
    if len(values) == 1:
        return values[0]
    if is_ratio and min(values) > 0:
        return exp(sum(map(log, values)) / len(values))
    return sum(values) / len(values)


def _rows(frame: pd.DataFrame, names: list[str]) -> Iterator[Any]:
    return frame.reindex(columns=names).itertuples(index=False, name=None)
