"""Held-out points: how far an accuracy hangs on which points were held out, and which methods these tell apart.

Seeds and points are kept apart. Over points the fits are given: each point counts with the share of a method's seeds
that tell its class, and other points might have been held out. Over seeds, as everywhere else, the points are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from bench.judge import NEIGHBOURS
from bench.plan import derive_seed
from bench.reading import Reading
from bench.statistics import (
    Difference,
    McNemar,
    holm,
    mcnemar,
    percentiles,
    resampled_difference,
    resampled_means,
)
from bench.tables.build import kind
from bench.tables.columns import COLUMNS
from bench.tables.model import Kind

COLUMN = COLUMNS[f"knn_accuracy_k{NEIGHBOURS}_test"]
"""The accuracy that is taken apart: whether the nearest fitted neighbours of a held-out point tell its class."""
LEVEL = 0.05


@dataclass(frozen=True)
class Accuracy:
    """One method on the held-out points.

    Attributes
    ----------
    shown : int
        The seed that pictures show; see `Reading.shown`.
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
    """Two methods on the same held-out points.

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
    def told_apart(self) -> bool:
        """Whether the mean over their seeds differs beyond what the choice of points can do."""
        return self.p_holm < LEVEL

    @property
    def verdict(self) -> str:
        """The same in words."""
        return "told apart" if self.told_apart else "cannot be told apart"


@dataclass(frozen=True)
class HeldOut:
    """The methods of a study on its held-out points.

    Attributes
    ----------
    accuracies : tuple of Accuracy
        Of methods and controls that were fitted on all points and can place new ones, in the study's order.
    pairs : tuple of Pair
        Every two of the methods; controls take no part.
    """

    n_points: int
    accuracies: tuple[Accuracy, ...]
    pairs: tuple[Pair, ...]


def held_out(reading: Reading) -> HeldOut:
    """Compare the methods of a study over its held-out points."""
    whole = [variant for variant in reading.variants if reading.fitted(variant) is reading.dataset]
    shown = {variant: item.record.seed for variant in whole if (item := reading.shown(variant)) is not None}
    by_seed = {variant: _right_by_seed(reading, variant) for variant in shown}
    right = {variant: of_seeds for variant, of_seeds in by_seed.items() if shown[variant] in of_seeds}
    if not right:
        return HeldOut(len(reading.dataset.X_test), (), ())
    of_points = np.stack([np.mean(list(of_seeds.values()), axis=0) for of_seeds in right.values()], axis=1)
    resampled = dict(zip(right, resampled_means(of_points, derive_seed(use="held-out points")).T, strict=True))
    accuracies = {
        variant: Accuracy(variant, len(right[variant]), shown[variant], float(mean), *percentiles(resampled[variant]))
        for variant, mean in zip(right, of_points.mean(axis=0), strict=True)
    }
    couples = list(combinations([variant for variant in right if kind(reading, variant) is Kind.METHOD], 2))
    differences = [
        resampled_difference(resampled[a], resampled[b], accuracies[a].mean - accuracies[b].mean) for a, b in couples
    ]
    tests = [mcnemar(right[a][shown[a]], right[b][shown[b]]) for a, b in couples]
    corrected = (holm([one.p for one in found]) for found in (differences, tests))
    pairs = tuple(
        Pair(accuracies[a], accuracies[b], difference, p_holm, test, shown_p_holm)
        for (a, b), difference, test, p_holm, shown_p_holm in zip(couples, differences, tests, *corrected, strict=True)
    )
    return HeldOut(len(of_points), tuple(accuracies.values()), pairs)


def _right_by_seed(reading: Reading, variant: str) -> dict[int, np.ndarray]:
    """Return of each seed of a variant which held-out points it tells right."""
    found = {item.record.seed: reading.right(item) for item in reading.well(variant)}
    return {seed: right for seed, right in found.items() if right is not None}


_ACCURACY = ["column", "variant", "label", "kind", "n_points", "n_seeds", "mean", "over_points_low", "over_points_high"]
_PAIR = ["column", "first", "second", "n_points", "n_seeds_first", "n_seeds_second", "difference", "over_points_low"]
_PAIR += ["over_points_high", "p", "p_holm", "verdict", "shown_seed_first", "shown_seed_second", "only_first"]
_PAIR += ["only_second", "mcnemar_p", "mcnemar_p_holm"]


def accuracies_frame(found: HeldOut, reading: Reading) -> pd.DataFrame:
    """Return one row a method: its accuracy with the interval over points; that over seeds stands in `summary.csv`."""
    rows = [
        {"column": COLUMN.key, "variant": one.variant, "label": reading.label(one.variant)}
        | {"kind": kind(reading, one.variant).value}
        | {"n_points": found.n_points, "n_seeds": one.n_seeds}
        | {"mean": one.mean, "over_points_low": one.low, "over_points_high": one.high}
        for one in found.accuracies
    ]
    return pd.DataFrame(rows, columns=_ACCURACY)


def pairs_frame(found: HeldOut) -> pd.DataFrame:
    """Return one row a pair of methods: their difference over points, and McNemar's test of their shown seeds."""
    rows = [
        {"column": COLUMN.key, "first": pair.first.variant, "second": pair.second.variant, "n_points": found.n_points}
        | {"n_seeds_first": pair.first.n_seeds, "n_seeds_second": pair.second.n_seeds}
        | {"difference": pair.difference.estimate}
        | {"over_points_low": pair.difference.low, "over_points_high": pair.difference.high}
        | {"p": pair.difference.p, "p_holm": pair.p_holm, "verdict": pair.verdict}
        | {"shown_seed_first": pair.first.shown, "shown_seed_second": pair.second.shown}
        | {"only_first": pair.shown.only_first, "only_second": pair.shown.only_second}
        | {"mcnemar_p": pair.shown.p, "mcnemar_p_holm": pair.shown_p_holm}
        for pair in found.pairs
    ]
    return pd.DataFrame(rows, columns=_PAIR)
