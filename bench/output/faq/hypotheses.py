"""Hypotheses that others have stated of these methods: each is tested on a study, and said whichever way it turns out.

As in `findings`, the sentence in bold says it alone; what follows is the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

from bench.analysis.comparisons import Decision, compare_pairs
from bench.analysis.layouts import all_layouts
from bench.analysis.quantities import QUANTITIES, number
from bench.analysis.scaling import ALL_DISTANCES, FIT, series
from bench.analysis.summary import interval_of
from bench.output.faq.numbers import by_reducer, cell, ends, mean, run_sweeps, spread
from bench.output.faq.page import Facts
from bench.store.results import Results

TEST_ACCURACY, CLUSTERS, KEPT = "knn_accuracy_k10_test", "kmeans_ari", "few_knn_recall_k15_test"
NEIGHBOURHOOD = {"umap": ("n_neighbors", 100), "opentsne": ("perplexity", 100)}
"""The parameter that sets how many neighbours a method looks at, and a wide setting of it."""
BEFORE = "pca-50"
"""The reference that keeps 50 principal components."""
SAME = 0.99
"""Share of its neighbours that a point keeps where nothing but rounding differs, at least."""
BY_CHANCE = 0.5
"""Area under the ROC curve of a sign that says nothing."""


def components(full: Results) -> Facts | None:
    """Return whether principal components classify test points better than every method does in two dimensions."""
    kept, _ = full.single(BEFORE, TEST_ACCURACY)
    known = _known(full, full.methods, TEST_ACCURACY)
    if kept is None or not known:
        return None
    best = max(known, key=lambda variant: known[variant])
    _, high = ends(interval_of(full, best, TEST_ACCURACY))
    pixels, _ = full.single("pixels", TEST_ACCURACY)
    return {
        "kept": number(QUANTITIES[TEST_ACCURACY], kept),
        "pixels": "n/a" if pixels is None else number(QUANTITIES[TEST_ACCURACY], pixels),
        "best": (full.label(best), cell(full, best, TEST_ACCURACY)),
        "wins": kept - (QUANTITIES[TEST_ACCURACY].margin or 0.0) > (known[best] if isnan(high) else high),
    }


def layouts(results: Results) -> Facts | None:
    """Return the methods whose seeds give one of two layouts, so that a mean describes neither."""
    found = all_layouts(results)
    rows = [
        (results.label(variant), [(QUANTITIES[one.key].title, one.text) for one in of]) for variant, of in found.items()
    ]
    n = max((len(results.ok_runs(variant)) for variant in found), default=0)
    return {"methods": rows, "n": n} if rows else None


def neighbourhoods(sensitivity: Results) -> Facts | None:
    """Return what a wide neighbourhood costs in accuracy: UMAP's n_neighbors and openTSNE's perplexity."""
    pairs = []
    for sweep in run_sweeps(sensitivity):
        parameter, wide = NEIGHBOURHOOD.get(sensitivity.variant(sweep.base).reducer, ("", 0))
        if sweep.parameter == parameter and wide in sweep.variants:
            pairs.append((sweep.variants[wide], sweep.base, f"{parameter} {sweep.default}"))
    if len(pairs) < len(NEIGHBOURHOOD):
        return None
    changes = compare_pairs(sensitivity, [pair[:2] for pair in pairs], TEST_ACCURACY)
    if any(one.change is None for one in changes):
        return None
    compared = [(one, default) for one, (_, _, default) in zip(changes, pairs, strict=True)]
    worst = min(compared, key=lambda item: item[0].change or 0.0)
    return {"changes": compared, "worst": worst, "lost": [one for one in compared if one[0].decision is Decision.WORSE]}


def clustering(dimensions: Results) -> Facts | None:
    """Return whether k-means finds the classes better in an embedding than in the data, and in which."""
    pixels, _ = dimensions.single("pixels", CLUSTERS)
    if not pixels:
        return None
    better: list[tuple[str, str, str]] = []
    others: list[tuple[str, str, str]] = []
    for sweep in run_sweeps(dimensions):
        known = _known(dimensions, sweep.variants.values(), CLUSTERS)
        if known:
            lowest, highest = min(known.values()), max(known.values())
            found = interval_of(dimensions, min(known, key=lambda variant: known[variant]), CLUSTERS)
            is_better = ends(found)[0] > pixels
            (better if is_better else others).append((sweep.label, f"{lowest:.2f}", f"{highest:.2f}"))
    return {"pixels": f"{pixels:.2f}", "better": better, "others": others} if better or others else None


def batch(full: Results) -> Facts | None:
    """Return the methods whose `transform` maps a point elsewhere if others are mapped with it."""
    methods = {label: v for label, v in by_reducer(full, seeded=True).items() if v in full.methods}
    kept = {label: interval_of(full, variant, KEPT) for label, variant in methods.items()}
    known = {label: found for label, found in kept.items() if found is not None}
    if not known:
        return None
    moved = [(label, spread(found, 2), 1 - found.mean) for label, found in known.items() if found.mean < SAME]
    return {"moved": moved, "same": [label for label, found in known.items() if found.mean >= SAME]}


def cliff(scaling: Results) -> Facts | None:
    """Return what UMAP's fit takes just below the number of points from which it searches neighbours, and above."""
    for one in series(scaling):
        if scaling.variant(str(one.runs["variant"].iloc[0])).reducer == "umap":
            costs = one.costs(FIT)
            below, above = costs[costs.index < ALL_DISTANCES], costs[costs.index >= ALL_DISTANCES]
            if len(below) and len(above):
                sizes = ((below.index[-1], below.iloc[-1]), (above.index[0], above.iloc[0]))
                texts = [(f"{n:,}", number(FIT, cost)) for n, cost in sizes]
                ratio = below.iloc[-1] / above.iloc[0]
                return {"label": one.name, "sizes": texts, "ratio": f"{ratio:.1f}", "falls": ratio > 1}
    return None


def unseen(results: Results) -> Facts | None:
    """Return whether a class that no training point has stands out, by distance in the map and by reconstruction."""
    classes = sorted({results.variant(v).without for v in results.variants if results.variant(v).without})
    by_distance: list[float] = []
    by_error: dict[str, list[float]] = {}
    for left_out in classes:
        variants = by_reducer(results, without=left_out).values()
        by_distance += _known(results, variants, "unseen_auc_test").values()
        by_error[left_out] = list(_known(results, variants, "unseen_auc_reconstruction_test").values())
    errors = {name: values for name, values in by_error.items() if values}
    if not by_distance or not errors:
        return None
    found = {name: (f"{min(values):.2f}", f"{max(values):.2f}") for name, values in errors.items()}
    return {
        "n": len(classes),
        "areas": (f"{min(by_distance):.2f}", f"{max(by_distance):.2f}"),
        "errors": [(name, *area) for name, area in found.items()],
        "found": [name for name, values in errors.items() if min(values) > BY_CHANCE],
        "missed": [name for name, values in errors.items() if max(values) <= BY_CHANCE],
    }


def _known(results: Results, variants: Iterable[str], key: str) -> dict[str, float]:
    """Return the mean of each variant that has one."""
    found = {variant: mean(results, variant, key) for variant in variants}
    return {variant: value for variant, value in found.items() if not isnan(value)}
