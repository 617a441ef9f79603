"""Files of the user's that are mapped where they lie: what was read of them, and whether they still hold it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import numpy as np

from bench.errors import DatasetError
from reducers.rows import Rows

CHUNK = 2**24
Identity = tuple[int, ...]
"""What the system tells of a file: device, number, size, and when content and status were changed, in nanoseconds."""


@dataclass
class InPlace:
    """A file whose array is mapped, and what was known of it when it was read last.

    A file that is cut short while it is mapped ends the process that reads it next: the operating system knows no
    milder way. Changes of any other kind are noticed.
    """

    path: Path
    array: np.ndarray
    """All rows as they are stored, read-only, of shape (n_samples, n_features)."""
    offset: int
    """Bytes of the file before the first value."""
    digest: str
    """SHA-256 of the whole file."""
    identity: Identity

    @classmethod
    def of(
        cls, path: Path, file: BinaryIO, offset: int, shape: tuple[int, ...], dtype: np.dtype, digest: str = ""
    ) -> InPlace:
        """Return an open file, mapped; its array begins at `offset` and is in C order."""
        array = np.memmap(file, dtype, mode="r", offset=offset, shape=shape)
        plain = np.asarray(array).reshape(shape[0], -1)
        return cls(path, plain, offset, digest or digest_of(file), _identity(os.fstat(file.fileno())))

    def place_of(self, X: np.ndarray | Rows) -> int | None:
        """Return at which byte of the file a stretch of its rows begins; None for an array that is none."""
        array = X.stored if isinstance(X, Rows) else X
        if array.dtype != self.array.dtype or array.shape[1:] != self.array.shape[1:] or not array.flags.c_contiguous:
            return None
        first = _address(array) - _address(self.array)
        return self.offset + first if first >= 0 and first + array.nbytes <= self.array.nbytes else None

    def opened(self) -> int:
        """Return a descriptor of the file, for reading alone.

        Raises DatasetError if it is not the file any more that was read.
        """
        self.check()
        return os.open(self.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))

    def check(self, *, whole: bool = False) -> None:
        """Raise DatasetError if the file is not what was read.

        What the system tells of it is compared. If that has changed, or on request, all of its content is.
        """
        try:
            with self.path.open("rb") as file:
                now = _identity(os.fstat(file.fileno()))
                if now == self.identity and not whole:
                    return
                is_same = digest_of(file) == self.digest
        except OSError as error:
            raise DatasetError(f"Got {self.path}, which cannot be read any more: {error.strerror}.") from error
        if not is_same:
            raise DatasetError(
                f"Got {self.path}, which was changed while it was in use, but expected the data that the study began "
                "with. Runs since then do not count. Start again when nobody writes to the file."
            )
        self.identity = now


def digest_of(file: BinaryIO) -> str:
    """Return the SHA-256 of an open file, read without a map."""
    file.seek(0)
    digest = sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])
