"""What methods cost: step by step on one thread and on two, and with the number of points."""

from __future__ import annotations

import pandas as pd

from bench.analysis.comparisons import compare_pairs
from bench.analysis.scaling import ALL, ALL_DISTANCES, FIT, MEMORY, MIN_POINTS, TRANSFORM, Law, series
from bench.analysis.summary import interval_of
from bench.output.faq.numbers import by_reducer, change, decided, mean, spread
from bench.output.faq.page import Answer
from bench.store.results import Results
from bench.units import seconds_as_text, three_figures

IMAGE_MIB = 784 * 4 / 2**20
"""An image of 784 pixels in single precision."""


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
    starts = [(mean(results, v, "cold_start_s") / mean(results, v, "fit_s"), m) for m, (_, v) in methods.items()]
    # One thread compared with two.
    by_result = decided(gains.values())
    facts = {
        "cold_starts": sorted(starts, reverse=True),
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
        laws = [text(one.law(quantity)) for quantity in (FIT, TRANSFORM) for text in (_exponent, _at_all)]
        rows.append((one.name, f"{n:,}: {seconds_as_text(seconds)}", *laws))
    laws_of_fit = {one.name: law for one in found if (law := one.law(FIT)) is not None}
    facts = {
        "above": [name for name, law in laws_of_fit.items() if law.low > 1],
        "below": [name for name, law in laws_of_fit.items() if law.high < 1],
        "from_n": MIN_POINTS,
        "all_distances": ALL_DISTANCES,
        "changes": [
            (one.name, *ends, limit)
            for one in found
            if one.runs["variant"].isin(umap).all()
            for limit in (ALL_DISTANCES - 1, MIN_POINTS)
            if (ends := _around(one.costs(FIT), limit))
        ],
        "late": [(one.name, f"{one.timed_out['n_train'].min():,}") for one in found if len(one.timed_out)],
        "deadline": seconds_as_text(results.study.timeout),
    }
    columns = ("exponent, fit", f"fit of {ALL:,} (s)", "exponent, transform", f"transform at {ALL:,} (s)")
    return Answer(("method", "largest fit", *columns), rows, facts)


def memory(results: Results) -> Answer:
    """Return what 1,000 points more take, and what all of MNIST would."""
    laws = [(one, law) for one in series(results) if (law := one.law(MEMORY)) is not None]
    rows = []
    for one, law in sorted(laws, key=lambda pair: pair[1].at(ALL)):
        largest = one.ok[one.ok["n_train"] == one.ok["n_train"].max()]
        peak, points = f"{largest['peak_mib'].median():,.0f}", f"{largest['n_train'].iloc[0]:,} points"
        rows.append((one.name, three_figures(law.per_1000), _exponent(law), _at_all(law), peak, points))
    facts = {"ends": [rows[0], rows[-1]] if rows else [], "all": ALL, "from_n": MIN_POINTS, "data_mib": ALL * IMAGE_MIB}
    columns = ("MiB per 1,000 points", "exponent", f"all {ALL:,} (MiB)", "process at its peak (MiB)", "with")
    return Answer(("method", *columns), rows, facts)


def _exponent(law: Law | None) -> str:
    return f"{law.exponent:.2f} [{law.low:.2f}, {law.high:.2f}]" if law else "n/a"


def _at_all(law: Law | None) -> str:
    return three_figures(law.at(ALL)) if law else "n/a"


def _around(costs: pd.Series, limit: int) -> tuple[str, ...]:
    """Return the numbers of points on either side of a limit, each with its time; empty without one of them."""
    fewer, more = costs[costs.index <= limit], costs[costs.index > limit]
    if not len(fewer) or not len(more):
        return ()
    ends = ((fewer.index[-1], fewer.iloc[-1]), (more.index[0], more.iloc[0]))
    return tuple(text for n, seconds in ends for text in (f"{n:,}", seconds_as_text(float(seconds))))
