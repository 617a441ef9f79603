"""Processes of workers: how they are marked, found again, weighed and ended."""

from __future__ import annotations

import os
import re
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from bench.errors import WorkerError
from bench.execution.supervisor import GRACE_S

MARK = "REDUCERS_BENCH_WORKER"
"""Environment variable that a worker hands down to every process it starts: its parent's id and birth, and a name."""

_WELL_FORMED = re.compile(r"([0-9]{1,10})-([0-9]{1,20})-[0-9a-f]{32}", re.ASCII)


class Glance(NamedTuple):
    """What a process does just now."""

    held: int
    """Memory in bytes that it holds itself: no mapped files, and none of the data that it was handed."""
    stopped: bool


def new_mark() -> str:
    """Return a mark for a worker of this process."""
    return f"{os.getpid()}-{born(os.getpid())}-{uuid.uuid4().hex}"


def parent_of(mark: str | None) -> int | None:
    """Return the id of the process that a mark names, 0 if that has ended, and None if the text is no mark."""
    match = _WELL_FORMED.fullmatch(mark or "")
    if match is None:
        return None
    pid = int(match[1])
    return pid if born(pid) == int(match[2]) > 0 else 0


def born(pid: int) -> int:
    """Return when a process began, by which a later process of the same id is told from it; 0 if there is none.

    On Linux these are ticks since the system began: setting the clock does not change them.
    """
    try:
        if sys.platform == "linux":
            return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19])
        return int(psutil.Process(pid).create_time())
    except (OSError, OverflowError, psutil.Error):
        return 0


def end_left_behind(mark: str | None = None) -> int:
    """End every process that the worker of a mark started and left behind, and return how many there were.

    Without a mark these are the processes of all workers whose parent is gone.

    Raises
    ------
    WorkerError
        If one of them cannot be ended.
    """
    left = list(_marked(lambda found: found == mark if mark else not parent_of(found)))
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _, alive = psutil.wait_procs(left, timeout=GRACE_S)
    alive = [process for process in alive if _runs(process)]
    if alive:
        raise WorkerError(f"Got processes that cannot be ended: {', '.join(str(process.pid) for process in alive)}.")
    return len(left)


def another_study_runs() -> bool:
    """Return whether a worker of another study is running on this machine."""
    return any(True for _ in _marked(lambda found: parent_of(found) != os.getpid()))


def group_exists(group: int) -> bool:
    """Return whether a process of the group still runs."""
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == group and _runs(process):
                return True
    return False


def is_running(pid: int) -> bool:
    """Return whether there is a process that still does anything; one that waits to be reaped does not."""
    try:
        return _runs(psutil.Process(pid))
    except psutil.Error:
        return False


def tracks_resources(pid: int) -> bool:
    """Return whether a process is the idle helper that Python keeps beside locks and memory shared by processes."""
    try:
        return any("resource_tracker" in word for word in psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


def glance(pid: int, data: int = 0) -> Glance:
    """Return what a process holds and whether it is stopped; nothing is held by one that is gone.

    Parameters
    ----------
    pid
        Id of the process.
    data
        Bytes of the data handed in. A process that maps them shows them as shared memory.
    """
    try:
        if sys.platform == "linux":
            fields = _fields(Path(f"/proc/{pid}/status"))
            anonymous, shared = (_bytes(fields.get(name, b"0 kB")) for name in (b"RssAnon", b"RssShmem"))
            held = anonymous + max(shared - data, 0)
            return Glance(held, fields[b"State"].strip()[:1] in b"Tt")
        process = psutil.Process(pid)
        return Glance(int(process.memory_info().rss), process.status() == psutil.STATUS_STOPPED)
    except (OSError, psutil.Error):
        return Glance(0, False)


def held_together(pids: Iterable[int], data: int = 0) -> int:
    """Return the bytes that processes hold, those that several of them share counted once.

    A process and its forks share what none of them has written since. To tell these pages apart takes the kernel some
    milliseconds for each GiB, so it is asked only where the sum of what each of them holds says too little. Where the
    system does not tell, it is that sum.

    Parameters
    ----------
    pids
        Ids of the processes. Nothing is held by one that is gone.
    data
        Bytes of the data handed in.
    """
    anonymous = shared = 0
    for pid in pids:
        try:
            fields = _fields(Path(f"/proc/{pid}/smaps_rollup"))
            anonymous, shared = anonymous + _bytes(fields[b"Pss_Anon"]), shared + _bytes(fields[b"Pss_Shmem"])
        except (OSError, KeyError):  # an older Linux has one sum of all kinds
            anonymous += glance(pid, data).held
    return anonymous + max(shared - data, 0)


def _fields(file: Path) -> dict[bytes, bytes]:
    """Return what the kernel says of a process, by name."""
    return dict(line.split(b":", 1) for line in file.read_bytes().splitlines() if b":" in line)


def _bytes(size: bytes) -> int:
    return int(size.split()[0]) << 10


def _marked(chosen: Callable[[str], bool]) -> Iterator[psutil.Process]:
    """Yield the running processes whose mark is chosen; what another program set there is no mark."""
    for process in psutil.process_iter():
        try:
            found = process.environ().get(MARK)
        except (psutil.Error, OSError):
            continue
        if found is not None and parent_of(found) is not None and chosen(found) and _runs(process):
            yield process


def _runs(process: psutil.Process) -> bool:
    """Return whether a process still does anything; one that ended and waits to be reaped does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
