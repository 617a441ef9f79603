"""Intervals: how much a number varies with seeds or points, and how far apart two numbers are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from scipy import stats
from scipy.special import stdtrit

LEVEL = 0.95
"""Confidence of every interval."""
ROUNDING = 1e-12
"""Values that differ by no more than this share of their size are equal: sums in another order do as much."""
MIN_OF_GROUP, MIN_OF_GROUPS = 2, 6
"""Values that each of two groups has at least, and both together."""
APART = (
    *(7.46, 6.04, 5.03, 4.37, 3.90, 3.51, 3.23, 3.00, 2.79, 2.63, 2.48, 2.36, 2.25),
    *(2.17, 2.09, 2.01, 1.96, 1.91, 1.84, 1.79, 1.76, 1.71, 1.69, 1.64, 1.61),
)
"""Least gap between two groups in standard deviations within them, for 6 to 30 values. Of normal samples, 1 % have a
larger one (200,000 samples of each size, drawn with seed 0, rounded up); more values have a smaller one."""
RESAMPLES = 4_000
"""A hundred of them lie beyond either end of a 95 % interval, so that its ends hardly depend on the draw."""


@dataclass(frozen=True)
class Interval:
    """The mean of `n` values with a 95 % interval; the bounds are None where one value says nothing of its spread."""

    mean: float
    low: float | None
    high: float | None
    n: int


def interval(
    values: Iterable[float], lowest: float = -np.inf, highest: float = np.inf, *, is_ratio: bool = False
) -> Interval | None:
    """Return the mean with Student's 95 % interval, cut where the quantity's range ends; None without values.

    With `is_ratio`, for quantities such as times, it is the geometric mean with the interval of the logarithms, unless
    a value is not positive.

    >>> interval([0.90, 0.92, 0.91], 0, 1), interval([1.0, 4.0], is_ratio=True).mean
    (Interval(mean=0.91, low=0.8851586..., high=0.9348413..., n=3), 2.0)
    """
    sample = np.sort(np.fromiter(values, dtype=np.float64))
    n = len(sample)
    if n == 0:
        return None
    if n == 1 or sample[0] == sample[-1]:
        value, bound = float(sample[0]), None if n == 1 else float(sample[0])
        return Interval(value, bound, bound, n)
    is_ratio = is_ratio and sample[0] > 0
    scaled = np.log(sample) if is_ratio else sample
    mean, half = float(scaled.mean()), student(n - 1) * float(scaled.std(ddof=1)) / sqrt(n)
    mean, low, high = (exp_of(v) if is_ratio else v for v in (mean, mean - half, mean + half))
    # Rounding must not push the bounds past the mean itself.
    return Interval(mean, min(max(low, lowest), mean), max(min(high, highest), mean), n)


@dataclass(frozen=True)
class Difference:
    """Mean difference of two samples with its standard error; no error where the same difference always comes."""

    estimate: float
    error: float
    degrees: float

    def bounds(self, n: int = 1) -> tuple[float, float]:
        """Return the 95 % interval; of one of `n` comparisons, one that holds for all of them at once (Bonferroni)."""
        half = student(self.degrees, n) * self.error if self.error else 0.0
        return self.estimate - half, self.estimate + half

    def __neg__(self) -> Difference:
        return Difference(-self.estimate, self.error, self.degrees)


def paired(first: Sequence[float], second: Sequence[float]) -> Difference | None:
    """Return the mean of `first - second`, value by value, for Student's interval; None with fewer than two pairs."""
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if len(a) < 2:
        return None
    differences = a - b
    error = float(differences.std(ddof=1)) / sqrt(len(differences))
    return _difference(float(differences.mean()), error, len(differences) - 1, a, b)


def unpaired(first: Sequence[float], second: Sequence[float]) -> Difference | None:
    """Return the difference of two means; None where a sample has fewer than two values.

    The interval is Welch's, which does not take the spreads for equal. Where one sample has none, it is that of the
    other against a fixed number.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if min(len(a), len(b)) < 2:
        return None
    squares = [float(sample.var(ddof=1)) / len(sample) for sample in (a, b)]
    parts = sum(square**2 / (len(sample) - 1) for square, sample in zip(squares, (a, b), strict=True))
    degrees = sum(squares) ** 2 / parts if parts > 0 else 1.0
    return _difference(float(a.mean() - b.mean()), sqrt(sum(squares)), degrees, a, b)


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


def widened(low: float, estimate: float, high: float, n: int) -> tuple[float, float]:
    """Return a 95 % interval widened so that it holds for `n` comparisons at once (Bonferroni), as a normal one is.

    Resamples themselves cannot show it: too few of them lie so far out.
    """
    factor = float(stats.norm.isf((1 - LEVEL) / 2 / max(n, 1)) / stats.norm.isf((1 - LEVEL) / 2))
    return estimate - factor * (estimate - low), estimate + factor * (high - estimate)


def two_groups(values: Iterable[float]) -> tuple[np.ndarray, np.ndarray] | None:
    """Return values as two groups if a gap parts them that is wider than a normal sample has in 99 % of cases.

    It is the widest one with at least two values on either side, in standard deviations within the two groups. Fewer
    than six values are never parted.

    >>> [group.tolist() for group in two_groups([0.924, 0.911, 0.926, 0.912, 0.925, 0.913, 0.912, 0.924]) or ()]
    [[0.911, 0.912, 0.912, 0.913], [0.924, 0.924, 0.925, 0.926]]
    """
    sample = np.sort(np.fromiter(values, dtype=np.float64))
    n = len(sample)
    if n < MIN_OF_GROUPS:
        return None
    gaps = np.diff(sample)[MIN_OF_GROUP - 1 : 1 - MIN_OF_GROUP]
    groups = np.split(sample, [int(gaps.argmax()) + MIN_OF_GROUP])
    within = sqrt(sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / (n - 2))
    least = APART[min(n - MIN_OF_GROUPS, len(APART) - 1)] * within
    return (groups[0], groups[1]) if gaps.max() > max(least, ROUNDING * _scale(sample)) else None


def is_constant(values: Sequence[float]) -> bool:
    """Return whether values do not differ beyond rounding."""
    return float(np.ptp(values)) <= ROUNDING * _scale(np.asarray(values))


def exp_of(logarithm: float) -> float:
    """Return the number with a logarithm, at most about 1e304: wide intervals of few logarithms reach any height."""
    return exp(min(logarithm, 700.0))


def student(degrees: float, n: int = 1) -> float:
    """Return the upper end of Student's 95 % interval, of one of `n` that hold at once.

    `stats.t` gives the same, ten times slower.
    """
    return float(stdtrit(degrees, 1 - (1 - LEVEL) / 2 / n))


def _difference(mean: float, error: float, degrees: float, *samples: np.ndarray) -> Difference:
    rounding = ROUNDING * _scale(*samples)
    return Difference(0.0 if abs(mean) <= rounding else mean, 0.0 if error <= rounding else error, degrees)


def _scale(*samples: np.ndarray) -> float:
    return max(float(np.abs(sample).max()) for sample in samples)
