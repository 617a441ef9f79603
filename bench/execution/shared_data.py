"""The data as workers get them: memory that nobody can write, or else a file that is compared after every run.

Linux has sealed memory files. Where it does not, or the data are large for the memory that is free, the data lie in a
file without a name, which a worker gets as a descriptor that can only be read. That is no seal: as the owner of the
file it may open it once more.

A large file of the user's that is suitable is mapped where it lies, and nothing of it is copied. Whether it was changed
is asked after every run, and its digest is compared at the end of a study; a change ends the study.
"""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
import psutil

from bench.errors import StoreError
from reducers.rows import Rows

if TYPE_CHECKING:
    from bench.datasets import Dataset
    from bench.datasets.in_place import InPlace

SEALED_SHARE = 0.25
"""Share of the available memory that the data may take as a sealed memory file, which cannot be swapped to its disk."""
_CHUNK = 1 << 24


@dataclass(frozen=True)
class ArrayFacts:
    """What must be known of an array besides its bytes."""

    shape: tuple[int, ...]
    dtype: str
    offset: int = 0
    """Bytes of the file before the first value."""
    divisor: float = 0.0
    """What bytes are divided by as they are read, see `Rows`; 0 for features as they are."""

    @property
    def nbytes(self) -> int:
        """Bytes of the array."""
        return int(np.prod(self.shape, dtype=np.int64)) * np.dtype(self.dtype).itemsize


@dataclass(frozen=True)
class DataFacts:
    """What a worker must know of the data that it is handed, besides their descriptors."""

    X: ArrayFacts
    X_test: ArrayFacts
    sealed: bool


def mapped(descriptor: int, facts: ArrayFacts) -> np.ndarray:
    """Return the array behind a descriptor; a write to it ends the process, whatever the flags of the array say."""
    array = _mapped(descriptor, facts) if facts.nbytes else np.empty(facts.shape, facts.dtype)
    return Rows(array, facts.divisor) if facts.divisor else array  # type: ignore[return-value]


def _mapped(descriptor: int, facts: ArrayFacts) -> np.ndarray:
    populate = getattr(mmap, "MAP_POPULATE", 0)  # all pages are resident from here on, and counted as what they are
    skipped = facts.offset % mmap.ALLOCATIONGRANULARITY
    place = {"prot": mmap.PROT_READ, "offset": facts.offset - skipped}
    try:
        pages = mmap.mmap(descriptor, skipped + facts.nbytes, flags=mmap.MAP_SHARED | populate, **place)
    except PermissionError:  # before Linux 6.7 a sealed memory file cannot be mapped as shared
        pages = mmap.mmap(descriptor, skipped + facts.nbytes, flags=mmap.MAP_PRIVATE | populate, **place)
    count = facts.nbytes // np.dtype(facts.dtype).itemsize
    return np.frombuffer(pages, facts.dtype, count=count, offset=skipped).reshape(facts.shape)


class SharedArray:
    """One array in a sealed memory file, or in a nameless file of a folder with the digest of what was written.

    Raises StoreError if the file cannot be written.
    """

    def __init__(self, array: np.ndarray, folder: Path, *, seal: bool) -> None:
        array = np.ascontiguousarray(array)
        self.facts = ArrayFacts(array.shape, array.dtype.str)
        content = array.reshape(-1).view(np.uint8).data
        sealed = _sealed(content) if seal else None
        self.sealed = sealed is not None
        if sealed is None:
            self._digest = sha256(content).hexdigest()
            sealed = _read_only(content, folder)
        self.descriptor = sealed

    def intact(self) -> bool:
        """Return whether the content is what was written."""
        return self.sealed or _digest(self.descriptor) == self._digest

    def close(self) -> None:
        """Close the descriptor; who has mapped the array keeps it."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
        self.descriptor = -1


class MappedArray:
    """A stretch of rows of a file of the user's, where it lies.

    Raises DatasetError if the file is not what was read.
    """

    sealed = False

    def __init__(self, X: np.ndarray | Rows, file: InPlace, offset: int) -> None:
        stored, divisor = (X.stored, X.divisor) if isinstance(X, Rows) else (X, 0.0)
        self.facts = ArrayFacts(stored.shape, stored.dtype.str, offset, divisor)
        self.file, self.descriptor = file, file.opened()

    def intact(self) -> bool:
        """Return that the file is what was read; DatasetError if it is not: repeating the run would not help."""
        self.file.check()
        return True

    def close(self) -> None:
        """Close the descriptor; who has mapped the file keeps it."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
        self.descriptor = -1


Shared: TypeAlias = SharedArray | MappedArray


