"""Comparisons: which methods of a study differ significantly in one quantity over seeds, and by how much.

Over test points they are compared in `bench.store.test_set`. Friedman's and Nemenyi's tests are not here: they
compare ranks over independent datasets, and the seeds of a study are fits of one dataset; taken for datasets they would
make every difference as significant as one likes by fitting more often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import combinations
from math import exp, log
from statistics import median

import pandas as pd

from bench.analysis.quantities import QUANTITIES, Quantity
from bench.metrics.statistics import ALPHA, holm, is_constant, paired, result, unpaired
from bench.store.results import Results
from bench.store.values import Values


class Design(StrEnum):
    """How two samples were compared.

    By Student's test of the differences over the seeds that both have; by Welch's, as without a seed the runs of two
    methods have nothing in common; by Student's against a fixed number, if one of the two gives the same value with
    every seed; or not at all, with fewer than two seeds.
    """

    PAIRED = "paired over seeds"
    UNPAIRED = "unpaired"
    ONE_SAMPLE = "one sample"
    NONE = "none"


@dataclass(frozen=True)
class Comparison:
    """Two methods in one quantity, by a test that rests on `n` seeds.

    `change` is the first compared with the second: a difference of means, or for times and memory a ratio of geometric
    means, with a 95 % interval that no correction widens. `p` is that of there being no difference for this pair alone,
    `p_holm` corrected for all pairs that were tested with it. None stands for not compared.
    """

    first: str
    second: str
    design: Design
    n: int
    change: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_holm: float | None = None

    @property
    def significant(self) -> bool:
        """Whether the two differ significantly."""
        return self.p_holm is not None and self.p_holm < ALPHA

    @property
    def equal(self) -> bool:
        """Whether they were compared and do not differ significantly."""
        return self.p_holm is not None and not self.significant

    @property
    def result(self) -> str:
        """The result as text."""
        return "not compared" if self.p_holm is None else result(self.p_holm)


@dataclass(frozen=True)
class Ranking:
    """The medians of methods with at least two values of one quantity, the best one first, and every pair of them."""

    quantity: Quantity
    medians: Mapping[str, float]
    comparisons: tuple[Comparison, ...]

    @cached_property
    def best(self) -> tuple[str, ...]:
        """The method with the best median and all without a significant difference from it; empty without two."""
        if not self.quantity.better or len(self.medians) < 2:
            return ()
        leader, *others = self.medians
        return (leader, *(other for other in others if self.between(leader, other).equal))

    def between(self, first: str, second: str) -> Comparison:
        """Return the comparison of two methods, in this order; KeyError if they were not compared."""
        return self._by_pair[first, second]

    @cached_property
    def _by_pair(self) -> dict[tuple[str, str], Comparison]:
        found = {(one.first, one.second): one for one in self.comparisons}
        return found | {(b, a): _reversed(one, self.quantity.is_ratio) for (a, b), one in found.items()}


def ranking(results: Results, key: str, variants: Iterable[str] | None = None) -> Ranking:
    """Compare every pair of methods in one quantity, Holm-corrected over these pairs.

    All pairs count, even if only those with the best method are looked at: which one is best is seen in the same
    numbers, and a correction for its pairs alone would find differences that are not there up to twice too often.
    Without `variants` they are all methods of the study, without controls. Those with fewer than two values are not
    compared.
    """
    asked = results.methods if variants is None else tuple(variants)
    values = {variant: found for variant in asked if len(found := results.values(variant, key)) > 1}
    return rank(QUANTITIES[key], values)


def rank(quantity: Quantity, values: Mapping[str, Values]) -> Ranking:
    """Compare every pair of methods that have these values of a quantity; see `ranking`."""
    pairs = [compare(a, values[a], b, values[b], quantity.is_ratio) for a, b in combinations(values, 2)]
    sign = -1 if quantity.better == "higher" else 1
    medians = {name: median(found.by_run.values()) for name, found in values.items()}
    ordered = dict(sorted(medians.items(), key=lambda item: sign * item[1]))
    return Ranking(quantity, ordered, tuple(corrected(pairs)))


def compare_pairs(results: Results, pairs: Sequence[tuple[str, str]], key: str) -> list[Comparison]:
    """Compare pairs of variants, the first with the second, in one quantity, Holm-corrected over these pairs.

    The pairs must not have been chosen by the quantity's values.
    """
    is_ratio = QUANTITIES[key].is_ratio
    return corrected([compare(a, results.values(a, key), b, results.values(b, key), is_ratio) for a, b in pairs])


def compare(first: str, a: Values, second: str, b: Values, is_ratio: bool = False) -> Comparison:
    """Compare two samples by the test that suits them."""
    x, y = list(a.by_run.values()), list(b.by_run.values())
    if min(len(x), len(y)) > 1 and (is_constant(x) or is_constant(y)):
        design = Design.ONE_SAMPLE
    elif a.seeded and b.seeded:
        design = Design.PAIRED
        shared = sorted(a.by_run.keys() & b.by_run.keys())
        x, y = [a.by_run[run] for run in shared], [b.by_run[run] for run in shared]
    else:
        design = Design.UNPAIRED
    n = min(len(x), len(y))
    if is_ratio and min((*x, *y), default=0.0) <= 0:
        return Comparison(first, second, Design.NONE, n)
    scaled = [[log(value) for value in sample] if is_ratio else sample for sample in (x, y)]
    change = paired(*scaled) if design is Design.PAIRED else unpaired(*scaled)
    if change is None:
        return Comparison(first, second, Design.NONE, n)
    size, low, high = (exp(v) if is_ratio else v for v in (change.estimate, change.low, change.high))
    return Comparison(first, second, design, n, size, low, high, change.p)


def corrected(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return comparisons with p values corrected for all of them that were tested."""
    p_holm = iter(holm([one.p for one in comparisons if one.p is not None]))
    return [one if one.p is None else replace(one, p_holm=next(p_holm)) for one in comparisons]


def comparisons_table(rankings: Iterable[Ranking]) -> pd.DataFrame:
    """Return one row a pair of methods and quantity."""
    columns = ["column", "first", "second", "design", "n", "change", "change_low", "change_high", "is", "p", "p_holm"]
    rows = []
    for one in rankings:
        key, change = one.quantity.key, "ratio" if one.quantity.is_ratio else "difference"
        for pair in one.comparisons:
            interval = (pair.change, pair.low, pair.high)
            about = (key, pair.first, pair.second, pair.design.value, pair.n)
            rows.append((*about, *interval, change, pair.p, pair.p_holm, pair.result))
    return pd.DataFrame(rows, columns=[*columns, "result"])


def _reversed(pair: Comparison, is_ratio: bool) -> Comparison:
    turned = replace(pair, first=pair.second, second=pair.first)
    if pair.change is None or pair.low is None or pair.high is None:
        return turned
    change, low, high = ((1 / v if is_ratio else -v) for v in (pair.change, pair.high, pair.low))
    return replace(turned, change=change, low=low, high=high)
