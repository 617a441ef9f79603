"""Which method for me: what to take for some numbers of points, times and purposes, from the results of the studies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bench.analysis.comparisons import Comparison, Decision, compare_pairs, ranking
from bench.analysis.quantities import QUANTITIES, number
from bench.analysis.scaling import ALL, FIT, TRANSFORM, series
from bench.output.faq.numbers import mean, run_sweeps
from bench.output.faq.page import Answer
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
        fast = [v for v in every[TEST_ACCURACY] if mean(full, v, FIT.key) <= seconds]
        purposes.append((f"look, after at most {seconds:g} s", "yes", TEST_ACCURACY, fast))
    purposes.append(("compare distances", "yes", DISTANCES, [v for v in every[DISTANCES] if v in every[TEST_ACCURACY]]))
    for purpose, mapped, key, candidates in purposes:
        if candidates:
            taken = _fastest_of_best(full, key, candidates)
            setting = _setting(sensitivity, full.variant(taken).reducer, key)
            yield purpose, n, mapped, full.label(taken), setting, f"{_value(full, taken, key)}, {_fit(full, taken)}"


def _fastest_of_best(results: Results, key: str, candidates: list[str]) -> str:
    """Return the candidate with the shortest fit among the best one and those equivalent to it."""
    found = ranking(results, key)
    best = [v for v in candidates if v == candidates[0] or _is_as_good(found.between(candidates[0], v))]
    return min(best, key=lambda variant: mean(results, variant, FIT.key))


def _setting(sensitivity: Results | None, reducer: str, key: str) -> str:
    """Return the setting of one parameter that is better than the default by more than the margin, if there is one."""
    found = (
        [s for s in run_sweeps(sensitivity) if sensitivity.variant(s.base).reducer == reducer] if sensitivity else []
    )
    names = {sweep.variants[value]: f"{sweep.parameter} {value}" for sweep in found for value in sweep.others}
    pairs = [(sweep.variants[value], sweep.base) for sweep in found for value in sweep.others]
    if sensitivity is None or not pairs:
        return "default"
    better = [one for one in compare_pairs(sensitivity, pairs, key) if one.decision is Decision.BETTER]
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
        if known[taken] > pixels:
            setting, because = (
                f"n_components {results.dimensions(taken)}",
                f"{_value(results, taken, key)}, {in_pixels}",
            )
            yield purpose, n, "yes", results.variant(base).label, setting, because
        else:
            yield purpose, n, "yes", "no reduction", "", f"{in_pixels}, best of all {_value(results, taken, key)}"


def _simplest(results: Results, known: Mapping[str, float], key: str) -> str:
    """Return the variant of fewest dimensions among the best one and those not worse than it for certain."""
    best = max(known, key=lambda variant: known[variant])
    others = compare_pairs(results, [(variant, best) for variant in known if variant != best], key)
    equal = [best, *(one.first for one in others if _is_as_good(one))]
    return min(equal, key=lambda variant: (results.dimensions(variant) or 0, -known[variant]))


def _is_as_good(one: Comparison) -> bool:
    """Return whether two are equivalent or, where no margin says so, not apart for certain."""
    is_open = one.decision is Decision.NO_MARGIN and not one.direction
    return is_open or one.decision is Decision.EQUIVALENT


def _known(results: Results, variants: Iterable[str], key: str) -> dict[str, float]:
    found = {variant: mean(results, variant, key) for variant in variants}
    return {variant: value for variant, value in found.items() if value == value}


def _value(results: Results, variant: str, key: str) -> str:
    return f"{QUANTITIES[key].title} {number(QUANTITIES[key], mean(results, variant, key))}"


def _fit(results: Results, variant: str) -> str:
    return f"fit {seconds_as_text(mean(results, variant, FIT.key))}"
