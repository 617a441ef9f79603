"""Findings: what a practitioner would not have known, the most useful first.

The sentence in bold says it alone, for README; what follows is the evidence.
"""

from __future__ import annotations

from math import isnan

import reducers
from bench.analysis.comparisons import Comparison, Decision, Ranking, compare_pairs, ranking
from bench.analysis.quantities import number
from bench.metrics.statistics import interval
from bench.output.faq.cards import order_of_rows
from bench.output.faq.datasets import holds
from bench.output.faq.hypotheses import batch, cliff, clustering, components, layouts, neighbourhoods, unseen
from bench.output.faq.numbers import against_defaults, cell, change, listed, mean, run_sweeps, spread
from bench.output.faq.page import Facts
from bench.output.faq.parameters import KEPT, SILHOUETTE, highest_silhouette
from bench.output.faq.placement import copies
from bench.output.faq.repeatability import ROUNDING, distinct_pairs
from bench.output.faq.structure import clusters_of_noise
from bench.output.faq.tuning import gains
from bench.output.findings import apart
from bench.store.results import Results

TEST_ACCURACY = "knn_accuracy_k10_test"
OPEN = "; whether the difference is larger than the margin is open"


def accuracy(full: Results) -> Facts | None:
    """Return which methods have the best accuracy on training and on test digits, and which networks."""
    splits = {"training": ranking(full, "knn_accuracy_k10"), "test": ranking(full, TEST_ACCURACY)}
    if not all(one.best for one in splits.values()):
        return None
    networks = [v for v in splits["test"].means if full.variant(v).reducer in ("autoencoder", "vae")]
    return {
        "n": int(full.runs["n_train"].max()),
        "splits": {split: _leaders(full, one) for split, one in splits.items()},
        "networks": [_named(full, variant, TEST_ACCURACY) for variant in networks[:1]],
        "pixels": cell(full, "pixels", TEST_ACCURACY),
    }


def sizes(full: Results, default: Results) -> str:
    """Return in one sentence why fewer points have another best method on test digits; empty if they have not."""
    many, few = (ranking(one, TEST_ACCURACY) for one in (full, default))
    labels = [[one.label(v) for v in found.best] for one, found in ((full, many), (default, few))]
    if not all(labels) or set(labels[0]) & set(labels[1]):
        return ""
    n, n_full = (f"{one.runs['n_train'].max():,}" for one in (default, full))
    value, pair = number(few.quantity, few.means[few.best[0]]), (few.best[0], many.best[0])
    is_decided = all({*pair} <= one.means.keys() and one.between(*pair).differs for one in (many, few))
    study = f"In the study `default`, of {n} training digits instead of {n_full} and of other test digits,"
    return f"{study} {listed(labels[1])} is ahead on test digits ({value}){'' if is_decided else OPEN}."


def _leaders(results: Results, one: Ranking) -> Facts:
    """Return the best method and its equivalents, the best of the others, and those that the seeds leave open."""

    def is_worse(variant: str) -> bool:
        return variant != one.best[0] and one.between(one.best[0], variant).decision is Decision.BETTER

    key, others = one.quantity.key, [v for v in one.means if is_worse(v)]
    best = [_named(results, variant, key) for variant in one.best]
    return {
        "leader": f"{best[0][0]} ({number(one.quantity, one.means[one.best[0]])})"
        + (f" and, equivalent, {listed(label for label, _ in best[1:])}" if best[1:] else ""),
        "best": best,
        "open": [(results.label(v), apart(one.between(one.best[0], v))) for v in one.open],
        "next": [_named(results, variant, key) for variant in others[:1]],
    }


def _named(results: Results, variant: str, key: str) -> tuple[str, str]:
    return results.label(variant), cell(results, variant, key)


def silhouette(sensitivity: Results) -> Facts | None:
    """Return what happens to neighbours where exaggeration and min_dist are set to the highest silhouette."""
    asked, changes = {("opentsne", "exaggeration"), ("umap", "min_dist")}, []
    every = [against_defaults(sensitivity, key) for key in (SILHOUETTE, KEPT)]
    for sweep in run_sweeps(sensitivity):
        if (sensitivity.variant(sweep.base).reducer, sweep.parameter) in asked:
            highest = highest_silhouette(sensitivity, sweep, sweep.others)
            changes.append([of[highest] for of in every])
    if len(changes) != len(asked):
        return None
    lost = [(gain, kept) for gain, kept in changes if gain.direction > 0 and kept.decision is Decision.WORSE]
    return {"changes": changes, "lost": lost[:1]}


