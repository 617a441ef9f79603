"""The known truth of made-up data: where each point lies within the shape that it was drawn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

ROWS = 64
"""Rows of distances that are computed at a time."""


@dataclass(frozen=True)
class Truth:
    """Positions of the training points within their shape, before noise; no reducer ever gets them.

    Attributes
    ----------
    positions : ndarray of shape (n_samples, n_coordinates)
        Coordinates within the shape, such as the two of a sheet before it was rolled.
    distances : function
        Called with two arrays of positions that broadcast, of shape (..., n_coordinates): how long the shortest way
        within the shape is, of shape (...).
    """

    positions: np.ndarray
    distances: Callable[[np.ndarray, np.ndarray], np.ndarray]

    def of(self, rows: np.ndarray) -> Truth:
        """Return the truth of some of the points."""
        return replace(self, positions=self.positions[rows])

    def between(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Return the geodesic distances of pairs of points."""
        return self.distances(self.positions[i], self.positions[j])

    def nearest(self, k: int) -> np.ndarray:
        """Return the `k` nearest other points of each point by geodesic distance, nearest first."""
        n = len(self.positions)
        if not 0 < k < n:
            raise ValueError(f"Got k={k}, but expected 1 to {n - 1}: there are {n} points.")
        near = np.empty((n, k), np.int32)
        for start in range(0, n, ROWS):
            rows = np.arange(start, min(start + ROWS, n))
            found = self.distances(self.positions[rows, None], self.positions[None])
            found[np.arange(len(rows)), rows] = np.inf
            first = np.argpartition(found, k - 1, axis=1)[:, :k]
            order = np.argsort(np.take_along_axis(found, first, axis=1), axis=1, kind="stable")
            near[rows] = np.take_along_axis(first, order, axis=1)
        return near
