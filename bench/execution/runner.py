"""The runner: executes the plan, each variant in a worker of its own, and stores a record of every run as it ends."""

from __future__ import annotations

import logging
import platform
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench.datasets import Dataset
from bench.errors import StoreError
from bench.execution import environment
from bench.execution.processes import another_study_runs, end_left_behind
from bench.execution.progress import Progress
from bench.execution.worker import Fit, Repeat, Start
from bench.execution.worker_handle import Interrupt, WorkerHandle
from bench.store.records import Outcome, Record, Status
from bench.store.store import Store
from bench.studies.plan import Run
from bench.studies.study import Study

log = logging.getLogger(__name__)

LIMITED = (Status.TIMEOUT, Status.OUT_OF_MEMORY)

WorkerId = tuple[str, int]
"""Variant and sample: what a worker serves."""


@dataclass
class Runner:
    """Executes runs and stores them; a stored run that is still valid is not repeated."""

    study: Study
    dataset: Dataset
    store: Store
    monitored: bool = False
    workers: dict[WorkerId, WorkerHandle] = field(default_factory=dict)
    ready: dict[WorkerId, Outcome] = field(default_factory=dict)
    """How the start of each worker went, until its first run reports it."""

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
            if record is None or self._is_asked_again(record, rerun):
                todo.append(run)
        if outdated:
            log.warning("%d stored run(s) are outdated (code, data, versions or machine changed): run again", outdated)
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
            log.warning("%d process(es) that an earlier study left behind were ended", left)
        last = {(run.variant, run.sample): position for position, run in enumerate(runs)}
        with tempfile.TemporaryDirectory(prefix="reducers-bench-") as root, Interrupt() as interrupt:
            try:
                for position, run in enumerate(runs):
                    interrupt.check()
                    watcher.started(run)
                    record = self._execute(run, Path(root), interrupt, watcher)
                    watcher.ended(run, record)
                    if last[run.variant, run.sample] == position:
                        self._close((run.variant, run.sample))
            finally:
                for worker_id in list(self.workers):
                    self._close(worker_id)

    def _execute(self, run: Run, root: Path, interrupt: Interrupt, watcher: Progress) -> Record:
        """Execute a run, or skip it where that is known to be in vain, and store its record."""
        data = self.dataset.select(run.spec.n, run.spec.without, run.sample, self.study.samples)
        before = {
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "load_before": environment.load(),
            "exclusive": not another_study_runs(),
            "n_train": len(data.X),
        }
        partial = self.store.partial_arrays(run.variant, run.sample, run.seed)
        outcome, log_tail = self.skip_reason(run), ""
        if outcome is None:
            worker = self._worker(run, data, root, interrupt, watcher)
            outcome, log_tail = self._measured(run, worker, partial)
        record = self.store.keep(self._record(run, outcome, log_tail, before), partial)
        partial.unlink(missing_ok=True)
        return record

    def _worker(self, run: Run, data: Dataset, root: Path, interrupt: Interrupt, watcher: Progress) -> WorkerHandle:
        """Return the worker of a run, started and ready."""
        worker_id = run.variant, run.sample
        if worker_id not in self.workers:
            start = Start(run.spec.reducer, run.spec.params, run.threads, run.spec.seeded, run.spec.scores)
            worker = WorkerHandle(
                start, _folder_of(data, root), interrupt, timeout_s=self.study.timeout, memory=self.study.memory
            )
            self.workers[worker_id] = worker
            self.ready[worker_id] = worker.launch()
            watcher.warmed(run, self.ready[worker_id])
        return self.workers[worker_id]

    def _measured(self, run: Run, worker: WorkerHandle, partial: Path) -> tuple[Outcome, str]:
        """Return the outcome of a run and what it printed."""
        worker_id, is_first = (run.variant, run.sample), (run.sample, run.seed) == (0, 0)
        # The first run of a worker reports what it cost to get ready; the others did not pay for it.
        ready = outcome = self.ready.pop(worker_id, None) or Outcome(status=Status.OK)
        log_tail = worker.log_tail
        if ready.status is Status.OK:
            # Of first runs of pictured variants, a fit that is short for the limit may be repeated for pictures.
            pictured = run.spec.scores and (not self.study.figures or run.variant in self.study.figures)
            retrain_s = self.study.timeout / 3 if pictured and is_first else 0.0
            stem = self.store.stem(run.variant, run.sample, run.seed)
            monitor = self.store.folder.resolve() / "monitor" / run.variant / stem.name if self.monitored else ""
            outcome = worker.run(Fit(run.random_state, str(partial), str(monitor), retrain_s))
            start = {name: getattr(ready, name) for name in ("imported", "cold_start", "new_on_disk")}
            outcome = outcome.model_copy(update=start)
            log_tail += worker.log_tail
            if self.study.repeat and is_first and outcome.status is Status.OK:
                outcome = _with_repetition(outcome, worker.run(Repeat(run.random_state)))
        if outcome.status is not Status.OK or outcome.notes:
            # After a failure nothing of the process is trusted any more; the next run gets a new one.
            self._close(worker_id)
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

    def _has_these_limits(self, record: Record) -> bool:
        return (record.timeout_s, record.memory_cap_mib) == (self.study.timeout, self.study.memory / 2**20)

    def _close(self, worker_id: WorkerId) -> None:
        if worker := self.workers.pop(worker_id, None):
            worker.close()

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


def _with_repetition(outcome: Outcome, again: Outcome) -> Outcome:
    """Return the outcome of a run with that of its repetition; a repetition that failed becomes a note."""
    if again.status is Status.OK:
        return outcome.model_copy(update={"fit_transform": again.fit_transform, "repeatable": again.repeatable})
    note = f"a second fit with the same seed ended otherwise, {again.status.value}: {again.reason}"
    return outcome.model_copy(update={"notes": (*outcome.notes, note)})


def _folder_of(data: Dataset, root: Path) -> Path:
    """Return where workers map points, and no labels, into memory: one folder a selection, test points shared."""
    folder, test_points = root / data.fingerprint[:16], root / "X_test.npy"
    try:
        if not folder.exists():
            folder.mkdir()
            np.save(folder / "X.npy", data.X)
            if not test_points.exists():
                np.save(test_points, data.X_test)
            (folder / "X_test.npy").symlink_to(test_points)
    except OSError as error:
        raise StoreError(f"Got temporary folder {folder}, where the data cannot be written: {error}.") from error
    return folder
