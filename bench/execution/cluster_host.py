"""What a cluster's client asks of its hosts: functions that run in a dask worker there, and what is open meanwhile.

A study is open on a host as long as the client keeps the future of `open_study`. Dask drops its result when the client
lets go of it, ends or is lost, and the dask worker ends when its scheduler is gone. A thread here watches for both, and
ends the processes of the study.
"""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import reducers
from bench.datasets import Dataset
from bench.errors import WorkerError
from bench.execution import environment, host_lock, scratch, threads
from bench.execution.host import Ended, Host, Place
from bench.execution.sent_data import Piece, Received
from bench.execution.worker_handle import Interrupt
from bench.store.records import Machine
from bench.studies.plan import MEASUREMENT, Run
from bench.studies.study import Study

if TYPE_CHECKING:
    from distributed import Worker

PACKAGE = Path(__file__).parents[1]
LOOK_EVERY_S = 0.2
STORED_WITHIN_S = 30.0
"""Seconds within which dask has stored the result that keeps a study open."""


@dataclass(frozen=True)
class Identity:
    """What must be the same on all hosts, and what tells them apart."""

    host: str
    machine: str
    """Fingerprint of its machine class."""
    facts: Machine
    cores: int
    measurement: int
    code: dict[str, str]
    """Digest of the code of the harness, and of each reducer."""
    versions: dict[str, str]
    """Versions of the libraries that the reducers depend on."""


@dataclass(frozen=True)
class Sent:
    """A run that has ended, as it travels: its record as JSON, and the bytes of the file with its arrays."""

    variant: str
    sample: int
    seed: int
    record: str
    arrays: bytes | None


class Abandoned(Exception):
    """The client of a study is gone, or has let go of it. It ends a task, and no dask worker, as an interrupt would."""


def identity(names: Sequence[str]) -> Identity:
    """Return who this host is, and which code and versions it has of these reducers."""
    versions: dict[str, str] = {}
    for name in names:
        versions |= reducers.requirements(name)
    code = {"bench": _digest_of_bench()} | {Path(name).name: reducers.digest(name) for name in names}
    machine = (environment.fingerprint(), environment.machine())
    return Identity(platform.node(), *machine, threads.available(), MEASUREMENT, code, versions)


def has_data(fingerprint: str) -> bool:
    """Return whether the data of a fingerprint have been sent to this host already."""
    with _received(fingerprint) as received:
        return received.is_here


def take_data(fingerprint: str, piece: Piece | None) -> None:
    """Take a piece of data; None says that the last one has been sent."""
    with _received(fingerprint) as received:
        if piece is None:
            received.complete()
        else:
            received.take(piece)


@contextmanager
def _received(fingerprint: str) -> Iterator[Received]:
    """Give the data of a fingerprint; an OSError becomes a WorkerError, as of a host it means that it is gone."""
    received = Received(fingerprint)
    try:
        yield received
    except OSError as error:
        place = f"{received.folder}, where data cannot be kept: {error}"
        raise WorkerError(f"Got {place}. Make room there, or set XDG_CACHE_HOME to another folder.") from error


_OPEN: dict[str, _Open] = {}


def open_study(token: str, study: Study, known: Dataset, fingerprint: str, timed: bool) -> str:
    """Make this host ready for the runs of a study; it stays open as long as dask stores what this returns."""
    from distributed import get_worker

    _forget_nanny()
    worker = get_worker()
    _OPEN[token] = _Open(worker, str(worker.get_current_task()), study, Received(fingerprint).load(known), timed)
    return token


def carry_out(token: str, run: Run, last_of_worker: bool, last_of_data: bool) -> list[Sent]:
    """Carry out a run of an open study, and return it, and the first of its process, if that had to be repeated."""
    return _OPEN[token].carry_out(run, last_of_worker, last_of_data)


def is_open(token: str) -> bool:
    """Return whether anything of a study is still here."""
    return token in _OPEN and not _OPEN[token].is_closed


class _Stop(Interrupt):
    """An interrupt that a thread asks for, and that no signal does."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()

    def check(self) -> None:
        if self.asked.is_set():
            raise Abandoned


class _Open:
    """One study on this host."""

    def __init__(self, worker: Worker, key: str, study: Study, dataset: Dataset, timed: bool) -> None:
        self.worker, self.key, self.timed = worker, key, timed
        self.stop, self.busy, self.is_closed = _Stop(), threading.Lock(), False
        self.resources = ExitStack()
        folder = self.resources.enter_context(scratch.folder())
        self.arrays = folder / "arrays.npz"
        # Who holds the lock is alone, though warm workers of another process of this cluster may wait beside.
        host = Host(study, dataset, folder, self._place_of, self.stop, timed=timed, is_alone=lambda: True)
        self.host = self.resources.enter_context(host)
        threading.Thread(target=self._watch, daemon=True).start()

    def carry_out(self, run: Run, last_of_worker: bool, last_of_data: bool) -> list[Sent]:
        with self.busy:
            self.stop.check()
            with host_lock.held(self.stop.check) if self.timed else ExitStack():
                sent = [_sent(ended) for ended in self.host.carry_out(run)]
            if last_of_worker:
                self.host.close(run)
            if last_of_data:
                self.host.release(run)
        return sent

    def _place_of(self, run: Run) -> Place:
        self.arrays.unlink(missing_ok=True)
        return Place(self.arrays)

    def _is_connected(self) -> bool:
        return self.worker.status.name in ("init", "running", "paused")

    def _watch(self) -> None:
        """End everything once the study is not open any more."""
        began, seen = time.monotonic(), False
        while self._is_connected():
            is_kept = self.key in self.worker.data
            seen = seen or is_kept
            if not is_kept and (seen or time.monotonic() > began + STORED_WITHIN_S):
                break
            time.sleep(LOOK_EVERY_S)
        self.stop.asked.set()
        with self.busy:
            self.resources.close()
            self.is_closed = True


def _sent(ended: Ended) -> Sent:
    """Return a run as it travels, before the next one takes its place."""
    run, record = ended.run, ended.record
    arrays = ended.arrays.read_bytes() if record.ok else None
    return Sent(run.variant, run.sample, run.seed, record.model_dump_json(), arrays)


@cache
def _digest_of_bench() -> str:
    """Return a hash of the text of the harness."""
    digest = sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _forget_nanny() -> None:
    """Take back what dask's nanny set for dask's own good: the processes of a study get the environment of this host.

    MALLOC_TRIM_THRESHOLD_ alone makes an autoencoder take up to twice as long.
    """
    import dask

    for group in ("pre-spawn-environ", "environ"):
        for name, value in dask.config.get(f"distributed.nanny.{group}", {}).items():
            if os.environ.get(name) == str(value):
                del os.environ[name]
