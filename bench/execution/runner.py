"""The runner: executes the plan, each variant in a worker of its own, and stores a record of every run as it ends."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bench.datasets import Dataset
from bench.errors import StoreError
from bench.execution import environment
from bench.execution.interrupt import Interrupt
from bench.execution.processes import another_study_runs, end_left_behind
from bench.execution.worker import Fit, Repeat, Start
from bench.execution.worker_handle import Limits, WorkerHandle
from bench.store.records import Outcome, Record, Status
from bench.store.store import Store
from bench.studies.plan import Run
from bench.studies.study import Study

log = logging.getLogger(__name__)

LIMITED = (Status.TIMEOUT, Status.OUT_OF_MEMORY)

WorkerId = tuple[str, int]
"""Variant and sample: what a worker serves."""


class Watcher(Protocol):
    """Who follows the progress of a study."""

    def started(self, run: Run) -> None:
        """A run begins."""

    def warmed(self, run: Run, outcome: Outcome) -> None:
        """The worker of a run is ready."""

    def ended(self, run: Run, record: Record) -> None:
        """A run has ended and is stored."""


@dataclass
class Runner:
    """Executes runs and stores them; a stored run that is still valid is not repeated."""

    study: Study
    dataset: Dataset
    store: Store
    monitored: bool = False
    workers: dict[WorkerId, WorkerHandle] = field(default_factory=dict)
    ready: dict[WorkerId, Outcome] = field(default_factory=dict)

    @property
    def limits(self) -> Limits:
        """Limits of each request to a worker."""
        return Limits(self.study.timeout, self.study.memory)

    def pending(self, plan: list[Run], rerun: str | None = None) -> list[Run]:
        """Return the runs that are still to be done; results that are no longer valid are removed.

        Parameters
        ----------
        rerun : str or None
            `failed`, `all`, or the name of a variant whose runs are repeated though they are valid.
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

    def execute(self, runs: list[Run], watcher: Watcher) -> None:
        """Run everything in the given order; if this ends early, what has ended is stored.

        Raises
        ------
        WorkerError
            If a worker cannot be started or ended.
        StoreError
            If a result cannot be written.
        """
        left = end_left_behind()
        if left:
            log.warning("%d process(es) that an earlier study left behind were ended", left)
        last = {(run.variant, run.sample): position for position, run in enumerate(runs)}
        with _data_folders(self.dataset, self.study.samples) as folders, Interrupt() as interrupt:
            try:
                for position, run in enumerate(runs):
                    interrupt.check()
                    watcher.started(run)
                    record = self._execute(run, folders, interrupt, watcher)
                    watcher.ended(run, record)
                    if last[run.variant, run.sample] == position:
                        self._close((run.variant, run.sample))
            finally:
                for worker_id in list(self.workers):
                    self._close(worker_id)

    def _execute(self, run: Run, folders: DataFolders, interrupt: Interrupt, watcher: Watcher) -> Record:
        """Execute a run, or skip it where that is known to be in vain, and store its record."""
        before = {
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "load_before": environment.load(),
            "exclusive": not another_study_runs(),
            "n_train": len(folders.selected(run).X),
        }
        partial = self.store.partial_arrays(run.variant, run.sample, run.seed)
        outcome, log_tail = self.skip_reason(run), ""
        if outcome is None:
            worker = self._worker(run, folders, interrupt, watcher)
            outcome, log_tail = self._measured(run, worker, partial)
        record = self.store.keep(self._record(run, outcome, log_tail, before), partial)
        partial.unlink(missing_ok=True)
        return record

    def _worker(self, run: Run, folders: DataFolders, interrupt: Interrupt, watcher: Watcher) -> WorkerHandle:
        """Return the worker of a run, started and ready; how that went is kept in `ready` for its first run."""
        worker_id = run.variant, run.sample
        if worker_id not in self.workers:
            start = Start(run.spec.reducer, run.spec.params, run.threads, run.spec.seeded, run.spec.scores)
            worker = WorkerHandle(start, folders.of(run), interrupt)
            self.workers[worker_id] = worker
            self.ready[worker_id] = worker.launch(self.limits)
            watcher.warmed(run, self.ready[worker_id])
        return self.workers[worker_id]

    def _measured(self, run: Run, worker: WorkerHandle, partial: Path) -> tuple[Outcome, str]:
        """Return the outcome of a run and what it printed."""
        worker_id = run.variant, run.sample
        # The first run of a worker reports what it cost to get ready; the others did not pay for it.
        ready = outcome = self.ready.pop(worker_id, None) or Outcome(status=Status.OK)
        log_tail = worker.log_tail
        if ready.status is Status.OK:
            fit = Fit(run.random_state, str(partial), self._monitor(run), self._retrain_s(run))
            outcome = worker.run(fit, self.limits)
            start = {name: getattr(ready, name) for name in ("imported", "cold_start", "new_on_disk")}
            outcome = outcome.model_copy(update=start)
            log_tail += worker.log_tail
            if self.study.repeat and _is_first(run) and outcome.status is Status.OK:
                outcome = _with_repetition(outcome, worker.run(Repeat(run.random_state), self.limits))
        if outcome.status is not Status.OK or outcome.notes:
            # After a failure nothing of the process is trusted any more; the next run gets a new one.
            self._close(worker_id)
        return outcome, log_tail

    def _monitor(self, run: Run) -> str:
        """Return where the events of a training go; empty for none."""
        if not self.monitored:
            return ""
        stem = self.store.stem(run.variant, run.sample, run.seed)
        return str(self.store.folder.resolve() / "monitor" / run.variant / stem.name)

    def _retrain_s(self, run: Run) -> float:
        """Return how long a fit may take to be repeated for pictures: of first runs of pictured variants, limit / 3."""
        pictured = run.spec.scores and (not self.study.figures or run.variant in self.study.figures)
        return self.study.timeout / 3 if pictured and _is_first(run) else 0.0

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
        worker = self.workers.pop(worker_id, None)
        if worker is not None:
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
            host=environment.host(),
            machine=environment.fingerprint(),
            timeout_s=self.study.timeout,
            memory_cap_mib=self.study.memory / 2**20,
            outcome=outcome,
            log_tail=log_tail,
            arrays_sha256=None,
            **before,
        )


