"""Comparisons: which methods of a study can be told apart in one quantity over seeds, and by how much they differ.

Over held-out points they are compared in `bench.held_out`. Friedman's and Nemenyi's tests are not here: they compare
ranks over independent datasets, and the seeds of a study are fits of one dataset; taken for datasets they would make
every difference as sure as one likes by fitting more often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import combinations
from math import exp, log
from statistics import median

import pandas as pd

from bench.samples import Sample
from bench.statistics import Difference, holm, is_constant, paired, unpaired
from bench.tables.columns import RATIO_UNITS
from bench.tables.model import Column

LEVEL = 0.05


class Design(StrEnum):
    """How two samples were compared."""

    PAIRED = "paired over seeds"
    """Student's test of the differences over the seeds that both have."""
    UNPAIRED = "unpaired"
    """Welch's test: without a seed the runs of two methods have nothing in common."""
    ONE_SAMPLE = "one sample"
    """Student's test against a fixed number: one of the two gives the same value with every seed."""
    NONE = "none"
    """Fewer than two seeds: no verdict."""


@dataclass(frozen=True)
class Comparison:
    """Two methods in one quantity.

    Attributes
    ----------
    n : int
        Seeds that the test rests on.
    change, low, high : float or None
        What `first` is beside `second`, with its 95 % interval, which no correction widens: a difference of means,
        or for times and memory a ratio of geometric means.
    p, p_holm : float or None
        Of there being no difference; for this pair alone, and corrected for all pairs tested in the column.
    """

    first: str
    second: str
    design: Design
    n: int
    change: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_holm: float | None = None

    @property
    def told_apart(self) -> bool:
        """Whether the two differ beyond doubt."""
        return self.p_holm is not None and self.p_holm < LEVEL

    @property
    def tied(self) -> bool:
        """Whether they were compared and cannot be told apart."""
        return self.p_holm is not None and not self.told_apart


@dataclass(frozen=True)
class Standing:
    """All methods in one column.

    Attributes
    ----------
    medians : mapping of str to float
        Of the methods that have at least two values, the best one first.
    comparisons : tuple of Comparison
        Every pair of them.
    """

    column: Column
    medians: Mapping[str, float]
    comparisons: tuple[Comparison, ...]

    @cached_property
    def best(self) -> tuple[str, ...]:
        """The method with the best median and all that cannot be told apart from it; empty where none competes."""
        if not self.column.better or len(self.medians) < 2:
            return ()
        leader, *others = self.medians
        return (leader, *(other for other in others if self.between(leader, other).tied))

    def between(self, first: str, second: str) -> Comparison:
        """Return the comparison of two methods, in this order."""
        for found in self.comparisons:
            if (found.first, found.second) == (first, second):
                return found
            if (found.first, found.second) == (second, first):
                return _turned(found, self.is_ratio)
        raise KeyError((first, second))

    @property
    def is_ratio(self) -> bool:
        """Whether changes are ratios."""
        return self.column.unit in RATIO_UNITS


def standing(column: Column, samples: Mapping[str, Sample]) -> Standing:
    """Compare every pair of methods in one column, Holm-corrected over these pairs.

    All pairs count, also where only those with the best method are looked at: which one is best is seen in the same
    numbers, and a correction for its pairs alone would find differences that are not there up to twice too often.

    Parameters
    ----------
    samples : mapping of str to Sample
        The column's values of each method that takes part. Those with fewer than two have no verdict.
    """
    several = {name: sample for name, sample in samples.items() if len(sample) > 1}
    is_ratio = column.unit in RATIO_UNITS
    found = [compare(a, several[a], b, several[b], is_ratio) for a, b in combinations(several, 2)]
    tested = [comparison for comparison in found if comparison.p is not None]
    corrected = iter(holm([comparison.p for comparison in tested if comparison.p is not None]))
    found = [c if c.p is None else replace(c, p_holm=next(corrected)) for c in found]
    sign = -1 if column.better == "higher" else 1
    medians = {name: median(sample.values.values()) for name, sample in several.items()}
    ordered = dict(sorted(medians.items(), key=lambda item: sign * item[1]))
    return Standing(column, ordered, tuple(found))


def compare(first: str, a: Sample, second: str, b: Sample, is_ratio: bool = False) -> Comparison:
    """Compare two samples by the test that suits them."""
    shared = sorted(a.values.keys() & b.values.keys())
    fixed = [is_constant(list(sample.values.values())) for sample in (a, b) if len(sample) > 1]
    if min(len(a), len(b)) > 1 and any(fixed):
        design, x, y = Design.ONE_SAMPLE, list(a.values.values()), list(b.values.values())
    elif a.seeded and b.seeded:
        design, x, y = Design.PAIRED, [a.values[seed] for seed in shared], [b.values[seed] for seed in shared]
    else:
        design, x, y = Design.UNPAIRED, list(a.values.values()), list(b.values.values())
    n = min(len(x), len(y))
    if is_ratio and min((*x, *y), default=0.0) <= 0:
        return Comparison(first, second, Design.NONE, n)
    change = _difference(design, [log(v) for v in x], [log(v) for v in y]) if is_ratio else _difference(design, x, y)
    if change is None:
        return Comparison(first, second, Design.NONE, n)
    size, low, high = (exp(v) if is_ratio else v for v in (change.estimate, change.low, change.high))
    return Comparison(first, second, design, n, size, low, high, change.p)


def _difference(design: Design, x: Sequence[float], y: Sequence[float]) -> Difference | None:
    return paired(x, y) if design is Design.PAIRED else unpaired(x, y)


def _turned(one: Comparison, is_ratio: bool) -> Comparison:
    if one.change is None or one.low is None or one.high is None:
        return replace(one, first=one.second, second=one.first)
    change, low, high = ((1 / v if is_ratio else -v) for v in (one.change, one.high, one.low))
    return replace(one, first=one.second, second=one.first, change=change, low=low, high=high)


def frame(standings: Iterable[Standing]) -> pd.DataFrame:
    """Return one row a pair of methods and column."""
    rows = [
        {"column": one.column.key, "first": pair.first, "second": pair.second, "design": pair.design.value, "n": pair.n}
        | {"change": pair.change, "change_low": pair.low, "change_high": pair.high}
        | {"is": "ratio" if one.is_ratio else "difference", "p": pair.p, "p_holm": pair.p_holm}
        | {"verdict": "told apart" if pair.told_apart else "cannot be told apart" if pair.tied else "no verdict"}
        for one in standings
        for pair in one.comparisons
    ]
    columns = ["column", "first", "second", "design", "n", "change", "change_low", "change_high", "is", "p", "p_holm"]
    return pd.DataFrame(rows, columns=[*columns, "verdict"])
