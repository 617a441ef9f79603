"""Progress of a study for programs: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console

from bench.execution.estimate import Estimate
from bench.execution.progress import Progress
from bench.store.records import Record
from bench.studies.plan import Run


class Events(Progress):
    """Reports when each run begins and how it ended, with the seconds that the study still takes.

    Parameters
    ----------
    emit : function
        Takes each line.
    """

    def __init__(
        self,
        console: Console,
        plan: Sequence[Run],
        todo: Sequence[Run],
        estimate: Estimate,
        *,
        emit: Callable[[str], None],
    ) -> None:
        super().__init__(console, plan, todo, estimate)
        self.emit = emit

    def shown(self) -> AbstractContextManager[object]:
        """Return a context without effect: nothing is drawn."""
        return nullcontext()

    def started(self, run: Run) -> None:
        """Report that a run begins."""
        super().started(run)
        self.emit(
            line("started", variant=run.variant, sample=run.sample, seed=run.seed, remaining_s=self.remaining_s())
        )

    def ended(self, run: Run, record: Record) -> None:
        """Report how a run ended."""
        self.note(record)
        outcome = record.outcome
        self.emit(
            line(
                "ended",
                variant=record.variant,
                sample=record.sample,
                seed=record.seed,
                status=outcome.status.value,
                reason=outcome.reason,
                fit_s=outcome.fit and outcome.fit.wall_s,
                done=len(self.done),
                runs=len(self.todo),
                remaining_s=self.remaining_s(),
            )
        )


def line(event: str, **facts: object) -> str:
    """Return an event as a line of JSON.

    >>> line("started", seed=0)
    '{"event": "started", "seed": 0}'
    """
    return json.dumps({"event": event} | facts)
