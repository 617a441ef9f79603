"""Data as hosts of a cluster get them: sent once a host, in pieces, and kept there under their fingerprint.

What is mapped in place here is mapped in place there: all points lie in one file, and bytes stay bytes. So a host fits
and scores them as this machine does.
"""

from __future__ import annotations

import io
import os
import platform
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from bench.datasets import Dataset
from bench.datasets.in_place import InPlace
from bench.datasets.npy import head_of
from bench.errors import WorkerError
from bench.execution.processes import is_running
from reducers.rows import Rows, stretch_of

ARRAYS = ("X", "y", "X_test", "y_test")
POINTS, SPLIT = "points", "split"
"""Of data that are mapped in place: the file with all points, and that with the number of training points and the
divisor of bytes, which is 0 for features as they are."""
FILES = (*ARRAYS, POINTS, SPLIT)
PIECE = 1 << 24
"""Bytes that are sent at a time."""
PART = ".part"
"""Suffix of the folder of data that are still being sent."""
DAY_S = 86_400.0


@dataclass(frozen=True)
class Piece:
    """Some bytes of the file of one array."""

    array: str
    offset: int
    content: bytes


def pieces(dataset: Dataset) -> Iterator[Piece]:
    """Yield the arrays of a dataset as the pieces of files; one piece is in memory at a time, besides the data."""
    for name, arrays in _files_of(dataset).items():
        offset = 0
        for content in _npy(arrays):
            yield Piece(name, offset, content)
            offset += len(content)


def _files_of(dataset: Dataset) -> dict[str, list[np.ndarray | Rows]]:
    """Return the arrays whose rows each file holds."""
    files: dict[str, list[np.ndarray | Rows]] = {
        name: [array] for name in ARRAYS if (array := getattr(dataset, name)) is not None
    }
    (X, divisor), (X_test, divisor_of_test) = map(_stored, (dataset.X, dataset.X_test))
    if dataset.in_place is None or divisor != divisor_of_test:
        return files
    del files["X"], files["X_test"]
    return files | {POINTS: [X, X_test], SPLIT: [np.array([len(X), divisor])]}


def _stored(X: np.ndarray | Rows) -> tuple[np.ndarray, float]:
    return (X.stored, X.divisor) if isinstance(X, Rows) else (X, 0.0)


def _npy(arrays: Sequence[np.ndarray | Rows]) -> Iterator[bytes]:
    """Yield a `.npy` of the rows of some arrays, one array after the other."""
    first, head = arrays[0], io.BytesIO()
    shape = (sum(map(len, arrays)), *first.shape[1:])
    np.lib.format.write_array_header_1_0(head, {"descr": first.dtype.str, "fortran_order": False, "shape": shape})
    yield head.getvalue()
    step = max(1, PIECE // (first.dtype.itemsize * int(np.prod(first.shape[1:]))))
    for array in arrays:
        for start in range(0, len(array), step):
            yield array[start : start + step].tobytes()


def bare(dataset: Dataset) -> Dataset:
    """Return what is known of a dataset besides its arrays, which `Received.load` puts back."""
    nothing = np.empty((0, dataset.X.shape[1]), dataset.X.dtype)
    return replace(dataset, X=nothing, X_test=nothing, y=None, y_test=None, truth=None, in_place=None)


class Received:
    """The data of one fingerprint on this host."""

    def __init__(self, fingerprint: str, root: Path | None = None) -> None:
        self.fingerprint = fingerprint
        self.folder = (root or user_cache_path("reducers-bench") / "data") / fingerprint
        # The cache may be one that several hosts share.
        self._growing = self.folder.with_name(f"{fingerprint}.{platform.node()}.{os.getpid()}{PART}")

    @property
    def is_here(self) -> bool:
        """Whether they have been sent already."""
        return self.folder.is_dir()

    def take(self, piece: Piece) -> None:
        """Write a piece to its place, unless another client was faster."""
        if piece.array not in FILES:
            raise WorkerError(f"Got a piece of {piece.array!r}, but expected one of {', '.join(FILES)}.")
        if self.is_here:
            return
        if not self._growing.is_dir():
            self._remove_abandoned()
            self._growing.mkdir(parents=True)
        path = self._growing / f"{piece.array}.npy"
        path.touch()  # another client may be sending the same: nothing of it is cut off
        with path.open("r+b") as file:
            file.seek(piece.offset)
            file.write(piece.content)

    def complete(self) -> None:
        """Keep what was sent under its fingerprint, unless another process of this host was faster."""
        try:
            self._growing.rename(self.folder)
        except OSError:
            shutil.rmtree(self._growing, ignore_errors=True)
            if not self.is_here:
                raise

    def load(self, known: Dataset) -> Dataset:
        """Return the data, mapped; `known` is what else there is to know of them.

        Raises
        ------
        WorkerError
            If they are not the data of the fingerprint. They are removed then, so that they are sent again.
        """
        try:
            labels: dict[str, Any] = {name: self._array(name) for name in ("y", "y_test") if self._has(name)}
            dataset = replace(known, **labels, **self._points())
            fault = "" if dataset.fingerprint == self.fingerprint else "are not what was sent"
        except (OSError, ValueError, TypeError) as error:
            fault = f"cannot be read ({error})"
        if fault:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise WorkerError(f"Got data in {self.folder}, which {fault}. They are removed. Run again.")
        return dataset

    def _points(self) -> dict[str, Any]:
        """Return training and test points; with their file, if this is one that workers map in place."""
        if not self._has(POINTS):
            return {name: self._array(name) for name in ("X", "X_test")}
        n, divisor = self._array(SPLIT).tolist()
        path = self.folder / f"{POINTS}.npy"
        with path.open("rb") as opened:
            head = head_of(opened)
            file = InPlace.of(path, opened, head.offset, head.shape, head.dtype)
        points = Rows(file.array, divisor) if divisor else file.array
        parts = {"X": slice(int(n)), "X_test": slice(int(n), None)}
        return {name: stretch_of(points, part) for name, part in parts.items()} | {"in_place": file}

    def _array(self, name: str) -> np.ndarray:
        return np.load(self.folder / f"{name}.npy", mmap_mode="r")

    def _has(self, name: str) -> bool:
        return (self.folder / f"{name}.npy").is_file()

    def _remove_abandoned(self) -> None:
        """Remove what was never sent to its end: of processes here that are gone, or nothing of it for a day."""
        for path in self.folder.parent.glob(f"*{PART}"):
            with suppress(OSError):
                name, _, pid = path.stem.rpartition(".")
                is_of_here = name.partition(".")[2] == platform.node() and pid.isdecimal()
                last = max(one.stat().st_mtime for one in (path, *path.iterdir()))
                if (is_of_here and not is_running(int(pid))) or time.time() - last > DAY_S:
                    shutil.rmtree(path, ignore_errors=True)
