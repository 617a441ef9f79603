"""Power: how many seeds it takes until intervals decide by the margin, as far as runs that are there tell.

What is asked: that the 95 % interval of the difference of two methods, which holds for all comparisons of a study at
once, reaches no more than half the margin to either side, with a probability of 90 %. Then two methods that are the
same are equivalent in nearly all studies, and a difference of one and a half margins is found. Both methods are taken
to vary as one does, from seed to seed, and independently of each other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy import stats

from bench.analysis.quantities import QUANTITIES
from bench.metrics.statistics import student
from bench.store.results import Results

PROBABILITY = 0.9
MAX_SEEDS = 1_000
"""More seeds than nobody runs."""


@dataclass(frozen=True)
class Power:
    """How a quantity of a method varies with the seed, and the seeds that this asks for; None if above `MAX_SEEDS`.

    The deviation is of logarithms for times and memory, whose margin is one of ratios.
    """

    deviation: float
    seeds: int | None


def half_width(deviation: float, n: int, n_pairs: int = 1) -> float:
    """Return what half of the interval of a difference over `n` seeds does not exceed, with the probability above.

    >>> round(half_width(0.005, 10), 4)
    0.0065
    """
    wide = sqrt(2 * stats.chi2.ppf(PROBABILITY, n - 1) / (n - 1)) * deviation
    return student(n - 1, n_pairs) * float(wide) / sqrt(n)


def seeds_needed(deviation: float, margin: float, n_pairs: int = 1) -> int | None:
    """Return the fewest seeds whose interval is narrow enough, at least two; None if that is above `MAX_SEEDS`."""
    enough = (n for n in range(2, MAX_SEEDS + 1) if half_width(deviation, n, n_pairs) <= margin / 2)
    return next(enough, None)


def n_comparisons(results: Results) -> int:
    """Return how many comparisons a study makes at once.

    They are of variants with the one that they vary, if the study has no others; or of the variants of each reducer, if
    all have several; or of all pairs of methods.
    """
    methods = [variant for variant in results.methods if results.variant(variant).scores]
    varied = {variant: of for variant in methods if (of := results.variant(variant).of) in methods}
    if varied and set(methods) == {*varied, *varied.values()}:
        return len(varied)
    of_reducers = Counter(results.variant(variant).reducer for variant in methods).values()
    sizes = of_reducers if min(of_reducers, default=0) > 1 else [len(methods)]
    return max(1, sum(n * (n - 1) // 2 for n in sizes))


def power(results: Results, key: str) -> dict[str, Power]:
    """Return the power of each reducer in a quantity with a margin, from the deviation pooled over its variants."""
    quantity, squares = QUANTITIES[key], dict[str, list[tuple[float, int]]]()
    for variant in results.methods:
        values = results.values(variant, key)
        units = np.array(list(values.by_run.values() if values.is_fixed else values.units().values()))
        if len(units) > 1 and not (quantity.is_ratio and units.min() <= 0):
            spread = float((np.log(units) if quantity.is_ratio else units).var(ddof=1))
            squares.setdefault(results.variant(variant).reducer, []).append((spread, len(units) - 1))
    margin, n_pairs = quantity.margin or 0.0, n_comparisons(results)
    found = {}
    for reducer, of_variants in squares.items():
        deviation = sqrt(sum(square * n for square, n in of_variants) / sum(n for _, n in of_variants))
        found[reducer] = Power(
            deviation, seeds_needed(deviation, log(margin) if quantity.is_ratio else margin, n_pairs)
        )
    return found
