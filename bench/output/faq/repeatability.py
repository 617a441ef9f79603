"""Whether numbers and embeddings come again: with the same seed elsewhere, with another seed, and in a publication."""

from __future__ import annotations

import pandas as pd

import reducers
from bench.analysis.quantities import QUANTITIES
from bench.metrics.statistics import interval
from bench.output.faq.numbers import spread
from bench.output.faq.page import Answer
from bench.store.results import Results

ROUNDING = 1e-4
"""Root-mean-square radii; a smaller displacement is a difference of last digits."""
ELSEWHERE = {"process": "in another process", "threads": "on two threads instead of one"}
SEEDS = {"knn_jaccard_k15": 1, "procrustes_residual": 0}
"""What two seeds are compared by, with its value for the same embedding."""
MEASURES = {
    "trustworthiness": "trustworthiness (k = 5)",
    "silhouette": "silhouette",
    "1nn": "1-NN accuracy",
    "5nn": "5-NN accuracy",
    "v_measure": "k-means V-measure",
    "mse": "reconstruction error",
}
"""Measures of `replication.csv`, with their titles."""


def same_seed(results: Results) -> Answer:
    """Return what a seed fixes: within a process, in another one, on other threads."""
    pairs, rows, test_only = distinct_pairs(results), [], []
    for method, of_method in pairs.groupby("reducer", sort=False):
        label, found = reducers.source(str(method)).label, dict(iter(of_method.groupby(["differs", "split"])))
        # Whether every repeated fit gave the same bits.
        tried = results.runs[results.runs["variant"].isin(results.select(reducer=method))]["repeatable"].dropna()
        within = "the same bits" if len(tried) and (tried.astype(str) == "True").all() else "differs"
        rows.append((label, within, *(_displacement(found.get((d, "train"))) for d in (*ELSEWHERE, "seed"))))
        for differs, where in ELSEWHERE.items():
            of_train, of_test = (found.get((differs, split)) for split in ("train", "test"))
            if of_train is None or of_test is None:
                continue
            if of_train["bit_equal"].all() and not of_test["bit_equal"].all():
                test_only.append((label, where, f"{of_test['largest_displacement'].max():.1g}"))
    header = ("method", "same process", "another process", "two threads instead of one", "another seed")
    return Answer(header, rows, {"test_only": test_only})


def distinct_pairs(results: Results) -> pd.DataFrame:
    """Return the rows of `reproducibility.csv`, each two seeds once: a run and the same again are one embedding."""
    pairs = results.frame("reproducibility")
    return pairs.drop_duplicates(["reducer", "differs", "first_seed", "second_seed", "split"])


def _displacement(rows: pd.DataFrame | None) -> str:
    """Return how far points move between embeddings that should be the same, and the neighbours kept, as means."""
    if rows is None:
        return "n/a"
    if rows["bit_equal"].all():
        return "the same bits"
    if (rows["largest_displacement"] < ROUNDING).all():
        return "rounding"
    moved = spread(interval(rows["aligned_displacement"], lowest=0), 2)
    return f"{moved} ({rows['shared_neighbours'].mean():.0%})"


def seeds(results: Results) -> Answer:
    """Return how much of an embedding another seed changes."""
    jaccard, residual = ({v: results.single(v, key)[0] for v in results.variants} for key in SEEDS)
    known = [v for v in results.variants if jaccard[v] is not None and residual[v] is not None]
    rows = [(results.label(v), _distinct(results, v), f"{jaccard[v]:.3f}", f"{residual[v]:.3f}") for v in known]
    # Controls show what two seeds are worth that have nothing in common: they are not the answer.
    methods = [v for v in results.methods if v in known]
    by_neighbours = sorted(methods, key=lambda v: -(jaccard[v] or 0))
    by_residual = sorted(methods, key=lambda v: -(residual[v] or 0))
    facts = {"ends": (by_neighbours[0], by_neighbours[-1], by_residual[0]) if methods else ()}
    titles = (f"{QUANTITIES[key].title} ({same}: the same)" for key, same in SEEDS.items())
    return Answer(("method", "seeds", *titles), rows, facts)


def _distinct(results: Results, variant: str) -> str:
    """Return how many seeds gave different embeddings of the first sample of the data, as text."""
    n = sum(sample == 0 for sample, _ in results.run_ids(variant))
    return f"{n} (1 distinct run)" if results.distinct_runs(variant, 0) == 1 < n else str(n)


def published(results: Results) -> Answer:
    """Return how far each method's measures are from the published ones."""
    cells = results.frame("replication")
    furthest = cells.iloc[int(cells["difference"].abs().argmax())]
    measures = [key for key in MEASURES if key in set(cells["measure"])]
    rows = []
    for variant, of in cells.groupby("variant", sort=False):
        differences = dict(zip(of["measure"], of["difference"].round(4) + 0.0, strict=True))  # no minus before zero
        texts = [f"{differences[key]:+.4f}" if key in differences else "" for key in measures]
        rows.append((f"{results.label(str(variant))} ({of['method'].iloc[0]})", *texts))
    facts = {
        "n_cells": len(cells),
        "counts": cells["verdict"].value_counts().to_dict(),
        "furthest": (MEASURES[furthest["measure"]], results.label(furthest["variant"]), furthest["difference"]),
    }
    return Answer(("ours (theirs)", *(MEASURES[key] for key in measures)), rows, facts)
