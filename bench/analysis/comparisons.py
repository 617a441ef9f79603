"""Comparisons: how far apart methods of a study are in one quantity, and whether that matters.

What is compared are runs with their seeds or, where a study has several samples of its data, the means of samples.

A decision is made by the margin that a quantity declares, never by a test of there being no difference at all: with
enough seeds any difference is found, with too few none.

Over test points methods are compared in `bench.store.test_set`. Friedman's and Nemenyi's tests are not here: they
compare ranks over independent datasets, and the seeds of a study are fits of one dataset; taken for datasets they would
find whatever one likes by fitting more often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import combinations
from math import inf, log

import pandas as pd

from bench.analysis.quantities import QUANTITIES, Quantity
from bench.analysis.summary import interval_over
from bench.metrics.registry import REFERENCES
from bench.metrics.statistics import Difference, exp_of, is_constant, paired, unpaired
from bench.store.machines import ELSEWHERE
from bench.store.results import Results
from bench.store.values import Values


class Design(StrEnum):
    """How two samples were compared.

    By Student's interval of the differences over the seeds that both have, or over the samples of the data that both
    were fitted on; by Welch's, as without a seed the runs of two methods have nothing in common; by Student's around a
    fixed number, if one of the two gives the same value with every seed; or not at all, with fewer than two values.
    """

    PAIRED = "paired over seeds"
    PAIRED_BY_SAMPLE = "paired over samples"
    UNPAIRED = "unpaired"
    ONE_SAMPLE = "one sample"
    NONE = "none"


class Decision(StrEnum):
    """What an interval says of two methods, by the margin of the quantity."""

    EQUIVALENT = "equivalent"
    BETTER = "better"
    WORSE = "worse"
    INCONCLUSIVE = "inconclusive"
    NO_MARGIN = "no margin"
    NOT_COMPARED = "not compared"


def decide(quantity: Quantity, low: float, high: float) -> Decision:
    """Return what the interval of a change says: wholly within the margin, wholly beyond it, or neither.

    >>> decide(QUANTITIES["knn_accuracy_k10"], 0.001, 0.004), decide(QUANTITIES["fit_s"], 1.2, 1.3)
    (<Decision.EQUIVALENT: 'equivalent'>, <Decision.WORSE: 'worse'>)
    """
    if quantity.margin is None or not quantity.better:
        return Decision.NO_MARGIN
    least = 1 / quantity.margin if quantity.is_ratio else -quantity.margin
    if least <= low and high <= quantity.margin:
        return Decision.EQUIVALENT
    if low > quantity.margin:
        return Decision.BETTER if quantity.better == "higher" else Decision.WORSE
    if high < least:
        return Decision.WORSE if quantity.better == "higher" else Decision.BETTER
    return Decision.INCONCLUSIVE


@dataclass(frozen=True)
class Comparison:
    """Two methods in one quantity over `n` seeds or samples: the first compared with the second.

    `difference` is one of means or, for times and memory, of the means of logarithms; None stands for not compared.
    `n_pairs` is the number of comparisons that were made with it, for all of which its interval holds at once.
    """

    quantity: Quantity
    first: str
    second: str
    design: Design
    n: int
    difference: Difference | None = None
    n_pairs: int = 1

    @property
    def units(self) -> str:
        """What `n` counts: `samples` of the data, or `seeds`."""
        return "samples" if self.design is Design.PAIRED_BY_SAMPLE else "seeds"

    @property
    def change(self) -> float | None:
        """The difference of means, or the ratio of geometric means."""
        return None if self.difference is None else self._plain(self.difference.estimate)

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """The 95 % interval that holds for all pairs at once; without bounds if nothing was compared."""
        return self._bounds(self.n_pairs)

    @property
    def bounds_alone(self) -> tuple[float, float]:
        """The 95 % interval of this pair alone."""
        return self._bounds(1)

    @property
    def decision(self) -> Decision:
        """Whether the first is better than the second, worse, or equivalent."""
        return Decision.NOT_COMPARED if self.difference is None else decide(self.quantity, *self.bounds)

    @property
    def differs(self) -> bool:
        """Whether one is better than the other by more than the margin."""
        return self.decision in (Decision.BETTER, Decision.WORSE)

    @property
    def direction(self) -> int:
        """Whether the first has more (1) or less (-1) for certain, however little that may be; else 0."""
        low, high = (-inf, inf) if self.difference is None else self.difference.bounds(self.n_pairs)
        return (low > 0) - (high < 0)

    def __neg__(self) -> Comparison:
        turned = None if self.difference is None else -self.difference
        return replace(self, first=self.second, second=self.first, difference=turned)

    def _bounds(self, n: int) -> tuple[float, float]:
        if self.difference is None:
            return self._plain(-inf), self._plain(inf)
        low, high = map(self._plain, self.difference.bounds(n))
        if self.quantity.is_ratio:
            return low, high
        most = self.quantity.high - self.quantity.low  # no two values are farther apart
        return max(low, -most), min(high, most)

    def _plain(self, value: float) -> float:
        return exp_of(value) if self.quantity.is_ratio else value


@dataclass(frozen=True)
class Ranking:
    """The means of comparable methods in one quantity, the best one first, and every pair of them.

    Methods with other training points or another number of dimensions than most are ranked `apart`.
    """

    quantity: Quantity
    means: Mapping[str, float]
    comparisons: tuple[Comparison, ...]
    apart: tuple[Ranking, ...] = ()

    @cached_property
    def best(self) -> tuple[str, ...]:
        """The method with the best mean and all that are equivalent to it; empty without two, or without a margin."""
        if self.quantity.margin is None or not self.quantity.better or len(self.means) < 2:
            return ()
        leader, *others = self.means
        return (leader, *(one for one in others if self.between(leader, one).decision is Decision.EQUIVALENT))

    @property
    def bold(self) -> tuple[str, ...]:
        """The best of all that are ranked together, which tables set in bold."""
        return (*self.best, *(variant for one in self.apart for variant in one.best))

    @property
    def open(self) -> tuple[str, ...]:
        """The methods of which these seeds or samples do not say whether they are equivalent to the best."""
        if not self.best:
            return ()
        leader, *others = self.means
        return tuple(one for one in others if self.between(leader, one).decision is Decision.INCONCLUSIVE)

    def between(self, first: str, second: str) -> Comparison:
        """Return the comparison of two methods, in this order; KeyError if they were not compared."""
        return self._by_pair[first, second]

    @cached_property
    def _by_pair(self) -> dict[tuple[str, str], Comparison]:
        found = {(one.first, one.second): one for one in self.comparisons}
        return found | {(b, a): -one for (a, b), one in found.items()}


def ranking(results: Results, key: str, variants: Iterable[str] | None = None) -> Ranking:
    """Compare every pair of methods in one quantity, with intervals that hold for all these pairs at once.

    All pairs count, even if only those with the best method are looked at: which one is best is seen in the same
    numbers, and intervals for its pairs alone would be too narrow. Without `variants` they are all methods of the
    study, without controls. Those with fewer than two values are not compared, unless no seed changes them, nor are
    those of different training points or numbers of dimensions.
    """
    asked = results.methods if variants is None else tuple(variants)
    if key in results.runs:  # a cost, which is not compared with one of another machine
        asked = tuple(variant for variant in asked if results.measured(variant) != ELSEWHERE)
    values = {variant: found for variant in asked if (found := results.values(variant, key)).is_comparable}
    asked_together = results.groups if variants is None else (asked,)
    main, *others = [{one: values[one] for one in group if one in values} for group in asked_together] or [{}]
    groups = [main, *filter(None, others)]
    n_pairs = sum(len(group) * (len(group) - 1) // 2 for group in groups)
    first, *apart = (rank(QUANTITIES[key], group, n_pairs) for group in groups)
    return replace(first, apart=tuple(apart))


def rank(quantity: Quantity, values: Mapping[str, Values], n_pairs: int | None = None) -> Ranking:
    """Compare every pair of methods that have these values of a quantity; see `ranking`."""
    pairs = together([compare(quantity, a, values[a], b, values[b]) for a, b in combinations(values, 2)], n_pairs)
    sign = -1 if quantity.better == "higher" else 1
    found = {name: interval_over(one, quantity) for name, one in values.items()}
    means = {name: one.mean for name, one in found.items() if one is not None}
    return Ranking(quantity, dict(sorted(means.items(), key=lambda item: sign * item[1])), tuple(pairs))


def compare_pairs(results: Results, pairs: Sequence[tuple[str, str]], key: str) -> list[Comparison]:
    """Compare pairs of variants or references, the first with the second, with intervals that hold for all at once.

    The pairs must not have been chosen by the quantity's values.
    """
    quantity = QUANTITIES[key]
    of = {row: values_of(results, row, key) for pair in pairs for row in pair}
    return together([compare(quantity, a, of[a], b, of[b]) for a, b in pairs])


def values_of(results: Results, row: str, key: str) -> Values:
    """Return the values of a variant, or those of a reference: one a sample, or one alone that no seed changes."""
    found = results.values(row, key)
    if row not in REFERENCES or len(found):
        return found
    value, _ = results.single(row, key)
    return Values() if value is None else Values({(0, 0): value, (0, 1): value}, same_as={(0, 1): (0, 0)})


def compare(quantity: Quantity, first: str, a: Values, second: str, b: Values) -> Comparison:
    """Compare two methods by the interval that suits them."""
    of_a, of_b = (values.units(is_ratio=quantity.is_ratio) for values in (a, b))
    x, y = list(of_a.values()), list(of_b.values())
    n = min(len(x), len(y))
    if a.is_fixed or b.is_fixed:  # such a one has its value with as many seeds as one likes
        n = max(len(x), len(y))
        x, y = (sample * max(2, n) if one.is_fixed else sample for sample, one in ((x, a), (y, b)))
    if a.resampled and b.resampled:
        design = Design.PAIRED_BY_SAMPLE
    elif min(len(x), len(y)) > 1 and (is_constant(x) or is_constant(y)):
        design = Design.ONE_SAMPLE
    else:
        design = Design.PAIRED if a.seeded and b.seeded else Design.UNPAIRED
    is_paired = design in (Design.PAIRED, Design.PAIRED_BY_SAMPLE)
    if is_paired:
        shared = sorted(of_a.keys() & of_b.keys())
        x, y, n = [of_a[unit] for unit in shared], [of_b[unit] for unit in shared], len(shared)
    nothing = Comparison(quantity, first, second, Design.NONE, n)
    if quantity.is_ratio and min((*x, *y), default=0.0) <= 0:
        return nothing
    scaled = [[log(value) for value in sample] if quantity.is_ratio else sample for sample in (x, y)]
    difference = paired(*scaled) if is_paired else unpaired(*scaled)
    return nothing if difference is None else replace(nothing, design=design, difference=difference)


def together(comparisons: Sequence[Comparison], n_pairs: int | None = None) -> list[Comparison]:
    """Return comparisons whose intervals hold for all of them at once; `n_pairs` if there are others with them."""
    n = n_pairs or sum(one.difference is not None for one in comparisons)
    return [replace(one, n_pairs=max(n, 1)) for one in comparisons]


def comparisons_table(rankings: Iterable[Ranking]) -> pd.DataFrame:
    """Return one row a pair of methods and quantity, with its own 95 % interval and the one for all pairs at once."""
    columns = ["column", "first", "second", "design", "n", "change", "change_low", "change_high", "is", "n_pairs"]
    columns += ["simultaneous_low", "simultaneous_high", "margin", "decision"]
    rows = []
    for quantity, pair in ((r.quantity, pair) for one in rankings for r in (one, *one.apart) for pair in r.comparisons):
        alone, at_once = (pair.bounds_alone, pair.bounds) if pair.difference else ((None, None),) * 2
        about = (quantity.key, pair.first, pair.second, pair.design.value, pair.n, pair.change, *alone)
        about += ("ratio" if quantity.is_ratio else "difference", pair.n_pairs, *at_once)
        rows.append((*about, quantity.margin, pair.decision.value))
    return pd.DataFrame(rows, columns=columns)
