"""Processes of workers: how they are marked, found again, weighed and ended."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil

from bench.errors import WorkerError

MARK = "REDUCERS_BENCH_WORKER"
"""Environment variable that a worker hands down to every process it starts: the parent's id, and a name of its own."""

GRACE_S = 2.0
"""Seconds between asking a process to end and ending it."""


def end_left_behind(mark: str | None = None) -> int:
    """End every process that the worker of a mark started and left behind, and return how many there were.

    Without a mark these are the processes of all workers whose parent is gone.

    Raises WorkerError if one of them cannot be ended.
    """
    left = list(_marked(lambda found: found == mark if mark else not psutil.pid_exists(_parent(found))))
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
    return any(True for _ in _marked(lambda found: _parent(found) != os.getpid()))


def group_exists(group: int) -> bool:
    """Return whether a process of the group still runs."""
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == group and _runs(process):
                return True
    return False


def resident(pid: int) -> int:
    """Return the resident memory of a process in bytes; 0 if it is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def resident_of_children(pid: int) -> int:
    """Return the resident memory of all descendants of a process in bytes."""
    try:
        return sum(resident(child.pid) for child in psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return 0


def _marked(chosen: Callable[[str], bool]) -> Iterator[psutil.Process]:
    """Yield the running processes whose mark is chosen."""
    for process in psutil.process_iter():
        try:
            found = process.environ().get(MARK)
        except (psutil.Error, OSError):
            continue
        if found is not None and chosen(found) and _runs(process):
            yield process


def _parent(mark: str) -> int:
    return int(mark.partition("-")[0])


def _runs(process: psutil.Process) -> bool:
    """Return whether a process still does anything; one that ended and waits to be reaped does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
