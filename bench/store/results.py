"""Results: what is asked of a results folder, its rows, values and embeddings.

Everything that is shown or concluded is made from this one model: tables, figures, report, questions and answers,
claims, comparisons of folders, and what a notebook asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from bench.errors import StoreError
from bench.metrics.metric import not_available
from bench.metrics.registry import REFERENCES, UNSCORED
from bench.store.arrays import LEFT_OUT, array_name
from bench.store.machines import OTHER, SHARED, is_timed, same_on_all
from bench.store.runs_by_variant import RunsByVariant
from bench.store.store import Store
from bench.store.values import DataFacts, Kind, RunId, ScoreIndex, Values
from bench.studies.search import AXIS
from bench.studies.study import Variant
from bench.studies.variant import AGAIN
from bench.units import counted

CONTROL_REDUCERS = ("random_gaussian", "random_projection")
"""Reducers that look at no data: the floor of every score."""
USUAL = 2
"""Dimensions of an embedding that need not be said."""
CONTROL_REFERENCES = ("shuffled-labels",)
DECIDING = (("knn_accuracy_k10", "10-NN accuracy"), ("trustworthiness_k5", "trustworthiness"))
"""Scores by which the run is chosen that a picture shows: the first one that the run has."""
NOT_AVAILABLE = {
    "transform_s": not_available("transductive"),
    "inverse_s": not_available("no inverse"),
    "fit_cores": not_available("too short"),
}
"""Why a completed run lacks a cost."""


class Results(RunsByVariant):
    """The results of a study in a folder, or of `only` some of its variants."""

    def variant(self, name: str) -> Variant:
        """Return what the study says of a variant."""
        return self.study.variants[name]

    def select(self, **criteria: Any) -> tuple[str, ...]:
        """Return the variants with the given fields, such as `reducer` or `n`, or parameters; None is one not set."""

        def found(variant: Variant, name: str) -> Any:
            value = getattr(variant, name) if name in Variant.model_fields else variant.params.get(name)
            return None if value == "" else value

        return tuple(
            variant
            for variant in self.variants
            if all(found(self.variant(variant), name) == wanted for name, wanted in criteria.items())
        )

    def label(self, row: str) -> str:
        """Return what a variant or reference is called in tables and figures; other than two dimensions are said."""
        if row in REFERENCES:
            return REFERENCES[row]
        label, n = self.variant(row).label, self.dimensions(row)
        bare = re.sub(rf", (k =|n_components) {n}\b", "", label)
        return f"{bare}, {n}-D" if n is not None and (n != USUAL or bare != label) else label

    def dimensions(self, variant: str) -> int | None:
        """Return into how many dimensions a variant embeds; None if it has no successful run."""
        found = self.ok_runs(variant)["n_components"].dropna() if self.ok(variant) else None
        return None if found is None or found.empty else int(found.iloc[0])

    def kind(self, row: str) -> Kind:
        """Return what a row is: a variant of the study, or a reference."""
        if row in REFERENCES:
            return Kind.CONTROL if row in CONTROL_REFERENCES else Kind.REFERENCE
        return Kind.CONTROL if self.variant(row).reducer in CONTROL_REDUCERS else Kind.METHOD

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """Variants that are no control."""
        return tuple(variant for variant in self.variants if self.kind(variant) is Kind.METHOD)

    @property
    def is_resampled(self) -> bool:
        """Whether the study has several samples of its data, so that a sample and not a run is one value."""
        return self.study.samples > 1

    @property
    def units(self) -> str:
        """What the values of an interval are of: `samples` of the data, or `seeds`."""
        return "samples" if self.is_resampled else "seeds"

    @cached_property
    def over(self) -> str:
        """Over what means and their intervals are: `over seeds`, or `over 6 samples of the data, 2 seeds each`."""
        if not self.is_resampled:
            return "over seeds"
        n = self.study.samples if self.datasets else self.n_samples
        return f"over {counted(n, 'sample')} of the data, {counted(self.study.seeds, 'seed')} each"

    def distinct_runs(self, variant: str, sample: int | None = None) -> int:
        """Return how many different embeddings a variant gave, as scores tell: on all samples of the data or one."""
        same_as, runs = self._index.same_as.get(variant, {}), self.run_ids(variant)
        return len({same_as.get(run, run) for run in runs if sample in (None, run[0])})

    def values(self, variant: str, quantity: str) -> Values:
        """Return a quantity of each successful run of a variant.

        It is a column of `summary.csv` such as `fit_s` or `knn_accuracy_k10_test`, any cost of `runs.csv`, or a
        measure: `NAME`, or `NAME:PART` where it has several parts. Scores are of all runs, costs of the timed ones of
        one machine class; see `costed_runs`.

        A reference has one value a sample where the study has several samples of its data, and else none; see `single`.
        """
        if variant in REFERENCES:
            return Values(self._index.values.get((variant, quantity), {}), "", False, self.is_resampled)
        ok = self.ok_runs(variant)
        if quantity not in ok:
            found = self.of_runs(variant, self._index.values.get((variant, quantity), {}))
            return found if found else replace(found, reason=self._index.reasons.get((variant, quantity), ""))
        return self.costs_of(variant, quantity, self.costed_runs(variant))

    def costs_of(self, variant: str, quantity: str, runs: pd.DataFrame) -> Values:
        """Return a cost of some runs of a variant, or why they have none."""
        known = runs[["sample", "seed", quantity]].dropna().itertuples(index=False, name=None)
        by_run = {(int(sample), int(seed)): float(value) for sample, seed, value in known}
        reason = "" if by_run else self._why_no_cost(variant, quantity)
        return replace(self.of_runs(variant, by_run), reason=reason, same_as={})

    def _why_no_cost(self, variant: str, quantity: str) -> str:
        """Return why none of the runs whose costs are pooled has a cost; empty if that is not known."""
        ok, usual = self.ok_runs(variant), NOT_AVAILABLE.get(quantity, "")
        if ok.empty or ok[quantity].notna().any():
            return "" if ok.empty else OTHER
        timed = is_timed(ok)
        is_usual = timed.any() or usual in self._index.reasons_of(variant)
        return usual if usual and is_usual else "" if timed.all() else SHARED

    def is_transductive(self, variant: str) -> bool:
        """Return whether a variant has no `transform`, as its times tell or, where none was measured, its scores."""
        ok = self.ok_runs(variant)
        if (timed := is_timed(ok)).any():
            return bool((ok["transform_s"].isna() & (ok["n_test"] > 0) & timed).any())
        return NOT_AVAILABLE["transform_s"] in self._index.reasons_of(variant)

    def of_runs(self, variant: str, by_run: Mapping[RunId, float]) -> Values:
        """Return numbers of a variant's embeddings as values that count in intervals as its scores do."""
        seeded = bool(self.ok_runs(variant)["random_state"].notna().all())
        return Values(by_run, "", seeded, self.is_resampled, self._index.same_as.get(variant, {}))

    def single(self, row: str, quantity: str) -> tuple[float | None, str]:
        """Return a score of a reference, or over the seeds of a variant, and if there is none the reason.

        Of a reference on several samples of the data it is the mean.
        """
        found = self._index.values.get((row, quantity), {}) if row in REFERENCES else {}
        if found:
            return sum(found.values()) / len(found), ""
        return self._index.singles.get((row, quantity), (None, self._index.reasons.get((row, quantity), "")))

    def standard_error(self, row: str, quantity: str) -> float | None:
        """Return the standard error of a score by anchors, the mean over runs; None if it looks at all points.

        All runs are of the same anchors, so that a mean over runs is hardly nearer to what all points would give.
        """
        found = self._index.errors.get((row, quantity))
        return sum(found) / len(found) if found else None

    def parts(self, row: str, run: RunId | None, score: str, split: str) -> dict[str, float]:
        """Return a score that has several parts, such as one a class, of a run or, without one, of a reference.

        Of several samples of the data it is that of the first, which pictures show.
        """
        return self._index.parts.get((row, run, score, split), {})

    def unscored(self, variant: str) -> dict[RunId, str]:
        """Return the reason of each successful run whose stored arrays cannot be scored."""
        prefix = not_available(UNSCORED).rstrip(")")
        found = self.scores[(self.scores["variant"] == variant) & self.scores["reason"].str.startswith(prefix)]
        rows = found[["sample", "seed", "reason"]].itertuples(index=False, name=None)
        return {(int(sample), int(seed)): reason[len("n/a (") : -1] for sample, seed, reason in rows}

    def not_drawn(self, variant: str) -> tuple[str, ...]:
        """Return what figures leave out of a variant, and why: an array that is not what its name says."""
        names = [name for name in self.arrays if name.startswith(f"{LEFT_OUT}/{variant}/")]
        return tuple(dict.fromkeys(line for name in names for line in str(self.arrays[name]).splitlines()))

    def deciding(self, variant: str, run: RunId) -> tuple[str, float]:
        """Return the score that a picture of a run shows, with its name; the name of none is empty."""
        for quantity, name in DECIDING:
            value = self.values(variant, quantity).by_run.get(run)
            if value is not None:
                return name, value
        return "", float("nan")

    def shown(self, variant: str) -> RunId | None:
        """Return the run that stands for a variant in pictures: the one with the median of the deciding score.

        Of an even number it is the lower of the two in the middle; None if no run was successful. Only runs of the
        first sample of the data count, so that the same points are shown of all variants.
        """
        runs = [run for run in self.run_ids(variant) if run[0] == 0]
        if not runs:
            return None
        # One without a score is shown only where none has one.
        runs = [run for run in runs if self.deciding(variant, run)[0]] or runs
        values = [self.deciding(variant, run)[1] for run in runs]
        return runs[int(np.argsort(values, kind="stable")[(len(values) - 1) // 2])]

    def second(self, variant: str) -> RunId | None:
        """Return the run that pictures compare with the shown one: the first successful other one, if there is one."""
        shown = self.shown(variant)
        return next((run for run in self.run_ids(variant) if run[0] == 0 and run != shown), None)

    def embedding(self, variant: str, seed: int | None = None, split: str = "train", sample: int = 0) -> np.ndarray:
        """Return an embedding of shape (n_points, n_components), without a seed that of the run that pictures show.

        It is as it was computed if the runs are at hand, else as `arrays.npz` keeps it: of very many points some.

        Raises StoreError if neither has it.
        """
        run = self.shown(variant) if seed is None else (sample, seed)
        if run is not None:
            store = Store(self.folder)
            record = store.find(variant, *run)
            stored = store.arrays(record) if record is not None and record.ok else {}
            name = array_name("embedding", variant, run, split)
            if split in stored:
                return stored[split]
            if name in self.arrays:
                return self.arrays[name]
        raise StoreError(
            f"Got variant {variant!r}, run {run} and split {split!r}, but neither the runs nor arrays.npz of "
            f"{self.folder} have such an embedding."
        )

    @cached_property
    def data(self) -> DataFacts | None:
        """What pictures must know of the data; None if `arrays.npz` does not say."""
        if "data/name" not in self.arrays:
            return None
        shape = tuple(int(side) for side in self.arrays["data/image_shape"])
        labels, rows = (
            {split: self.arrays.get(f"data/{kind}/{split}") for split in ("train", "test")}
            for kind in ("labels", "rows")
        )
        return DataFacts(
            name=str(self.arrays["data/name"]),
            classes=tuple(map(str, self.arrays["data/classes"])),
            image_shape=(shape[0], shape[1]) if shape else None,
            labels={split: y.astype(np.int64) for split, y in labels.items() if y is not None},
            rows={split: drawn for split, drawn in rows.items() if drawn is not None},
        )

    @cached_property
    def pictured(self) -> Results:
        """The results of those variants alone that figures show side by side; see `Study.figures`."""
        named = tuple(variant for variant in self.study.figures if variant in self.variants)
        return self.only(named or tuple(variant for variant in self.variants if self.is_of_all_points(variant)))

    @cached_property
    def tabled(self) -> Results:
        """The results that tables show: of each search its first configuration alone, and no method again."""
        shown = tuple(v for v in self.variants if self.variant(v).axis not in (AXIS, AGAIN))
        return self if shown == self.variants else self.only(shown)

    def is_of_all_points(self, variant: str) -> bool:
        """Return whether a variant was fitted on all training points, and is none of many sizes or configurations."""
        spec = self.variant(variant)
        return self.has_all_points(variant) and not spec.rows and spec.axis not in ("n", AXIS, AGAIN)

    def has_all_points(self, variant: str) -> bool:
        """Return whether a variant was fitted on the points that references are of: all, of every class."""
        spec, sizes = self.variant(variant), self.runs_of(variant)["n_train"]
        return not spec.without and bool((sizes == self._most_points).all())

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The methods in groups of those that may be compared: of the same training points and number of dimensions.

        The largest group comes first, and of equal ones that of the most points, of the fewest dimensions.
        """
        found: dict[Any, list[str]] = {}
        for variant in filter(self.ok, self.methods):
            n = int(self.runs_of(variant)["n_train"].max())
            kind = (-n, self.variant(variant).without, self.dimensions(variant) or 0)
            found.setdefault(kind, []).append(variant)
        return tuple(tuple(found[kind]) for kind in sorted(found, key=lambda kind: (-len(found[kind]), kind)))

    @cached_property
    def _most_points(self) -> int:
        """The largest number of training points, each counted once."""
        doubled = [variant for variant in self.variants if self.variant(variant).rows]
        return int(self.runs.loc[~self.runs["variant"].isin(doubled), "n_train"].max())

    @cached_property
    def _index(self) -> ScoreIndex:
        index = ScoreIndex(self.scores, self.measures if self.has("measures") else None)
        if self.has_machines:
            several = {row: of for row, of in index.same_as.items() if self.ok(row)}
            index.same_as |= {row: same_on_all(of, self.machine_of(row)) for row, of in several.items()}
        return index
