"""Intervals: how far a median over seeds can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats

LEVEL = 0.95
FEWEST_FOR_ORDER_STATISTICS = 6
"""Below this many values not even their whole range covers the median with 95 %."""


@dataclass(frozen=True)
class Interval:
    """A median with a 95 % interval; the bounds are None where one value says nothing of its spread.

    Attributes
    ----------
    n : int
        Number of values.
    """

    median: float
    low: float | None
    high: float | None
    n: int


def interval(values: Iterable[float], lowest: float = -np.inf, highest: float = np.inf) -> Interval | None:
    """Return the median with a 95 % interval; None without values.

    From six values on the interval is that of the median by order statistics, which assumes nothing of their
    distribution. With two to five no such interval exists; there it is Student's interval of the mean, which
    assumes values scattered normally around their centre, and is wide.

    Parameters
    ----------
    values : iterable of float
        One value a seed.
    lowest, highest : float
        What the quantity cannot pass; the interval is cut there.
    """
    sample = np.sort(np.fromiter(values, dtype=np.float64))
    n = len(sample)
    if n == 0:
        return None
    median = float(np.median(sample))
    if n == 1:
        return Interval(median, None, None, 1)
    if n < FEWEST_FOR_ORDER_STATISTICS:
        half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * float(np.std(sample, ddof=1)) / sqrt(n)
        low, high = float(np.mean(sample)) - half, float(np.mean(sample)) + half
    else:
        # The number of values below the median is binomial; cut off as many as leave 2.5 % on either side.
        cut = max(int(stats.binom.ppf((1 - LEVEL) / 2, n, 0.5)) - 1, 0)
        low, high = float(sample[cut]), float(sample[n - 1 - cut])
    # Rounding must not push the bounds of equal values past the value itself.
    return Interval(median, min(max(low, lowest), median), max(min(high, highest), median), n)
