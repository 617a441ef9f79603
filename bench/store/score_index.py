"""An index of the tables of scores and measures, so that each value is found at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bench.store.values import RunId


class ScoreIndex:
    """Values of the tables by what they are of.

    Parameters
    ----------
    scores : DataFrame
        Rows of `scores.csv` with their `quantity`.
    measures : DataFrame or None
        Rows of `measures.csv`.

    Attributes
    ----------
    values, reasons : dict
        Value of each run, and the first reason for a missing one, by variant and quantity.
    singles : dict
        Value or reason of references and of scores over seeds, by row and quantity.
    parts : dict
        Scores of several parts, by row, run, score and split.
    """

    def __init__(self, scores: pd.DataFrame, measures: pd.DataFrame | None) -> None:
        self.values: dict[tuple[str, str], dict[RunId, float]] = {}
        self.reasons: dict[tuple[str, str], str] = {}
        self.singles: dict[tuple[str, str], tuple[float | None, str]] = {}
        self.parts: dict[tuple[str, RunId | None, str, str], dict[str, float]] = {}
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
    columns: list[list[Any]] = [frame[name].to_list() for name in names]
    return zip(*columns, strict=True)
