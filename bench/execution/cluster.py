"""A cluster: dask workers on one or several machines that carry runs out. Needs the extra `cluster`.

The client holds the queue. Each host gets a block of runs, whose runs it is asked for one by one, so that those of one
round or one series are of the same machine. A host that is lost gives its run back.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from rich.console import Console

from bench.datasets import Dataset
from bench.errors import StudyError, WorkerError
from bench.execution import cluster_host, cluster_scores, scratch, sent_data
from bench.execution.cluster_host import Sent
from bench.execution.cluster_members import ANSWER_S, HostGoneError, Member, Members
from bench.execution.host import Ended
from bench.execution.progress import Progress
from bench.execution.runner import Runner
from bench.execution.worker_handle import Interrupt
from bench.execution.workers import round_of, selection_of, worker_of
from bench.store.records import Machine, Outcome, Record, Status
from bench.store.store import Store
from bench.studies.plan import Run
from bench.studies.study import Study

log = logging.getLogger(__name__)

LOCAL = "local:"
LOST_TIMES = 3
"""A run whose worker was lost that often is not tried again."""
LOOK_EVERY_S = 0.05


class Cluster:
    """Carries runs out on the hosts behind a scheduler; see `bench.execution.runner.Executor`."""

    def __init__(self, members: Members, *, timed: bool) -> None:
        """Meet the workers that are there.

        Raises
        ------
        WorkerError
            If nobody can take part, and why.
        """
        self.members, self.timed = members, timed
        while not members.here:
            members.meet()
            time.sleep(LOOK_EVERY_S)

    @property
    def cores(self) -> int:
        """Cores of each of its hosts."""
        return self.members.cores

    @property
    def machines(self) -> dict[str, Machine]:
        """What is known of each class of its machines, those of hosts that are gone included."""
        return self.members.machines

    def __str__(self) -> str:
        return str(self.members)

    def execute(self, runner: Runner, runs: list[Run], watcher: Progress) -> None:
        """Carry the runs out, block by block.

        Raises WorkerError if the scheduler is gone, or all workers are; StoreError if a result cannot be written.
        """
        work = _Work(self.members, self.timed, runner, watcher, deque(blocks_of(runner.study, runs)))
        with Interrupt() as interrupt:
            try:
                while work.is_left:
                    interrupt.check()
                    for member in self.members.meet():
                        work.lose(member)
                    work.go_on()
                    time.sleep(LOOK_EVERY_S)
            finally:
                work.dismiss()

    def score(self, store: Store, dataset: Dataset, console: Console) -> None:
        """Compute the scores of runs on the hosts."""
        cluster_scores.score(self.members, store, dataset, console, timed=self.timed)


@dataclass
class _Work:
    """What is left to do for one study, who does it, and what was lost."""

    members: Members
    timed: bool
    runner: Runner
    watcher: Progress
    blocks: deque[deque[Run]]
    token: str = field(default_factory=lambda: uuid4().hex)
    attempts: Counter[str] = field(default_factory=Counter)

    @property
    def is_left(self) -> bool:
        """Whether any run is still to be done."""
        return bool(self.blocks) or any(member.block for member in self.members)

    def go_on(self) -> None:
        """Take what has ended, and give every worker that waits its next run."""
        for member in self.members:
            if member.asked is not None and member.asked.done():
                self._take(member)
            if member.asked is None:
                self._give(member)

    def lose(self, member: Member) -> None:
        """Take back the block of a worker that is gone; the run that it carried out has been lost once more."""
        if member.asked is not None:
            run = member.block[0]
            self.attempts[run.key] += 1
            log.warning("%s was lost with %s, seed %s", member.identity.host, run.variant, run.seed)
            if self.attempts[run.key] >= LOST_TIMES:
                member.block.popleft()
                outcome = Outcome(status=Status.LOST, reason=f"its worker was lost {LOST_TIMES} times")
                facts = {"host": member.identity.host, "machine": member.identity.machine, "attempts": LOST_TIMES}
                lost = self.runner.without_trial(run, outcome, **facts)
                self.runner.keep(lost, self.watcher)
            else:
                self.watcher.lost(run)
        if member.block:
            self.blocks.appendleft(member.block)

    def dismiss(self) -> None:
        """Close the study on all hosts, and wait until nothing of it runs there."""
        for member in self.members:
            for future in filter(None, (member.asked, member.opened)):
                with suppress(OSError, RuntimeError):
                    future.release()
            member.asked = member.opened = None
        deadline = time.monotonic() + ANSWER_S
        for member in self.members:
            while time.monotonic() < deadline and self._is_open(member):
                time.sleep(LOOK_EVERY_S)

    def _is_open(self, member: Member) -> bool:
        """Return whether anything of the study is still on a host; of one that is gone nothing is."""
        with suppress(WorkerError):
            return bool(self.members.on(member, cluster_host.is_open, self.token))
        return False

    def _give(self, member: Member) -> None:
        """Ask a worker for its next run that is wanted."""
        while member.block or self.blocks:
            member.block = member.block or self.blocks.popleft()
            run = member.block[0]
            if self.runner.is_wanted(run, self.watcher):
                try:
                    self._open(member)
                except HostGoneError:
                    self.lose(self.members.without(member))
                    return
                self.watcher.started(run)
                last = (self._is_last(member, run, worker_of), self._is_last(member, run, selection_of))
                member.asked = self.members.submit(member, cluster_host.carry_out, member.opened, run, *last)
                return
            member.block.popleft()

    def _is_last(self, member: Member, run: Run, of: Callable[[Run], object]) -> bool:
        """Return whether no run that may still come to a host shares its process, or its data, with this one."""
        waiting = (other for block in (member.block, *self.blocks) for other in block if other is not run)
        return all(of(other) != of(run) for other in waiting)

    def _open(self, member: Member) -> None:
        """Open the study on a host, and send it the data if it lacks them."""
        if member.opened is not None:
            return
        dataset = self.runner.dataset
        self.members.send(member, dataset)
        known = (self.runner.study, sent_data.bare(dataset), dataset.fingerprint, self.timed)
        member.opened = self.members.submit(member, cluster_host.open_study, self.token, *known)

    def _take(self, member: Member) -> None:
        """Keep the run that a worker has carried out; WorkerError if the host could not try."""
        assert member.asked is not None
        run, fault = member.block[0], self.members.fault_of(member.asked)
        if isinstance(fault, HostGoneError):
            self.lose(self.members.without(member))
        elif fault is not None:
            raise WorkerError(f"Got from {member.identity.host}, asked for {run.variant}: {fault}") from fault
        elif (sent_back := self.members.result_of(member.asked)) is not None:
            for sent in sent_back:
                self._keep(run, sent)
            member.block.popleft()
            member.asked = None

    def _keep(self, run: Run, sent: Sent) -> None:
        is_asked = (sent.variant, sent.sample, sent.seed) == (run.variant, run.sample, run.seed)
        record = Record.model_validate_json(sent.record)
        record = record.model_copy(update={"attempts": self.attempts[record.key] + 1})
        place = self.runner.place_of(record).arrays
        if sent.arrays is not None:
            place.write_bytes(sent.arrays)
        if is_asked and record.outcome.imported is not None:
            self.watcher.warmed(run, record.outcome)
        self.runner.keep(Ended(run, record, place), self.watcher if is_asked else None)


def blocks_of(study: Study, runs: list[Run]) -> list[deque[Run]]:
    """Return the runs in blocks, each for one host: a round, or without rounds a variant with its series or search."""
    blocks: dict[object, deque[Run]] = {}
    for run in runs:
        series = run.spec.series or (study.searched_with(run.variant)[0] if study.search else run.variant)
        blocks.setdefault(round_of(run) if study.rounds else series, deque()).append(run)
    return list(blocks.values())


def require() -> None:
    """Raise StudyError if dask is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise StudyError(
            "Got --cluster, but dask is not installed. Install it here and on every host: pip install '.[cluster]'."
        ) from error


