"""The runner: executes the plan, each variant in a worker of its own, and keeps a record of every run as it ends."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import numpy as np

from bench import machine
from bench.datasets import Dataset
from bench.errors import StoreError
from bench.interrupt import Interrupt
from bench.plan import Run
from bench.process import Limits, Worker, end_left_behind
from bench.records import Outcome, Record, Status
from bench.store import Store
from bench.study import Study, Variant
from bench.worker import Fit, Repeat, Start

log = logging.getLogger(__name__)

LIMITED = (Status.TIMEOUT, Status.OUT_OF_MEMORY)


class Watcher(Protocol):
    """Who is told how a study goes on."""

    def started(self, run: Run) -> None:
        """A run begins."""

    def warmed(self, run: Run, outcome: Outcome) -> None:
        """The worker of a run is ready."""

    def ended(self, run: Run, record: Record) -> None:
        """A run has ended and is stored."""


@dataclass
class Runner:
    """Executes runs and stores them; what is stored already and still holds is not repeated."""

    study: Study
    dataset: Dataset
    store: Store
    monitored: bool = False
    workers: dict[str, Worker] = field(default_factory=dict)
    ready: dict[str, Outcome] = field(default_factory=dict)

    def pending(self, plan: list[Run], rerun: str | None = None) -> list[Run]:
        """Return the runs that are still to be done; results that no longer hold are removed.

        Parameters
        ----------
        rerun : str or None
            `failed`, `all`, or the name of a variant whose runs are repeated though they hold.
        """
        outdated = 0
        todo = []
        for run in plan:
            record = self.store.find(run.variant, run.seed)
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
        """Run everything in the given order; whatever ends this early, what has ended is stored.

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
        with _data_folders(self.dataset) as folders, Interrupt() as interrupt:
            try:
                for place, run in enumerate(runs):
                    interrupt.heed()
                    watcher.started(run)
                    record = self._execute(run, folders, interrupt, watcher)
                    watcher.ended(run, record)
                    if all(later.variant != run.variant for later in runs[place + 1 :]):
                        self._close(run.variant)
            finally:
                for variant in list(self.workers):
                    self._close(variant)

    def _execute(self, run: Run, folders: DataFolders, interrupt: Interrupt, watcher: Watcher) -> Record:
        started, load = datetime.now(UTC), machine.load()
        limits = Limits(self.study.timeout, self.study.memory)
        partial = self.store.partial_arrays(run)
        hopeless = self._hopeless(run)
        if hopeless is not None:
            return self.store.keep(self._record(run, hopeless, started, load, ""), partial)
        worker = self.workers.get(run.variant)
        if worker is None:
            start = Start(run.spec.reducer, run.spec.params, run.threads, run.spec.seeded, run.spec.scores)
            worker = Worker(start, folders.of(run.spec), interrupt)
            self.workers[run.variant] = worker
            self.ready[run.variant] = worker.launch(limits)
            watcher.warmed(run, self.ready[run.variant])
        # The first run of a worker tells what it cost to get ready; the others did not pay for it.
        ready = outcome = self.ready.pop(run.variant, None) or Outcome(status=Status.OK)
        log_tail = worker.log_tail
        if ready.status is Status.OK:
            events = self.store.folder.resolve() / "monitor" / run.variant / f"seed-{run.seed}"
            fit = Fit(run.random_state, str(partial), str(events) if self.monitored else "")
            outcome = worker.run(fit, limits)
            told = {name: getattr(ready, name) for name in ("imported", "cold_start", "new_on_disk")}
            outcome = outcome.model_copy(update=told)
            log_tail += worker.log_tail
            if self.study.repeat and run.seed == 0 and outcome.status is Status.OK:
                outcome = _with_repetition(outcome, worker.run(Repeat(run.random_state), limits))
        if outcome.status is not Status.OK or outcome.notes:
            # After a failure nothing of the process is trusted any more; the next run gets a new one.
            self._close(run.variant)
        record = self.store.keep(self._record(run, outcome, started, load, log_tail), partial)
        partial.unlink(missing_ok=True)
        return record

    def _hopeless(self, run: Run) -> Outcome | None:
        """Return how a run ends that is not tried, because fewer points of its series passed a limit already."""
        smaller = [
            (other.n or 0, name)
            for name, other in self.study.variants.items()
            if run.spec.series and other.series == run.spec.series and (other.n or 0) < (run.spec.n or 0)
        ]
        for n, name in sorted(smaller):
            record = self.store.find(name, run.seed)
            if record is not None and record.outcome.status in LIMITED and self._has_these_limits(record):
                reason = f"not tried; on {n:,} points: {record.outcome.reason}"
                return Outcome(status=record.outcome.status, reason=reason)
        return None

    def _has_these_limits(self, record: Record) -> bool:
        return (record.timeout_s, record.memory_cap_mib) == (self.study.timeout, self.study.memory / 2**20)

    def _close(self, variant: str) -> None:
        worker = self.workers.pop(variant, None)
        if worker is not None:
            worker.close()

    def _record(self, run: Run, outcome: Outcome, started: datetime, load: float | None, log_tail: str) -> Record:
        return Record(
            key=run.key,
            variant=run.variant,
            label=run.spec.label,
            reducer=run.spec.reducer,
            params=run.spec.params,
            dataset=self.dataset.name,
            n_fit=len(self.dataset.select(run.spec.n, run.spec.without).X),
            n_test=len(self.dataset.X_test),
            n_features=self.dataset.X.shape[1],
            seed=run.seed,
            random_state=run.random_state,
            thread_budget=run.threads,
            timeout_s=self.study.timeout,
            memory_cap_mib=self.study.memory / 2**20,
            started=started.isoformat(timespec="seconds"),
            load_before=load,
            outcome=outcome,
            log_tail=log_tail,
            arrays_sha256=None,
        )


def _with_repetition(outcome: Outcome, again: Outcome) -> Outcome:
    """Return the outcome of a run with what its repetition told; a repetition that failed is a note beside it."""
    if again.status is Status.OK:
        return outcome.model_copy(update={"fit_transform": again.fit_transform, "repeatable": again.repeatable})
    note = f"a second fit with the same seed ended otherwise, {again.status.value}: {again.reason}"
    return outcome.model_copy(update={"notes": (*outcome.notes, note)})


class DataFolders:
    """Where workers map the points, and no labels, into memory: a folder for each selection of the data."""

    def __init__(self, dataset: Dataset, root: Path) -> None:
        self.dataset, self.root = dataset, root

    def of(self, variant: Variant) -> Path:
        """Return the folder with the points that a variant is fitted on, written the first time only.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        selected = self.dataset.select(variant.n, variant.without)
        folder = self.root / selected.fingerprint[:16]
        try:
            if not folder.exists():
                folder.mkdir()
                np.save(folder / "X.npy", selected.X)
                (folder / "X_test.npy").symlink_to(self._held_out())
        except OSError as error:
            raise StoreError(f"Got temporary folder {folder}, where the data cannot be written: {error}.") from error
        return folder

    def _held_out(self) -> Path:
        """Return the file with the held-out points, which all selections share."""
        path = self.root / "X_test.npy"
        if not path.exists():
            np.save(path, self.dataset.X_test)
        return path


@contextmanager
def _data_folders(dataset: Dataset) -> Iterator[DataFolders]:
    with tempfile.TemporaryDirectory(prefix="reducers-bench-") as root:
        yield DataFolders(dataset, Path(root))
