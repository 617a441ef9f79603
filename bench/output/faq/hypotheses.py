"""Hypotheses that others have stated of these methods: each is tested on a study, and said whichever way it turns out.

As in `findings`, the sentence in bold says it alone; what follows is the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

from bench.analysis.comparisons import Decision, compare_pairs
from bench.analysis.layouts import all_layouts, looked_at
from bench.analysis.quantities import QUANTITIES, number
from bench.analysis.scaling import ALL_DISTANCES, FIT, series
from bench.analysis.summary import interval_of
from bench.output.faq.numbers import against_defaults, bounds, by_reducer, cell, mean, run_sweeps, spread
from bench.output.faq.page import Facts
from bench.store.results import Results

TEST_ACCURACY, CLUSTERS, KEPT = "knn_accuracy_k10_test", "kmeans_ari", "few_knn_recall_k15_test"
NEIGHBOURHOOD = {"umap": ("n_neighbors", 100), "opentsne": ("perplexity", 100)}
"""The parameter that sets how many neighbours a method looks at, and a wide setting of it."""
BEFORE = "pca-50"
"""The reference that keeps 50 principal components."""
SAME = 0.99
"""Share of its neighbours that a point keeps where nothing but rounding differs, at least."""
FALLS = FIT.margin or 1.0
"""Times as long as a fit of more points that a fit of fewer takes, at least, where it is said to take longer."""
FINDS = 0.8
"""Area under the ROC curve from which a sign is said to find a class: excellent (Hosmer and Lemeshow 2000)."""
Area = tuple[float, float, float]
"""An area under the ROC curve, and the ends of its interval."""


def components(full: Results) -> Facts | None:
    """Return whether principal components classify test points better than every method does in two dimensions."""
    kept, _ = full.single(BEFORE, TEST_ACCURACY)
    known = _known(full, full.methods, TEST_ACCURACY)
    if kept is None or not known:
        return None
    best = max(known, key=lambda variant: known[variant])
    found = {one.decision for one in compare_pairs(full, [(BEFORE, variant) for variant in known], TEST_ACCURACY)}
    pixels, _ = full.single("pixels", TEST_ACCURACY)
    return {
        "kept": number(QUANTITIES[TEST_ACCURACY], kept),
        "pixels": "n/a" if pixels is None else number(QUANTITIES[TEST_ACCURACY], pixels),
        "best": (full.label(best), cell(full, best, TEST_ACCURACY)),
        "wins": found == {Decision.BETTER},
        "reached": bool(found & {Decision.EQUIVALENT, Decision.WORSE}),
    }


def layouts(results: Results) -> Facts | None:
    """Return the methods whose seeds give one of two layouts, so that a mean describes neither."""
    found = all_layouts(results)
    rows = [
        (results.label(variant), [(QUANTITIES[one.key].title, one.text) for one in of]) for variant, of in found.items()
    ]
    n = max((len(one.low) + len(one.high) for of in found.values() for one in of), default=0)
    return {"methods": rows, "n": n, "n_looked_at": len(looked_at(results))} if rows else None


def neighbourhoods(sensitivity: Results) -> Facts | None:
    """Return what a wide neighbourhood costs in accuracy: UMAP's n_neighbors and openTSNE's perplexity."""
    every, compared = against_defaults(sensitivity, TEST_ACCURACY), []
    for sweep in run_sweeps(sensitivity):
        parameter, wide = NEIGHBOURHOOD.get(sensitivity.variant(sweep.base).reducer, ("", 0))
        if sweep.parameter == parameter and wide in sweep.variants:
            compared.append((every[sweep.variants[wide]], f"{parameter} {sweep.default}"))
    if len(compared) < len(NEIGHBOURHOOD) or any(one.change is None for one, _ in compared):
        return None
    lost = [pair for pair in compared if pair[0].decision is Decision.WORSE]
    return {
        "changes": compared,
        "worst": min(compared, key=lambda pair: pair[0].change or 0.0),
        "lost": lost,
        "kept": [one.first for one, _ in compared if one.decision is not Decision.WORSE],
        "n_tested": sum(one.change is not None for one in every.values()),
    }


def clustering(dimensions: Results) -> Facts | None:
    """Return whether k-means finds the classes better in an embedding than in the data, and in which."""
    pixels, _ = dimensions.single("pixels", CLUSTERS)
    if not pixels:
        return None
    better: list[tuple[str, str, str]] = []
    others: list[tuple[str, str, str, list[object]]] = []
    for sweep in run_sweeps(dimensions):
        known = _known(dimensions, sweep.variants.values(), CLUSTERS)
        above = [v for v, variant in sweep.variants.items() if bounds(dimensions, variant, CLUSTERS)[0] > pixels]
        if known:
            row = (sweep.label, f"{min(known.values()):.2f}", f"{max(known.values()):.2f}")
            if len(above) == len(known):
                better.append(row)
            else:
                others.append((*row, above))
    return {"pixels": f"{pixels:.2f}", "better": better, "others": others} if better or others else None


def batch(full: Results) -> Facts | None:
    """Return the methods whose `transform` maps a point elsewhere if others are mapped with it."""
    methods = {label: v for label, v in by_reducer(full, seeded=True).items() if v in full.methods}
    kept = {label: interval_of(full, variant, KEPT) for label, variant in methods.items()}
    known = {label: found for label, found in kept.items() if found is not None}
    if not known:
        return None
    of = {label: bounds(full, methods[label], KEPT) for label in known}
    moved = [(label, spread(found, 2), 1 - found.mean) for label, found in known.items() if of[label][1] < SAME]
    return {"moved": moved, "same": [label for label in known if of[label][0] >= SAME]}


def cliff(scaling: Results) -> Facts | None:
    """Return what UMAP's fit takes just below the number of points from which it searches neighbours, and above."""
    for one in series(scaling):
        if one.reducer == "umap":
            costs = one.costs(FIT)
            below, above = costs[costs.index < ALL_DISTANCES], costs[costs.index >= ALL_DISTANCES]
            if len(below) and len(above):
                sizes = ((below.index[-1], below.iloc[-1]), (above.index[0], above.iloc[0]))
                texts = [(f"{n:,}", number(FIT, cost)) for n, cost in sizes]
                ratio = below.iloc[-1] / above.iloc[0]
                return {
                    "label": one.name,
                    "sizes": texts,
                    "ratio": f"{ratio:.1f}",
                    "falls": ratio > (FIT.margin or 1.0),
                }
    return None


