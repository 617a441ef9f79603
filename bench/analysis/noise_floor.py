"""The noise floor: how much two identical variants differ, and the smallest difference beyond that noise."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from statistics import mean, variance

from scipy import stats

from bench.analysis.quantities import SCORES
from bench.metrics.statistics import LEVEL
from bench.store.results import Results
from bench.studies.study import Study

REPEATED_COSTS = ("fit_s", "transform_s", "peak_mib")
"""Costs that every run pays again; a cold start is paid once by a worker."""


@dataclass(frozen=True)
class Floor:
    """Means of one quantity under two names, and half of what Student's 95 % interval of their difference spans."""

    quantity: str
    first: float
    second: float
    resolvable: float

    @property
    def is_exceeded(self) -> bool:
        """Whether the twins differ by more, as one in twenty quantities will by chance."""
        return abs(self.second - self.first) > self.resolvable


def twins(study: Study) -> list[tuple[str, str]]:
    """Return the pairs of variants that differ in nothing but their names."""
    bare = {name: variant.model_copy(update={"label": ""}) for name, variant in study.variants.items()}
    return [(a, b) for a, b in combinations(bare, 2) if bare[a] == bare[b]]


def floors(results: Results, first: str, second: str) -> list[Floor]:
    """Return the floor of every repeated cost and score that both twins have at least two values of."""
    found = []
    for quantity in (*REPEATED_COSTS, *SCORES):
        a, b = (list(results.values(twin, quantity).by_run.values()) for twin in (first, second))
        if min(len(a), len(b)) >= 2:
            degrees = len(a) + len(b) - 2
            pooled = ((len(a) - 1) * variance(a) + (len(b) - 1) * variance(b)) / degrees
            quantile = float(stats.t.ppf((1 + LEVEL) / 2, degrees))
            found.append(Floor(quantity, mean(a), mean(b), quantile * sqrt(pooled * (1 / len(a) + 1 / len(b)))))
    return found
