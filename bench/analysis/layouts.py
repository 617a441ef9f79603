"""Two layouts: where the runs of a method fall into two groups, so that a mean describes neither of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.analysis.quantities import QUANTITIES, number
from bench.metrics.statistics import two_groups
from bench.store.results import Results
from bench.units import counted

SCORES = ("knn_accuracy_k10", "knn_accuracy_k10_test", "silhouette", "trustworthiness_k5")
"""Scores whose values are looked at: few, as of normal ones 1 % are taken for two groups."""


@dataclass(frozen=True)
class Layouts:
    """The values of a score in two groups of runs, the lower one first."""

    variant: str
    key: str
    low: np.ndarray
    high: np.ndarray
    of: str = "seed"
    """What the values are of: a `seed`, or of several samples of the data a `run`."""

    @property
    def text(self) -> str:
        """Both groups, from their least to their greatest value, with their sizes: `0.911 to 0.915 (6 seeds), ...`."""
        quantity = QUANTITIES[self.key]
        ends = [f"{number(quantity, of[0])} to {number(quantity, of[-1])}" for of in (self.low, self.high)]
        return f"{ends[0]} ({counted(len(self.low), self.of)}), {ends[1]} ({len(self.high)})"


def two_layouts(results: Results, variant: str, key: str) -> Layouts | None:
    """Return the two groups of a method's values over runs; None if they are one group.

    Where a study has several samples of its data, a group of runs may be one of samples: they are layouts only if two
    seeds on one sample are in different groups.
    """
    values = results.values(variant, key)
    runs = {run: value for run, value in values.by_run.items() if values.same_as.get(run, run) == run}
    groups = two_groups(runs.values())
    if groups is None or not values.resampled:
        return None if groups is None else Layouts(variant, key, *groups)
    low, high = ({run[0] for run, value in runs.items() if value in group} for group in groups)
    return Layouts(variant, key, *groups, of="run") if low & high else None


def all_layouts(results: Results) -> dict[str, list[Layouts]]:
    """Return the scores of each method whose values fall into two groups."""
    found = {v: [one for key in SCORES if (one := two_layouts(results, v, key))] for v in results.methods}
    return {variant: of_variant for variant, of_variant in found.items() if of_variant}
