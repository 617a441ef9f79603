"""Two layouts: where the runs of a method fall into two groups, so that a mean describes neither of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import sqrt

import numpy as np

from bench.analysis.quantities import QUANTITIES, number
from bench.metrics.statistics import MIN_OF_GROUP, MIN_OF_GROUPS, two_groups
from bench.store.results import Results
from bench.units import counted

SCORES = ("knn_accuracy_k10", "knn_accuracy_k10_test", "silhouette", "trustworthiness_k5")
"""Scores whose values are looked at: few, as with each of them a gap must be wider to count."""
BY_CHANCE = 0.01
"""Probability that any of the methods and scores of a study has two groups if the values of all are normal."""
N_SAMPLES, N_PARTS, MAX_VALUES = 200_000, 4, 30
"""Normal samples that tell how wide a gap must be, parts in which they are drawn to take little memory, and the most
values of a sample: of more a narrower gap would do."""


@dataclass(frozen=True)
class Layouts:
    """The values of a score in two groups of runs, the lower one first."""

    variant: str
    key: str
    low: np.ndarray
    high: np.ndarray

    @property
    def text(self) -> str:
        """Both groups, from their least to their greatest value, with their sizes: `0.911 to 0.915 (6 seeds), ...`."""
        quantity = QUANTITIES[self.key]
        ends = [f"{number(quantity, of[0])} to {number(quantity, of[-1])}" for of in (self.low, self.high)]
        return f"{ends[0]} ({counted(len(self.low), 'seed')}), {ends[1]} ({len(self.high)})"


def all_layouts(results: Results) -> dict[str, list[Layouts]]:
    """Return the scores of each method whose values fall into two groups."""
    values = looked_at(results)
    found: dict[str, list[Layouts]] = {}
    for (variant, key), of_runs in values.items():
        groups = two_groups(of_runs)  # a fast first look, at one of them alone
        if groups and widest_gaps(of_runs[None])[0] > least_gap(len(of_runs), len(values)):
            found.setdefault(variant, []).append(Layouts(variant, key, *groups))
    return found


def looked_at(results: Results) -> dict[tuple[str, str], np.ndarray]:
    """Return the values over runs of each method and score that has enough of them.

    There are none in a study with several samples of its data: runs on one of these have more in common than others,
    so that two groups of runs may be two groups of samples.
    """
    if results.is_resampled:
        return {}
    units = {(v, key): results.values(v, key).units().values() for v in results.methods for key in SCORES}
    return {one: np.array(list(of), dtype=np.float64) for one, of in units.items() if len(of) >= MIN_OF_GROUPS}


def least_gap(n: int, n_looked_at: int) -> float:
    """Return the gap that two groups of `n` values have at least, in standard deviations within them.

    Of `n_looked_at` normal samples any has a wider one with the probability `BY_CHANCE` at most (Bonferroni).
    """
    beyond = N_SAMPLES * BY_CHANCE / n_looked_at
    # How many of the drawn samples lie beyond it varies: with so many fewer it is rather too wide than too narrow.
    beyond -= min(2 * sqrt(beyond), beyond)
    return float(np.quantile(_gaps_of_normal(min(n, MAX_VALUES)), 1 - beyond / N_SAMPLES))


@cache
def _gaps_of_normal(n: int) -> np.ndarray:
    rng = np.random.RandomState(0)
    parts = [widest_gaps(rng.standard_normal((N_SAMPLES // N_PARTS, n))) for _ in range(N_PARTS)]
    return np.concatenate(parts)


def widest_gaps(samples: np.ndarray) -> np.ndarray:
    """Return the widest gap of each row of values, in standard deviations within the groups that it parts.

    Either group has at least `MIN_OF_GROUP` values, as in `bench.metrics.statistics.two_groups`.
    """
    ordered, n = np.sort(samples - samples.mean(axis=1, keepdims=True), axis=1), samples.shape[1]
    gaps = np.diff(ordered)[:, MIN_OF_GROUP - 1 : 1 - MIN_OF_GROUP]
    size = gaps.argmax(axis=1) + MIN_OF_GROUP
    low = np.take_along_axis(ordered.cumsum(axis=1), size[:, None] - 1, axis=1)[:, 0]
    # The values of a row are centred, so that the sums of its groups differ in their sign alone.
    within = (ordered**2).sum(axis=1) - low**2 / size - low**2 / (n - size)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = gaps.max(axis=1) / np.sqrt(np.maximum(within, 0) / (n - 2))
    return found
