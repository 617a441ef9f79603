"""The members of a cluster: dask workers that take part, greeted as they come, and missed as they go."""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bench.datasets import Dataset
from bench.errors import WorkerError
from bench.execution import cluster_host, identity, sent_data
from bench.execution.cluster_host import Identity
from bench.store.records import Machine
from bench.studies.plan import Run
from bench.studies.study import Study
from bench.units import counted

if TYPE_CHECKING:
    from distributed import Client, Future

log = logging.getLogger(__name__)

ANSWER_S = 10.0
"""Seconds within which a scheduler or a host answers."""
EMPTY_S = 60.0
"""Seconds that a cluster may be without any worker, as while its workers are started again."""
MEET_EVERY_S = 1.0
FIRST_WAIT_S = 4.0
"""Seconds within which a result should arrive; each time that it is asked for again, twice as long."""


class HostGoneError(WorkerError):
    """A host does not answer any more, or gave up because it does not hear of its client."""


@dataclass
class Member:
    """A dask worker that takes part."""

    address: str
    identity: Identity
    block: deque[Run] = field(default_factory=deque)
    """Runs that are its to do, the present one included."""
    opened: Future | None = None
    """What keeps the study open there."""
    asked: Future | None = None
    """The run that it carries out."""


class Members:
    """Who takes part: the workers of a scheduler that have the same code, versions and cores."""

    def __init__(self, client: Client, study: Study) -> None:
        import cloudpickle  # comes with dask

        self.client = client
        self.here: dict[str, Member] = {}
        self.refused: dict[str, str] = {}
        """Workers that do not take part, and why."""
        self.machines: dict[str, Machine] = {}
        """What is known of each machine class that took part, by fingerprint."""
        self.cores = 0
        """Cores of each of them."""
        self._reducers = sorted({variant.reducer for variant in study.variants.values()})
        self._own = cluster_host.identity(self._reducers)
        cloudpickle.register_pickle_by_value(identity)
        self._waited: Counter[object] = Counter()
        self._met_at, self._empty_since = -MEET_EVERY_S, time.monotonic()

    def __iter__(self) -> Iterator[Member]:
        return iter(list(self.here.values()))

    def __str__(self) -> str:
        hosts = Counter(member.identity.host for member in self)
        each = ", ".join(f"{name} ({counted(n, 'worker')})" for name, n in sorted(hosts.items()))
        return f"cluster: {each}, {counted(self.cores, 'core')} each"

    def without(self, member: Member) -> Member:
        """Return a member that does not take part any more; it is asked again if it is still there."""
        return self.here.pop(member.address, member)

    def on(self, member: Member, function: Any, *arguments: Any) -> Any:
        """Return what a function gives that runs on a host beside its runs.

        Raises HostGoneError if the host does not answer, WorkerError if the function fails there.
        """
        answer = self._asked(member.address, function, *arguments)
        if isinstance(answer, OSError):
            raise HostGoneError(f"Got no answer from {member.identity.host}: {answer}.") from answer
        if isinstance(answer, Exception):
            raise WorkerError(f"Got from {member.identity.host}: {answer}") from answer
        return answer

    def send(self, member: Member, dataset: Dataset) -> None:
        """Send a host the data, unless it has them already.

        Raises HostGoneError if the host does not answer, WorkerError if it cannot keep them.
        """
        if not self.on(member, cluster_host.has_data, dataset.fingerprint):
            for piece in chain(sent_data.pieces(dataset), [None]):
                self.on(member, cluster_host.take_data, dataset.fingerprint, piece)

    def _asked(self, address: str, function: Any, *arguments: Any) -> Any:
        """Return what a function gives on a worker, or the exception."""
        try:
            found = self.client.run(function, *arguments, workers=[address], on_error="return")
        except OSError as error:
            return error
        return found.get(address, OSError("it is not there"))

    def result_of(self, future: Future) -> Any:
        """Return the result of a task that is done; None if it has not arrived yet, and is to be asked for again.

        If a worker ends just after its task, the result never arrives, and nobody says so.
        """
        try:
            return future.result(timeout=FIRST_WAIT_S * 2 ** self._waited[future.key])
        except TimeoutError:
            self._waited[future.key] += 1  # it may be large, and the network slow
            return None

    @staticmethod
    def fault_of(future: Future) -> Exception | None:
        """Return why a task has no result; None if it has one."""
        if future.status == "finished":
            return None
        fault = future.exception() if future.status == "error" else None
        if fault is None or type(fault).__name__ in ("Abandoned", "KilledWorker"):
            return HostGoneError(f"its task ended as {future.status}")
        return fault

    def submit(self, member: Member | None, function: Any, *arguments: Any) -> Future:
        """Return the future of a task: on one host, which does it once and no other does, or on any of them."""
        key = f"{function.__name__}-{uuid4().hex}"
        where = list(self.here) if member is None else [member.address]
        options = {"workers": where, "allow_other_workers": False, "pure": False, "retries": 0}
        return self.client.submit(function, *arguments, key=key, **options)

    def meet(self) -> list[Member]:
        """Take notice of workers that came, now and then, and return those that are gone.

        Raises WorkerError if the scheduler does not answer, or nobody is left to take part.
        """
        if time.monotonic() - self._met_at < MEET_EVERY_S:
            return []
        there = self._addresses()
        self._met_at = time.monotonic()
        gone = [self.here.pop(address) for address in sorted(self.here.keys() - there)]
        for address in sorted(there - self.here.keys() - self.refused.keys()):
            self._greet(address)
        if self.here:
            self._empty_since = time.monotonic()
        self._check_not_empty()
        return gone

    def _addresses(self) -> set[str]:
        """Return the addresses of the workers that the scheduler has; WorkerError if it does not answer."""
        try:
            facts = self.client.sync(self.client.scheduler.identity, callback_timeout=ANSWER_S)
        except (OSError, TimeoutError, RuntimeError) as error:
            raise WorkerError(
                f"Got no answer from the scheduler ({type(error).__name__}). Every completed run is kept; once it runs "
                "again, the same command goes on."
            ) from error
        return set(facts["workers"])

    def _greet(self, address: str) -> None:
        """Let a worker take part that has the same code, versions and cores; name any other one once."""
        # What is wrong with a host's packages only a function can tell that needs none of them.
        fault = self._asked(address, identity.fault)
        answer = fault or self._asked(address, cluster_host.identity, self._reducers)
        if isinstance(answer, OSError):
            return  # it may have only just started, or be gone
        if isinstance(answer, Identity):
            why = differences(self._own, answer, self.cores)
            name = answer.host
        else:
            why, name = answer if isinstance(answer, str) else f"this program does not run there ({answer!r})", address
        if why:
            self.refused[address] = f"{name}: {why}"
            log.warning("%s does not take part: %s", name, why)
        elif isinstance(answer, Identity):
            self.cores = self.cores or answer.cores
            self.here[address] = Member(address, answer)
            self.machines[answer.machine] = answer.facts

    def _check_not_empty(self) -> None:
        if self.here:
            return
        if self.refused and not self.machines:  # a member that was lost may come back
            raise WorkerError(f"Got no worker that can take part. {'; '.join(self.refused.values())}.")
        if time.monotonic() - self._empty_since > EMPTY_S:
            raise WorkerError(f"Got a cluster that had no worker for {EMPTY_S:g} s. Start `dask worker` on its hosts.")


def differences(own: Identity, other: Identity, cores: int) -> str:
    """Return what keeps a host from taking part; empty if nothing does."""
    if cores and other.cores != cores:
        return f"it has {counted(other.cores, 'core')}, where the others have {cores}"
    if own.measurement != other.measurement or own.code["bench"] != other.code["bench"]:
        return "it has other code of the harness"
    for what, here, there in (("code", own.code, other.code), ("version", own.versions, other.versions)):
        for name in sorted(here.keys() | there.keys()):
            if here.get(name) != there.get(name):
                both = f": {there.get(name, 'none')} instead of {here.get(name, 'none')}" if what == "version" else ""
                return f"it has another {what} of {name}{both}"
    return ""
