"""Runs by variant: which were successful, where they were measured, and which costs count."""

from __future__ import annotations

from functools import cached_property
from typing import Self

import pandas as pd

from bench.store import machines
from bench.store.folder import ResultsFolder
from bench.store.machines import EARLIER, ELSEWHERE, HERE
from bench.store.records import Status
from bench.store.values import RunId


class RunsByVariant(ResultsFolder):
    """A results folder whose runs are asked for by variant."""

    @cached_property
    def n_samples(self) -> int:
        """How many samples of the data there are runs on."""
        return int(self.runs["sample"].nunique())

    def measured(self, variant: str) -> str:
        """Return where a variant was measured: `here`, `earlier` under the same conditions, or `elsewhere`.

        Of samples of the data some may have been measured earlier or elsewhere: `elsewhere` is a variant without a run
        whose costs can be compared, `here` one all of whose runs are.
        """
        runs = self.runs_of(variant)
        found = set(runs["measured"]) if "measured" in runs else {HERE}
        return found.pop() if len(found) == 1 else EARLIER

    @cached_property
    def elsewhere(self) -> tuple[str, ...]:
        """Variants with rows of the study that this folder extends."""
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

    def machine_of(self, variant: str) -> dict[RunId, str]:
        """Return the machine class of each successful run of a variant."""
        return dict(zip(self.run_ids(variant), machines.classes(self.ok_runs(variant)), strict=True))

    @property
    def has_machines(self) -> bool:
        """Whether its own runs, not those measured elsewhere, are of several machine classes."""
        return machines.classes(self._own_runs).nunique() > 1

    @cached_property
    def machine_names(self) -> dict[str, str]:
        """What is known of each machine class that has a run of its own, in the order of runs."""
        return machines.described(self._own_runs, self.environment)

    @property
    def machine_numbers(self) -> dict[str, str]:
        """What each of these classes is called beside others: `machine 1` and so on."""
        return {machine: f"machine {number}" for number, machine in enumerate(self.machine_names, start=1)}

    @cached_property
    def repeated(self) -> tuple[Self, ...]:
        """The results of runs that were repeated on machines of other classes, by class; see `bench.store.merge`."""
        studies = sorted((self.folder / machines.FOLDER).glob("*/study.toml"))
        return tuple(type(self)(path.parent, self._only) for path in studies)

    @property
    def _own_runs(self) -> pd.DataFrame:
        return self.runs[self.runs["measured"] != ELSEWHERE] if "measured" in self.runs else self.runs

    @cached_property
    def is_pooled(self) -> pd.Series:
        """Of each run whether its costs are pooled and compared: those of timed runs of one machine class.

        The class is that of the whole study, whichever of its variants are asked for; see `bench.store.machines`.
        """
        whole = self.runs if self._only is None else self.frame("runs")
        return self._chosen(whole.assign(is_pooled=machines.is_pooled(whole)))["is_pooled"]

    @property
    def costed(self) -> pd.DataFrame:
        """Successful runs whose costs are pooled and compared."""
        return self.runs[(self.runs["status"] == Status.OK.value) & self.is_pooled]

    def costed_runs(self, variant: str) -> pd.DataFrame:
        """Return the successful runs of a variant whose costs are pooled.

        Those that were measured elsewhere are left out where others of the variant were not.
        """
        ok = self.ok_runs(variant)
        ok = ok[self.is_pooled.loc[ok.index]]
        is_mixed = "measured" in ok and self.measured(variant) != ELSEWHERE
        return ok[ok["measured"] != ELSEWHERE] if is_mixed else ok

    @cached_property
    def _runs_by_variant(self) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
        """All runs of each variant, and the successful ones."""
        groups = self.runs.groupby("variant", sort=False)
        return {str(name): (runs, runs[runs["status"] == Status.OK.value]) for name, runs in groups}
