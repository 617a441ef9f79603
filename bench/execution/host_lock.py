"""The lock of a machine: of all studies there, one at a time has a clock running."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import StoreError

NAME = "reducers-bench.lock"
NAMED = "REDUCERS_BENCH_LOCK"
"""Environment variable that names another file, such as one that the containers of a machine share."""
ASK_AGAIN_S = 0.05


def path() -> Path:
    """Return where the lock lies: in memory that all users share, or else in the temporary folder, or as named."""
    if named := os.environ.get(NAMED):
        return Path(named)
    shared = Path("/dev/shm")
    return (shared if shared.is_dir() else Path(tempfile.gettempdir())) / NAME


@contextmanager
def held(check: Callable[[], None]) -> Iterator[None]:
    """Hold the machine alone; `check` is called again and again until it is free, and may raise.

    The kernel lets go of the lock, however its holder ends.

    Raises
    ------
    StoreError
        If there can be no lock.
    """
    file = path()
    try:
        descriptor = _opened(file)
    except OSError as error:
        raise StoreError(f"Got {file}, the lock of this machine, which cannot be opened: {error}.") from error
    try:
        while not _taken(descriptor):
            check()
            time.sleep(ASK_AGAIN_S)
        yield
    finally:
        os.close(descriptor)


def _opened(file: Path) -> int:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(file, flags)  # of another user's file in a shared folder Linux may refuse O_CREAT
    except FileNotFoundError:
        descriptor = os.open(file, flags | os.O_CREAT, 0o644)
    with suppress(PermissionError):  # another user may have been faster
        os.fchmod(descriptor, 0o644)  # others must open it, too, whatever the umask is
    return descriptor


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
