"""What parameters change: the studies `sensitivity`, `initialisation`, `dimensions` and `pca-first`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt
from typing import Any

from bench.analysis.comparisons import compare_pairs
from bench.analysis.quantities import QUANTITIES
from bench.analysis.statistics import Interval
from bench.analysis.summary import interval_of
from bench.output.faq.numbers import cell, cells, change, run_sweeps, spread
from bench.output.faq.page import Answer, Facts
from bench.store.results import Results
from bench.studies.sweeps import Sweep

TEST_ACCURACY, KEPT, SILHOUETTE = "knn_accuracy_k10_test", "r_nx_auc", "silhouette"
GLOBAL = ("shepard_spearman", "triplet_accuracy", "centroid_spearman")
LOCAL = (KEPT, "knn_accuracy_k10")
OF_PCA_FIRST = ("knn_accuracy_k10", KEPT, SILHOUETTE)
TASKS = {TEST_ACCURACY: "10-NN accuracy, test", "kmeans_ari": "k-means ARI", "kmeans_ami": "k-means AMI"}


def one_by_one(results: Results) -> Answer:
    """Return how far scores differ between the settings of one parameter, and which settings beat the default."""
    found = [(sweep, of) for sweep in run_sweeps(results) if len(of := _medians(results, sweep, TEST_ACCURACY)) > 1]
    pairs = [(sweep.variants[value], sweep.base) for sweep, _ in found for value in sweep.others]
    tested = [one for one in compare_pairs(results, pairs, TEST_ACCURACY) if one.change is not None]
    facts = {
        "spans": sorted((max(of.values()) - min(of.values()), sweep.title) for sweep, of in found),
        "n_tested": len(tested),
        "better": [one for one in tested if one.significant and (one.change or 0) > 0],
        "worse": [one for one in tested if one.significant and (one.change or 0) < 0],
    }
    header = ("parameter", "settings, [default]", "10-NN accuracy, test", "best setting", "R_NX area", "silhouette")
    return Answer(header, [_of_parameter(results, sweep, of) for sweep, of in found], facts)


def _of_parameter(results: Results, sweep: Sweep, accuracies: dict[Any, float]) -> tuple[str, ...]:
    best = max(accuracies, key=lambda value: accuracies[value])
    return (
        sweep.title,
        ", ".join(f"[{value}]" if value == sweep.default else f"{value}" for value in sweep.variants),
        _range(accuracies),
        f"{best}: {cell(results, sweep.variants[best], TEST_ACCURACY)}",
        *(_range(_medians(results, sweep, key)) for key in (KEPT, SILHOUETTE)),
    )


def _medians(results: Results, sweep: Sweep, key: str) -> dict[Any, float]:
    """Return the median of each setting that has a value."""
    found = {value: interval_of(results, variant, key) for value, variant in sweep.variants.items()}
    return {value: one.median for value, one in found.items() if one is not None}


def _range(medians: dict[Any, float]) -> str:
    return f"{min(medians.values()):.3f} to {max(medians.values()):.3f}" if medians else "n/a"


def silhouette(results: Results) -> Answer:
    """Return what changes where a parameter is set to the highest silhouette."""
    found = [sweep for sweep in run_sweeps(results) if sweep.is_numeric and _medians(results, sweep, KEPT)]
    tops = [(sweep, highest_silhouette(results, sweep, list(sweep.variants))) for sweep in found]
    changes = [
        [compare_pairs(results, [(variant, sweep.base)], key)[0] for key in (SILHOUETTE, KEPT, TEST_ACCURACY)]
        for sweep, variant in tops
        if variant != sweep.base
    ]
    rows = [(results.label(of[0].first), *map(change, of)) for of in changes]
    rows += [(f"{sweep.title}: the default", "highest", "", "") for sweep, variant in tops if variant == sweep.base]
    raised = [kept for gain, kept, _ in changes if gain.significant and (gain.change or 0) > 0 and kept.significant]
    facts = {
        "lost": [kept.first for kept in raised if (kept.change or 0) < 0],
        "both": [kept.first for kept in raised if (kept.change or 0) > 0],
    }
    header = ("highest silhouette of", "change in silhouette", "in R_NX area", "in 10-NN accuracy, test")
    return Answer(header, rows, facts)


def highest_silhouette(results: Results, sweep: Sweep, settings: Sequence[Any]) -> str:
    """Return that variant of some settings which has the highest median silhouette."""
    medians = _medians(results, sweep, SILHOUETTE)
    return sweep.variants[max(settings, key=lambda value: medians.get(value, float("-inf")))]


def starts(results: Results) -> Answer:
    """Return what another start changes in distances, in neighbours and from seed to seed."""
    found, columns = run_sweeps(results), (*GLOBAL, *LOCAL, "procrustes_residual")
    pairs = [(sweep.variants[value], sweep.base) for sweep in found for value in sweep.others]
    rows = []
    for sweep in found:
        default, *others = cells(results, [sweep.base, *(sweep.variants[value] for value in sweep.others)], columns)
        rows += [[f"{default[0]}, {sweep.parameter} {sweep.default} (default)", *default[1:]], *others]
    differing = [
        (QUANTITIES[key].title, [one for one in compare_pairs(results, pairs, key) if one.significant])
        for key in (*GLOBAL, *LOCAL)
    ]
    return Answer(("start", *(QUANTITIES[key].title for key in columns)), rows, {"differing": differing})


def dimensions(results: Results) -> Answer:
    """Return from how many dimensions on each method does as well as the pixels themselves."""
    found = run_sweeps(results)
    settings = list(dict.fromkeys(value for sweep in found for value in sweep.variants))
    rows = [
        [task, sweep.label]
        + [cell(results, sweep.variants[value], key) if value in sweep.variants else "n/a" for value in settings]
        for key, task in TASKS.items()
        for sweep in found
    ]
    facts = {"tasks": [facts for key in TASKS for facts in _beside_pixels(results, found, key)]}
    return Answer(("task", "method", *map(str, settings)), rows, facts)


def _beside_pixels(results: Results, found: list[Sweep], key: str) -> Iterator[Facts]:
    """Yield what the pixels give in a task, where the best is, and which methods reach the pixels."""
    pixels, _ = results.single("pixels", key)
    variants = [variant for sweep in found for variant in sweep.variants.values()]
    known = {variant: one for variant in variants if (one := interval_of(results, variant, key)) is not None}
    if pixels is None or not known:
        return
    best = max(known, key=lambda variant: known[variant].median)
    # Half the 95 % interval of an accuracy over test points. Accuracies on the same points differ by less.
    n_test = int(results.runs["n_test"].iloc[0])
    margin = 1.96 * sqrt(pixels * (1 - pixels) / n_test) if key == TEST_ACCURACY else 0.0
    methods = [(sweep.label, *_reached(sweep, known, pixels, margin)) for sweep in found]
    facts = {"name": TASKS[key], "pixels": pixels, "margin": margin, "best": (best, spread(known[best]))}
    yield facts | {"methods": methods}


def _reached(sweep: Sweep, known: dict[str, Interval], pixels: float, margin: float) -> tuple[list[Any], list[Any]]:
    """Return in how many dimensions the interval of a method lies above the pixels, and in how many it reaches them."""
    by_value = {value: known[variant] for value, variant in sweep.variants.items() if variant in known}
    above = [value for value, one in by_value.items() if one.low is not None and one.low - margin > pixels]
    reached = [v for v, one in by_value.items() if (one.median if one.high is None else one.high) + margin >= pixels]
    return above, reached


def pca_first(results: Results) -> Answer:
    """Return how much faster each method is on 50 principal components, and what happens to its scores."""
    others = {variant: results.variant(variant).of for variant in results.select(axis="reducer")}
    pairs = [(variant, alone) for variant, alone in others.items() if alone in results.variants]
    times = compare_pairs(results, pairs, "fit_s")
    changes = {QUANTITIES[key].title: compare_pairs(results, pairs, key) for key in OF_PCA_FIRST}
    rows = [
        [results.label(alone), cell(results, alone, "fit_s", 2), cell(results, after, "fit_s", 2)]
        + [change(of_score[place]) for of_score in changes.values()]
        for place, (after, alone) in enumerate(pairs)
    ]
    facts = {
        "times": [(results.label(one.first), change(one, 2, sign="")) for one in times],
        "differing": [("fit", [one for one in times if one.significant])]
        + [(title, [one for one in of_score if one.significant]) for title, of_score in changes.items()],
    }
    return Answer(("method", "fit, s", "after PCA, s", *(f"change in {title}" for title in changes)), rows, facts)
