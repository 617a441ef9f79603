"""Intervals and tests: how much a number varies with seeds or points, and whether two numbers differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats
from scipy.special import stdtr, stdtrit

LEVEL = 0.95
"""Confidence of every interval."""
ALPHA = 0.05
"""A difference is significant if its corrected p value lies below."""
MIN_FOR_ORDER_STATISTICS = 6
"""Below this many values not even their whole range covers the median with 95 %."""
ROUNDING = 1e-12
"""Values that differ by no more than this share of their size are equal: sums in another order do as much."""
RESAMPLES = 4_000
"""A hundred of them lie beyond either end of a 95 % interval, so that its ends hardly depend on the draw."""


@dataclass(frozen=True)
class Interval:
    """The median of `n` values with a 95 % interval; the bounds are None where one value says nothing of its spread."""

    median: float
    low: float | None
    high: float | None
    n: int


def interval(values: Iterable[float], lowest: float = -np.inf, highest: float = np.inf) -> Interval | None:
    """Return the median with a 95 % interval; None without values.

    From six values on the interval is that of the median by order statistics, which assumes nothing of their
    distribution. With two to five no such interval exists; there it is Student's interval of the mean, which
    assumes values scattered normally around their centre, and is wide. It is cut where the quantity's range ends.
    """
    sample = np.sort(np.fromiter(values, dtype=np.float64))
    n = len(sample)
    if n == 0:
        return None
    median = float(np.median(sample))
    if n == 1:
        return Interval(median, None, None, 1)
    if n < MIN_FOR_ORDER_STATISTICS:
        half = _quantile(n - 1) * float(np.std(sample, ddof=1)) / sqrt(n)
        low, high = float(np.mean(sample)) - half, float(np.mean(sample)) + half
    else:
        # The number of values below the median is binomial; cut off as many as leave 2.5 % on either side.
        cut = max(int(stats.binom.ppf((1 - LEVEL) / 2, n, 0.5)) - 1, 0)
        low, high = float(sample[cut]), float(sample[n - 1 - cut])
    # Rounding must not push the bounds of equal values past the value itself.
    return Interval(median, min(max(low, lowest), median), max(min(high, highest), median), n)


@dataclass(frozen=True)
class Difference:
    """Mean difference of two samples, with its 95 % interval and the p value of there being none."""

    estimate: float
    low: float
    high: float
    p: float


def paired(first: Sequence[float], second: Sequence[float]) -> Difference | None:
    """Return the mean of `first - second`, value by value; None with fewer than two pairs.

    Interval and p value are Student's, of the differences. Differences that are all the same leave nothing to chance:
    the interval is a point then, and p is 1 where they are zero, else 0.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if len(a) < 2:
        return None
    differences = a - b
    error = float(differences.std(ddof=1)) / sqrt(len(differences))
    return _student(float(differences.mean()), error, len(differences) - 1, _scale(a, b))


def unpaired(first: Sequence[float], second: Sequence[float]) -> Difference | None:
    """Return the difference of two means; None where a sample has fewer than two values.

    Interval and p value are Welch's, which does not take the spreads for equal. Where one sample has none, this is
    the test of the other against a fixed number.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if min(len(a), len(b)) < 2:
        return None
    squares = [float(sample.var(ddof=1)) / len(sample) for sample in (a, b)]
    parts = sum(square**2 / (len(sample) - 1) for square, sample in zip(squares, (a, b), strict=True))
    degrees = sum(squares) ** 2 / parts if parts > 0 else 1.0
    return _student(float(a.mean() - b.mean()), sqrt(sum(squares)), degrees, _scale(a, b))


@dataclass(frozen=True)
class McNemar:
    """On how many points only one of two methods is correct, and the p value of each being as likely to be that one."""

    only_first: int
    only_second: int
    p: float


def mcnemar(first: np.ndarray, second: np.ndarray) -> McNemar:
    """Return McNemar's test of whether each method is correct on each point, exact by the binomial (McNemar 1947)."""
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    n = only_first + only_second
    return McNemar(only_first, only_second, float(stats.binomtest(only_first, n).pvalue) if n else 1.0)


def resampled_means(values: np.ndarray, seed: int) -> np.ndarray:
    """Return the mean of each column over resampled rows: the bootstrap (Efron 1979).

    Every resample has the same rows in all columns, so that the difference of two columns is that of paired values:
    values of shape (n_points, n_methods) give an array of shape (RESAMPLES, n_methods).
    """
    rng, n = np.random.RandomState(seed), len(values)
    draws = (np.bincount(rng.randint(n, size=n), minlength=n) for _ in range(RESAMPLES))
    return np.stack([counts @ values for counts in draws]) / n


def percentiles(resampled: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval that resamples give."""
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def resampled_difference(first: np.ndarray, second: np.ndarray, estimate: float) -> Difference:
    """Return the difference of two columns' means, with interval and p value from their resamples.

    The interval is that of percentiles; p is of the normal distribution with the standard error that the resamples
    have. To count those beyond zero could show no p below one over their number, which leaves nothing to correct.
    `estimate` is the difference itself.
    """
    differences = first - second
    error, (low, high) = float(differences.std(ddof=1)), percentiles(differences)
    if error <= ROUNDING * _scale(first, second):
        return Difference(estimate, estimate, estimate, 1.0 if abs(estimate) <= ROUNDING else 0.0)
    return Difference(estimate, low, high, float(2 * stats.norm.sf(abs(estimate) / error)))


def is_constant(values: Sequence[float]) -> bool:
    """Return whether values do not differ beyond rounding."""
    return float(np.ptp(values)) <= ROUNDING * _scale(np.asarray(values))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values corrected for being several (Holm 1979): below 0.05 in one of twenty studies if none is real.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    corrected = np.empty_like(p)
    corrected[order] = np.maximum.accumulate(np.minimum(p[order] * np.arange(len(p), 0, -1), 1.0))
    return corrected.tolist()


def result(p_corrected: float) -> str:
    """Return the result of a test as text."""
    return "significantly different" if p_corrected < ALPHA else "no significant difference"


def _student(mean: float, error: float, degrees: float, scale: float) -> Difference:
    if error <= ROUNDING * scale:
        return Difference(mean, mean, mean, 1.0 if abs(mean) <= ROUNDING * scale else 0.0)
    half = _quantile(degrees) * error
    return Difference(mean, mean - half, mean + half, float(2 * stdtr(degrees, -abs(mean) / error)))


def _quantile(degrees: float) -> float:
    """Return the upper end of Student's interval; `stats.t` gives the same, ten times slower."""
    return float(stdtrit(degrees, (1 + LEVEL) / 2))


def _scale(*samples: np.ndarray) -> float:
    return max(float(np.abs(sample).max()) for sample in samples)
