"""The machine that a study is started on: it carries the runs out one at a time, so that none shares its clock."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console

from bench.datasets import Dataset
from bench.errors import StoreError
from bench.execution import environment, host_lock, scratch, threads
from bench.execution.host import Host
from bench.execution.processes import end_left_behind
from bench.execution.progress import Progress
from bench.execution.runner import Runner
from bench.execution.worker_handle import Interrupt
from bench.execution.workers import round_of, selection_of, worker_of
from bench.store.records import Machine
from bench.store.store import Store
from bench.studies.plan import Run
from bench.units import counted

log = logging.getLogger(__name__)


class ThisMachine:
    """Carries runs out here; see `bench.execution.runner.Executor`."""

    timed = True

    @property
    def cores(self) -> int:
        """Cores that a run may use."""
        return threads.available()

    @property
    def machines(self) -> dict[str, Machine]:
        """What is known of this machine."""
        return {environment.fingerprint(): environment.machine()}

    def score(self, store: Store, dataset: Dataset, console: Console) -> None:
        """Leave the scores to be computed with all the rest."""

    def execute(self, runner: Runner, runs: list[Run], watcher: Progress) -> None:
        """Carry the runs out in their order, none while another study has a clock running on this machine.

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
            Host(runner.study, runner.dataset, root, runner.place_of, interrupt, watcher.warmed, watcher.began) as host,
        ):
            turns = _Turns(interrupt)
            for position, run in enumerate(runs):
                interrupt.check()
                if runner.is_wanted(run, watcher):
                    with turns.taken():
                        watcher.started(run)
                        for ended in host.carry_out(run):
                            runner.keep(ended, watcher if ended.run is run else None)
                if last[worker_of(run)] == position:
                    host.close(run)
                if last_of_data[selection_of(run)] == position:
                    host.release(run)
                is_last_of_round = position + 1 < len(runs) and round_of(runs[position + 1]) != round_of(run)
                if runner.study.rounds and is_last_of_round:
                    runner.after_round(run)  # no worker is measured now


class _Turns:
    """The turns of one study among all that run on this machine; where there can be no lock it waits for nobody."""

    def __init__(self, interrupt: Interrupt) -> None:
        self.interrupt, self.said = interrupt, False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the machine alone for a run. Raises KeyboardInterrupt if that is asked for meanwhile."""
        with ExitStack() as lock:
            try:
                lock.enter_context(host_lock.held(self._wait))
            except StoreError as error:
                self._say(f"{error} Do not start another study meanwhile: both would be timed at once.")
            yield

    def _wait(self) -> None:
        self._say("another study is timed on this machine: each run of this one waits until it is free")
        self.interrupt.check()

    def _say(self, text: str) -> None:
        """Say something once a study."""
        if not self.said:
            log.warning("%s", text)
        self.said = True
