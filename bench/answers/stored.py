"""A results folder as it is committed: CSV files and the study, without embeddings or records of runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from bench import study
from bench.errors import StoreError
from bench.scores import SCORES
from bench.statistics import Difference, Interval, interval, paired
from bench.study import Study
from bench.tables.frames import COSTS

Sample = dict[int, float]
"""One number a seed."""


@dataclass(frozen=True)
class Pair:
    """Two methods in one column, as `comparisons.csv` has them.

    Attributes
    ----------
    change, low, high : float or None
        What the first is beside the second, with its 95 % interval: a difference, or where `is_ratio` a ratio.
    told_apart : bool or None
        None where there is no verdict.
    """

    change: float | None
    low: float | None
    high: float | None
    is_ratio: bool
    told_apart: bool | None


@dataclass(frozen=True)
class Stored:
    """What the files of a results folder say."""

    folder: Path

    @property
    def exists(self) -> bool:
        """Whether there is a finished study."""
        return all((self.folder / name).is_file() for name in ("study.toml", "runs.csv", "scores.csv"))

    @cached_property
    def study(self) -> Study:
        """What was asked, resolved."""
        return study.read(str(self.folder / "study.toml"))

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run; see `runs.csv`."""
        return self.frame("runs")

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row a score of a run; see `scores.csv`."""
        return self.frame("scores")

    @property
    def variants(self) -> tuple[str, ...]:
        """Variants that have runs, in the study's order."""
        return tuple(dict.fromkeys(self.runs["variant"]))

    def label(self, variant: str) -> str:
        """Return what a variant is called in tables and figures."""
        return self.study.variants[variant].label

    def param(self, variant: str, name: str) -> Any:
        """Return a parameter that the study sets; None where it has its default."""
        return self.study.variants[variant].params.get(name)

    def sample(self, variant: str, column: str) -> Sample:
        """Return the values of a column of `summary.csv` by seed; without runs that failed or have none.

        Parameters
        ----------
        variant : str
            Also a reference such as `pixels`, whose one value has seed -1, as has a score over all seeds.
        column : str
            A cost such as `fit_s`, or a score as `column_name` writes it, such as `knn_accuracy_k10_test`.
        """
        if column in (*COSTS, "transform_peak_mib", "transform_baseline_mib"):
            rows = self.runs[(self.runs["variant"] == variant) & (self.runs["status"] == "ok")]
            values = rows[["seed", column]].dropna()
            return dict(zip(values["seed"].astype(int), values[column].astype(float), strict=True))
        return self._scores_by_column.get((variant, column), {})

    def interval(self, variant: str, column: str) -> Interval | None:
        """Return the median of a column over seeds with its 95 % interval; None without values."""
        return interval(self.sample(variant, column).values(), *_ends(column))

    def difference(self, first: str, second: str, column: str) -> Difference | None:
        """Return `first - second` in a column, paired over the seeds that both have, without correction."""
        one, other = self.sample(first, column), self.sample(second, column)
        shared = sorted(one.keys() & other.keys())
        return paired([one[seed] for seed in shared], [other[seed] for seed in shared])

    def between(self, first: str, second: str, column: str) -> Pair | None:
        """Return the corrected comparison of two methods, in this order; None where they were not compared."""
        rows = self._comparisons[self._comparisons["column"] == column]
        for one, other, turned in ((first, second, False), (second, first, True)):
            found = rows[(rows["first"] == one) & (rows["second"] == other)]
            if len(found):
                return _pair(found.iloc[0], turned)
        return None

    def frame(self, name: str) -> pd.DataFrame:
        """Return `NAME.csv` of the folder; what stands for a name or a reason is text, never a missing number.

        Raises
        ------
        StoreError
            If it is not there, as in a folder that was written by another version.
        """
        path = self.folder / f"{name}.csv"
        try:
            frame = pd.read_csv(path, dtype={"variant": str, "part": str, "reason": str})
        except FileNotFoundError as error:
            raise StoreError(
                f"Got no {path}, but expected one; `python -m bench report {self.folder}` writes it where the runs are."
            ) from error
        texts = [column for column in ("part", "reason") if column in frame]
        return frame.fillna(dict.fromkeys(texts, ""))

    @cached_property
    def _comparisons(self) -> pd.DataFrame:
        return self.frame("comparisons")

    @cached_property
    def _scores_by_column(self) -> dict[tuple[str, str], Sample]:
        rows = self.scores[(self.scores["part"] == "") & self.scores["value"].notna()]
        suffix = rows["k"].map(lambda k: "" if pd.isna(k) else f"_k{int(k)}") + rows["split"].map(
            lambda split: "_test" if split == "test" else ""
        )
        found: dict[tuple[str, str], Sample] = {}
        seeds = rows["seed"].fillna(-1).astype(int)
        columns = rows["score"] + suffix
        for variant, column, seed, value in zip(rows["variant"], columns, seeds, rows["value"], strict=True):
            found.setdefault((variant, column), {})[seed] = float(value)
        return found


def _ends(column: str) -> tuple[float, float]:
    """Return the range that a column's values cannot pass."""
    score = SCORES.get(column.removesuffix("_test").rpartition("_k")[0] or column.removesuffix("_test"))
    score = score or SCORES.get(column.removesuffix("_test"))
    return (0.0, float("inf")) if score is None else (score.low, score.high)


def _pair(row: pd.Series, turned: bool) -> Pair:
    is_ratio = row["is"] == "ratio"
    told_apart = {"told apart": True, "cannot be told apart": False}.get(row["verdict"])
    if pd.isna(row["change"]):
        return Pair(None, None, None, is_ratio, told_apart)
    change, low, high = float(row["change"]), float(row["change_low"]), float(row["change_high"])
    if turned:
        change, low, high = (1 / change, 1 / high, 1 / low) if is_ratio else (-change, -high, -low)
    return Pair(change, low, high, is_ratio, told_apart)
