"""Test set: how much an accuracy varies with the test points, and how far apart methods are on them.

Runs and points are kept apart. Over points the fits are given: each point counts with the share of a method's runs
that tell its class, and other points might have been in the test set. Over seeds or samples of the data, as everywhere
else, the points are given.

The points are drawn again and again at random, once, when a study is scored; `test_accuracy.csv` and
`test_comparisons.csv` keep what comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from bench.metrics.statistics import mcnemar, percentiles, resampled_means
from bench.store.arrays import array_name
from bench.store.results import Results
from bench.store.store import Store
from bench.store.tables import to_csv
from bench.store.values import Kind, RunId
from bench.studies.plan import derive_seed

KEY = "knn_accuracy_k10_test"
"""The accuracy that is taken apart: whether the nearest training points of a test point tell its class."""

_ACCURACY = ["column", "variant", "label", "kind", "n_points", "n_seeds", "mean", "over_points_low", "over_points_high"]
_PAIR = ["column", "first", "second", "n_points", "n_seeds_first", "n_seeds_second", "difference", "over_points_low"]
_PAIR += ["over_points_high", "shown_seed_first", "shown_seed_second", "only_first", "only_second", "mcnemar_p"]


def write(store: Store) -> None:
    """Write `test_accuracy.csv` and `test_comparisons.csv`, unless single predictions are not stored.

    Raises StoreError if a table is missing or a file cannot be written.
    """
    found = over_points(Results(store.folder))
    for name, frame in zip(("test_accuracy.csv", "test_comparisons.csv"), found or (), strict=False):
        store.write(name, to_csv(frame))


def over_points(results: Results) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Compare the methods of a study over its test points; None if single predictions are not stored.

    The first table has a row a method or control that was fitted on all training points and has `transform`: the mean
    over points and seeds with its interval over points; that over seeds stands in `summary.csv`. The second has a row
    every two methods: the difference of their means, with an interval that no other pair widens, and McNemar's test of
    the seeds that pictures show.
    """
    n_points = int(results.runs["n_test"].iloc[0])
    variants = [v for v in results.variants if results.is_of_all_points(v) and len(results.values(v, KEY))]
    if not variants:
        return pd.DataFrame(columns=_ACCURACY), pd.DataFrame(columns=_PAIR)
    correct = {variant: correct_points(results, variant) for variant in variants}
    shown: dict[str, RunId] = {}
    for variant in variants:
        run = results.shown(variant)
        if run is None or run not in correct[variant]:
            return None
        shown[variant] = run
    shares = np.stack([_shares(results, variant, correct[variant]) for variant in variants], axis=1)
    means = dict(zip(variants, shares.mean(axis=0).tolist(), strict=True))
    # Seeds are derived from the names of their axes: this one gives the resamples that results were made with.
    resampled = dict(zip(variants, resampled_means(shares, derive_seed(use="held-out points")).T, strict=True))
    accuracies, pairs = [], []
    for variant in variants:
        about = (KEY, variant, results.label(variant), results.kind(variant).value, n_points, len(correct[variant]))
        accuracies.append((*about, means[variant], *percentiles(resampled[variant])))
    for a, b in combinations([variant for variant in variants if results.kind(variant) is Kind.METHOD], 2):
        low, high = percentiles(resampled[a] - resampled[b])
        test = mcnemar(correct[a][shown[a]], correct[b][shown[b]])
        pairs.append(
            {"column": KEY, "first": a, "second": b, "n_points": n_points}
            | {"n_seeds_first": len(correct[a]), "n_seeds_second": len(correct[b]), "difference": means[a] - means[b]}
            | {"over_points_low": low, "over_points_high": high}
            | {"shown_seed_first": shown[a][1], "shown_seed_second": shown[b][1]}
            | {"only_first": test.only_first, "only_second": test.only_second, "mcnemar_p": test.p}
        )
    return pd.DataFrame(accuracies, columns=_ACCURACY), pd.DataFrame(pairs, columns=_PAIR)


def _shares(results: Results, variant: str, correct: Mapping[RunId, np.ndarray]) -> np.ndarray:
    """Return of each test point the share of runs that classify it correctly, weighted as in a variant's mean."""
    groups = ([correct[run] for run in runs if run in correct] for runs in results.values(variant, KEY).groups.values())
    shares: np.ndarray = np.mean([np.mean(of_unit, axis=0) for of_unit in groups if of_unit], axis=0)
    return shares


def correct_points(results: Results, variant: str) -> dict[RunId, np.ndarray]:
    """Return which test points each run of a variant classifies correctly, as far as that is stored."""
    n_points = int(results.runs["n_test"].iloc[0])
    names = {run: array_name("correct", variant, run) for run in results.run_ids(variant)}
    stored = {run: results.arrays[name] for run, name in names.items() if name in results.arrays}
    return {run: np.unpackbits(bits, count=n_points).astype(bool) for run, bits in stored.items()}
