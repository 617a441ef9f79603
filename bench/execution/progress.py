"""Progress of a study: a live table on a terminal, a line a run elsewhere, or one JSON object a line for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from statistics import median
from time import monotonic

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from bench.execution.estimate import Estimate
from bench.store.records import Outcome, Record
from bench.studies.plan import Run
from bench.units import counted, seconds_as_text


class Progress:
    """Shows on a terminal a table with one line a variant: its state, its runs, their time, and the time that remains.

    Elsewhere it prints a line a run. If `emit` is given, it draws nothing and hands over each event as a line of JSON.
    """

    def __init__(
        self,
        console: Console,
        plan: Sequence[Run],
        todo: Sequence[Run],
        estimate: Estimate,
        emit: Callable[[str], None] | None = None,
    ) -> None:
        self.console, self.plan, self.todo, self.estimate, self.emit = console, plan, list(todo), estimate, emit
        self.done: list[Record] = []
        self.warm: set[str] = set()
        self.running: dict[tuple[str, int, int], tuple[Run, float]] = {}
        """Runs that go on, several only on several hosts, and when each began."""
        self.phase = ""
        """What the only one is at."""
        self.live: Live | None = None

    def shown(self) -> AbstractContextManager[object]:
        """Return the context in which progress is on the screen."""
        if self.emit or not self.console.is_terminal:
            return nullcontext()
        self.live = Live(console=self.console, get_renderable=self._table, refresh_per_second=2, transient=True)
        return self.live

    def started(self, run: Run) -> None:
        """Note that a run begins."""
        self.running[_id(run)], self.phase = (run, monotonic()), ""
        self._report("started", run)

    def lost(self, run: Run) -> None:
        """Note that a run will be started again, because its host was lost."""
        self.running.pop(_id(run), None)
        self._report("lost", run)

    def warmed(self, run: Run, outcome: Outcome) -> None:
        """Note that a worker is ready."""
        self.warm.add(run.variant)

    def began(self, phase: str) -> None:
        """Note that a phase of the run begins: its import, first call, fit, transform and so on."""
        self.phase = phase.replace("_", " ")

    def ended(self, run: Run, record: Record) -> None:
        """Count a run that has ended and learn from its cost."""
        self.done.append(record)
        self.running.pop(_id(run), None)
        self.estimate.learn(record)
        outcome = record.outcome
        facts = {"status": outcome.status.value, "reason": outcome.reason, "fit_s": outcome.fit and outcome.fit.wall_s}
        self._report("ended", run, **facts, done=len(self.done), runs=len(self.todo))
        if self.live is None and self.emit is None:
            self.console.print(self._line(record), highlight=False, soft_wrap=True, markup=False)

    def left_out(self, run: Run) -> None:
        """Note that a run is not begun, because its search has spent its budget."""
        self.todo.remove(run)
        self.plan = [one for one in self.plan if one != run]
        self._report("left out", run)

    def remaining_s(self) -> float | None:
        """Return the seconds that the study still takes; None if nothing is known yet."""
        left = self.todo[len(self.done) :]
        seconds = self.estimate.seconds(left, self.warm) if left else 0.0
        if not left or seconds is None:
            return seconds
        elapsed = sum(monotonic() - since for _, since in self.running.values())
        return max((seconds - elapsed) / max(len(self.running), 1), 1.0)

    def _report(self, event: str, run: Run, **facts: object) -> None:
        if self.emit is not None:
            which = {"variant": run.variant, "sample": run.sample, "seed": run.seed}
            self.emit(json_line(event, **which, **facts, remaining_s=self.remaining_s()))

    def _line(self, record: Record) -> str:
        fit = record.outcome.fit
        cost = f"fit {seconds_as_text(fit.wall_s)}" if fit else record.outcome.reason
        sample = f"sample {record.sample}, " if record.sample else ""
        return (
            f"[{len(self.done)}/{len(self.todo)}] {record.variant}, {sample}seed {record.seed}: "
            f"{record.outcome.status.value}, {cost}{self._remaining()}"
        )

    def _now(self) -> str:
        """Return which method, seed and phase it is at."""
        if len(self.running) != 1:
            return f"; {len(self.running)} at once" if self.running else ""
        ((run, _),) = self.running.values()
        sample = f", sample {run.sample}" if run.sample else ""
        return f"; {run.spec.label}{sample}, seed {run.seed}: {self.phase or 'starts'}"

    def _remaining(self) -> str:
        seconds = self.remaining_s()
        return f"; about {seconds_as_text(seconds)} left" if seconds else ""

    def _table(self) -> Group:
        title = f"{len(self.done)} of {counted(len(self.todo), 'run')} done{self._now()}{self._remaining()}"
        table = Table()
        for name in ("method", "state", "seeds", "fit"):
            table.add_column(name, justify="right" if name in ("seeds", "fit") else "left")
        for variant in dict.fromkeys(run.variant for run in self.plan):
            table.add_row(*self._row(variant))
        return Group(Text(title, style="italic"), table)  # a title of the table would be no wider than that

    def _row(self, variant: str) -> tuple[str, str, str, str]:
        asked = [run for run in self.plan if run.variant == variant]
        todo = sum(run.variant == variant for run in self.todo)
        done = [record for record in self.done if record.variant == variant]
        state = "waits" if len(done) < todo else "done"
        if failed := [record for record in done if not record.ok]:
            state = failed[0].outcome.status.value.replace("_", " ")
        if since := [since for run, since in self.running.values() if run.variant == variant]:
            doing = self.phase or ("runs" if variant in self.warm else "starts")
            state = f"[bold]{doing}, {seconds_as_text(monotonic() - min(since))}[/bold]"
        fits = [record.outcome.fit.wall_s for record in done if record.outcome.fit is not None]
        finished = len(asked) - todo + len(done)
        return asked[0].spec.label, state, f"{finished}/{len(asked)}", seconds_as_text(median(fits)) if fits else ""


def _id(run: Run) -> tuple[str, int, int]:
    return run.variant, run.sample, run.seed


def json_line(event: str, **facts: object) -> str:
    """Return an event as a line of JSON.

    >>> json_line("started", seed=0)
    '{"event": "started", "seed": 0}'
    """
    return json.dumps({"event": event} | facts)


@contextmanager
def bar(console: Console, title: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar with the time that remains, and give the function that moves it one step on."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as shown:
        task = shown.add_task(title, total=total)
        yield lambda: shown.advance(task)
