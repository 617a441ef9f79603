"""Scratch folders: temporary folders that show whether their owner lives, so that those of the killed are removed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from bench.errors import StoreError

PREFIX = "reducers-bench-"
OWNER = ".owner"
"""File in each scratch folder that its owner keeps locked: the kernel lets go of it, however the owner ends."""

Files = dict[Path, int]
"""Files and their sizes in bytes."""


@contextmanager
def folder() -> Iterator[Path]:
    """Hold a new temporary folder of this process, which is removed at the end.

    Raises
    ------
    StoreError
        If the folder cannot be made.
    """
    try:
        # Nobody looks for this name before the folder is locked.
        path = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
        lock = (path / OWNER).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = path.rename(path.with_name(path.name.removeprefix(".")))
    except OSError as error:
        where = tempfile.gettempdir()
        raise StoreError(f"Got temporary folder {where}, where nothing can be written: {error}. Set TMPDIR.") from error
    with lock:
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def remove_abandoned() -> int:
    """Remove the scratch folders whose owner is gone, and return how many there were."""
    removed = 0
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if path.is_symlink() or path.stat().st_uid != os.getuid():
                continue
            with (path / OWNER).open("r+") as lock:
                if _is_free(lock):
                    shutil.rmtree(path, ignore_errors=True)
                    removed += 1
    return removed


def files_below(path: Path) -> Files:
    """Return the regular files in a folder and below it; none if it is gone."""
    found: Files = {}
    for parent, _, names in os.walk(path):
        for name in names:
            file = Path(parent, name)
            with suppress(OSError):
                if file.is_file() and not file.is_symlink() and name != OWNER:
                    found[file] = file.stat().st_size
    return found


def own_files_in(path: Path) -> Files:
    """Return the files of this user in a folder and in his folders there, without the locks that libraries keep."""
    found: Files = {}
    with suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            with suppress(OSError):
                facts = entry.stat(follow_symlinks=False)
                if facts.st_uid == os.getuid() and not entry.name.startswith("sem."):
                    is_folder = entry.is_dir(follow_symlinks=False)
                    found |= files_below(Path(entry.path)) if is_folder else {Path(entry.path): facts.st_size}
    return found


def _is_free(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
