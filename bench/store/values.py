"""What tables are made of: the values of a quantity over runs, and what is known of rows and data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

RunId = tuple[int, int]
"""Sample of the data and seed: what tells the runs of one variant apart, and pairs those of two."""


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

    def __len__(self) -> int:
        return len(self.by_run)

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
    """Labels of the points of `train` and `test`, as indices into `classes`; none where the data have none."""


class ScoreIndex:
    """Values of `scores.csv`, with its column `quantity`, and of `measures.csv` by what they are of."""

    def __init__(self, scores: pd.DataFrame, measures: pd.DataFrame | None) -> None:
        self.values: dict[tuple[str, str], dict[RunId, float]] = {}
        """Value of each run by variant and quantity; `reasons`: the first reason for a missing one."""
        self.reasons: dict[tuple[str, str], str] = {}
        self.singles: dict[tuple[str, str], tuple[float | None, str]] = {}
        """Value or reason of references and of scores over seeds, by row and quantity."""
        self.parts: dict[tuple[str, RunId | None, str, str], dict[str, float]] = {}
        """Scores of several parts, by row, run, score and split."""
        names = ["variant", "quantity", "sample", "seed", "score", "split", "part", "value", "reason"]
        for row, quantity, sample, seed, score, split, part, value, reason in _rows(scores, names):
            run = None if pd.isna(seed) else (int(sample), int(seed))
            number = None if pd.isna(value) else float(value)
            if part and number is not None:
                self.parts.setdefault((row, run, score, split), {})[part] = number
            elif run is None and not part:
                self.singles[row, quantity] = (number, reason)
            elif run is not None and number is not None:
                self.values.setdefault((row, quantity), {})[run] = number
            else:
                self.reasons.setdefault((row, quantity), reason)
        if measures is not None:
            names = ["variant", "sample", "seed", "measure", "part", "value"]
            for row, sample, seed, name, part, value in _rows(measures, names):
                quantity = f"{name}:{part}" if part else name
                self.values.setdefault((row, quantity), {})[int(sample), int(seed)] = float(value)


def _rows(frame: pd.DataFrame, names: list[str]) -> Iterator[Any]:
    return frame[names].itertuples(index=False, name=None)
