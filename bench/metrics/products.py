"""Exact inner products of points on a grid, of every query with every point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench.metrics import product_kernels
from bench.metrics.chunks import in_chunks
from bench.metrics.product_kernels import WIDTH

LINE = 64
"""Bytes of memory that a processor reads at once: rows of a tile begin where these do."""


@dataclass(frozen=True)
class Products:
    """Inner products with points, whole numbers of a floating-point type in which products of matrices are exact.

    Small numbers, as those of 8-bit images are, are multiplied as whole numbers: faster, above all where most of them
    are the least, as the background of a digit is.
    """

    points: np.ndarray

    def into(self, products: np.ndarray, queries: np.ndarray) -> np.ndarray:
        """Write the inner product of each query with each point, and return them."""
        n_features = self.points.shape[1]
        if not n_features * self._reach(queries) * self._reach_of_points < 2**31:
            return np.matmul(queries, self.points.T, out=products)
        pairs = self._pairs(queries)
        rows, places = np.nonzero(pairs)
        starts = np.searchsorted(rows, np.arange(len(pairs) + 1))
        terms = self._terms(queries, -n_features * self._least**2)
        of_queries = (starts, places.astype(np.int32), pairs[rows, places], terms)
        in_chunks(product_kernels.multiply, *of_queries, self._tiles, self._terms_of_points, products)
        return products

    @cached_property
    def _least(self) -> int:
        """What is taken for zero; terms put that right: xy = (x - least)(y - least) + least x + least y - least^2."""
        return int(self.points.min())

    @cached_property
    def _reach_of_points(self) -> float:
        return self._reach(self.points)

    def _reach(self, points: np.ndarray) -> float:
        """Return the largest number there will be; infinity if that needs more than two bytes."""
        low, high = float(points.min()), float(points.max())
        largest = max(-low, high, high - self._least, self._least - low)
        return largest if largest < 2**15 else np.inf

    def _pairs(self, points: np.ndarray) -> np.ndarray:
        """Return two neighbouring features of a point as one number; a last one has nothing for a neighbour."""
        n, n_features = points.shape
        whole = np.zeros((n, n_features + n_features % 2), np.int16)
        np.subtract(points, self._least, out=whole[:, :n_features], casting="unsafe")
        return whole.view(np.int32)

    @cached_property
    def _tiles(self) -> np.ndarray:
        pairs = self._pairs(self.points)
        shape = (-(-len(pairs) // WIDTH), pairs.shape[1], WIDTH)
        memory = np.zeros(int(np.prod(shape)) * pairs.itemsize + LINE, np.uint8)
        start = -memory.ctypes.data % LINE
        tiles = memory[start : start + len(memory) - LINE].view(pairs.dtype).reshape(shape)
        for tile, first in enumerate(range(0, len(pairs), WIDTH)):
            some = pairs[first : first + WIDTH]
            tiles[tile, :, : len(some)] = some.T
        return tiles

    @cached_property
    def _terms_of_points(self) -> np.ndarray:
        return self._terms(self.points)

    def _terms(self, points: np.ndarray, more: int = 0) -> np.ndarray:
        """Return what is to be added for each point; of more than 32 bits the first are lost, as in any sum of it."""
        return (self._least * points.sum(axis=1, dtype=np.float64) + more).astype(np.int64).astype(np.int32)
