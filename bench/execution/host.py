"""The host: carries runs out on this machine, each variant in a worker of its own. It knows of no results folder."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from bench.datasets import Dataset
from bench.execution import border, environment
from bench.execution.border import Sizes
from bench.execution.processes import another_study_runs
from bench.execution.remembering import REMEMBERS, decided, is_suspicious, noted, with_repetition
from bench.execution.worker import Fit, Repeat
from bench.execution.worker_handle import Interrupt
from bench.execution.workers import FirstFit, Workers, selection_of
from bench.store.records import Outcome, Record, Status
from bench.studies.plan import Run
from bench.studies.study import Study

log = logging.getLogger(__name__)

CHANGED_DATA = "changed the data"
SHARED_CHANGE = "run again alone, because the data were changed while several processes had them"
TOO_LONG = "run again in a fresh process, because a later fit of its first one took less than a tenth"


@dataclass(frozen=True)
class Place:
    """Where a run writes its arrays, and the folder for the events of its training; without one there are none."""

    arrays: Path
    monitor: str = ""


@dataclass(frozen=True)
class Ended:
    """A run that has ended, and where its arrays lie, if there are any."""

    run: Run
    record: Record
    arrays: Path


@dataclass
class Host:
    """Carries runs out on this machine; its workers are ended with this context."""

    study: Study
    dataset: Dataset
    folder: Path
    """A scratch folder, for data that cannot be sealed."""
    place_of: Callable[[Run], Place]
    interrupt: Interrupt
    warmed: Callable[[Run, Outcome], None] = lambda run, outcome: None
    """Called with a run when its worker has been started for it."""
    began: Callable[[str], None] = lambda phase: None
    """Called with each phase of a run as it begins."""
    timed: bool = True
    """Whether costs are measurements; they are none where several runs share the machine by intent."""
    is_alone: Callable[[], bool] = lambda: not another_study_runs()
    """Whether no other timed run shares the machine."""
    remembers: dict[str, bool] = field(default_factory=dict)
    """Whether variants remember former fits, for those that gave cause to find out."""

    def __enter__(self) -> Self:
        self.workers = Workers(self.study, self.folder, self.interrupt, self.warmed, self.began)
        return self

    def __exit__(self, *_: object) -> None:
        self.workers.__exit__()

    def carry_out(self, run: Run) -> Iterator[Ended]:
        """Execute a run and yield how it ended.

        If it shows that the first run of its process did not measure what it should, that one follows once more.

        Raises WorkerError if a worker cannot be started or ended, StoreError if the data cannot be written.
        """
        ended, first = self._carried_out(run)
        yield ended
        if first is not None and self.remembers.get(run.variant) is False:
            yield self._carried_out(first.run, TOO_LONG)[0]

    def close(self, run: Run) -> None:
        """End the worker of a run, which no other run asks for."""
        self.workers.close(run)

    def release(self, run: Run) -> None:
        """Give up the data that a run was fitted on, which no other run asks for."""
        self.workers.selections.release(selection_of(run))

    def _carried_out(self, run: Run, *notes: str) -> tuple[Ended, FirstFit | None]:
        """Return a run that ended, with these notes, and the first fit of its process if this one is suspicious."""
        data = self.dataset.select(run.spec.n, run.spec.without, run.sample, self.study.samples, run.spec.rows)
        place = self.place_of(run)
        before = {**state_of_machine(), "exclusive": self.timed and self.is_alone()}
        outcome, log_tail = self._measured(run, data, place)
        first = self._suspicious_of(run, outcome)
        if first is not None:
            self.workers.close(run)
            fresh, log_tail = self._measured(run, data, place)
            outcome, remembers = decided(first.fit, outcome.fit, fresh)
            if remembers is not None:
                self.remembers[run.variant] = remembers
        elif self.remembers.get(run.variant):
            outcome = noted(outcome, REMEMBERS)
        outcome = noted(outcome, *notes)
        if outcome.status is not Status.OK or outcome.notes:
            # After a failure nothing of the process is trusted any more; the next run gets a new one.
            self.workers.close(run)
        record = record_of(run, self.study, data, outcome, log_tail=log_tail, timed=self.timed, **before)
        return Ended(run, record, place.arrays), first

    def _suspicious_of(self, run: Run, outcome: Outcome) -> FirstFit | None:
        """Return the first fit of a run's process if this one was so much shorter that it may be remembered."""
        first = self.workers.first_fit(run, outcome)
        is_open = first is not None and run.variant not in self.remembers
        return first if first and is_open and outcome.fit and is_suspicious(first.fit, outcome.fit) else None

    def _measured(self, run: Run, data: Dataset, place: Place) -> tuple[Outcome, str]:
        """Return the outcome of a run and what it printed, once it is known whether somebody changed its data."""
        outcome, log_tail = self._asked(run, data, place)
        alone = self.workers.has_alone(run)
        intact = self.workers.has_intact_data(run)
        if not intact and not alone:
            # Another process may have done it. They are all ended by now, and the data are written again.
            log.warning("The data were changed while %s ran; it is run again alone", run.variant)
            outcome, log_tail = self._asked(run, data, place)
            outcome, intact = noted(outcome, SHARED_CHANGE), self.workers.has_intact_data(run)
        if not intact:
            outcome = Outcome(status=Status.INVALID, reason=CHANGED_DATA, notes=outcome.notes)
        return outcome, log_tail

    def _asked(self, run: Run, data: Dataset, place: Place) -> tuple[Outcome, str]:
        """Return the outcome of a run and what it printed; what it left in a file has passed the border."""
        worker, is_first = self.workers.of(run, data), (run.sample, run.seed) == (0, 0)
        # The first run of a worker reports what it cost to get ready; the others did not pay for it.
        ready = outcome = self.workers.take_start(run)
        log_tail = worker.log_tail
        if ready.status is Status.OK:
            # Of first runs of pictured variants, a fit that is short for the limit may be repeated for pictures.
            pictured = run.spec.scores and (not self.study.figures or run.variant in self.study.figures)
            retrain_s = self.study.timeout / 3 if pictured and is_first else 0.0
            outcome = worker.run(Fit(run.random_state, str(place.arrays), place.monitor, retrain_s))
            start = {name: getattr(ready, name) for name in ("imported", "cold_start", "new_on_disk")}
            outcome = noted(outcome.model_copy(update=start), *ready.notes)
            log_tail += worker.log_tail
            if outcome.status is Status.OK:
                sizes = Sizes(len(data.X), len(data.X_test), data.X.shape[1], outcome.n_components)
                outcome = border.admitted(outcome, place.arrays, sizes)
            if self.study.repeat and is_first and outcome.status is Status.OK:
                outcome = with_repetition(outcome, worker.run(Repeat(run.random_state)))
        return outcome, log_tail


def state_of_machine() -> dict[str, Any]:
    """Return what a record says of the machine as its run begins."""
    return {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_before": environment.load(),
        "host": platform.node(),
        "machine": environment.fingerprint(),
    }


def record_of(run: Run, study: Study, data: Dataset, outcome: Outcome, *, log_tail: str = "", **facts: Any) -> Record:
    """Return the record of a run on its selection of the data; `facts` are those of the machine."""
    return Record(
        key=run.key,
        variant=run.variant,
        label=run.spec.label,
        reducer=run.spec.reducer,
        params=run.spec.params,
        dataset=data.name,
        sample=run.sample,
        n_train=len(data.X),
        n_test=len(data.X_test),
        n_features=data.X.shape[1],
        seed=run.seed,
        random_state=run.random_state,
        thread_budget=run.threads,
        timeout_s=study.timeout,
        memory_cap_mib=study.memory / 2**20,
        outcome=outcome,
        log_tail=log_tail,
        arrays_sha256=None,
        **facts,
    )
