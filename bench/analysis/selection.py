"""Selection: which configuration of each search is taken, by each criterion, and what the search cost.

Only the first criterion needs no labels. Labels are used after all fits alone, as for any score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import nan

from bench.analysis.summary import interval_of
from bench.store.records import Status
from bench.store.results import Results
from bench.studies.search import AXIS

RECALL, ACCURACY = "recall", "accuracy"
CRITERIA = {RECALL: "knn_recall_k15_test", ACCURACY: "knn_accuracy_k10_test"}
"""Quantity of the points that were held back, by what is said of it."""
OF_TRAINING_POINTS = {RECALL: "knn_recall_k15"}
"""The same for methods without `transform`."""


@dataclass(frozen=True)
class SearchResult:
    """The search for a configuration of one method: `base` is the first one, with the method's own parameters."""

    results: Results
    base: str
    asked: tuple[str, ...]
    """Every configuration of the plan, in the order in which they are tried."""

    @cached_property
    def tried(self) -> tuple[str, ...]:
        """Those that have been run; the others would have begun after the budget was spent."""
        return tuple(name for name in self.asked if name in self.results.variants)

    @cached_property
    def failed(self) -> tuple[str, ...]:
        """Those that have no successful run."""
        return tuple(name for name in self.tried if not self.results.ok(name))

    @property
    def seconds(self) -> float:
        """How long fits and transforms took, of a run that was ended by its time limit at least that.

        NaN if a successful run has no times, as one on a shared machine; what was measured of one that failed.
        """
        runs = self.results.runs
        runs = runs[runs["variant"].isin(self.tried)]
        if runs.loc[runs["status"] == Status.OK.value, "fit_s"].isna().any():
            return nan
        late = int((runs["status"] == Status.TIMEOUT.value).sum())
        measured = runs.loc[runs["status"] != Status.TIMEOUT.value, ["fit_s", "transform_s"]]
        return float(measured.sum().sum()) + late * self.results.study.timeout

    @property
    def is_search(self) -> bool:
        """Whether there was anything to try."""
        return len(self.asked) > 1

    @cached_property
    def has_transform(self) -> bool:
        """Whether a configuration mapped the points that were held back."""
        asked = ("transform_s", CRITERIA[RECALL])  # the second tells it where no time was measured
        return any(len(self.results.values(name, key)) for name in self.tried if self.results.ok(name) for key in asked)

    @property
    def criteria(self) -> Mapping[str, str]:
        """By which quantities its configurations are compared."""
        return CRITERIA if self.has_transform else OF_TRAINING_POINTS

    def value(self, configuration: str, criterion: str) -> float:
        """Return a quantity of a configuration; NaN if it has none."""
        found = interval_of(self.results, configuration, self.criteria[criterion])
        return nan if found is None else found.mean

    def best(self, criterion: str) -> str | None:
        """Return the configuration with the highest value, the first of equal ones; None if none has a value."""
        values = {name: self.value(name, criterion) for name in self.tried if name not in self.failed}
        known = [name for name, value in values.items() if value == value]
        return max(known, key=lambda name: values[name], default=None)


def searches(results: Results) -> list[SearchResult]:
    """Return the search of each method of a study, in its order."""
    study = results.study
    methods = [name for name, one in study.variants.items() if one.axis != AXIS and name in results.variants]
    return [SearchResult(results, name, tuple(study.searched_with(name))) for name in methods]
