"""Which method for what, and whether the difference is real: the study `full`."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

from bench.analysis.comparisons import ranking
from bench.analysis.quantities import QUANTITIES, Quantity, number
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
    best = {(need, key): found for need, key in NEEDS.items() if (found := ranking(results, key).best)}
    rows = [(need, *_row(results, found, QUANTITIES[key])) for (need, key), found in best.items()]
    counts = Counter(variant for found in best.values() for variant in found)
    most = max(counts.values(), default=0)
    by_quantity = {key: found for (_, key), found in best.items()}
    fastest, accurate = by_quantity.get("fit_s", ()), by_quantity.get(ACCURACY, ())
    prices = [
        (results.label(variant), _fit(results, variant), _value(results, variant, QUANTITIES[ACCURACY]))
        for variant in (*fastest[:1], *accurate[:1])
    ]
    facts = {
        "n_needs": len(best),
        "most": most,
        "leaders": [variant for variant in results.methods if counts[variant] == most],
        "prices": prices if accurate and fastest and fastest[0] not in accurate else [],
        "score": QUANTITIES[ACCURACY].title,
    }
    header = ("if you need", "take", "measured by", "median", "no significant difference", "fastest of these")
    return Answer(header, rows, facts)


def _row(results: Results, best: tuple[str, ...], quantity: Quantity) -> tuple[str, ...]:
    leader, *equal = best
    fastest = min(best, key=lambda variant: median(results, variant, "fit_s"))
    return (
        results.label(leader),
        quantity.title,
        _value(results, leader, quantity),
        ", ".join(map(results.label, equal)) or "none",
        f"{results.label(fastest)}, {_fit(results, fastest)}",
    )


def is_it_real(results: Results) -> Answer:
    """Return down the ranking whether other test points and other seeds would show each difference again."""
    accuracies = results.frame("test_accuracy")
    methods = accuracies[accuracies["kind"] == "method"].sort_values("mean", ascending=False, kind="stable")
    order = list(methods["variant"])
    steps = _steps(results, order)
    adjacent = [steps[pair] for pair in pairwise(order)]
    facts = {
        "n_methods": len(order),
        "n_points": int(methods["n_points"].iloc[0]),
        "n_pairs": len(steps),
        "score": QUANTITIES[TEST_ACCURACY].title,
        "counts": Counter(step[-1] for step in steps.values()).most_common(),
        "further": [(s[0], s[1], s[-1]) for s in steps.values() if s[-1] != "yes" and s not in adjacent],
        "over_seeds": [counted for key in OVER_SEEDS if (counted := _equal_over_seeds(results, key))[1]],
    }
    return Answer(("ahead", "behind", "difference", "over points", "over seeds", "significant?"), adjacent, facts)


def _steps(results: Results, order: list[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the row of every pair of methods, the better one first."""
    quantity, over_seeds, found = QUANTITIES[TEST_ACCURACY], ranking(results, TEST_ACCURACY), {}
    for row in results.frame("test_comparisons").to_dict("records"):
        pair, sign = (str(row["first"]), str(row["second"])), 1
        ends = (float(row["over_points_low"]), float(row["over_points_high"]))
        if order.index(pair[0]) > order.index(pair[1]):
            pair, sign, ends = pair[::-1], -1, (-ends[1], -ends[0])
        seeds = over_seeds.between(*pair) if {*pair} <= over_seeds.medians.keys() else None
        significant = row["result"] == "significantly different", seeds is not None and seeds.significant
        found[pair] = (
            *map(results.label, pair),
            number(quantity, sign * float(row["difference"])),
            _ends(quantity, *ends),
            _ends(quantity, seeds.low, seeds.high) if seeds else "",
            SIGNIFICANT.get(significant, "no"),
        )
    return found


def _equal_over_seeds(results: Results, key: str) -> tuple[int, int, str]:
    """Return how many pairs are not significantly different over seeds, of how many, and in what."""
    found = ranking(results, key)
    pairs = [found.between(*pair) for pair in combinations(found.medians, 2)]
    unit = f" ({found.quantity.unit})" if found.quantity.is_ratio else ""
    return sum(pair.equal for pair in pairs), len(pairs), f"{found.quantity.title}{unit}"


def _fit(results: Results, variant: str) -> str:
    return f"{number(QUANTITIES['fit_s'], median(results, variant, 'fit_s'))} s"


def _value(results: Results, variant: str, quantity: Quantity) -> str:
    """Return a median with unit and interval, with the digits that tables show."""
    found = interval_of(results, variant, quantity.key)
    if found is None:
        return "n/a"
    unit = f" {quantity.unit}" if quantity.is_ratio else ""
    return f"{number(quantity, found.median)}{unit} {_ends(quantity, found.low, found.high)}".strip()


def _ends(quantity: Quantity, low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"[{number(quantity, low)}, {number(quantity, high)}]"
