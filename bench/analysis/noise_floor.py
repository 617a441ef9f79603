"""The noise floor: how much two identical variants differ, and the smallest difference beyond that noise."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import exp, log, sqrt
from statistics import variance

from bench.analysis.quantities import QUANTITIES, SCORES
from bench.analysis.summary import interval_over
from bench.metrics.statistics import student
from bench.store.results import Results
from bench.store.values import Values
from bench.studies.study import Study

REPEATED_COSTS = ("fit_s", "transform_s", "peak_mib")
"""Costs that every run pays again; a cold start is paid once by a worker."""


@dataclass(frozen=True)
class Floor:
    """Means of one quantity under two names, and half of what Student's 95 % interval of their difference spans.

    Of times and memory it is the share of the first by which the second may be larger.
    """

    quantity: str
    first: float
    second: float
    resolvable: float

    @property
    def is_exceeded(self) -> bool:
        """Whether the twins differ by more, as one in twenty quantities will by chance."""
        if QUANTITIES[self.quantity].is_ratio:
            return abs(log(self.second / self.first)) > log(1 + self.resolvable / self.first)
        return abs(self.second - self.first) > self.resolvable


def twins(study: Study) -> list[tuple[str, str]]:
    """Return the pairs of variants that differ in nothing but their names."""
    bare = {name: variant.model_copy(update={"label": ""}) for name, variant in study.variants.items()}
    return [(a, b) for a, b in combinations(bare, 2) if bare[a] == bare[b]]


def floors(results: Results, first: str, second: str) -> list[Floor]:
    """Return the floor of every repeated cost and score of which both twins have at least two different runs."""
    found = []
    for key in (*REPEATED_COSTS, *SCORES):
        floor = _floor(key, *(results.values(twin, key) for twin in (first, second)))
        found += [floor] if floor is not None else []
    return found


def _floor(key: str, first: Values, second: Values) -> Floor | None:
    quantity = QUANTITIES[key]
    means = [interval_over(values, quantity) for values in (first, second)]
    a, b = (list(values.units(is_ratio=quantity.is_ratio).values()) for values in (first, second))
    if min(len(a), len(b)) < 2 or (quantity.is_ratio and min(*a, *b) <= 0):
        return None
    if quantity.is_ratio:
        a, b = ([log(value) for value in sample] for sample in (a, b))
    degrees = len(a) + len(b) - 2
    pooled = ((len(a) - 1) * variance(a) + (len(b) - 1) * variance(b)) / degrees
    half = student(degrees) * sqrt(pooled * (1 / len(a) + 1 / len(b)))
    assert means[0] is not None
    assert means[1] is not None
    return Floor(key, means[0].mean, means[1].mean, means[0].mean * (exp(half) - 1) if quantity.is_ratio else half)
