"""The original space of a dataset: its distances, ranks and neighbours, exact, computed once and kept on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import floor, log2
from pathlib import Path

import numpy as np
from numba import get_num_threads

from bench.datasets import Dataset
from bench.scores import kernels, plain_kernels, shelf
from bench.scores.slabs import in_slabs

MOST_NEIGHBOURS = 100
"""Neighbours that are kept of each point: the largest k of any score."""
MEMORY = 3 * 2**29
"""Bytes that arrays over all pairs may take together; beyond, blocks of rows are computed anew in every pass."""
BLOCK = 2**28
"""Bytes that one block of rows may take."""
VERSION = 1
"""Raised whenever what is kept on disk changes."""


class Memory:
    """Something that several scores look at, and that keeps what one has computed for the next."""

    def once(self, name: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """Return what `compute` gives, computed the first time only."""
        known: dict[str, np.ndarray] = self.__dict__.setdefault("_known", {})
        if name not in known:
            known[name] = compute()
        return known[name]


@dataclass(frozen=True)
class Original(Memory):
    """The original space of a dataset.

    Every point is taken to a grid of whole numbers, on which squared distances are exact and ties are ties: 8-bit
    images lie on one as they are; other data are rounded to the finest grid that leaves products of float64 exact,
    at 784 features 2^-21 of their range. Ties go to the point that comes first in the data.

    Attributes
    ----------
    dataset : Dataset
        The data.
    folder : path or None
        Where arrays over all pairs are kept from one process to the next; None keeps them nowhere.
    memory : int
        Bytes that arrays over all pairs may take.
    """

    dataset: Dataset
    folder: Path | None = None
    memory: int = MEMORY

    @property
    def n(self) -> int:
        """Number of fitted points."""
        return len(self.dataset.X)

    @property
    def fits(self) -> bool:
        """Whether arrays over all pairs fit into memory: ranks of both splits, distances, and room to sort pairs."""
        n, m = self.n, len(self.dataset.X_test)
        return n <= 2**16 and 12 * n * n + 2 * n * m <= self.memory

    @property
    def levels(self) -> int:
        """Steps of the grid from 0 to 1."""
        return self.dataset.levels or 2 ** min(floor((53 - log2(self.dataset.X.shape[1])) / 2), 24)

    @cached_property
    def points(self) -> np.ndarray:
        """Fitted points on the grid, centred, of a type in which inner products are exact."""
        return self._on_grid(self.dataset.X)

    @cached_property
    def held_out(self) -> np.ndarray:
        """Held-out points on the same grid."""
        return self._on_grid(self.dataset.X_test)

    @cached_property
    def norms(self) -> np.ndarray:
        """Squared norms of the fitted points, float64."""
        return squared_norms(self.points)

    @cached_property
    def neighbours(self) -> np.ndarray:
        """Nearest fitted neighbours of each fitted point, itself left out, nearest first."""
        if self.fits:
            return self._fitted["near"]
        near = np.empty((self.n, min(MOST_NEIGHBOURS, self.n - 1)), np.int32)
        for _ in self._computed_blocks(self.points, fitted=True, near=near):
            pass
        return near

    @cached_property
    def neighbours_of_held_out(self) -> np.ndarray:
        """Nearest fitted neighbours of each held-out point, nearest first."""
        if self.fits:
            return self._held_out["near"]
        near = np.empty((len(self.held_out), min(MOST_NEIGHBOURS, self.n - 1)), np.int32)
        for _ in self._computed_blocks(self.held_out, fitted=False, near=near):
            pass
        return near

    def rank_blocks(self, fitted: bool = True) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield blocks of rows with the rank, from 0, of every fitted point as a neighbour of each row's point.

        Parameters
        ----------
        fitted : bool
            Whether the rows are the fitted points, each of which comes last in its own row, or the held-out ones.
        """
        if self.fits:
            ranks = (self._fitted if fitted else self._held_out)["ranks"]
            yield slice(0, len(ranks)), ranks
            return
        queries = self.points if fitted else self.held_out
        near = np.empty((len(queries), min(MOST_NEIGHBOURS, self.n - 1)), np.int32)
        yield from self._computed_blocks(queries, fitted, near)
        # Whoever asks for neighbours later has them without another pass.
        self.__dict__.setdefault("neighbours" if fitted else "neighbours_of_held_out", near)

    def product_blocks(self, queries: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield blocks of rows with the exact inner products of each query with every fitted point."""
        width = self.n * (self.points.itemsize + 4)
        rows = max(1, min(len(queries), BLOCK // width))
        products = np.empty((rows, self.n), self.points.dtype)
        for start in range(0, len(queries), rows):
            block = slice(start, min(start + rows, len(queries)))
            yield block, np.matmul(queries[block], self.points.T, out=products[: block.stop - start])

    @property
    def pairs(self) -> Mapping[str, np.ndarray]:
        """Of every pair of fitted points its squared distance, `squared`, and the rank of that, `doubled_ranks`.

        Equal distances share the average of their ranks, which is a whole number once doubled. Pairs lie row by row
        as in `bench.scores.pair_kernels`.
        """
        return self._fitted

    def squared_distances(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Return the squared distances between fitted points, in float64; i and j differ in every place."""
        if self.fits:
            first, second = np.minimum(i, j).astype(np.int64), np.maximum(i, j)
            places = first * (2 * self.n - first - 1) // 2 + second - first - 1
            return self.pairs["squared"][places].astype(np.float64)
        squares = np.empty(len(i))
        for start in range(0, len(i), 2**13):
            part = slice(start, start + 2**13)
            squares[part] = squared_norms(self.points[i[part]] - self.points[j[part]])
        return squares

    @cached_property
    def room(self) -> tuple[np.ndarray, np.ndarray]:
        """Room to sort the pairs of an embedding, made once: to get fresh memory takes as long as to sort."""
        n_pairs = self.n * (self.n - 1) // 2
        return np.empty(n_pairs), np.empty(n_pairs, np.uint32)

    @cached_property
    def _fitted(self) -> Mapping[str, np.ndarray]:
        return shelf.Kept(self._place("fitted"), self._compute_fitted)

    @cached_property
    def _held_out(self) -> Mapping[str, np.ndarray]:
        return shelf.Kept(self._place("held-out"), self._compute_held_out)

    def _place(self, what: str) -> Path | None:
        if self.folder is None:
            return None
        return self.folder / f"{self.dataset.fingerprint[:32]}-{what}-v{VERSION}-k{MOST_NEIGHBOURS}"

    def _compute_fitted(self) -> dict[str, np.ndarray]:
        n = self.n
        largest = self.points.shape[1] * self.levels**2
        squared = np.empty(n * (n - 1) // 2, np.uint32 if largest < 2**32 else np.float64)
        ranks, near = np.empty((n, n), np.uint16), np.empty((n, min(MOST_NEIGHBOURS, n - 1)), np.int32)
        for rows, products in self.product_blocks(self.points):
            in_slabs(kernels.rank_rows, products, self.norms[rows], self.norms, rows.start, ranks[rows], near[rows])
            in_slabs(plain_kernels.triangle_rows, products, self.norms, rows.start, squared)
        return {"ranks": ranks, "near": near, "squared": squared, "doubled_ranks": doubled_ranks(squared)}

    def _compute_held_out(self) -> dict[str, np.ndarray]:
        m = len(self.held_out)
        ranks, near = np.empty((m, self.n), np.uint16), np.empty((m, min(MOST_NEIGHBOURS, self.n - 1)), np.int32)
        norms = squared_norms(self.held_out)
        for rows, products in self.product_blocks(self.held_out):
            in_slabs(kernels.rank_rows, products, norms[rows], self.norms, -1, ranks[rows], near[rows])
        return {"ranks": ranks, "near": near}

    def _computed_blocks(
        self, queries: np.ndarray, fitted: bool, near: np.ndarray
    ) -> Iterator[tuple[slice, np.ndarray]]:
        norms, ranks = squared_norms(queries), np.empty((0, self.n), np.uint32)
        for rows, products in self.product_blocks(queries):
            if len(ranks) < len(products):
                ranks = np.empty(products.shape, np.uint32)
            block = ranks[: len(products)]
            in_slabs(
                kernels.rank_rows, products, norms[rows], self.norms, rows.start if fitted else -1, block, near[rows]
            )
            yield rows, block

    @cached_property
    def _varying(self) -> np.ndarray:
        """Features that are not the same in all points; the others, such as an image's corners, add to no distance."""
        both = [X for X in (self.dataset.X, self.dataset.X_test) if len(X)]
        low, high = np.min([X.min(axis=0) for X in both], axis=0), np.max([X.max(axis=0) for X in both], axis=0)
        return low < high

    def _on_grid(self, X: np.ndarray) -> np.ndarray:
        """Return whole numbers around 0; of float32 where every partial sum of a product stays below 2^24."""
        half = (self.levels + 1) // 2
        exact = np.float32 if X.shape[1] * half**2 < 2**24 else np.float64
        grid = np.multiply(X[:, self._varying], self.levels, dtype=exact)
        np.rint(grid, out=grid)
        grid -= half
        return grid


def squared_norms(points: np.ndarray) -> np.ndarray:
    """Return the squared norm of each row, in float64."""
    return np.einsum("ij,ij->i", points, points, dtype=np.float64, casting="safe")


def doubled_ranks(values: np.ndarray) -> np.ndarray:
    """Return the doubled average rank of each value, from 1; equal values share theirs."""
    if values.dtype == np.uint32 and values.max(initial=0) < 2**27:
        by_slab = np.zeros((get_num_threads(), int(values.max(initial=0)) + 1), np.uint32)
        in_slabs(plain_kernels.count_values, values, by_slab)
        counts = by_slab.sum(axis=0, dtype=np.uint32)
        table = 2 * np.cumsum(counts, dtype=np.uint32) - counts + 1
        out = np.empty(len(values), np.uint32)
        in_slabs(plain_kernels.look_up, values, table, out)
        return out
    order = np.argsort(values)
    last = np.append(np.flatnonzero(np.diff(values[order])), len(values) - 1)
    counts = np.diff(last, prepend=-1)
    out = np.empty(len(values), np.uint32)
    out[order] = np.repeat(2 * (last + 1) - counts + 1, counts)
    return out
