"""Findings: what a practitioner would not have known, the most useful first."""

from __future__ import annotations

import reducers
from bench.analysis.comparisons import compare_pairs, ranking
from bench.metrics.statistics import interval
from bench.output.faq.numbers import by_reducer, cell, change, median, run_sweeps, spread
from bench.output.faq.page import Facts
from bench.output.faq.parameters import KEPT, SILHOUETTE, highest_silhouette
from bench.output.faq.repeatability import ROUNDING
from bench.store.results import Results

TEST_ACCURACY = "knn_accuracy_k10_test"


def accuracy(full: Results) -> Facts | None:
    """Return which methods have the best accuracy on training and on test digits, and which networks."""
    splits = {"training": _first_two(full, "knn_accuracy_k10"), "test": _first_two(full, TEST_ACCURACY)}
    if not all(splits.values()):
        return None
    networks = [v for v in _ranked(full, TEST_ACCURACY) if full.variant(v).reducer in ("autoencoder", "vae")]
    named = [_named(full, variant, TEST_ACCURACY) for variant in networks[:1]]
    return {"splits": splits, "networks": named, "pixels": cell(full, "pixels", TEST_ACCURACY)}


def _ranked(results: Results, key: str) -> list[str]:
    """Return the variants that have a quantity, the best median first."""
    known = (variant for variant in results.variants if len(results.values(variant, key)))
    return sorted(known, key=lambda variant: -median(results, variant, key))


def _first_two(results: Results, key: str) -> Facts:
    """Return the best variant of a quantity and the best of another reducer; nothing if only one reducer has it."""
    ordered, one = _ranked(results, key), ranking(results, key)
    others = [v for v in ordered if results.variant(v).reducer != results.variant(ordered[0]).reducer]
    if not others:
        return {}
    pair = (ordered[0], others[0])
    significant = {*pair} <= one.medians.keys() and one.between(*pair).significant
    return {"two": [_named(results, variant, key) for variant in pair], "significant": significant}


def _named(results: Results, variant: str, key: str) -> tuple[str, str]:
    return results.label(variant), cell(results, variant, key)


def silhouette(sensitivity: Results) -> Facts | None:
    """Return what happens to neighbours where exaggeration and min_dist are set to the highest silhouette."""
    asked, changes = {("opentsne", "exaggeration"), ("umap", "min_dist")}, []
    for sweep in run_sweeps(sensitivity):
        if (sensitivity.variant(sweep.base).reducer, sweep.parameter) in asked:
            pair = (highest_silhouette(sensitivity, sweep, sweep.others), sweep.base)
            sizes = [change(compare_pairs(sensitivity, [pair], key)[0]) for key in (SILHOUETTE, KEPT)]
            changes.append((sensitivity.label(pair[0]), *sizes))
    return {"changes": changes} if len(changes) == len(asked) else None


def start(initialisation: Results) -> Facts | None:
    """Return what a random start changes in the global arrangement, and from seed to seed."""
    specs = {variant: initialisation.variant(variant) for variant in initialisation.variants}
    pairs = [(variant, spec.of) for variant, spec in specs.items() if spec.value == "random" and spec.of in specs]
    residuals = [
        (initialisation.label(pair[1]), *(cell(initialisation, variant, "procrustes_residual", 2) for variant in pair))
        for pair in pairs
    ]
    changes = compare_pairs(initialisation, pairs, "centroid_spearman")
    return {"residuals": residuals, "changes": changes} if pairs else None


def cold_start(full: Results) -> Facts | None:
    """Return how far UMAP's cold start misleads a timer."""
    umap, tsne = (next(iter(full.select(reducer=name)), "") for name in ("umap", "tsne"))
    if not umap or not tsne:
        return None
    cold, fit = (median(full, umap, key) for key in ("cold_start_s", "fit_s"))
    times = [cell(full, variant, "fit_s", 1) for variant in (umap, tsne)]
    return {"cold": cold, "factor": cold / fit, "times": times, "behind": cold + fit > median(full, tsne, "fit_s")}


def seed_of_umap(full: Results) -> Facts | None:
    """Return what a seed costs UMAP in time, and whether it changes the accuracy."""
    pair = [next(iter(full.select(reducer="umap", seeded=seeded)), "") for seeded in (True, False)]
    time, score = (ranking(full, key) for key in ("fit_s", TEST_ACCURACY))
    if not {*pair} <= time.medians.keys() & score.medians.keys():
        return None
    return {
        "factor": change(time.between(*pair), 1, sign=""),
        "significant": score.between(*pair).significant,
        "scores": [_named(full, variant, TEST_ACCURACY) for variant in pair],
    }


def training(full: Results) -> Facts | None:
    """Return what more epochs change in the accuracy of networks and in their time."""
    pairs = [(v, full.variant(v).of) for v in full.select(axis="n_epochs") if full.variant(v).of in full.variants]
    networks = [
        (one, *(f"{median(full, variant, 'fit_s'):.0f}" for variant in (one.first, one.second)))
        for one in compare_pairs(full, pairs, TEST_ACCURACY)
    ]
    return {"networks": networks} if networks else None


def left_out(unseen: Results) -> Facts | None:
    """Return whether a 0 that was left out of training can be told from other digits in an embedding."""
    variants = by_reducer(unseen, without="0")
    if not variants:
        return None
    areas = [(label, cell(unseen, variant, "unseen_auc_test", 2)) for label, variant in variants.items()]
    return {"pixels": median(unseen, next(iter(variants.values())), "unseen_auc_pixels_test"), "areas": areas}


def threads(results: Results) -> Facts | None:
    """Return which methods give another embedding for the same seed on another number of threads."""
    if not all(results.select(threads=n) for n in (1, 2)):
        return None
    pairs = results.frame("reproducibility")
    pairs = pairs[(pairs["split"] == "train") & (pairs["differs"] == "threads")]
    moved = pairs[pairs["largest_displacement"] >= ROUNDING].groupby("reducer", sort=False)["shared_neighbours"]
    return {"kept": [(reducers.source(str(name)).label, spread(interval(kept, 0, 1), 2)) for name, kept in moved]}


FINDINGS = (
    ("full", accuracy),
    ("sensitivity", silhouette),
    ("initialisation", start),
    ("full", cold_start),
    ("full", seed_of_umap),
    ("full", training),
    ("unseen", left_out),
    ("threads", threads),
)
"""Studies, each with a function that returns what the sentence needs, or None where the results lack it."""
