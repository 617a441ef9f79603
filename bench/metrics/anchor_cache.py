"""What is known of each anchor of an embedding, kept on disk: more anchors at a later time then take only the others.

Anchors are the first of one fixed order, so that those of an earlier time are the first ones of now.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import numpy as np

from bench.metrics import cache
from bench.metrics.reference_space import ReferenceSpace

VERSION = 1
"""Raised whenever something that is kept is computed in another way."""


class CachedRows:
    """Arrays with a row an anchor, of as many of the first anchors as are known, and at most `n`.

    They lie in the folder of the reference space, under the data's fingerprint and a `name` that says of what they are.
    A space without a folder keeps nothing.
    """

    def __init__(self, space: ReferenceSpace, name: str, n: int) -> None:
        fingerprint = space.dataset.fingerprint[:32] if space.folder else ""
        self.folder = space.folder / f"{fingerprint}-{name}-v{VERSION}" if space.folder else None
        known = cache.read(self.folder) if self.folder else {}
        self.found = {key: array[:n] for key, array in known.items()}

    @property
    def n_known(self) -> int:
        """Of how many anchors there are rows."""
        return min(map(len, self.found.values()), default=0)

    def add(self, new: Mapping[str, np.ndarray]) -> None:
        """Add the rows of further anchors, and keep them."""
        rows = {key: np.concatenate([self.found[key], array]) if self.found else array for key, array in new.items()}
        self.found = rows
        if self.folder is not None:
            cache.write(self.folder, rows)


def digest_of(*arrays: np.ndarray | None) -> str:
    """Return a hash of arrays, some of which may be missing."""
    digest = sha256()
    for array in arrays:
        digest.update(b"none" if array is None else f"{array.dtype}{array.shape}".encode())
        if array is not None:
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:32]