def _is_first(run: Run) -> bool:
    return (run.sample, run.seed) == (0, 0)


def _with_repetition(outcome: Outcome, again: Outcome) -> Outcome:
    """Return the outcome of a run with that of its repetition; a repetition that failed becomes a note."""
    if again.status is Status.OK:
        return outcome.model_copy(update={"fit_transform": again.fit_transform, "repeatable": again.repeatable})
    note = f"a second fit with the same seed ended otherwise, {again.status.value}: {again.reason}"
    return outcome.model_copy(update={"notes": (*outcome.notes, note)})


class DataFolders:
    """Where workers map the points, and no labels, into memory: a folder for each selection of the data."""

    def __init__(self, dataset: Dataset, samples: int, root: Path) -> None:
        self.dataset, self.samples, self.root = dataset, samples, root

    def selected(self, run: Run) -> Dataset:
        """Return the data with the training points of a run."""
        return self.dataset.select(run.spec.n, run.spec.without, run.sample, self.samples)

    def of(self, run: Run) -> Path:
        """Return the folder with the points of a run, written the first time only.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        selected = self.selected(run)
        folder = self.root / selected.fingerprint[:16]
        try:
            if not folder.exists():
                folder.mkdir()
                np.save(folder / "X.npy", selected.X)
                (folder / "X_test.npy").symlink_to(self._test_points())
        except OSError as error:
            raise StoreError(f"Got temporary folder {folder}, where the data cannot be written: {error}.") from error
        return folder

    def _test_points(self) -> Path:
        """Return the file with the test points, which all selections share."""
        path = self.root / "X_test.npy"
        if not path.exists():
            np.save(path, self.dataset.X_test)
        return path


@contextmanager
def _data_folders(dataset: Dataset, samples: int) -> Iterator[DataFolders]:
    with tempfile.TemporaryDirectory(prefix="reducers-bench-") as root:
        yield DataFolders(dataset, samples, Path(root))
