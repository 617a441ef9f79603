"""Why networks lose to UMAP: because they encode, or because they reconstruct? The study `objectives`."""

from __future__ import annotations

from bench.analysis.comparisons import Comparison, compare_pairs
from bench.analysis.factorial import Effects, effects
from bench.analysis.quantities import QUANTITIES
from bench.output.faq.numbers import cell, change
from bench.output.faq.page import Answer
from bench.store.results import Results

CELLS = {(0, 0): "umap", (1, 0): "parametric_umap", (0, 1): "auto_decoder", (1, 1): "autoencoder"}
"""Reducers by what gives the positions (0: they are free, 1: an encoder) and by the loss (0: neighbours, 1: error)."""
WAYS = {(0, 0): "free, neighbours", (1, 0): "encoder, neighbours"} | {
    (0, 1): "free, reconstruction",
    (1, 1): "encoder, reconstruction",
}
TRAINING, TEST = ("knn_accuracy_k10", "r_nx_auc"), "knn_accuracy_k10_test"
ACCURACY = TRAINING[0]


def encode_or_reconstruct(results: Results) -> Answer:
    """Return the four cells, and how the difference between autoencoder and UMAP splits into the two causes."""
    variants = {at: next(iter(results.select(reducer=reducer)), "") for at, reducer in CELLS.items()}
    header = ("positions, loss", *(QUANTITIES[key].title for key in (*TRAINING, TEST)))
    if not results.ok(*variants.values()):
        return Answer(header, [], {"effects": None})
    rows = [
        [f"{WAYS[at]}: {results.label(variant)}", *(cell(results, variant, key) for key in (*TRAINING, TEST))]
        for at, variant in variants.items()
    ]
    found = {
        key: effects(QUANTITIES[key], {at: results.values(variant, key) for at, variant in variants.items()})
        for key in TRAINING
    }
    test = compare_pairs(results, [(variants[1, 1], variants[1, 0])], TEST)[0]
    rows += _of_effects(found, test)
    others = [
        variant
        for reducer in CELLS.values()
        for variant in results.select(reducer=reducer)
        if variant not in variants.values()
    ]
    rows += [[f"({results.label(one)})", *(cell(results, one, key) for key in (*TRAINING, TEST))] for one in others]
    main = found[ACCURACY]
    gap = compare_pairs(results, [(variants[1, 1], variants[0, 0])], ACCURACY)[0]
    facts = {
        "effects": main,
        "gap": gap,
        "test": test,
        "network": results.label(variants[1, 1]),
        "umap": results.label(variants[0, 0]),
    }
    return Answer(header, rows, facts)


def _of_effects(found: dict[str, Effects], test: Comparison) -> list[list[str]]:
    """Return a row for each effect; on test points only the loss can be compared, as free positions have none."""
    names = {
        "encoder instead of free positions": [one.first for one in found.values()],
        "reconstruction instead of neighbours": [one.second for one in found.values()],
        "interaction": [one.interaction for one in found.values()],
    }
    rows = [[name, *map(change, of), "n/a"] for name, of in names.items()]
    rows[1][-1] = f"{change(test)} (of encoders)"
    return rows
