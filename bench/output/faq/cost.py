"""What methods cost: step by step on one thread and on two, with the number of points, and stopped early."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pandas as pd

from bench.analysis.comparisons import Comparison, compare_pairs
from bench.analysis.iterations import courses
from bench.analysis.quantities import QUANTITIES
from bench.analysis.scaling import (
    ALL,
    ALL_DISTANCES,
    FEWER_EPOCHS,
    FIT,
    MAX_FACTOR,
    MEMORY,
    MIN_POINTS,
    TRANSFORM,
    Law,
    Series,
    series,
)
from bench.analysis.summary import interval_of
from bench.output.faq.numbers import by_reducer, cell, change, decided, mean, spread
from bench.output.faq.page import Answer
from bench.store.results import Results
from bench.units import fixed, seconds_as_text, three_figures

IMAGE_MIB = 784 * 4 / 2**20
"""An image of 784 pixels in single precision."""
ACCURACY, KEPT = "knn_accuracy_k10", "r_nx_auc"
"""What a fit that is stopped early, or takes another algorithm, may lose."""


def by_threads(results: Results) -> Answer:
    """Return the times of every step of a method's use, on one thread and on two."""
    one, two = (by_reducer(results, threads=n) for n in (1, 2))
    methods = {label: (one[label], two[label]) for label in one if label in two}
    gains = dict(zip(methods, compare_pairs(results, list(methods.values()), "fit_s"), strict=True))
    rows = []
    for label, pair in methods.items():
        imported, cold, fit, transform = (
            [_seconds(results, v, f"{step}_s") for v in pair] for step in ("import", "cold_start", "fit", "transform")
        )
        ratio = change(gains[label], 2, sign="")
        rows.append((label, " / ".join(imported), " / ".join(cold), *fit, ratio, " / ".join(transform)))
    starts = [(mean(results, v, "import_s") + mean(results, v, "cold_start_s"), m) for m, (_, v) in methods.items()]
    known = sorted((start for start in starts if start[0] == start[0]), reverse=True)
    # One thread compared with two.
    by_result = decided(gains.values())
    facts = {
        "starts": [(label, seconds_as_text(seconds)) for seconds, label in known],
        "faster": [label for label, gain in gains.items() if gain in by_result["worse"]],
        "slower": [label for label, gain in gains.items() if gain in by_result["better"]],
    }
    header = ("method", "import, s", "cold start, s", "fit on one, s", "fit on two, s", "one over two", "transform, s")
    return Answer(header, rows, facts)


def _seconds(results: Results, variant: str, key: str) -> str:
    found = interval_of(results, variant, key)
    size = 0.0 if found is None else found.mean
    return spread(found, 1 if size >= 10 else 2 if size >= 0.1 else 4)


def time(results: Results) -> Answer:
    """Return the exponents of time, where UMAP changes its algorithm, and which methods passed the deadline."""
    found = [one for one in series(results) if len(one.costs(FIT))]
    umap = results.select(reducer="umap", force_approximation_algorithm=None)
    rows = []
    for one in found:
        n, seconds = list(one.costs(FIT).items())[-1]
        laws = [text for q in (FIT, TRANSFORM) for text in (_exponent(one.law(q)), one.all_as_text(q))]
        rows.append((one.name, f"{n:,}: {seconds_as_text(seconds)}", _fitted_on(one.law(FIT)), *laws))
    laws_of_fit = {one.name: law for one in found if (law := one.law(FIT)) is not None}
    facts = {
        "above": [name for name, law in laws_of_fit.items() if law.low > 1],
        "below": [name for name, law in laws_of_fit.items() if law.high < 1],
        "around": [name for name, law in laws_of_fit.items() if law.low <= 1 <= law.high],
        "from_n": MIN_POINTS,
        "later": [(one.name, f"{one.start:,}") for one in found if one.start > MIN_POINTS],
        "n_runs": max((of.n for one in found for of in one.intervals(FIT).values()), default=0),
        "factor": MAX_FACTOR,
        "all_distances": ALL_DISTANCES,
        "fewer_epochs": FEWER_EPOCHS,
        "changes": [
            (one.name, *ends, switch)
            for one in found
            if set(one.variants.values()) <= set(umap)
            for switch in (ALL_DISTANCES, FEWER_EPOCHS)
            if (ends := _around(one.costs(FIT), switch))
        ],
        "gains": _second_thread(results, found),
        "late": [(one.name, f"{one.timed_out['n_train'].min():,}") for one in found if len(one.timed_out)],
        "deadline": seconds_as_text(results.study.timeout),
    }
    columns = ("exponent, fit", f"fit of {ALL:,} (s)", "exponent, transform", f"transform at {ALL:,} (s)")
    return Answer(("method", "largest fit", "fitted on", *columns), rows, facts)


