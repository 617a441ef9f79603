"""The noise floor: what two variants that are the same differ by, and the smallest difference that could be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from statistics import mean, variance

from scipy import stats

from bench.headline import Cell, Part
from bench.study import Study


@dataclass(frozen=True)
class Floor:
    """One quantity measured twice under two names.

    Attributes
    ----------
    first, second : float
        Means of the twins.
    resolvable : float
        The smallest difference between two means of as many runs that Student's test would call one, at 95 %.
    """

    quantity: str
    first: float
    second: float
    resolvable: float

    @property
    def told_apart(self) -> bool:
        """Whether the twins differ by more than noise, as one in twenty quantities will by chance."""
        return abs(self.second - self.first) > self.resolvable


def twins(study: Study) -> list[tuple[str, str]]:
    """Return the pairs of variants that differ in nothing but their names."""
    return [
        (a, b)
        for a, b in combinations(study.variants, 2)
        if study.variants[a].model_copy(update={"label": ""}) == study.variants[b].model_copy(update={"label": ""})
    ]


def floors(first: Mapping[str, Sequence[float]], second: Mapping[str, Sequence[float]]) -> list[Floor]:
    """Return the floor of every quantity that both twins have at least two values of."""
    return [
        _floor(quantity, first[quantity], second[quantity])
        for quantity in first
        if min(len(first[quantity]), len(second.get(quantity, ()))) >= 2
    ]


def _floor(quantity: str, a: Sequence[float], b: Sequence[float]) -> Floor:
    degrees = len(a) + len(b) - 2
    pooled = ((len(a) - 1) * variance(a) + (len(b) - 1) * variance(b)) / degrees
    quantile = float(stats.t.ppf(0.975, degrees))
    return Floor(quantity, mean(a), mean(b), quantile * sqrt(pooled * (1 / len(a) + 1 / len(b))))


def table(pair: tuple[str, str], found: Sequence[Floor]) -> Part:
    """Return the floors as a table."""
    rows = [
        [
            Cell(floor.quantity),
            Cell(f"{floor.first:.4g}"),
            Cell(f"{floor.second:.4g}"),
            Cell(f"{floor.resolvable:.2g}"),
            Cell(f"{floor.resolvable / abs(floor.first):.1%}" if floor.first else ""),
            Cell("yes" if floor.told_apart else "no"),
        ]
        for floor in found
    ]
    header = ["quantity", *pair, "smallest\ndifference told", "of the\nfirst", "told apart"]
    return Part(
        f"One reducer under two names, {pair[0]} and {pair[1]}: what this machine cannot tell apart", header, rows
    )
