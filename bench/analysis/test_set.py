"""Test set: how much an accuracy varies with the test points, and which methods differ significantly on them.

Seeds and points are kept apart. Over points the fits are given: each point counts with the share of a method's seeds
that tell its class, and other points might have been in the test set. Over seeds, as everywhere else, the points are
given.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from bench.analysis.comparisons import adjusted, result
from bench.analysis.quantities import QUANTITIES
from bench.analysis.statistics import (
    ALPHA,
    Difference,
    McNemar,
    mcnemar,
    percentiles,
    resampled_difference,
    resampled_means,
)
from bench.store.results import Results
from bench.store.values import Kind, RunId
from bench.studies.plan import derive_seed

KEY = "knn_accuracy_k10_test"
"""The accuracy that is taken apart: whether the nearest training points of a test point tell its class."""
QUANTITY = QUANTITIES[KEY]


@dataclass(frozen=True)
class Accuracy:
    """One method on the test points.

    Attributes
    ----------
    shown : int
        The seed that pictures show; see `Results.shown`.
    mean, low, high : float
        Mean over points and seeds, with its 95 % interval over points.
    """

    variant: str
    n_seeds: int
    shown: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Pair:
    """Two methods on the same test points.

    Attributes
    ----------
    difference : Difference
        Mean of the first less that of the second, with its 95 % interval over points, which no correction widens.
    shown : McNemar
        The test of the two shown seeds alone.
    p_holm, shown_p_holm : float
        The p values of both, each corrected for all pairs.
    """

    first: Accuracy
    second: Accuracy
    difference: Difference
    p_holm: float
    shown: McNemar
    shown_p_holm: float

    @property
    def significant(self) -> bool:
        """Whether the means over their seeds differ significantly over points."""
        return self.p_holm < ALPHA


@dataclass(frozen=True)
class OverPoints:
    """The methods of a study on its test points.

    Attributes
    ----------
    accuracies : tuple of Accuracy
        Of methods and controls that were fitted on all training points and have `transform`, in the study's order.
    pairs : tuple of Pair
        Every two of the methods, without controls.
    """

    n_points: int
    accuracies: tuple[Accuracy, ...]
    pairs: tuple[Pair, ...]


def over_points(results: Results) -> OverPoints | None:
    """Compare the methods of a study over its test points; None if single predictions are not stored."""
    n_points = int(results.runs["n_test"].iloc[0])
    scored = [v for v in results.variants if results.is_of_all_points(v) and len(results.values(v, KEY))]
    correct = {variant: _Correct(results, variant, n_points) for variant in scored}
    if not correct:
        return OverPoints(n_points, (), ())
    if any(one.shown not in one.by_run for one in correct.values()):
        return None
    of_points = np.stack([one.share for one in correct.values()], axis=1)
    # Seeds are derived from the names of their axes: this one gives the resamples that results were made with.
    resampled = dict(zip(correct, resampled_means(of_points, derive_seed(use="held-out points")).T, strict=True))
    accuracies = {
        variant: Accuracy(variant, len(one.by_run), one.seed, float(mean), *percentiles(resampled[variant]))
        for (variant, one), mean in zip(correct.items(), of_points.mean(axis=0), strict=True)
    }
    couples = list(combinations([variant for variant in correct if results.kind(variant) is Kind.METHOD], 2))
    differences = [
        resampled_difference(resampled[a], resampled[b], accuracies[a].mean - accuracies[b].mean) for a, b in couples
    ]
    tests = [mcnemar(correct[a].of_shown, correct[b].of_shown) for a, b in couples]
    p_values = (adjusted([one.p for one in tested]) for tested in (differences, tests))
    pairs = tuple(
        Pair(accuracies[a], accuracies[b], difference, p_holm, test, shown_p_holm)
        for (a, b), difference, test, p_holm, shown_p_holm in zip(couples, differences, tests, *p_values, strict=True)
    )
    return OverPoints(n_points, tuple(accuracies.values()), pairs)


class _Correct:
    """Which test points the runs of a variant classify correctly."""

    def __init__(self, results: Results, variant: str, n_points: int) -> None:
        self.shown: RunId | None = results.shown(variant)
        names = {run: f"correct/{variant}/{run[0]}-{run[1]}" for run in results.run_ids(variant)}
        self.by_run = {
            run: np.unpackbits(results.arrays[name], count=n_points).astype(bool)
            for run, name in names.items()
            if name in results.arrays
        }

    @property
    def seed(self) -> int:
        assert self.shown is not None
        return self.shown[1]

    @property
    def of_shown(self) -> np.ndarray:
        assert self.shown is not None
        return self.by_run[self.shown]

    @cached_property
    def share(self) -> np.ndarray:
        """Of each point the share of runs that are correct."""
        return np.asarray(np.mean(list(self.by_run.values()), axis=0))


_ACCURACY = ["column", "variant", "label", "kind", "n_points", "n_seeds", "mean", "over_points_low", "over_points_high"]
_PAIR = ["column", "first", "second", "n_points", "n_seeds_first", "n_seeds_second", "difference", "over_points_low"]
_PAIR += ["over_points_high", "p", "p_holm", "result", "shown_seed_first", "shown_seed_second", "only_first"]
_PAIR += ["only_second", "mcnemar_p", "mcnemar_p_holm"]


def accuracy_table(found: OverPoints, results: Results) -> pd.DataFrame:
    """Return one row a method: its accuracy with the interval over points; that over seeds stands in `summary.csv`."""
    rows = [
        {"column": KEY, "variant": one.variant, "label": results.label(one.variant)}
        | {"kind": results.kind(one.variant).value, "n_points": found.n_points, "n_seeds": one.n_seeds}
        | {"mean": one.mean, "over_points_low": one.low, "over_points_high": one.high}
        for one in found.accuracies
    ]
    return pd.DataFrame(rows, columns=_ACCURACY)


def pairs_table(found: OverPoints) -> pd.DataFrame:
    """Return one row a pair of methods: their difference over points, and McNemar's test of their shown seeds."""
    rows = [
        {"column": KEY, "first": pair.first.variant, "second": pair.second.variant, "n_points": found.n_points}
        | {"n_seeds_first": pair.first.n_seeds, "n_seeds_second": pair.second.n_seeds}
        | {"difference": pair.difference.estimate}
        | {"over_points_low": pair.difference.low, "over_points_high": pair.difference.high}
        | {"p": pair.difference.p, "p_holm": pair.p_holm, "result": result(pair.p_holm)}
        | {"shown_seed_first": pair.first.shown, "shown_seed_second": pair.second.shown}
        | {"only_first": pair.shown.only_first, "only_second": pair.shown.only_second}
        | {"mcnemar_p": pair.shown.p, "mcnemar_p_holm": pair.shown_p_holm}
        for pair in found.pairs
    ]
    return pd.DataFrame(rows, columns=_PAIR)
