"""Processes of workers: how they are marked, found again, weighed and ended."""

from __future__ import annotations

import os
import re
import sys
import uuid
from collections.abc import Callable, Iterator
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
            return _glance_at_status(Path(f"/proc/{pid}/status").read_bytes(), data)
        process = psutil.Process(pid)
        return Glance(int(process.memory_info().rss), process.status() == psutil.STATUS_STOPPED)
    except (OSError, psutil.Error):
        return Glance(0, False)


def _glance_at_status(status: bytes, data: int) -> Glance:
    fields = dict(line.split(b":", 1) for line in status.splitlines() if b":" in line)
    anonymous, shared = (int(fields.get(name, b"0 kB").split()[0]) << 10 for name in (b"RssAnon", b"RssShmem"))
    return Glance(anonymous + max(shared - data, 0), fields[b"State"].strip()[:1] in b"Tt")


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
