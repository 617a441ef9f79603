"""The unreduced data as a baseline, by anchors."""

from __future__ import annotations

import numpy as np

from bench.metrics import anchor_pass
from bench.metrics.anchor_pass import TILE, Compared
from bench.metrics.anchors import Anchored
from bench.metrics.embedding import Embedding
from bench.metrics.reference_space import Points, squared_norms

BLOCK = 512
"""Anchors whose distances to a tile of points are in memory at a time."""


class UnreducedByAnchors(Anchored):
    """Baseline: the unreduced data."""

    @property
    def everywhere(self) -> Embedding | None:
        """Nothing is known of all points."""
        return None

    @property
    def unit(self) -> float:
        """One step of the grid that the data lie on."""
        return 1.0

    def compare(self, of: Points) -> Compared:
        """Return that each anchor's nearest in the data are its nearest, from one look at all points."""
        anchors, name = self.anchors[of], f"nearest in the data, {of}, {len(self.anchors[of])}"
        near = self.space.once(name, lambda: anchor_pass.nearest_in_data(self.space, anchors, of))
        ranks = np.broadcast_to(np.arange(near.shape[1], dtype=np.int32), near.shape)
        return Compared(near, near, ranks, ranks, np.ones(len(near)))

    def _class_sums(self, positions: np.ndarray, y: np.ndarray, rows: np.ndarray | slice) -> np.ndarray:
        """Use inner products, which are exact here and cost far less than differences."""
        queries = np.ascontiguousarray(positions[:, rows].T)
        member = (y[:, None] == np.unique(y)).astype(np.float64)
        norms, sums = squared_norms(queries), np.zeros((len(queries), member.shape[1]))
        for start in range(0, positions.shape[1], TILE):
            tile = np.ascontiguousarray(positions[:, start : start + TILE])
            of_tile = np.einsum("ij,ij->j", tile, tile)
            for first in range(0, len(queries), BLOCK):
                part = slice(first, first + BLOCK)
                squared = norms[part, None] + of_tile - 2 * (queries[part] @ tile)
                sums[part] += np.sqrt(squared) @ member[start : start + TILE]
        return sums


class ShuffledByAnchors(UnreducedByAnchors):
    """The data with their labels shuffled: the score where there is nothing to find."""

    def labels(self, of: Points = "train") -> np.ndarray:
        """Return the labels of some points, shuffled."""
        return np.random.RandomState(0).permutation(super().labels(of))
