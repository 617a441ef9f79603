"""Arrays that are committed: what figures and report draw, small enough for a repository.

They lie in one file, `arrays.npz`, written by `bench.execution.drawings`, which lists their names. Positions of points
are stored with 16 bits a coordinate: whole numbers from 0 to 65,535 between the least and the greatest value of each
axis, which stand beside them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np

from bench.store import sums
from bench.store.disk import opened

FILE = "arrays.npz"
RANGE = "@range"
"""Ending of the entry with the least value and the step of each axis."""
STEPS = 2**16 - 1
LEFT_OUT = "left_out"
"""Kind of the texts that say, a line each, which arrays of a run are not kept, and why."""


def array_name(kind: str, variant: str, run: tuple[int, int], part: str = "") -> str:
    """Return the name of an array of a run, given as its sample and its seed.

    >>> array_name("embedding", "pca", (0, 3), "test")
    'embedding/pca/0-3/test'
    """
    return "/".join(filter(None, (kind, variant, f"{run[0]}-{run[1]}", part)))


class Arrays(Mapping[str, np.ndarray]):
    """The arrays of a results folder by name; none if the file is missing or damaged.

    Reading raises StoreError if the file is not the one that `SHA256SUMS` lists.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, np.ndarray] = {}

    @cached_property
    def stored(self) -> Mapping[str, np.ndarray]:
        """The arrays as the file has them: positions as whole numbers, and their ranges beside them."""
        sums.check(self.folder, FILE)
        try:
            with opened(self.folder / FILE) as file:  # NumPy itself leaves a damaged one open
                return dict(np.load(file, allow_pickle=False))
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            return {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._read:
            array, scale = self.stored[name], self.stored.get(name + RANGE)
            self._read[name] = array if scale is None else (scale[0] + array * scale[1]).astype(np.float32)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.stored if not name.endswith(RANGE))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def packed(positions: Mapping[str, np.ndarray], others: Mapping[str, np.ndarray]) -> bytes:
    """Return the file that holds positions of shape (n_points, n_components), 16 bits each, and others as they are.

    The same arrays give the same bytes.
    """
    stored = dict(others)
    for name, Z in positions.items():
        low, high = Z.min(axis=0).astype(np.float64), Z.max(axis=0).astype(np.float64)
        step = np.where(high > low, (high - low) / STEPS, 1.0)
        stored |= {name: np.rint((Z - low) / step).astype(np.uint16), name + RANGE: np.stack([low, step])}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **stored)
    return buffer.getvalue()