@contextmanager
def connected(address: str, study: Study) -> Iterator[Cluster]:
    """Hold a cluster: a scheduler's address, the path of its scheduler file, or `local:N` for N workers of one's own.

    Raises
    ------
    StudyError
        If dask is not installed, or the address is none.
    WorkerError
        If nobody answers there, or no worker can take part.
    """
    require()
    import dask
    import distributed

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with ExitStack() as resources:
        n_local = _n_local(address)
        resources.enter_context(dask.config.set({"distributed.comm.timeouts.connect": f"{ANSWER_S:g}s"}))
        where: Any = {"scheduler_file": address} if address.endswith(".json") else {"address": address}
        if n_local:
            folder = resources.enter_context(scratch.folder())
            own = distributed.LocalCluster(
                n_workers=n_local,
                threads_per_worker=1,
                memory_limit=0,
                dashboard_address=None,
                local_directory=str(folder),
                silence_logs=logging.CRITICAL,
            )
            where = {"address": resources.enter_context(own)}
        elif address.endswith(".json") and not Path(address).is_file():
            raise StudyError(f"Got --cluster {address}, but there is no such scheduler file.")
        try:
            client = resources.enter_context(distributed.Client(**where, timeout=ANSWER_S, set_as_default=False))
        except (OSError, TimeoutError, ValueError) as error:
            raise WorkerError(
                f"Got --cluster {address}, where no scheduler answers: {error}. Start one with `dask scheduler`."
            ) from error
        yield Cluster(Members(client, study), timed=n_local < 2)


def _n_local(address: str) -> int:
    """Return how many workers of one's own an address asks for; 0 if it is that of a scheduler."""
    if not address.startswith(LOCAL):
        return 0
    number = address.removeprefix(LOCAL)
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 1_000):
        raise StudyError(f"Got --cluster {address}, but expected local:N with a number of workers from 1.")
    return int(number)
