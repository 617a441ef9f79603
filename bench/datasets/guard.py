"""What a file must be before it is read: a regular file with a printable name, no larger than memory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import psutil

from bench.errors import DatasetError

MAX_COLUMNS = 100_000
BYTES_PER_VALUE = 32
"""What reading takes for one value beside the file's own bytes: four arrays of float64 at a time."""


def shown(text: object, limit: int = 40) -> str:
    r"""Return a text of a file as a message may show it: control characters escaped, its end cut off.

    >>> shown("a\x1b[31m"), shown("x" * 100, limit=4)
    ('a\\x1b[31m', 'xxxx...')
    """
    cut = str(text)[:limit] + ("..." if len(str(text)) > limit else "")
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in cut)


def listed(names: Iterable[object], limit: int = 5) -> str:
    """Return the first few of some names, and how many more there are.

    >>> listed("abc"), listed(range(9), limit=2)
    ('a, b, c', '0, 1 and 7 more')
    """
    every = list(names)
    rest = f" and {len(every) - limit:,} more" if len(every) > limit else ""
    return ", ".join(shown(name) for name in every[:limit]) + rest


def check_name(name: str) -> None:
    """Raise DatasetError if a name or path holds characters that no terminal shows."""
    if not name.isprintable():
        raise DatasetError(f"Got dataset {name!r}, but expected a name without control characters. Rename the file.")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading, and never wait for another process to write it.

    Raises DatasetError if it is none, is empty, cannot be read, or is changed meanwhile.
    """
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise DatasetError(f"Got {path}, which is a device or a pipe, but expected a regular file.")
            if not status.st_size:
                raise DatasetError(f"Got {path}, which is empty, but expected a table of points.")
            yield file
            after = os.fstat(file.fileno())
            if (after.st_size, after.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
                raise DatasetError(f"Got {path}, which was changed while it was read. Run again when it is whole.")
    except FileNotFoundError as error:
        raise DatasetError(f"Got {path}, but there is no such file.") from error
    except OSError as error:
        raise DatasetError(f"Got {path}, which cannot be read: {error.strerror or error}.") from error
    except MemoryError as error:
        raise DatasetError(f"Got {path}, which needs more memory than there is. Use fewer rows or columns.") from error


def check_columns(path: Path, count: int, *, unlimited: bool) -> None:
    """Raise DatasetError if a file has more columns than are read without being asked to."""
    if count > MAX_COLUMNS and not unlimited:
        raise DatasetError(
            f"Got {count:,} columns in {path}, but expected at most {MAX_COLUMNS:,}. Select columns, or run with "
            "--yes if they are meant."
        )


def check_memory(path: Path, nbytes: int) -> None:
    """Raise DatasetError if more memory is needed than is available."""
    available = psutil.virtual_memory().available
    if nbytes > available:
        raise DatasetError(
            f"Got {path}, which needs {nbytes / 2**30:,.1f} GiB to be read, but {available / 2**30:,.1f} GiB of memory "
            "are available. Use fewer rows or columns."
        )
