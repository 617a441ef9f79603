"""The noise floor: what two variants that are the same differ by, and the smallest difference that could be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from statistics import mean, variance

from scipy import stats

from bench.samples import Sample, Samples
from bench.study import Study
from bench.tables.columns import COST_COLUMNS
from bench.tables.model import Cell, Column, Kind, Row, Table

REPEATED_COSTS = ("fit_s", "transform_s", "peak_mib")
"""Costs that every run pays anew; a cold start is paid once by a worker."""


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


def tables(study: Study, samples: Samples) -> list[Table]:
    """Return a table of floors for every pair of twins, of costs that every run pays anew and of scores."""
    return [
        _table(pair, floors(*(_repeated(samples[variant]) for variant in pair)))
        for pair in twins(study)
        if all(variant in samples for variant in pair)
    ]


def _repeated(of_variant: Mapping[str, Sample]) -> dict[str, list[float]]:
    return {
        column: list(sample.values.values())
        for column, sample in of_variant.items()
        if column in REPEATED_COSTS or column not in COST_COLUMNS
    }


def _table(pair: tuple[str, str], found: Sequence[Floor]) -> Table:
    titles = (*pair, "smallest difference told", "of the first", "told apart")
    columns = tuple(Column(key=title, title=title, family="noise") for title in titles)
    return Table(
        key=f"noise-{pair[0]}",
        title=f"One reducer under two names, {pair[0]} and {pair[1]}: what this machine cannot tell apart",
        columns=columns,
        rows=tuple(Row(floor.quantity, floor.quantity, Kind.METHOD, _cells(floor)) for floor in found),
        heading="quantity",
    )


def _cells(floor: Floor) -> tuple[Cell, ...]:
    share = floor.resolvable / abs(floor.first) if floor.first else None
    return (
        Cell(f"{floor.first:.4g}", value=floor.first),
        Cell(f"{floor.second:.4g}", value=floor.second),
        Cell(f"{floor.resolvable:.2g}", value=floor.resolvable),
        Cell("" if share is None else f"{share:.1%}", value=share),
        Cell("yes" if floor.told_apart else "no"),
    )
