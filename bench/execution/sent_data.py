"""Data as hosts of a cluster get them: sent once a host, in pieces, and kept there under their fingerprint."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from bench.datasets import Dataset
from bench.errors import WorkerError

ARRAYS = ("X", "y", "X_test", "y_test")
PIECE = 1 << 24
"""Bytes that are sent at a time."""


@dataclass(frozen=True)
class Piece:
    """Some bytes of the file of one array."""

    array: str
    offset: int
    content: bytes


def pieces(dataset: Dataset) -> Iterator[Piece]:
    """Yield the arrays of a dataset as the pieces of files; one piece is in memory at a time, besides the data."""
    for name in ARRAYS:
        if (array := getattr(dataset, name)) is None:
            continue
        with tempfile.TemporaryFile() as file:
            np.save(file, array, allow_pickle=False)
            file.seek(0)
            offset = 0
            while content := file.read(PIECE):
                yield Piece(name, offset, content)
                offset += len(content)


def bare(dataset: Dataset) -> Dataset:
    """Return what is known of a dataset besides its arrays, which `Received.load` puts back."""
    nothing = np.empty((0, dataset.X.shape[1]), dataset.X.dtype)
    return replace(dataset, X=nothing, X_test=nothing, y=None, y_test=None, truth=None, in_place=None)


class Received:
    """The data of one fingerprint on this host."""

    def __init__(self, fingerprint: str, root: Path | None = None) -> None:
        self.fingerprint = fingerprint
        self.folder = (root or user_cache_path("reducers-bench") / "data") / fingerprint
        self._growing = self.folder.with_name(f"{fingerprint}.{os.getpid()}.part")

    @property
    def is_here(self) -> bool:
        """Whether they have been sent already."""
        return self.folder.is_dir()

    def take(self, piece: Piece) -> None:
        """Write a piece to its place."""
        if piece.array not in ARRAYS:
            raise WorkerError(f"Got a piece of {piece.array!r}, but expected one of {', '.join(ARRAYS)}.")
        self._growing.mkdir(parents=True, exist_ok=True)
        with open(self._growing / f"{piece.array}.npy", "r+b" if piece.offset else "wb") as file:
            file.seek(piece.offset)
            file.write(piece.content)

    def complete(self) -> None:
        """Keep what was sent under its fingerprint, unless another process of this host was faster."""
        try:
            self._growing.rename(self.folder)
        except OSError:
            shutil.rmtree(self._growing, ignore_errors=True)

    def load(self, known: Dataset) -> Dataset:
        """Return the data, mapped; `known` is what else there is to know of them.

        Raises
        ------
        WorkerError
            If they are not the data of the fingerprint. They are removed then, so that they are sent again.
        """
        try:
            arrays = {name: np.load(self.folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS if self._has(name)}
            dataset = replace(known, **arrays)
            fault = "" if dataset.fingerprint == self.fingerprint else "are not what was sent"
        except (OSError, ValueError, TypeError) as error:
            fault = f"cannot be read ({error})"
        if fault:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise WorkerError(f"Got data in {self.folder}, which {fault}. They are removed. Run again.")
        return dataset

    def _has(self, name: str) -> bool:
        return (self.folder / f"{name}.npy").is_file()
