"""Files below a results folder: no symbolic link is followed, nothing is half written, and each has a digest."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path

from bench.errors import StoreError

CLOCK_NS = 100_000_000
"""A file that changed so short a time ago may change again without another time of change."""


def inside(folder: Path, name: str | Path) -> Path:
    """Return the path of a file of a results folder. The folder itself may be a symbolic link.

    Raises StoreError if the name leads out of the folder, or through a symbolic link.
    """
    path = folder / name
    if ".." in Path(name).parts or folder not in path.parents:
        raise StoreError(f"Got file name {str(name)!r}, but expected one inside of {folder}.")
    for parent in path.parents[: len(path.parts) - len(folder.parts) - 1]:
        if parent.is_symlink():
            raise StoreError(
                f"Got {parent}, which is a symbolic link, but expected a folder. No file of a results folder is written"
                " or read through a link; remove it."
            )
    return path


def opened(path: Path) -> BufferedReader:
    """Return a file open for reading; OSError if it is a symbolic link. A pipe is empty instead of waited for."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def read(path: Path) -> bytes:
    """Return what is in a file; OSError if it cannot be read or is a symbolic link."""
    with opened(path) as file:
        return file.read()


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all; a symbolic link in its place is replaced.

    Raises StoreError if it cannot be written.
    """
    aside = path.with_name(f".partial-{path.name}")
    with refused(path, "written"):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.unlink(missing_ok=True)  # what an interrupted program left, or a link that somebody made
            with aside.open("xb") as file:
                file.write(content)
            settle(aside, path)
        except OSError:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise


def discard(path: Path) -> None:
    """Remove what is there, whatever it is; a symbolic link is not followed. StoreError if it cannot be removed."""
    with refused(path, "removed"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def settle(aside: Path, path: Path) -> None:
    """Give a file written aside its name, once its bytes are on the disk."""
    with opened(aside) as file:
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, read again only if the file has changed; OSError if it cannot be read."""
    stat = path.lstat()
    changed_ns = max(stat.st_mtime_ns, stat.st_ctime_ns)
    if time.time_ns() - changed_ns < CLOCK_NS:
        return _digest.__wrapped__(path)
    return _digest(path, stat.st_ino, stat.st_size, changed_ns)


@lru_cache(maxsize=4096)
def _digest(path: Path, *_state: int) -> str:
    with opened(path) as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def refused(what: Path | str, done: str) -> Iterator[None]:
    """Make an OSError in this context a StoreError that says what could not be done."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"Got {what}, which cannot be {done}: {error}.") from error
