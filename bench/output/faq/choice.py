"""Which method for what, and whether the difference is real: the study `full`."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from bench.analysis.comparisons import ranking
from bench.analysis.quantities import QUANTITIES, number
from bench.analysis.summary import interval_of
from bench.output.faq.numbers import median
from bench.output.faq.page import Answer
from bench.output.findings import NEEDS
from bench.store.results import Results

ACCURACY, TEST_ACCURACY = "knn_accuracy_k10", "knn_accuracy_k10_test"
OVER_SEEDS = (ACCURACY, "silhouette", "trustworthiness_k5", "fit_s")
"""Quantities whose pairs without a significant difference over seeds are counted."""
SIGNIFICANT = {(True, True): "yes", (True, False): "over points only", (False, True): "over seeds only"}
"""Whether a difference is significant over test points and over seeds, as text."""


def which_method(results: Results) -> Answer:
    """Return for each need the best method, and those that are not significantly different from it."""
    best = {key: found for key in NEEDS.values() if (found := ranking(results, key).best)}
    rows = []
    for need, key in NEEDS.items():
        if key in best:
            leader, *equal = best[key]
            fastest = min(best[key], key=lambda variant: median(results, variant, "fit_s"))
            others = ", ".join(map(results.label, equal)) or "none"
            fit = f"{results.label(fastest)}, {_fit(results, fastest)}"
            title, value = QUANTITIES[key].title, _value(results, leader, key)
            rows.append((need, results.label(leader), title, value, others, fit))
    counts = Counter(variant for found in best.values() for variant in found)
    most = max(counts.values(), default=0)
    by_time, by_accuracy = best.get("fit_s", ()), best.get(ACCURACY, ())
    priced = (by_time[0], by_accuracy[0]) if by_time and by_accuracy and by_time[0] not in by_accuracy else ()
    facts = {
        "n_needs": len(best),
        "most": most,
        "leaders": [variant for variant in results.methods if counts[variant] == most],
        "prices": [(results.label(v), _fit(results, v), _value(results, v, ACCURACY)) for v in priced],
        "score": QUANTITIES[ACCURACY].title,
    }
    header = ("if you need", "take", "measured by", "median", "no significant difference", "fastest of these")
    return Answer(header, rows, facts)


def is_it_real(results: Results) -> Answer:
    """Return down the ranking whether other test points and other seeds would show each difference again."""
    accuracies = results.frame("test_accuracy")
    methods = accuracies[accuracies["kind"] == "method"].sort_values("mean", ascending=False, kind="stable")
    order = list(methods["variant"])
    steps = _steps(results, order)
    adjacent = [steps[pair] for pair in pairwise(order)]
    over_seeds = []
    for found in (ranking(results, key) for key in OVER_SEEDS):
        pairs, unit = found.comparisons, f" ({found.quantity.unit})" if found.quantity.is_ratio else ""
        if pairs:
            over_seeds.append((sum(pair.equal for pair in pairs), len(pairs), f"{found.quantity.title}{unit}"))
    facts = {
        "n_methods": len(order),
        "n_points": int(methods["n_points"].iloc[0]),
        "n_pairs": len(steps),
        "score": QUANTITIES[TEST_ACCURACY].title,
        "counts": Counter(step[-1] for step in steps.values()).most_common(),
        "further": [(s[0], s[1], s[-1]) for s in steps.values() if s[-1] != "yes" and s not in adjacent],
        "over_seeds": over_seeds,
    }
    return Answer(("ahead", "behind", "difference", "over points", "over seeds", "significant?"), adjacent, facts)


def _steps(results: Results, order: list[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the row of every pair of methods, the better one first."""
    over_seeds, found = ranking(results, TEST_ACCURACY), {}
    for row in results.frame("test_comparisons").to_dict("records"):
        pair, sign = (str(row["first"]), str(row["second"])), 1
        ends = (float(row["over_points_low"]), float(row["over_points_high"]))
        if order.index(pair[0]) > order.index(pair[1]):
            pair, sign, ends = pair[::-1], -1, (-ends[1], -ends[0])
        seeds = over_seeds.between(*pair) if {*pair} <= over_seeds.medians.keys() else None
        significant = row["result"] == "significantly different", seeds is not None and seeds.significant
        found[pair] = (
            *map(results.label, pair),
            number(QUANTITIES[TEST_ACCURACY], sign * float(row["difference"])),
            _ends(TEST_ACCURACY, *ends),
            _ends(TEST_ACCURACY, seeds.low, seeds.high) if seeds else "",
            SIGNIFICANT.get(significant, "no"),
        )
    return found


def _fit(results: Results, variant: str) -> str:
    return f"{number(QUANTITIES['fit_s'], median(results, variant, 'fit_s'))} s"


def _value(results: Results, variant: str, key: str) -> str:
    """Return a median with unit and interval, with the digits that tables show."""
    quantity, found = QUANTITIES[key], interval_of(results, variant, key)
    if found is None:
        return "n/a"
    unit = f" {quantity.unit}" if quantity.is_ratio else ""
    return f"{number(quantity, found.median)}{unit} {_ends(key, found.low, found.high)}".strip()


def _ends(key: str, low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"[{number(QUANTITIES[key], low)}, {number(QUANTITIES[key], high)}]"
