"""The worker processes of a study: one for each variant and sample, started when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import reducers
from bench.datasets import Dataset
from bench.execution.shared_data import Selections, SharedData
from bench.execution.worker import Start
from bench.execution.worker_handle import Interrupt, WorkerHandle
from bench.store.records import Measurement, Outcome, Status
from bench.studies.plan import Run
from bench.studies.study import Study

WorkerId = tuple[str, int]
"""Variant and sample: what a worker serves."""
SelectionId = tuple[int | None, str, int, str]
"""Number of points, the class that is left out, the sample, and what is done to its rows: what a worker maps."""


def worker_of(run: Run) -> WorkerId:
    """Return which worker serves a run."""
    return run.variant, run.sample


def selection_of(run: Run) -> SelectionId:
    """Return which selection of the data a run is fitted on."""
    return run.spec.n, run.spec.without, run.sample, run.spec.rows


def round_of(run: Run) -> tuple[int, int]:
    """Return which round a run belongs to: one seed of every variant on one sample."""
    return run.sample, run.seed


@dataclass(frozen=True)
class FirstFit:
    """The first fit of a process, which no former one can have helped."""

    run: Run
    fit: Measurement


class Workers:
    """Worker processes and the data that they map; all are ended with this context.

    `warmed` is called with a run when its worker has been started for it, `began` with each phase of a run.
    """

    def __init__(
        self,
        study: Study,
        folder: Path,
        interrupt: Interrupt,
        warmed: Callable[[Run, Outcome], None],
        began: Callable[[str], None] = lambda phase: None,
    ) -> None:
        self.study, self.interrupt, self.warmed, self.began = study, interrupt, warmed, began
        self.selections = Selections(folder)
        self._handles: dict[WorkerId, WorkerHandle] = {}
        self._mapped: dict[WorkerId, SharedData] = {}
        self._ready: dict[WorkerId, Outcome] = {}
        self._first: dict[WorkerId, FirstFit] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close_all()
        self.selections.close()

    def of(self, run: Run, data: Dataset) -> WorkerHandle:
        """Return the worker of a run, started and ready; WorkerError if it cannot be started."""
        worker_id, spec = worker_of(run), run.spec
        if worker_id not in self._handles:
            shared = self.selections.of(selection_of(run), data, streams=reducers.source(spec.reducer).streams)
            start = Start(spec.reducer, spec.params, run.threads, spec.seeded, shared.facts, spec.scores)
            timeout_s, memory = self.study.timeout, self.study.memory
            handle = WorkerHandle(start, shared, self.interrupt, timeout_s=timeout_s, memory=memory, began=self.began)
            self._handles[worker_id], self._mapped[worker_id] = handle, shared
            self._ready[worker_id] = handle.launch()
            self.warmed(run, self._ready[worker_id])
        return self._handles[worker_id]

    def take_start(self, run: Run) -> Outcome:
        """Return how the worker of a run got ready, once: its other runs did not pay for it."""
        return self._ready.pop(worker_of(run), None) or Outcome(status=Status.OK)

    def first_fit(self, run: Run, outcome: Outcome) -> FirstFit | None:
        """Return the first fit of a run's process; None if that is this one, or there is none."""
        if outcome.status is Status.OK and outcome.fit is not None:
            first = self._first.setdefault(worker_of(run), FirstFit(run, outcome.fit))
            return first if first.run is not run else None
        return None

    def has_alone(self, run: Run) -> bool:
        """Return whether no other worker has any data that the worker of a run has."""
        arrays = self._mapped[worker_of(run)]
        others = (shared for worker_id, shared in self._mapped.items() if worker_id != worker_of(run))
        return all(shared.X_test is not arrays.X_test and shared.X is not arrays.X for shared in others)

    def has_intact_data(self, run: Run) -> bool:
        """Return whether the data of a run are as they were written.

        If they are not, all workers are ended, and the data are written again for the next one.
        """
        if self._mapped[worker_of(run)].intact():
            return True
        self.close_all()
        self.selections.close()
        return False

    def close(self, run: Run) -> None:
        """End the worker of a run, if there is one."""
        self._close(worker_of(run))

    def close_all(self) -> None:
        """End every worker."""
        for worker_id in list(self._handles):
            self._close(worker_id)

    def _close(self, worker_id: WorkerId) -> None:
        self._ready.pop(worker_id, None)
        self._first.pop(worker_id, None)
        self._mapped.pop(worker_id, None)
        if handle := self._handles.pop(worker_id, None):
            handle.close()
