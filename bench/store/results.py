"""Results: a results folder as tidy tables and arrays, from the files that are committed.

Everything that is shown or concluded is made from this one model: tables, figures, report, questions and answers,
claims, comparisons of folders, and what a notebook asks.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.errors import StoreError
from bench.metrics.metric import column_name, not_available
from bench.metrics.registry import REFERENCES, UNSCORED
from bench.store import sums
from bench.store.arrays import LEFT_OUT, Arrays, array_name
from bench.store.records import Environment, Status
from bench.store.store import Store
from bench.store.tables import read_csv
from bench.store.values import DataFacts, Kind, RunId, ScoreIndex, Values
from bench.studies.study import Study, Variant

CONTROL_REDUCERS = ("random_gaussian", "random_projection")
"""Reducers that look at no data: the floor of every score."""
USUAL = 2
"""Dimensions of an embedding that need not be said."""
CONTROL_REFERENCES = ("shuffled-labels",)
DECIDING = (("knn_accuracy_k10", "10-NN accuracy"), ("trustworthiness_k5", "trustworthiness"))
"""Scores by which the run is chosen that a picture shows: the first one that the run has."""
HERE, EARLIER, ELSEWHERE = "here", "earlier", "elsewhere"
"""Where the runs of a variant were measured, if a folder extends another study; see `bench.store.elsewhere`."""
NOT_AVAILABLE = {"transform_s": not_available("transductive"), "inverse_s": not_available("no inverse")}
"""Why a completed run lacks a cost."""


class Results:
    """The results of a study in a folder, or of `only` some of its variants."""

    def __init__(self, folder: str | Path, only: tuple[str, ...] | None = None) -> None:
        self.folder = Path(folder)
        self._only = only
        self.arrays = Arrays(self.folder)
        """What figures draw, by name."""

    def __repr__(self) -> str:
        return f"Results({str(self.folder)!r})"

    @property
    def exists(self) -> bool:
        """Whether the folder holds a study with results."""
        return (self.folder / "study.toml").is_file() and self.has("runs") and self.has("scores")

    def has(self, name: str) -> bool:
        """Return whether there is a table `NAME.csv`."""
        return (self.folder / f"{name}.csv").is_file()

    def frame(self, name: str) -> pd.DataFrame:
        """Return the table `NAME.csv`, whose texts are never missing numbers.

        Raises StoreError if it is not there, is no table, or is not the one that `SHA256SUMS` lists.
        """
        path = self.folder / f"{name}.csv"
        sums.check(self.folder, path.name)
        try:
            return read_csv(path)
        except FileNotFoundError as error:
            raise StoreError(
                f"Got no {path}, but expected one; `python -m bench report {self.folder}` writes it where the runs are."
            ) from error
        except (OSError, ValueError) as error:
            raise StoreError(f"Got {path}, which is no table: {error}.") from error

    @cached_property
    def study(self) -> Study:
        """What was asked, resolved."""
        return Store(self.folder).study()

    @cached_property
    def environment(self) -> Environment | None:
        """Where it ran; None if that was not written down."""
        return Store(self.folder).environment()

    @property
    def title(self) -> str:
        """What the study calls itself; without a title, its name and what ran."""
        if self.study.title or not self.exists or self.runs.empty:
            return self.study.title or self.study.name
        dataset, points, seeds = self.runs["dataset"].iloc[0], self.runs["n_train"].max(), self.study.seeds
        return f"{self.study.name}: {dataset}, {points:,} points, {seeds} seed{'s' if seeds > 1 else ''}"

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run, in the study's order of variants, then by sample and seed."""
        return self._chosen(self.frame("runs"))

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row a score of a run, of a reference or over the seeds of a variant; `quantity` names its column."""
        frame = self._chosen(self.frame("scores"), *REFERENCES).astype(dict.fromkeys(("sample", "seed", "k"), "Int64"))
        of = ["score", "split", "k"]
        names = {
            (score, split, k): column_name(score, split, None if pd.isna(k) else int(k))
            for score, split, k in frame[of].drop_duplicates().itertuples(index=False, name=None)
        }
        return frame.assign(quantity=[names[key] for key in zip(*(frame[name] for name in of), strict=True)])

    @cached_property
    def curves(self) -> pd.DataFrame:
        """One row a run and size k of the neighbourhood: `r_nx`, `recall`, `trustworthiness`, `continuity`."""
        return self._chosen(self.frame("curves"))

    @cached_property
    def measures(self) -> pd.DataFrame:
        """One row a measure of a run that only some studies ask for."""
        return self._chosen(self.frame("measures"))

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row a method or reference: each quantity with its interval."""
        return self._chosen(self.frame("summary"), *REFERENCES)

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """One row a pair of methods and quantity."""
        return self.frame("comparisons")

    @cached_property
    def variants(self) -> tuple[str, ...]:
        """Variants that have runs, in the study's order."""
        return tuple(dict.fromkeys(self.runs["variant"]))

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Rows that are no embedding of the study, such as `pixels`."""
        return tuple(name for name in REFERENCES if name in set(self.scores["variant"]))

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

    def measured(self, variant: str) -> str:
        """Return where a variant was measured: `here`, `earlier` under the same conditions, or `elsewhere`."""
        runs = self.runs_of(variant)
        return str(runs["measured"].iat[0]) if "measured" in runs else HERE

    @cached_property
    def elsewhere(self) -> tuple[str, ...]:
        """Variants whose rows are those of the study that this folder extends."""
        return tuple(variant for variant in self.variants if self.measured(variant) != HERE)

    def runs_of(self, variant: str) -> pd.DataFrame:
        """Return the runs of a variant, those that failed included."""
        return self._runs_by_variant[variant][0]

    def ok_runs(self, variant: str) -> pd.DataFrame:
        """Return the successful runs of a variant."""
        return self._runs_by_variant[variant][1]

    def ok(self, *variants: str) -> bool:
        """Return whether each of the variants has a successful run."""
        return all(variant in self._runs_by_variant and len(self.ok_runs(variant)) for variant in variants)

    def run_ids(self, variant: str) -> list[RunId]:
        """Return sample and seed of each successful run of a variant."""
        return [(int(s), int(seed)) for s, seed in self.ok_runs(variant)[["sample", "seed"]].itertuples(index=False)]

    def values(self, variant: str, quantity: str) -> Values:
        """Return a quantity of each successful run of a variant.

        It is a column of `summary.csv` such as `fit_s` or `knn_accuracy_k10_test`, any cost of `runs.csv`, or a
        measure: `NAME`, or `NAME:PART` where it has several parts.
        """
        ok = self.ok_runs(variant)
        seeded = bool(ok["random_state"].notna().all())
        if quantity in ok:
            found = dict(zip(self.run_ids(variant), ok[quantity].astype(float), strict=True))
            by_run = {run: value for run, value in found.items() if not np.isnan(value)}
            reason = NOT_AVAILABLE.get(quantity, "") if len(by_run) < len(ok) else ""
        else:
            by_run = self._index.values.get((variant, quantity), {})
            reason = self._index.reasons.get((variant, quantity), "")
        return Values(by_run, "" if by_run else reason, seeded)

    def single(self, row: str, quantity: str) -> tuple[float | None, str]:
        """Return a score of a reference, or over the seeds of a variant, and if there is none the reason."""
        return self._index.singles.get((row, quantity), (None, ""))

    def parts(self, row: str, run: RunId | None, score: str, split: str) -> dict[str, float]:
        """Return a score that has several parts, such as one a class, of a run or, without one, of a reference."""
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

        It is as it was computed if the runs are at hand, else as `arrays.npz` keeps it.

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
        labels = {split: self.arrays.get(f"data/labels/{split}") for split in ("train", "test")}
        return DataFacts(
            name=str(self.arrays["data/name"]),
            classes=tuple(map(str, self.arrays["data/classes"])),
            image_shape=(shape[0], shape[1]) if shape else None,
            labels={split: y.astype(np.int64) for split, y in labels.items() if y is not None},
        )

    def only(self, variants: tuple[str, ...]) -> Results:
        """Return the results of some variants."""
        return Results(self.folder, variants)

    @cached_property
    def pictured(self) -> Results:
        """The results of those variants alone that figures show side by side; see `Study.figures`."""
        named = tuple(variant for variant in self.study.figures if variant in self.variants)
        return self.only(named or tuple(variant for variant in self.variants if self.is_of_all_points(variant)))

    def is_of_all_points(self, variant: str) -> bool:
        """Return whether a variant was fitted on all training points of the study, and is none of many sizes."""
        spec, n_train = self.variant(variant), self.runs["n_train"].max()
        return not spec.without and spec.axis != "n" and bool((self.runs_of(variant)["n_train"] == n_train).all())

    def _chosen(self, frame: pd.DataFrame, *others: str) -> pd.DataFrame:
        if self._only is None:
            return frame
        return frame[frame["variant"].isin([*self._only, *others])].reset_index(drop=True)

    @cached_property
    def _runs_by_variant(self) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
        """All runs of each variant, and the successful ones."""
        groups = self.runs.groupby("variant", sort=False)
        return {str(name): (runs, runs[runs["status"] == Status.OK.value]) for name, runs in groups}

    @cached_property
    def _index(self) -> ScoreIndex:
        return ScoreIndex(self.scores, self.measures if self.has("measures") else None)
