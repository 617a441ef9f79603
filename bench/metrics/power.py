"""Before and after a measurement: how many runs a decision needs, and where one more run would lie."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import numpy as np
from scipy import stats

from bench.metrics.statistics import Interval, interval, student

POWER = 0.8
"""Probability with which an effect of the size of the margin is to be found."""
MAX_RUNS = 10_000


def runs_needed(deviation: float, margin: float, power: float = POWER) -> int:
    """Return how many runs find with a probability of `power` that a mean lies beyond a border, if it does by `margin`.

    The border is outside of Student's 95 % interval then. `deviation` is the standard deviation of a run, of paired
    runs that of their difference. At most `MAX_RUNS` are returned.

    >>> runs_needed(deviation=0.02, margin=0.02), runs_needed(deviation=0.0, margin=0.02)
    (10, 2)
    """
    low, high = 2, MAX_RUNS
    while low < high:
        n = (low + high) // 2
        found = 1.0 if deviation == 0 else stats.nct.sf(student(n - 1), n - 1, margin / deviation * sqrt(n))
        low, high = (low, n) if found >= power else (n + 1, high)
    return low


def one_more(values: Iterable[float]) -> Interval | None:
    """Return the mean with the 95 % prediction interval of one more value; no bounds with fewer than two values.

    >>> one_more([0.90, 0.92, 0.91])
    Interval(mean=0.91, low=0.8603172..., high=0.9596827..., n=3)
    """
    sample = np.fromiter(values, dtype=np.float64)
    found = interval(sample)
    if found is None or found.n < 2:
        return found
    half = student(found.n - 1) * float(sample.std(ddof=1)) * sqrt(1 + 1 / found.n)
    return Interval(found.mean, found.mean - half, found.mean + half, found.n)
