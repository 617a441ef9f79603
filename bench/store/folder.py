"""A results folder as tidy tables, read from the files that are committed, and what their columns are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Self

import pandas as pd

from bench.errors import StoreError
from bench.metrics.metric import column_name
from bench.metrics.registry import REFERENCES
from bench.store import sums
from bench.store.arrays import Arrays
from bench.store.records import Environment
from bench.store.store import Store
from bench.store.tables import read_csv
from bench.studies.study import Study


class ResultsFolder:
    """The tables of a study in a folder, or of `only` some of its variants.

    Two columns are in all of them: `variant`, the key of a method, and `seed`, the number of the run from 0. Costs are
    in seconds (`_s`), mebibytes (`_mib`) and cores (`_cores`).
    """

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

    @cached_property
    def datasets(self) -> Mapping[str, Self]:
        """The results on each dataset that there are, by its name, of a study over several; none if it has one."""
        if not (self.folder / "study.toml").is_file():
            return {}
        found = {name: type(self)(self.folder / of, self._only) for name, of in self.study.folders.items()}
        return {name: results for name, results in found.items() if results.exists}

    def has(self, name: str) -> bool:
        """Return whether there is a table `NAME.csv`."""
        return (self.folder / f"{name}.csv").is_file()

    def frame(self, name: str) -> pd.DataFrame:
        """Return the table `NAME.csv`, whose texts are never missing numbers.

        Raises
        ------
        StoreError
            If it is not there, is no table, or is not the one that `SHA256SUMS` lists.
        """
        path = self.folder / f"{name}.csv"
        sums.check(self.folder, path.name)
        try:
            return read_csv(path)
        except FileNotFoundError as error:
            if self.datasets:
                raise StoreError(
                    f"Got {self.folder}, a study over several datasets without a table {path.name} of its own, but "
                    f"expected the results on one of them, such as {next(iter(self.datasets.values())).folder}."
                ) from error
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
        samples = f"{self.runs['sample'].nunique()} samples of " if self.study.samples > 1 else ""
        return f"{self.study.name}: {dataset}, {samples}{points:,} points, {seeds} seed{'s' if seeds > 1 else ''}"

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run, in the study's order of variants, then by sample and seed.

        `status` is `ok` or how it failed, for the given `reason`. `fit_s`, `transform_s`, `cold_start_s` and others are
        its times, `peak_mib` its memory. `n_train`, `n_test` and `n_components` are sizes; `sample` numbers the samples
        of the data. `random_state` is what the reducer was given: the seed's own number, which differs from it.
        `host` and `machine`, its class, say where it ran. Where some runs shared a machine by intent, `timed` is false
        of these and their times and memory are empty: those would be no measurements.
        """
        return self._chosen(self.frame("runs"))

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row a score of a run, of a reference, or over the seeds of a variant.

        `score` names it, such as `knn_accuracy`. `k` is the size of its neighbourhood, if any. `split` is `train`,
        `test`, or `seeds` for one that compares seeds. `part` is one of several, such as a class. `value` is a number,
        or missing for the given `reason`. `quantity` is the column of `summary` with its mean, such as
        `knn_accuracy_k10_test`. References and scores over seeds have neither `sample` nor `seed`, but references have
        a `sample` in a study with several samples of its data. By anchors there is a `standard_error`: 0 for a score
        that looks at all points, missing where all anchors agree.
        """
        frame = self._chosen(self.frame("scores"), *REFERENCES).astype(dict.fromkeys(("sample", "seed", "k"), "Int64"))
        of = ["score", "split", "k"]
        names = {
            (score, split, k): column_name(score, split, None if pd.isna(k) else int(k))
            for score, split, k in frame[of].drop_duplicates().itertuples(index=False, name=None)
        }
        return frame.assign(quantity=[names[key] for key in zip(*(frame[name] for name in of), strict=True)])

    @cached_property
    def curves(self) -> pd.DataFrame:
        """One row a run and size `k` of the neighbourhood: `r_nx`, `recall`, `trustworthiness`, `continuity`."""
        return self._chosen(self.frame("curves"))

    @cached_property
    def measures(self) -> pd.DataFrame:
        """One row a measure of a run that only some studies ask for: `measure`, `part` of several, `value`."""
        return self._chosen(self.frame("measures"))

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row a method or reference, with three columns a cost or score: `NAME`, `NAME_low`, `NAME_high`.

        They are the mean over runs, geometric for times and memory, and its 95 % interval. `reasons` says which columns
        have no value, and why.
        """
        return self._chosen(self.frame("summary"), *REFERENCES)

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """One row a pair of methods, `first` and `second`, and quantity, `column`.

        `change` is the first less the second or, as `is` says, the ratio of the two. `change_low` and `change_high` end
        its 95 % interval over `n` seeds, by the `design` that suits the two. `simultaneous_low` and `simultaneous_high`
        end one that holds for all `n_pairs` at once. `decision` is what that says of the first by the `margin` of the
        quantity: `better`, `worse`, `equivalent`, `inconclusive`, or nothing without a margin.
        """
        return self.frame("comparisons")

    @cached_property
    def variants(self) -> tuple[str, ...]:
        """Variants that have runs, in the study's order."""
        return tuple(dict.fromkeys(self.runs["variant"]))

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Rows that are no embedding of the study, such as `pixels`."""
        return tuple(name for name in REFERENCES if name in set(self.scores["variant"]))

    def only(self, variants: tuple[str, ...]) -> Self:
        """Return the results of some variants."""
        return type(self)(self.folder, variants)

    def _chosen(self, frame: pd.DataFrame, *others: str) -> pd.DataFrame:
        if self._only is None:
            return frame
        return frame[frame["variant"].isin([*self._only, *others])].reset_index(drop=True)
