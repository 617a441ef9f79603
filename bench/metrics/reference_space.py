"""The space of a dataset: its distances, ranks and neighbours, exact, computed once and cached on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import floor, log2
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numba import get_num_threads

from bench.datasets import Dataset
from bench.errors import UndefinedError
from bench.metrics import checks, kernels, pair_kernels
from bench.metrics.cache import CachedArrays
from bench.metrics.chunks import in_chunks
from bench.metrics.products import Products
from reducers.rows import Rows, blocks, stretch_of

MAX_NEIGHBOURS = 100
"""Neighbours that are stored of each point: the largest k of any metric."""
MEMORY = 3 * 2**29
"""Bytes that arrays over all pairs may take together; beyond, blocks of rows are computed again in every pass."""
MAX_LEVELS = 2**24
"""Steps of a grid from 0 to 1 whose squares are exact."""
FAR = 2**10
"""Features lie in [0, 1]; products of those that lie this far outside might overflow."""
MAX_EXACT = 70_000
"""Points that are all compared with all; of more, scores of a study are by anchors."""
BLOCK = 2**28
"""Bytes that one block of rows may take."""
VERSION = 1
"""Raised whenever the cached arrays change."""

T = TypeVar("T")
Points = Literal["train", "test"]


class Memory:
    """Something that several metrics look at, and that keeps what one has computed for the next."""

    def once(self, name: str, compute: Callable[[], T]) -> T:
        """Return what `compute` gives, computed the first time only."""
        known: dict[str, T] = self.__dict__.setdefault("_known", {})
        if name not in known:
            known[name] = compute()
        return known[name]


@dataclass(frozen=True)
class ReferenceSpace(Memory):
    """The space that embeddings of a dataset are compared with.

    Every point is rounded to a grid of whole numbers, on which squared distances are exact and ties are ties: 8-bit
    images lie on one already; other data are rounded to the finest grid that leaves products of float64 exact, at 784
    features 2^-21 of their range. Ties go to the point that comes first in the data.

    Attributes
    ----------
    folder : path or None
        Where arrays over all pairs are cached for the next process; None caches nothing on disk.
    memory : int
        Bytes that arrays over all pairs may take.
    all_pairs : bool
        Whether all points may be compared with all, however long that takes; else that is an UndefinedError.

    Raises
    ------
    ValueError
        If the arrays of the dataset are no tables of numbers, or do not belong together. Features that are not finite,
        or far outside [0, 1], are refused when they are first looked at.
    """

    dataset: Dataset
    folder: Path | None = None
    memory: int = MEMORY
    all_pairs: bool = True

    def __post_init__(self) -> None:
        """Check shapes and types once, for every embedding; labels are indices."""
        data = self.dataset
        # Of bytes that are mapped one row tells all that is checked here.
        X, X_test = (array[:1] if isinstance(array, Rows) else array for array in (data.X, data.X_test))
        n_features = checks.table("X", X, columns="n_features").shape[1]
        checks.table("X_test", X_test, columns=n_features)
        if not self.n:
            raise ValueError("Got no training point, but expected at least one.")
        if data.levels is not None and not 1 <= data.levels <= MAX_LEVELS:
            raise ValueError(f"Got {data.levels} levels, but expected 1 to {MAX_LEVELS}.")
        most = max(len(data.classes), self.n + len(data.X_test))
        for name, y, points in (("y", data.y, data.X), ("y_test", data.y_test, data.X_test)):
            if y is not None:
                checks.whole_numbers(name, y, len(points), most)

    @property
    def n(self) -> int:
        """Number of training points."""
        return len(self.dataset.X)

    @property
    def fits(self) -> bool:
        """Whether arrays over all pairs fit into memory: ranks of both splits, distances, and room to sort pairs."""
        n, m = self.n, len(self.dataset.X_test)
        return n <= 2**16 and 12 * n * n + 2 * n * m <= self.memory

    @property
    def levels(self) -> int:
        """Steps of the grid from 0 to 1."""
        return self.dataset.levels or min(2 ** floor((53 - log2(self.dataset.X.shape[1])) / 2), MAX_LEVELS)

    @cached_property
    def points(self) -> np.ndarray:
        """Training points on the grid, centred, of a type in which inner products are exact."""
        return self._on_grid(self.dataset.X)

    @cached_property
    def test_points(self) -> np.ndarray:
        """Test points on the same grid."""
        return self._on_grid(self.dataset.X_test)

    @cached_property
    def norms(self) -> np.ndarray:
        """Squared norms of the training points, float64."""
        return np.concatenate([squared_norms(self.grid(slice(i, i + 2**13))) for i in range(0, self.n, 2**13)])

    def grid(self, rows: slice | np.ndarray, of: Points = "train") -> np.ndarray:
        """Return some points on the grid; of large data without bringing all of them there."""
        name, X = ("points", self.dataset.X) if of == "train" else ("test_points", self.dataset.X_test)
        if self._is_kept(name, X):
            return getattr(self, name)[rows]
        return self._on_grid(stretch_of(X, rows) if isinstance(rows, slice) else X[rows])

    @property
    def is_on_grid(self) -> bool:
        """Whether the training points are kept on the grid, and not brought there whenever they are looked at."""
        return self._is_kept("points", self.dataset.X)

    def _is_kept(self, name: str, X: np.ndarray) -> bool:
        return name in self.__dict__ or 8 * len(X) * X.shape[1] <= 2 * BLOCK

    @cached_property
    def _products(self) -> Products:
        return Products(self.points)

    @cached_property
    def neighbours(self) -> np.ndarray:
        """Nearest training points of each training point, itself left out, nearest first."""
        return self._nearest("train")

    @cached_property
    def test_neighbours(self) -> np.ndarray:
        """Nearest training points of each test point, nearest first."""
        return self._nearest("test")

    def require_all_pairs(self) -> None:
        """Raise UndefinedError if not all points may be compared with all."""
        if not self.all_pairs:
            raise UndefinedError(f"more than {MAX_EXACT:,} points")

    def rank_blocks(self, of: Points = "train") -> Iterator[tuple[slice, np.ndarray]]:
        """Yield blocks of rows with the rank, from 0, of every training point as a neighbour of each row's point.

        A training point comes last in its own row.
        """
        if self.fits:
            ranks = self._arrays[of]["ranks"]
            yield slice(0, len(ranks)), ranks
            return
        near = self._empty_neighbours(of)
        for rows, _, ranks in self._rank(of, near):
            yield rows, ranks
        # Neighbours that are asked for later need no other pass.
        self.__dict__.setdefault("neighbours" if of == "train" else "test_neighbours", near)

    def product_blocks(self, queries: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield blocks of rows with the exact inner products of each query with every training point."""
        width = self.n * (self.points.itemsize + 4)
        rows = max(1, min(len(queries), BLOCK // width))
        products = np.empty((rows, self.n), self.points.dtype)
        for start in range(0, len(queries), rows):
            block = slice(start, min(start + rows, len(queries)))
            yield block, self._products.into(products[: block.stop - start], queries[block])

    @property
    def pairs(self) -> CachedArrays:
        """Of every pair of training points its squared distance, `squared`, and the rank of that, `doubled_ranks`.

        Equal distances share the average of their ranks, which is a whole number once doubled. Pairs lie row by row
        as in `bench.metrics.pair_kernels`.
        """
        return self._arrays["train"]

    def squared_distances(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Return the squared distances between training points, in float64; i and j differ everywhere."""
        i, j = (checks.whole_numbers("indices", indices, np.size(i), self.n) for indices in (i, j))
        if (i == j).any():
            raise ValueError("Got a pair of a point with itself, but expected two points.")
        if self.fits:
            first, second = np.minimum(i, j).astype(np.int64), np.maximum(i, j)
            positions = first * (2 * self.n - first - 1) // 2 + second - first - 1
            return self.pairs["squared"][positions].astype(np.float64)
        squares = np.empty(len(i))
        for start in range(0, len(i), 2**13):
            part = slice(start, start + 2**13)
            squares[part] = squared_norms(self.grid(i[part]) - self.grid(j[part]))
        return squares

    @cached_property
    def workspace(self) -> tuple[np.ndarray, np.ndarray]:
        """Memory to sort the pairs of an embedding in, allocated once: that takes as long as sorting."""
        n_pairs = self.n * (self.n - 1) // 2
        return np.empty(n_pairs), np.empty(n_pairs, np.uint32)

    @cached_property
    def _arrays(self) -> dict[Points, CachedArrays]:
        def cached(of: Points) -> CachedArrays:
            name = f"{self.dataset.fingerprint[:32]}-{of}-v{VERSION}-k{MAX_NEIGHBOURS}" if self.folder else ""
            return CachedArrays(self.folder / name if self.folder else None, lambda: self._compute(of))

        return {"train": cached("train"), "test": cached("test")}

    def _compute(self, of: Points) -> dict[str, np.ndarray]:
        near = self._empty_neighbours(of)
        ranks = np.empty((len(near), self.n), np.uint16)
        largest, n_pairs = self.points.shape[1] * self.levels**2, self.n * (self.n - 1) // 2
        squared = np.empty(n_pairs if of == "train" else 0, np.uint32 if largest < 2**32 else np.float64)
        for rows, products, _ in self._rank(of, near, ranks):
            if of == "train":
                in_chunks(pair_kernels.triangle_rows, products, self.norms, rows.start, squared)
        pairs = {"squared": squared, "doubled_ranks": doubled_ranks(squared)} if of == "train" else {}
        return {"ranks": ranks, "near": near, **pairs}

    def _nearest(self, of: Points) -> np.ndarray:
        if self.fits:
            return self._arrays[of]["near"]
        near = self._empty_neighbours(of)
        for _ in self._rank(of, near):
            pass
        return near

    def _empty_neighbours(self, of: Points) -> np.ndarray:
        n_rows = self.n if of == "train" else len(self.test_points)
        return np.empty((n_rows, min(MAX_NEIGHBOURS, self.n - 1)), np.int32)

    def _rank(
        self, of: Points, near: np.ndarray, ranks: np.ndarray | None = None
    ) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """Rank block after block of rows, into `near` and, if given, `ranks`; yield rows, inner products and ranks."""
        queries = self.points if of == "train" else self.test_points
        self.require_all_pairs()
        norms, block = squared_norms(queries), np.empty((0, self.n), np.uint32)
        for rows, products in self.product_blocks(queries):
            if ranks is None and len(block) < len(products):
                block = np.empty(products.shape, np.uint32)
            found = block[: len(products)] if ranks is None else ranks[rows]
            first = rows.start if of == "train" else -1
            in_chunks(kernels.rank_rows, products, norms[rows], self.norms, first, found, near[rows])
            yield rows, products, found

    @cached_property
    def _varying(self) -> np.ndarray:
        """Features that are not the same in all points; the others, such as an image's corners, add to no distance."""
        both = [X for X in (self.dataset.X, self.dataset.X_test) if len(X)]
        low, high = np.min([X.min(axis=0) for X in both], axis=0), np.max([X.max(axis=0) for X in both], axis=0)
        if not (low.min() > -FAR and high.max() < FAR):
            raise ValueError(f"Got features from {low.min()} to {high.max()}, but expected finite ones from 0 to 1.")
        if self.dataset.in_place is not None:
            return np.ones(len(low), bool)  # leaving some out would copy each stretch whenever it is looked at
        varying = low < high
        varying[0] |= not varying.any()  # a point has at least one
        return varying

    def _on_grid(self, X: np.ndarray) -> np.ndarray:
        """Return whole numbers around 0; of float32 if every partial sum of a product stays below 2^24."""
        half = (self.levels + 1) // 2
        exact = np.float32 if X.shape[1] * half**2 < 2**24 else np.float64
        if isinstance(X, Rows) and X.divisor == self.levels and self._varying.all():
            return np.subtract(X.stored, half, dtype=exact)  # bytes lie on the grid already
        grid = np.empty((len(X), np.count_nonzero(self._varying)), exact)
        for rows, block in blocks(X):
            varying = block if self._varying.all() else block[:, self._varying]
            part = np.multiply(varying, self.levels, dtype=exact, out=grid[rows])
            np.rint(part, out=part)
            part -= half
        return grid


def squared_norms(points: np.ndarray) -> np.ndarray:
    """Return the squared norm of each row, in float64."""
    return np.einsum("ij,ij->i", points, points, dtype=np.float64, casting="safe")


def doubled_ranks(values: np.ndarray) -> np.ndarray:
    """Return the doubled average rank of each value, from 1; equal values share theirs."""
    if values.ndim != 1 or values.dtype.kind not in "fiu":
        raise ValueError(f"Got values of shape {values.shape} and type {values.dtype}, but expected (n,) and numbers.")
    if values.dtype == np.uint32 and values.max(initial=0) < 2**27:
        by_chunk = np.zeros((get_num_threads(), int(values.max(initial=0)) + 1), np.uint32)
        in_chunks(pair_kernels.count_values, values, by_chunk)
        counts = by_chunk.sum(axis=0, dtype=np.uint32)
        table = 2 * np.cumsum(counts, dtype=np.uint32) - counts + 1
        out = np.empty(len(values), np.uint32)
        in_chunks(pair_kernels.look_up, values, table, out)
        return out
    order = np.argsort(values)
    last = np.append(np.flatnonzero(np.diff(values[order])), len(values) - 1)
    counts = np.diff(last, prepend=-1)
    out = np.empty(len(values), np.uint32)
    out[order] = np.repeat(2 * (last + 1) - counts + 1, counts)
    return out
