"""The runner: executes the plan, each variant in a worker of its own, and stores a record of every run as it ends."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.datasets import Dataset
from bench.execution import border, environment, scratch
from bench.execution.border import Sizes
from bench.execution.processes import another_study_runs, end_left_behind
from bench.execution.progress import Progress
from bench.execution.remembering import REMEMBERS, decided, is_suspicious, noted, with_repetition
from bench.execution.worker import Fit, Repeat
from bench.execution.worker_handle import Interrupt
from bench.execution.workers import FirstFit, Workers, round_of, selection_of, worker_of
from bench.store.disk import inside
from bench.store.records import Outcome, Record, Status
from bench.store.store import Store
from bench.studies.plan import Run
from bench.studies.study import Study
from bench.units import counted

log = logging.getLogger(__name__)

LIMITED = (Status.TIMEOUT, Status.OUT_OF_MEMORY)
CHANGED_DATA = "changed the data"
SHARED_CHANGE = "run again alone, because the data were changed while several processes had them"
TOO_LONG = "run again in a fresh process, because a later fit of its first one took less than a tenth"


@dataclass
class Runner:
    """Executes runs and stores them; a stored run that is still valid is not repeated."""

    study: Study
    dataset: Dataset
    store: Store
    monitored: bool = False
    remembers: dict[str, bool] = field(default_factory=dict)
    """Whether variants remember former fits, for those that gave cause to find out."""
    after_round: Callable[[Run], None] = lambda run: None
    """Called with the last run of each round but the last one, if the study has rounds."""

    def pending(self, plan: list[Run], rerun: str | None = None) -> list[Run]:
        """Return the runs that are still to be done; results that are no longer valid are removed.

        Valid ones are repeated, too, if `rerun` is `all`, the name of their variant, or `failed` and they are.
        """
        outdated = 0
        todo = []
        for run in plan:
            record = self.store.find(run.variant, run.sample, run.seed)
            if record is not None and record.key != run.key:
                self.store.forget(record)
                outdated, record = outdated + 1, None
            if (record is None or self._is_asked_again(record, rerun)) and not self.is_left_out(run):
                todo.append(run)
        if outdated:
            several = f"{counted(outdated, 'stored run')} {'is' if outdated == 1 else 'are'}"
            log.warning("%s outdated (code, data, versions or machine changed): run again", several)
        return todo

    def _is_asked_again(self, record: Record, rerun: str | None) -> bool:
        if rerun in ("all", record.variant) or (rerun == "failed" and not record.ok):
            return True
        return record.outcome.status in LIMITED and not self._has_these_limits(record)

    def execute(self, runs: list[Run], watcher: Progress) -> None:
        """Run everything in the given order; if this ends early, what has ended is stored.

        Raises WorkerError if a worker cannot be started or ended, StoreError if a result cannot be written.
        """
        if left := end_left_behind():
            log.warning("ended %s that an earlier study left behind", counted(left, "process", "processes"))
        scratch.remove_abandoned()
        last = {worker_of(run): position for position, run in enumerate(runs)}
        last_of_data = {selection_of(run): position for position, run in enumerate(runs)}
        with (
            scratch.folder() as root,
            Interrupt() as interrupt,
            Workers(self.study, root, interrupt, watcher.warmed, watcher.began) as workers,
        ):
            for position, run in enumerate(runs):
                interrupt.check()
                if self.is_left_out(run):
                    watcher.left_out(run)
                else:
                    watcher.started(run)
                    watcher.ended(run, self._execute(run, workers))
                if last[worker_of(run)] == position:
                    workers.close(run)
                if last_of_data[selection_of(run)] == position:
                    workers.selections.release(selection_of(run))
                is_last_of_round = position + 1 < len(runs) and round_of(runs[position + 1]) != round_of(run)
                if self.study.rounds and is_last_of_round:
                    self.after_round(run)  # no worker is measured now

    def _execute(self, run: Run, workers: Workers, *notes: str) -> Record:
        """Execute a run, or skip it where that is known to be in vain, and store its record with these notes."""
        data = self.dataset.select(run.spec.n, run.spec.without, run.sample, self.study.samples, run.spec.rows)
        before = {
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "load_before": environment.load(),
            "exclusive": not another_study_runs(),
            "n_train": len(data.X),
        }
        partial = self.store.partial_arrays(run.variant, run.sample, run.seed).absolute()
        outcome, log_tail, first = self.skip_reason(run), "", None
        if outcome is None:
            outcome, log_tail = self._measured(run, data, workers, partial)
            first = self._suspicious_of(run, outcome, workers)
            if first is not None:
                workers.close(run)
                fresh, log_tail = self._measured(run, data, workers, partial)
                outcome, remembers = decided(first.fit, outcome.fit, fresh)
                if remembers is not None:
                    self.remembers[run.variant] = remembers
            elif self.remembers.get(run.variant):
                outcome = noted(outcome, REMEMBERS)
            outcome = noted(outcome, *notes)
            if outcome.status is not Status.OK or outcome.notes:
                # After a failure nothing of the process is trusted any more; the next run gets a new one.
                workers.close(run)
        record = self.store.keep(self._record(run, outcome, log_tail, before), partial)
        if first is not None and self.remembers.get(run.variant) is False:
            self._execute(first.run, workers, TOO_LONG)
        return record

    def _suspicious_of(self, run: Run, outcome: Outcome, workers: Workers) -> FirstFit | None:
        """Return the first fit of a run's process if this one was so much shorter that it may be remembered."""
        first = workers.first_fit(run, outcome)
        is_open = first is not None and run.variant not in self.remembers
        return first if first and is_open and outcome.fit and is_suspicious(first.fit, outcome.fit) else None

    def _measured(self, run: Run, data: Dataset, workers: Workers, partial: Path) -> tuple[Outcome, str]:
        """Return the outcome of a run and what it printed, once it is known whether somebody changed its data."""
        outcome, log_tail = self._asked(run, data, workers, partial)
        alone = workers.has_alone(run)
        intact = workers.has_intact_data(run)
        if not intact and not alone:
            # Another process may have done it. They are all ended by now, and the data are written again.
            log.warning("The data were changed while %s ran; it is run again alone", run.variant)
            outcome, log_tail = self._asked(run, data, workers, partial)
            outcome, intact = noted(outcome, SHARED_CHANGE), workers.has_intact_data(run)
        if not intact:
            outcome = Outcome(status=Status.INVALID, reason=CHANGED_DATA, notes=outcome.notes)
        return outcome, log_tail

    def _asked(self, run: Run, data: Dataset, workers: Workers, partial: Path) -> tuple[Outcome, str]:
        """Return the outcome of a run and what it printed; what it left in a file has passed the border."""
        worker, is_first = workers.of(run, data), (run.sample, run.seed) == (0, 0)
        # The first run of a worker reports what it cost to get ready; the others did not pay for it.
        ready = outcome = workers.take_start(run)
        log_tail = worker.log_tail
        if ready.status is Status.OK:
            # Of first runs of pictured variants, a fit that is short for the limit may be repeated for pictures.
            pictured = run.spec.scores and (not self.study.figures or run.variant in self.study.figures)
            retrain_s = self.study.timeout / 3 if pictured and is_first else 0.0
            stem = self.store.stem(run.variant, run.sample, run.seed)
            monitor = inside(self.store.folder.resolve(), Path("monitor") / run.variant / stem.name)
            outcome = worker.run(Fit(run.random_state, str(partial), str(monitor) if self.monitored else "", retrain_s))
            start = {name: getattr(ready, name) for name in ("imported", "cold_start", "new_on_disk")}
            outcome = noted(outcome.model_copy(update=start), *ready.notes)
            log_tail += worker.log_tail
            if outcome.status is Status.OK:
                sizes = Sizes(len(data.X), len(data.X_test), data.X.shape[1], outcome.n_components)
                outcome = border.admitted(outcome, partial, sizes)
            if self.study.repeat and is_first and outcome.status is Status.OK:
                outcome = with_repetition(outcome, worker.run(Repeat(run.random_state)))
        return outcome, log_tail

    def skip_reason(self, run: Run) -> Outcome | None:
        """Return how a run ends that is not tried, because fewer points of its series passed a limit already."""
        smaller = [
            (other.n or 0, name)
            for name, other in self.study.variants.items()
            if run.spec.series and other.series == run.spec.series and (other.n or 0) < (run.spec.n or 0)
        ]
        for n, name in sorted(smaller):
            record = self.store.find(name, run.sample, run.seed)
            if record is not None and record.outcome.status in LIMITED and self._has_these_limits(record):
                reason = f"not tried; on {n:,} points: {record.outcome.reason}"
                return Outcome(status=record.outcome.status, reason=reason)
        return None

    def is_left_out(self, run: Run) -> bool:
        """Return whether the configurations before this one have spent the budget of their search."""
        if self.study.search is None:
            return False
        before = self.study.searched_with(run.variant)
        records = [self.store.find(name, run.sample, run.seed) for name in before[: before.index(run.variant)]]
        return sum(_spent_s(record) for record in records if record is not None) >= self.study.search.budget

    def _has_these_limits(self, record: Record) -> bool:
        return (record.timeout_s, record.memory_cap_mib) == (self.study.timeout, self.study.memory / 2**20)

    def _record(self, run: Run, outcome: Outcome, log_tail: str, before: dict[str, Any]) -> Record:
        return Record(
            key=run.key,
            variant=run.variant,
            label=run.spec.label,
            reducer=run.spec.reducer,
            params=run.spec.params,
            dataset=self.dataset.name,
            sample=run.sample,
            n_test=len(self.dataset.X_test),
            n_features=self.dataset.X.shape[1],
            seed=run.seed,
            random_state=run.random_state,
            thread_budget=run.threads,
            host=platform.node(),
            machine=environment.fingerprint(),
            timeout_s=self.study.timeout,
            memory_cap_mib=self.study.memory / 2**20,
            outcome=outcome,
            log_tail=log_tail,
            arrays_sha256=None,
            **before,
        )


def _spent_s(record: Record) -> float:
    """Return how long fit and transform of a run took, at least."""
    if record.outcome.status is Status.TIMEOUT:
        return record.timeout_s
    return sum(cost.wall_s for cost in (record.outcome.fit, record.outcome.transform) if cost is not None)
