"""The runner: which runs are to be done, and what becomes of them. An executor carries them out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from rich.console import Console

from bench.datasets import Dataset
from bench.execution import in_place
from bench.execution.host import Ended, Place, record_of, state_of_machine
from bench.execution.progress import Progress
from bench.store import disk
from bench.store.records import Machine, Outcome, Record, Status
from bench.store.store import Store
from bench.studies.plan import Run, make
from bench.studies.study import Study
from bench.units import counted

log = logging.getLogger(__name__)

LIMITED = (Status.TIMEOUT, Status.OUT_OF_MEMORY)


class Executor(Protocol):
    """Where runs are carried out."""

    @property
    def timed(self) -> bool:
        """Whether their costs are measurements: not where several runs share a machine."""

    @property
    def cores(self) -> int:
        """Cores that a run may use, the same on each of its machines."""

    @property
    def machines(self) -> Mapping[str, Machine]:
        """What is known of each class of its machines, by fingerprint."""

    def execute(self, runner: Runner, runs: list[Run], watcher: Progress) -> None:
        """Carry runs out: each that `runner.is_wanted` is handed to `runner.keep` once it has ended."""

    def score(self, store: Store, dataset: Dataset, console: Console) -> None:
        """Compute what other machines can of the scores of these runs; the rest is computed here afterwards."""


@dataclass
class Runner:
    """Knows which runs are to be done, and stores them; a stored run that is still valid is not repeated."""

    study: Study
    dataset: Dataset
    store: Store
    executor: Executor
    monitored: bool = False
    after_round: Callable[[Run], None] = lambda run: None
    """Called with the last run of each round but the last one, if the study has rounds and is carried out here.

    Never by a cluster, of which a host may be measuring at any moment.
    """

    def pending(self, plan: list[Run], rerun: str | None = None) -> list[Run]:
        """Return the runs that are still to be done; results that are no longer valid are removed.

        Of runs of another machine class, or of a shared machine, the times are not those that are asked for. Valid ones
        are repeated, too, if `rerun` is `all`, the name of their variant, or `failed` and they are.
        """
        stored = {
            (record.variant, record.sample, record.seed): record for record in self.store.records(self.study.variants)
        }
        outdated, elsewhere = 0, 0
        todo = []
        for run in plan:
            record = stored.pop((run.variant, run.sample, run.seed), None)
            if record is not None and record.key != run.key:
                self.store.forget(record)
                outdated, record = outdated + 1, None
            elsewhere += record is not None and not self._has_its_times(record)
            if self.is_to_be_done(run, record, rerun) and not self.is_left_out(run):
                todo.append(run)
        self._forget_outdated(stored.values())
        reasons = {"outdated (code, data or versions changed)": outdated, "without times of this machine": elsewhere}
        for why, n in reasons.items():
            if n:
                log.warning("%s %s %s: run again", counted(n, "stored run"), "is" if n == 1 else "are", why)
        return todo

    def is_to_be_done(self, run: Run, record: Record | None, rerun: str | None = None) -> bool:
        """Return whether a run of the plan is to be carried out, given what is stored of it; see `pending`."""
        if record is None or record.key != run.key or not self._has_its_times(record):
            return True
        return self._is_asked_again(record, rerun)

    def _forget_outdated(self, others: Collection[Record]) -> None:
        """Remove stored runs that are not planned and would be others now; fewer seeds or samples remove none."""
        if not others:
            return
        study = self.study.model_copy(update={"seeds": 1 + max(record.seed for record in others)})
        samples = min(study.samples, 1 + max(record.sample for record in others))
        runs = make(study, self.dataset, study.threads or self.executor.cores, samples)
        keys = {(run.variant, run.sample, run.seed): run.key for run in runs}
        outdated = [one for one in others if keys.get((one.variant, one.sample, one.seed)) != one.key]
        for record in outdated:
            self.store.forget(record)
        if outdated:
            what = counted(len(outdated), "stored run")
            log.warning("%s of other seeds or samples removed: code, data, parameters or versions changed", what)

    def _is_asked_again(self, record: Record, rerun: str | None) -> bool:
        if rerun in ("all", record.variant) or (rerun == "failed" and not record.ok):
            return True
        return record.outcome.status in LIMITED and not self._has_these_limits(record)

    def _has_its_times(self, record: Record) -> bool:
        """Return whether the costs of a run are those that the executor would measure, or it measures none."""
        return not self.executor.timed or (record.timed and record.machine in self.executor.machines)

    def execute(self, runs: list[Run], watcher: Progress) -> None:
        """Have everything carried out; if this ends early, what has ended is stored.

        Raises WorkerError if a worker cannot be started or ended, StoreError if a result cannot be written, and
        DatasetError if the data are a file of the user's that was changed meanwhile.
        """
        with in_place.watched(self.dataset, self.store, runs):
            self.executor.execute(self, runs, watcher)

    def is_wanted(self, run: Run, watcher: Progress) -> bool:
        """Return whether a run is to be tried now, as its turn has come; if it is not, its end is told and stored."""
        if self.is_left_out(run):
            watcher.left_out(run)
            return False
        if (skipped := self.skip_reason(run)) is None:
            return True
        outcome, smaller = skipped
        watcher.started(run)
        # No machine has tried it: what is known is known of that of the smaller run.
        self.keep(self.without_trial(run, outcome, host=smaller.host, machine=smaller.machine), watcher)
        return False

    def without_trial(self, run: Run, outcome: Outcome, **facts: Any) -> Ended:
        """Return how a run ended that no worker has carried out; `facts` are those of another machine than this."""
        data = self.dataset.select(run.spec.n, run.spec.without, run.sample, self.study.samples, run.spec.rows)
        facts = state_of_machine() | {"timed": self.executor.timed} | facts
        return Ended(run, record_of(run, self.study, data, outcome, **facts), self.place_of(run).arrays)

    def place_of(self, run: Run | Record) -> Place:
        """Return where a run writes before it counts; what was there is removed."""
        monitor = self.store.monitor(run.variant, run.sample, run.seed)
        disk.discard(monitor)
        arrays = self.store.partial_arrays(run.variant, run.sample, run.seed).absolute()
        return Place(arrays, str(monitor) if self.monitored else "")

    def keep(self, ended: Ended, watcher: Progress | None = None) -> None:
        """Store a run that has ended, and tell it."""
        record = self.store.keep(ended.record, ended.arrays)
        if watcher is not None:
            watcher.ended(ended.run, record)

    def skip_reason(self, run: Run) -> tuple[Outcome, Record] | None:
        """Return how a run ends that is not tried, and the run on fewer points of its series that passed a limit."""
        smaller = [
            (other.n or 0, name)
            for name, other in self.study.variants.items()
            if run.spec.series and other.series == run.spec.series and (other.n or 0) < (run.spec.n or 0)
        ]
        for n, name in sorted(smaller):
            record = self.store.find(name, run.sample, run.seed)
            if record is not None and self._passed_a_limit(record):
                reason = f"not tried; on {n:,} points: {record.outcome.reason}"
                return Outcome(status=record.outcome.status, reason=reason), record
        return None

    def is_left_out(self, run: Run) -> bool:
        """Return whether the configurations before this one have spent the budget of their search."""
        if self.study.search is None:
            return False
        before = self.study.searched_with(run.variant)
        records = [self.store.find(name, run.sample, run.seed) for name in before[: before.index(run.variant)]]
        return sum(_spent_s(record) for record in records if record is not None) >= self.study.search.budget

    def _passed_a_limit(self, record: Record) -> bool:
        """Return whether a run would pass a limit once more; one that is to be repeated may not."""
        is_limited = record.outcome.status in LIMITED and self._has_these_limits(record)
        return is_limited and self._has_its_times(record)

    def _has_these_limits(self, record: Record) -> bool:
        return (record.timeout_s, record.memory_cap_mib) == (self.study.timeout, self.study.memory / 2**20)


def _spent_s(record: Record) -> float:
    """Return how long fit and transform of a run took, at least."""
    if record.outcome.status is Status.TIMEOUT:
        return record.timeout_s
    return sum(cost.wall_s for cost in (record.outcome.fit, record.outcome.transform) if cost is not None)
