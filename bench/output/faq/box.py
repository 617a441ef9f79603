"""Which method for me: what to take for some numbers of points, times and purposes, from the results of the studies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf, isinf, isnan

from bench.analysis.comparisons import Comparison, Decision, ranking
from bench.analysis.quantities import QUANTITIES, number
from bench.analysis.scaling import ALL, FIT, TRANSFORM, series
from bench.output.faq.numbers import against_defaults, bounds, mean, run_sweeps
from bench.output.faq.page import Answer
from bench.store.machines import ELSEWHERE
from bench.store.results import Results
from bench.units import seconds_as_text

ACCURACY, TEST_ACCURACY, DISTANCES = "knn_accuracy_k10", "knn_accuracy_k10_test", "shepard_spearman"
AT_HAND = (1.0, 10.0)
"""Seconds that a reader may have for a fit."""
HEADER = ("you want to", "points", "map new points?", "take", "setting", "because")
Row = tuple[str, str, str, str, str, str]


def which_method(studies: Mapping[str, Results]) -> str:
    """Return the table of what to take, as Markdown; rows without results are left out."""
    rows: list[Row] = []
    if full := studies.get("full"):
        rows += _of_full(full, studies.get("sensitivity"))
    if scaling := studies.get("scaling"):
        rows += _of_scaling(scaling)
    if dimensions := studies.get("dimensions"):
        rows += _of_dimensions(dimensions)
    return Answer(HEADER, rows).to_markdown()


def _of_full(full: Results, sensitivity: Results | None) -> Iterator[Row]:
    n = f"{full.runs['n_train'].max():,}"
    every = {key: list(ranking(full, key).means) for key in (ACCURACY, TEST_ACCURACY, DISTANCES)}
    purposes = [
        ("look at classes", "no", ACCURACY, every[ACCURACY]),
        ("look at classes", "yes", TEST_ACCURACY, every[TEST_ACCURACY]),
    ]
    for seconds in reversed(AT_HAND):
        fast = [v for v in every[TEST_ACCURACY] if _seconds(full, v) <= seconds]
        purposes.append((f"look, fit of at most {seconds:g} s", "yes", TEST_ACCURACY, fast))
    purposes.append(("compare distances", "yes", DISTANCES, [v for v in every[DISTANCES] if v in every[TEST_ACCURACY]]))
    for purpose, mapped, key, candidates in purposes:
        if candidates:
            taken = _fastest_of_best(full, key, candidates)
            setting = _setting(sensitivity, full.variant(taken).reducer, key)
            yield purpose, n, mapped, full.label(taken), setting, f"{_value(full, taken, key)}, {_fit(full, taken)}"


def _fastest_of_best(results: Results, key: str, candidates: list[str]) -> str:
    """Return the candidate with the shortest fit among the best one and those equivalent to it."""
    found = ranking(results, key)
    leader = candidates[0]
    best = [v for v in candidates if v == leader or found.between(leader, v).decision is Decision.EQUIVALENT]
    return min(best, key=lambda variant: _seconds(results, variant))


def _seconds(results: Results, variant: str) -> float:
    """Return the time of a fit; without end if none is known of the machine that most runs are of."""
    known = mean(results, variant, FIT.key) if results.measured(variant) != ELSEWHERE else inf
    return inf if isnan(known) else known


def _setting(sensitivity: Results | None, reducer: str, key: str) -> str:
    """Return the setting of one parameter that is better than the default by more than the margin, if there is one."""
    if sensitivity is None:
        return "default"
    found = [sweep for sweep in run_sweeps(sensitivity) if sensitivity.variant(sweep.base).reducer == reducer]
    names = {sweep.variants[value]: f"{sweep.parameter} {value}" for sweep in found for value in sweep.others}
    every = against_defaults(sensitivity, key)
    better = [every[variant] for variant in names if every[variant].decision is Decision.BETTER]
    return names[max(better, key=lambda one: abs(one.change or 0.0)).first] if better else "default"


def _of_scaling(results: Results) -> Iterator[Row]:
    """Yield what all points of MNIST would take, of the methods that keep neighbours."""
    grown = [one for one in series(results) if one.reducer in ("umap", "tsne", "opentsne")]
    mapping = [one for one in grown if len(one.costs(TRANSFORM)) and not one.is_on_one_thread]
    known = sorted((seconds, one.name) for one in mapping if (seconds := one.at_all(FIT)) is not None)
    if known:
        times = [(name, seconds_as_text(seconds)) for seconds, name in known]
        times += [(one.name, one.all_as_text(FIT)) for one in mapping if one.limit <= ALL]
        (taken, least), *others = times
        because = "; ".join(filter(None, (f"fit {least}, by its growth", ", ".join(map(" ".join, others)))))
        yield "look at classes", f"{ALL:,}", "yes", taken, "default", because


def _of_dimensions(results: Results) -> Iterator[Row]:
    """Yield what clusters and classifies best, in the fewest dimensions that do, with what the pixels give."""
    n = f"{results.runs['n_train'].max():,}"
    for purpose, key in (("cluster (k-means)", "kmeans_ami"), ("classify", TEST_ACCURACY)):
        pixels, _ = results.single("pixels", key)
        known = _known(results, results.methods, key)
        if not known or pixels is None:
            continue
        taken, in_pixels = _simplest(results, known, key), f"in the pixels {number(QUANTITIES[key], pixels)}"
        base = results.variant(taken).of or taken
        if bounds(results, taken, key)[0] > pixels + (QUANTITIES[key].margin or 0.0):
            setting, because = (
                f"n_components {results.dimensions(taken)}",
                f"{_value(results, taken, key)}, {in_pixels}",
            )
            yield purpose, n, "yes", results.variant(base).label, setting, because
        else:
            yield purpose, n, "yes", "no reduction", "", f"{in_pixels}, best of all {_value(results, taken, key)}"


def _simplest(results: Results, known: Mapping[str, float], key: str) -> str:
    """Return the variant of fewest dimensions among the best one and those that are as good as it.

    These are equivalent to it or, of a quantity without a margin, not less by their interval.
    """
    best = max(known, key=lambda variant: known[variant])
    found = ranking(results, key, known)
    pairs = [found.between(best, one) for one in found.means if one != best] if best in found.means else []
    kinds = (Decision.EQUIVALENT, Decision.NO_MARGIN)
    equal = [best, *(one.second for one in pairs if one.decision in kinds and not _is_apart(one))]
    return min(equal, key=lambda variant: (results.dimensions(variant) or 0, -known[variant]))


def _is_apart(one: Comparison) -> bool:
    return one.decision is Decision.NO_MARGIN and one.direction != 0


def _known(results: Results, variants: Iterable[str], key: str) -> dict[str, float]:
    found = {variant: mean(results, variant, key) for variant in variants}
    return {variant: value for variant, value in found.items() if value == value}


def _value(results: Results, variant: str, key: str) -> str:
    return f"{QUANTITIES[key].title} {number(QUANTITIES[key], mean(results, variant, key))}"


def _fit(results: Results, variant: str) -> str:
    seconds = _seconds(results, variant)
    return "fit n/a" if isinf(seconds) else f"fit {seconds_as_text(seconds)}"
