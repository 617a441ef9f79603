"""What parameters change: the studies `sensitivity`, `initialisation`, `dimensions` and `pca-first`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bench.analysis.comparisons import compare_pairs
from bench.analysis.quantities import QUANTITIES
from bench.analysis.summary import interval_of
from bench.output.faq.numbers import against_defaults, bounds, cell, cells, change, decided, run_sweeps, spread
from bench.output.faq.page import Answer, Facts
from bench.store.results import Results
from bench.studies.sweeps import Sweep

TEST_ACCURACY, KEPT, SILHOUETTE = "knn_accuracy_k10_test", "r_nx_auc", "silhouette"
OF_STARTS = ("shepard_spearman", "triplet_accuracy", "centroid_spearman", KEPT, "knn_accuracy_k10")
OF_PCA_FIRST = ("knn_accuracy_k10", KEPT, SILHOUETTE)
TASKS = (TEST_ACCURACY, "kmeans_ari", "kmeans_ami")


def one_by_one(results: Results) -> Answer:
    """Return how far scores differ between the settings of one parameter, and which settings beat the default."""
    found = [(sweep, of) for sweep in run_sweeps(results) if len(of := _means(results, sweep, TEST_ACCURACY)) > 1]
    rows = []
    for sweep, of in found:
        settings = ", ".join(f"[{value}]" if value == sweep.default else f"{value}" for value in sweep.variants)
        best = max(of, key=lambda value: of[value])
        shown = f"{best}: {cell(results, sweep.variants[best], TEST_ACCURACY)}"
        others = [_range(_means(results, sweep, key)) for key in (KEPT, SILHOUETTE)]
        rows.append((sweep.title, settings, _range(of), shown, *others))
    tested = [one for one in against_defaults(results, TEST_ACCURACY).values() if one.change is not None]
    by_result = decided(tested)
    facts = {
        "spans": sorted((max(of.values()) - min(of.values()), sweep.title) for sweep, of in found),
        "n_tested": len(tested),
        "better": by_result["better"],
        "worse": by_result["worse"],
        "counts": [(result, len(by_result[result])) for result in ("better", "worse", "equivalent", "inconclusive")],
    }
    test, kept, silhouette = (QUANTITIES[key].title for key in (TEST_ACCURACY, KEPT, SILHOUETTE))
    header = ("parameter", "settings, [default]", test, "best setting", kept, silhouette)
    return Answer(header, rows, facts)


def _means(results: Results, sweep: Sweep, key: str) -> dict[Any, float]:
    """Return the mean of each setting that has a value."""
    found = {value: interval_of(results, variant, key) for value, variant in sweep.variants.items()}
    return {value: one.mean for value, one in found.items() if one is not None}


def _range(means: dict[Any, float]) -> str:
    return f"{min(means.values()):.3f} to {max(means.values()):.3f}" if means else "n/a"


def silhouette(results: Results) -> Answer:
    """Return what changes where a parameter is set to the highest silhouette."""
    found = [sweep for sweep in run_sweeps(results) if sweep.is_numeric and _means(results, sweep, KEPT)]
    pairs = {sweep.title: (highest_silhouette(results, sweep, list(sweep.variants)), sweep.base) for sweep in found}
    every = [against_defaults(results, key) for key in (SILHOUETTE, KEPT, TEST_ACCURACY)]
    changes = [[of[highest] for of in every] for highest, default in pairs.values() if highest != default]
    rows = [(results.label(of[0].first), *map(change, of)) for of in changes]
    rows += [(f"{title}: the default", "highest", "", "") for title, pair in pairs.items() if pair[0] == pair[1]]
    by_result = decided(kept for gain, kept, _ in changes if gain.direction > 0)
    kinds = ("worse", "equivalent", "better", "inconclusive")
    facts: dict[str, Any] = {kind: [kept.first for kept in by_result[kind]] for kind in kinds}
    facts["n_tested"] = sum(one.change is not None for one in every[0].values())
    kept, test = (QUANTITIES[key].title for key in (KEPT, TEST_ACCURACY))
    header = ("highest silhouette of", "change in silhouette", f"in {kept}", f"in {test}")
    return Answer(header, rows, facts)


def highest_silhouette(results: Results, sweep: Sweep, settings: Sequence[Any]) -> str:
    """Return that variant of some settings which has the highest mean silhouette."""
    means = _means(results, sweep, SILHOUETTE)
    return sweep.variants[max(settings, key=lambda value: means.get(value, float("-inf")))]


def starts(results: Results) -> Answer:
    """Return what another start changes in distances, in neighbours and from seed to seed."""
    columns, rows, pairs = (*OF_STARTS, "procrustes_residual"), [], []
    for sweep in run_sweeps(results):
        others = [sweep.variants[value] for value in sweep.others]
        pairs += [(other, sweep.base) for other in others]
        default, *of_others = cells(results, [sweep.base, *others], columns)
        rows += [[f"{default[0]}, {sweep.parameter} {sweep.default} (default)", *default[1:]], *of_others]
    compared = {QUANTITIES[key].title: compare_pairs(results, pairs, key) for key in OF_STARTS}
    differing = [(title, [one for one in of_score if one.differs]) for title, of_score in compared.items()]
    return Answer(("start", *(QUANTITIES[key].title for key in columns)), rows, {"differing": differing})


def dimensions(results: Results) -> Answer:
    """Return from how many dimensions on each method does as well as the pixels themselves."""
    found = run_sweeps(results)
    settings = list(dict.fromkeys(value for sweep in found for value in sweep.variants))
    rows = [
        [QUANTITIES[key].title, sweep.label]
        + [cell(results, sweep.variants[value], key) if value in sweep.variants else "n/a" for value in settings]
        for key in TASKS
        for sweep in found
    ]
    facts = {"tasks": [facts for key in TASKS for facts in _beside_pixels(results, found, key)]}
    return Answer(("task", "method", *map(str, settings)), rows, facts)


def _beside_pixels(results: Results, found: list[Sweep], key: str) -> Iterator[Facts]:
    """Yield what the pixels give in a task, where the best is, and which methods are above the pixels or reach them."""
    pixels, _ = results.single("pixels", key)
    variants = [variant for sweep in found for variant in sweep.variants.values()]
    known = {variant: one for variant in variants if (one := interval_of(results, variant, key)) is not None}
    if pixels is None or not known:
        return
    best = max(known, key=lambda variant: known[variant].mean)
    margin = QUANTITIES[key].margin or 0.0
    methods = []
    for sweep in found:
        of = {value: bounds(results, v, key) for value, v in sweep.variants.items() if v in known}
        above = [value for value, (low, _) in of.items() if low > pixels + margin]
        reached = [value for value, (low, _) in of.items() if low >= pixels - margin]
        is_open = [value for value, (_, high) in of.items() if value not in reached and not high < pixels - margin]
        methods.append((sweep.label, above, reached, is_open))
    best_shown = (best, spread(known[best]))
    yield {"name": QUANTITIES[key].title, "pixels": pixels, "margin": margin, "best": best_shown, "methods": methods}


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
    compared = {"fit": times} | changes
    facts = {
        "times": [(results.label(one.first), change(one, 2, sign="")) for one in times],
        "differing": [(title, [one for one in of if one.differs]) for title, of in compared.items()],
    }
    return Answer(("method", "fit, s", "after PCA, s", *(f"change in {title}" for title in changes)), rows, facts)