@dataclass(frozen=True)
class SharedData:
    """The points of one selection of the data, and no labels: a reducer cannot see what is not there."""

    X: Shared
    X_test: Shared

    @property
    def descriptors(self) -> tuple[int, int]:
        """Descriptors of the training points and of the test points."""
        return self.X.descriptor, self.X_test.descriptor

    @property
    def facts(self) -> DataFacts:
        """What a worker must know to map them."""
        return DataFacts(self.X.facts, self.X_test.facts, self.sealed)

    @property
    def nbytes(self) -> int:
        """Bytes of both arrays."""
        return self.X.facts.nbytes + self.X_test.facts.nbytes

    @property
    def shared_bytes(self) -> int:
        """Bytes of them that count as shared memory of a process that maps them; in a file they do not."""
        return self.nbytes if self.sealed else 0

    @property
    def sealed(self) -> bool:
        """Whether nobody can change them, this process included."""
        return self.X.sealed and self.X_test.sealed

    def intact(self) -> bool:
        """Return whether they are as they were written; it takes no time if they are sealed."""
        return self.X.intact() and self.X_test.intact()


class Selections:
    """Every selection of the data that workers map, by a name of its own; the test points are shared by all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shared: dict[tuple[Hashable, bool], SharedData] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def of(self, name: Hashable, data: Dataset, *, streams: bool = False) -> SharedData:
        """Return a selection, written when it is first asked for, or mapped in place.

        Who `streams` takes a file of bytes as it is; others are given its features as float32, from the cache. Raises
        StoreError if a selection cannot be written.
        """
        key = name, streams and (isinstance(data.X, Rows) or isinstance(data.X_test, Rows))
        if key not in self._shared:
            X: Shared | None = self._in_place(data.X, data.in_place, streams=streams)
            test: Shared | None = self._in_place(data.X_test, data.in_place, streams=streams)
            nbytes = sum(array.dtype.itemsize * array.shape[0] * array.shape[1] for array in (data.X, data.X_test))
            seal = not (X or test) and nbytes < SEALED_SHARE * psutil.virtual_memory().available
            former = next((shared.X_test for (_, kind), shared in self._shared.items() if kind == key[1]), None)
            test = test or (former if former and former.sealed == seal else None)
            test = test or SharedArray(np.asarray(data.X_test), self.folder, seal=seal)
            X = X or SharedArray(np.asarray(data.X), self.folder, seal=seal and test.sealed)
            self._shared[key] = SharedData(X, test)
        return self._shared[key]

    def release(self, name: Hashable) -> None:
        """Give up a selection that no worker will ask for any more."""
        for key in [key for key in self._shared if key[0] == name]:
            shared = self._shared.pop(key)
            shared.X.close()
            if all(other.X_test is not shared.X_test for other in self._shared.values()):
                shared.X_test.close()

    def _in_place(self, X: np.ndarray | Rows, file: InPlace | None, *, streams: bool) -> MappedArray | None:
        """Return an array that is a stretch of a file; None for any other."""
        place = file.place_of(X) if file else None
        if file is None or place is None:
            return None
        if isinstance(X, Rows) and not streams:
            first = (place - file.offset) // file.array.shape[1]
            from bench.datasets.converted import floats_of  # a worker imports this module, and needs none of that

            file = floats_of(file, X.divisor)
            X = file.array[first : first + len(X)]
            place = file.offset + first * X.itemsize * X.shape[1]
        return MappedArray(X, file, place)

    def close(self) -> None:
        """Give up all selections, so that each is written again when it is asked for."""
        for name, _ in list(self._shared):
            self.release(name)


def _sealed(content: memoryview) -> int | None:
    """Return a memory file that nobody can write any more; None where there is no such thing, or too little memory."""
    if sys.platform != "linux" or not hasattr(os, "memfd_create"):
        return None
    import fcntl

    descriptor = -1
    try:
        descriptor = os.memfd_create("reducers-bench-data", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(content)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except OSError:
        with suppress(OSError):
            os.close(descriptor)
        return None
    return descriptor


def _read_only(content: memoryview, folder: Path) -> int:
    """Return a descriptor, for reading alone, of a file that has no name any more."""
    try:
        number, name = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
            os.chmod(name, 0o400)
            return os.open(name, os.O_RDONLY | os.O_CLOEXEC)
        finally:
            os.unlink(name)
    except OSError as error:
        raise StoreError(f"Got temporary folder {folder}, where the data cannot be written: {error}.") from error


def _digest(descriptor: int) -> str:
    """Return the SHA-256 of a file, read without a map: a file cut short meanwhile would end this process."""
    digest, offset = sha256(), 0
    while chunk := os.pread(descriptor, _CHUNK, offset):
        digest.update(chunk)
        offset += len(chunk)
    return digest.hexdigest()