def unseen(results: Results) -> Facts | None:
    """Return whether a class that no training point has stands out, by distance in the map and by reconstruction."""
    classes = sorted({results.variant(v).without for v in results.variants if results.variant(v).without})
    by_distance: list[Area] = []
    by_error: dict[str, list[Area]] = {}
    for left_out in classes:
        variants = by_reducer(results, without=left_out).values()
        by_distance += _areas(results, variants, "unseen_auc_test")
        by_error[left_out] = _areas(results, variants, "unseen_auc_reconstruction_test")
    errors = {name: areas for name, areas in by_error.items() if areas}
    if not by_distance or not errors:
        return None
    return {
        "n": len(classes),
        "areas": _range(by_distance),
        "errors": [(name, *_range(areas)) for name, areas in errors.items()],
        "finds": FINDS,
        "useless": any(high < FINDS for _, _, high in by_distance),
        "useful": all(low >= FINDS for _, low, _ in by_distance),
        "found": [name for name, areas in errors.items() if all(low >= FINDS for _, low, _ in areas)],
        "missed": [name for name, areas in errors.items() if all(high < FINDS for _, _, high in areas)],
    }


def _areas(results: Results, variants: Iterable[str], key: str) -> list[Area]:
    """Return the mean of each variant that has one, with the ends of its interval."""
    return [(value, *bounds(results, variant, key)) for variant, value in _known(results, variants, key).items()]


def _range(areas: Iterable[Area]) -> tuple[str, str]:
    means = [mean for mean, _, _ in areas]
    return f"{min(means):.2f}", f"{max(means):.2f}"


def _known(results: Results, variants: Iterable[str], key: str) -> dict[str, float]:
    """Return the mean of each variant that has one."""
    found = {variant: mean(results, variant, key) for variant in variants}
    return {variant: value for variant, value in found.items() if not isnan(value)}