def _second_thread(results: Results, found: Sequence[Series]) -> list[tuple[str, str, str]]:
    """Return of each method that ran on one thread and on two: its name, the most points of both, and the ratio."""
    sizes = {one.name: set(one.intervals(FIT)) for one in found}
    pairs: dict[tuple[str, str], tuple[str, str]] = {}
    for slow, fast in permutations(found, 2):
        n = max(sizes[slow.name] & sizes[fast.name], default=0)
        first, second = (results.variant(next(iter(one.variants.values()))) for one in (slow, fast))
        same = (first.reducer, first.params, first.seeded) == (second.reducer, second.params, second.seeded)
        if n and same and (first.threads, second.threads) == (1, 2):
            pairs[fast.name, f"{n:,}"] = slow.variants[n], fast.variants[n]
    ratios = compare_pairs(results, list(pairs.values()), FIT.key)
    return [(*of, change(ratio, 2, sign="")) for of, ratio in zip(pairs, ratios, strict=True)]


def memory(results: Results) -> Answer:
    """Return what 1,000 points more take, and what all of MNIST would."""
    laws = [(one, law) for one in series(results) if not one.is_on_one_thread and (law := one.law(MEMORY)) is not None]
    rows, predicted = [], []
    for one, law in sorted(laws, key=lambda pair: pair[1].per_1000):
        largest = one.ok[one.ok["n_train"] == law.n_to].iloc[0]
        peak, points = f"{largest['peak_mib']:,.0f}", f"{law.n_to:,} points"
        rows.append((one.name, three_figures(law.per_1000), _exponent(law), one.all_as_text(MEMORY), peak, points))
        if (of_all := one.at_all(MEMORY)) is not None:
            predicted.append((of_all, one.name, one.all_as_text(MEMORY)))
    predicted.sort()
    facts = {
        "ends": [rows[0], rows[-1]] if rows else [],
        "predicted": [of[1:] for of in (predicted[0], predicted[-1])] if len(predicted) > 1 else [],
        "all": ALL,
        "from_n": MIN_POINTS,
        "data_mib": ALL * IMAGE_MIB,
    }
    columns = ("MiB per 1,000 points", "exponent", f"all {ALL:,} (MiB)", "process at its peak (MiB)", "with")
    return Answer(("method", *columns), rows, facts)


def cliff(results: Results) -> Answer:
    """Return what UMAP's two searches of neighbours cost and keep, on so few points that it has the choice."""
    either = [results.select(reducer="umap", force_approximation_algorithm=forced)[:1] for forced in (None, True)]
    rows = [
        [results.label(v), *(_seconds(results, v, key) for key in (FIT.key, TRANSFORM.key)), *_scores(results, v)]
        for v in results.methods
    ]
    pairs = [(first, second) for first in either[0] for second in either[1]]
    compared = [one for key in (FIT.key, ACCURACY, KEPT) for one in compare_pairs(results, pairs, key)]
    facts = {
        "n": f"{results.runs['n_train'].max():,}",
        "rows": ALL_DISTANCES,
        "time": [change(one, 1, sign="") for one in compared[:1]],
        "scores": [(one.quantity.title, change(one), one.decision.value) for one in compared[1:]],
    }
    return Answer(("UMAP", "fit, s", "transform, s", *_titles()), rows, facts)


def stopped(results: Results) -> Answer:
    """Return what each method has reached after a part of its iterations, and in which time."""
    found = courses(results)
    rows = []
    for one in found:
        times = compare_pairs(results, [(v, one.whole) for v in one.shorter], FIT.key)
        shares = [*(change(time, 2, sign="") for time in times), "1"]
        for variant, share in zip(one.variants, shares, strict=True):
            setting = f"{one.parameter} {results.variant(variant).params[one.parameter]}"
            fit = _seconds(results, variant, FIT.key)
            rows.append((results.label(one.whole), setting, fit, share, *_scores(results, variant)))
    pairs = [(variant, one.whole) for one in found for variant in one.shorter]
    decisions = [_by_decision(compare_pairs(results, pairs, key)) for key in (ACCURACY, KEPT)]
    facts = {"scores": list(zip(_titles(), decisions, strict=True))}
    return Answer(("method", "asked for", "fit, s", "share of the whole time", *_titles()), rows, facts)


def _by_decision(comparisons: Sequence[Comparison]) -> dict[str, list[str]]:
    """Return the first of each pair by the decision on it."""
    return {decision: [one.first for one in of] for decision, of in decided(comparisons).items()}


def _scores(results: Results, variant: str) -> list[str]:
    return [cell(results, variant, key) for key in (ACCURACY, KEPT)]


def _titles() -> list[str]:
    return [QUANTITIES[key].title for key in (ACCURACY, KEPT)]


def _exponent(law: Law | None) -> str:
    return "{} [{}, {}]".format(*(fixed(v, 2) for v in (law.exponent, law.low, law.high))) if law else "n/a"


def _fitted_on(law: Law | None) -> str:
    return f"{law.n_from:,} to {law.n_to:,}" if law else "n/a"


def _around(costs: pd.Series, switch: int) -> tuple[str, ...]:
    """Return the numbers of points on either side of a switch, each with its time; empty without one of them."""
    fewer, more = costs[costs.index < switch], costs[costs.index >= switch]
    if not len(fewer) or not len(more):
        return ()
    ends = ((fewer.index[-1], fewer.iloc[-1]), (more.index[0], more.iloc[0]))
    return tuple(text for n, seconds in ends for text in (f"{n:,}", seconds_as_text(float(seconds))))
