"""Which method for what, and whether the difference is real: the study `full`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from math import isnan

from bench.analysis import over_test_points
from bench.analysis.comparisons import Decision, ranking
from bench.analysis.quantities import QUANTITIES, number, shown
from bench.analysis.summary import interval_of
from bench.output.faq.numbers import decided, mean
from bench.output.faq.page import Answer
from bench.output.findings import NEEDS
from bench.store.machines import ELSEWHERE
from bench.store.results import Results

ACCURACY, TEST_ACCURACY = "knn_accuracy_k10", "knn_accuracy_k10_test"
OVER_SEEDS = (ACCURACY, "silhouette", "trustworthiness_k5", "fit_s")
"""Quantities whose pairs that are equivalent or inconclusive over seeds are counted."""


def which_method(results: Results) -> Answer:
    """Return for each need the best method, and those that are equivalent to it."""
    best = {key: found for key in NEEDS.values() if (found := ranking(results, key).best)}
    rows = []
    for need, key in NEEDS.items():
        if key in best:
            leader, *equal = best[key]
            fastest = _fastest(results, best[key])
            others = ", ".join(map(results.label, equal)) or "none"
            fit = f"{results.label(fastest)}, {_fit(results, fastest)}" if fastest else "n/a"
            title, value = QUANTITIES[key].title, _value(results, leader, key)
            rows.append((need, results.label(leader), title, value, others, fit))
    counts = Counter(variant for found in best.values() for variant in found)
    most = max(counts.values(), default=0)
    by_time, by_accuracy = best.get("fit_s", ()), best.get(ACCURACY, ())
    priced = [v for v in (*by_time[:1], *by_accuracy[:1]) if _has_time(results, v)]
    if len(priced) < 2 or priced[0] in by_accuracy:
        priced = []
    facts = {
        "n_needs": len(best),
        "most": most,
        "leaders": [variant for variant in results.methods if counts[variant] == most],
        "prices": [(results.label(v), _fit(results, v), _value(results, v, ACCURACY)) for v in priced],
        "score": QUANTITIES[ACCURACY].title,
    }
    header = ("if you need", "take", "measured by", "mean", "equivalent", "fastest of these")
    return Answer(header, rows, facts)


def is_it_real(results: Results) -> Answer:
    """Return down the ranking what test points and seeds say of each difference."""
    accuracies = results.frame("test_accuracy")
    methods = accuracies[accuracies["kind"] == "method"].sort_values("mean", ascending=False, kind="stable")
    order = list(methods["variant"])
    steps = _steps(results, order)
    adjacent = [steps[pair] for pair in pairwise(order)]
    over_seeds = []
    for found in (ranking(results, key) for key in OVER_SEEDS):
        pairs, unit = found.comparisons, f" ({found.quantity.unit})" if found.quantity.is_ratio else ""
        if pairs and found.quantity.margin is not None:
            counts = [len(decided(pairs)[name]) for name in ("equivalent", "inconclusive")]
            over_seeds.append((f"{found.quantity.title}{unit}", *counts, len(pairs)))
    facts = {
        "n_methods": len(order),
        "n_points": int(methods["n_points"].iloc[0]) if order else 0,
        "n_pairs": len(steps),
        "score": QUANTITIES[TEST_ACCURACY].title,
        "counts": Counter(step[-1] for step in steps.values()).most_common(),
        "further": [(s[0], s[1], s[-1]) for s in steps.values() if s[-1] != "better" and s not in adjacent],
        "over_seeds": over_seeds,
    }
    return Answer(
        ("ahead", "behind", "difference", "over points", f"over {results.units}", "the first is"), adjacent, facts
    )


def _steps(results: Results, order: list[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the row of every pair of methods, the better one first."""
    over_seeds, found = ranking(results, TEST_ACCURACY), {}
    for given in over_test_points.comparisons(results.frame("test_comparisons")):
        points = -given if order.index(given.first) > order.index(given.second) else given
        pair = (points.first, points.second)
        seeds = over_seeds.between(*pair) if {*pair} <= over_seeds.means.keys() else None
        decisions = (points.decision, seeds.decision if seeds else Decision.NOT_COMPARED)
        found[pair] = (
            *map(results.label, pair),
            number(QUANTITIES[TEST_ACCURACY], points.difference),
            _ends(TEST_ACCURACY, *points.bounds),
            _ends(TEST_ACCURACY, *seeds.bounds) if seeds and seeds.difference else "",
            decisions[0]
            if len({*decisions}) == 1
            else f"{decisions[0]} over points, {decisions[1]} over {results.units}",
        )
    return found


def _fastest(results: Results, variants: Iterable[str]) -> str:
    """Return the variant with the shortest fit of those whose times are compared; empty if there is none."""
    timed = [variant for variant in variants if _has_time(results, variant)]
    return min(timed, key=lambda variant: mean(results, variant, "fit_s"), default="")


def _has_time(results: Results, variant: str) -> bool:
    """Return whether a variant has a time of the fit that is compared, which one of another machine is not."""
    return results.measured(variant) != ELSEWHERE and not isnan(mean(results, variant, "fit_s"))


def _fit(results: Results, variant: str) -> str:
    return f"{number(QUANTITIES['fit_s'], mean(results, variant, 'fit_s'))} s"


def _value(results: Results, variant: str, key: str) -> str:
    """Return a mean with unit and interval, with the digits that tables show."""
    quantity, found = QUANTITIES[key], interval_of(results, variant, key)
    if found is None:
        return "n/a"
    text, ends = shown(quantity, found)
    return f"{text}{f' {quantity.unit}' if quantity.is_ratio else ''} {ends}".strip()


def _ends(key: str, low: float, high: float) -> str:
    half = (high - low) / 2
    return f"[{number(QUANTITIES[key], low, half)}, {number(QUANTITIES[key], high, half)}]"