def start(initialisation: Results) -> Facts | None:
    """Return what a random start changes in the global arrangement, and from seed to seed."""
    specs = {variant: initialisation.variant(variant) for variant in initialisation.variants}
    pairs = [(variant, spec.of) for variant, spec in specs.items() if spec.value == "random" and spec.of in specs]
    residuals = [
        (initialisation.label(pair[1]), *(cell(initialisation, variant, "procrustes_residual", 2) for variant in pair))
        for pair in pairs
    ]
    changes = compare_pairs(initialisation, pairs, "centroid_spearman")
    sizes = {pair: [mean(initialisation, variant, "procrustes_residual") for variant in pair] for pair in pairs}
    known = {initialisation.label(pair[1]): size for pair, size in sizes.items() if not any(map(isnan, size))}
    most = max(known.items(), key=lambda item: item[1][0], default=None)
    return {"residuals": residuals, "changes": changes, "most": most} if pairs else None


def cold_start(full: Results) -> Facts | None:
    """Return what a new process pays before UMAP's first result, and the whole of it compared with t-SNE."""
    umap, tsne = (next(iter(full.select(reducer=name)), "") for name in ("umap", "tsne"))
    if not umap or not tsne:
        return None
    imported, cold, fit = (mean(full, umap, f"{step}_s") for step in ("import", "cold_start", "fit"))
    of_tsne = sum(mean(full, tsne, f"{step}_s") for step in ("import", "cold_start", "fit"))
    if isnan(imported + cold + fit + of_tsne):
        return None
    return {
        "imported": imported,
        "cold": cold,
        "fit": fit,
        "times": cell(full, umap, "fit_s", 1),
        "n_processes": len(full.values(umap, "cold_start_s")),
        "of_tsne": of_tsne,
    }


def seed_of_umap(full: Results) -> Facts | None:
    """Return what a seed costs UMAP in time, and whether it changes the accuracy."""
    pair = [next(iter(full.select(reducer="umap", seeded=seeded)), "") for seeded in (True, False)]
    time, score = (ranking(full, key) for key in ("fit_s", TEST_ACCURACY))
    if not {*pair} <= time.means.keys() & score.means.keys():
        return None
    return {
        "factor": change(time.between(*pair), 1, sign=""),
        "size": f"{time.between(*pair).change:.1f}",
        "decision": score.between(*pair).decision.value,
        "n": score.between(*pair).n,
        "apart": apart(score.between(*pair)),
        "scores": [_named(full, variant, TEST_ACCURACY) for variant in pair],
    }


def training(results: Results) -> Facts | None:
    """Return what another architecture changes in the accuracy of networks and in their time."""
    larger = results.select(axis="hidden_layer_sizes")
    pairs = [(v, results.variant(v).of) for v in larger if results.variant(v).of in results.variants]
    networks = compare_pairs(results, pairs, TEST_ACCURACY)
    known = [one for one in networks if one.change is not None]

    def times(one: Comparison) -> tuple[str, ...]:
        return tuple(f"{mean(results, variant, 'fit_s'):.0f}" for variant in (one.first, one.second))

    most = max(known, key=lambda one: one.change or 0.0, default=None)
    facts = {"networks": [(one, *times(one)) for one in networks]}
    return facts | {"most": (most, *times(most))} if most else None


def threads(results: Results) -> Facts | None:
    """Return which methods give another embedding for the same seed on another number of threads."""
    if not all(results.select(threads=n) for n in (1, 2)):
        return None
    pairs = distinct_pairs(results)
    pairs = pairs[pairs["split"] == "train"]
    by_threads, kept = pairs[pairs["differs"] == "threads"], []
    for name, of_method in by_threads.groupby("reducer", sort=False):
        if (of_method["largest_displacement"] < ROUNDING).all():
            continue
        seeds = pairs.loc[(pairs["differs"] == "seed") & (pairs["reducer"] == name), "shared_neighbours"]
        shares = (spread(interval(of, 0, 1), 2) for of in (of_method["shared_neighbours"], seeds))
        kept.append((reducers.source(str(name)).label, *shares))
    return {"kept": kept}


def tuned(results: Results) -> Facts | None:
    """Return which methods are the best on test digits once each is tuned by the same search."""
    found = [one for one in gains(results).facts["criteria"] if one["key"] == TEST_ACCURACY]
    return found[0] if found and all(found[0]["best"]) else None


FINDINGS = (
    ("full", accuracy),
    ("datasets", holds),
    ("full", components),
    ("dimensions", clustering),
    ("sensitivity", neighbourhoods),
    ("false-structure", clusters_of_noise),
    ("sensitivity", silhouette),
    ("full", layouts),
    ("full", batch),
    ("placement", copies),
    ("unseen", unseen),
    ("initialisation", start),
    ("threads", threads),
    ("cards", order_of_rows),
    ("networks", training),
    ("tuned", tuned),
    ("scaling", cliff),
    ("full", cold_start),
    ("full", seed_of_umap),
)
"""Studies, each with a function that returns what the sentence needs, or None where the results lack it."""
