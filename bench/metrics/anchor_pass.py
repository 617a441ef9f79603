"""The pass over all points in which anchors are compared with them: several embeddings of the same data share it.

It goes over the points tile by tile, twice for each block of anchors, so that neither the distances of an anchor to all
points nor a second copy of large data are ever in memory. Neighbours and ranks are exact; see
`bench.metrics.anchor_kernels`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from bench.metrics import anchor_kernels as kernels
from bench.metrics.anchor_kernels import Chosen, Embedded, Scale, Side, Tile
from bench.metrics.chunks import threads
from bench.metrics.embedding import Embedding
from bench.metrics.reference_space import BLOCK, MAX_NEIGHBOURS, Points, ReferenceSpace, squared_norms

TILE = 2**13
"""Points that are looked at together: distances of a row to them stay in the processor's cache."""
MAX_ROWS = 64
"""Anchors of a block: what is counted for all of them stays in the processor's cache, too."""
OCTAVES = 48
"""Powers of two that keys tell apart below the largest squared distance: seven digits of a distance."""
DATA_SHIFT, EMBEDDED_SHIFT = 13, 14
"""Bits that keys leave away: points of one key are apart by 2^-10 and 2^-9 of their squared distance. In data of many
features distances are alike, so that finer keys are needed, and few of them occur."""
TILE_SEED = 0
"""Tiles come in random order: in data that are sorted each point might be nearer than all before it."""

NOTHING = np.empty(0)


class Compared(NamedTuple):
    """What comparing each anchor with all points gives, a row an anchor.

    The nearest in the embedding and in the data; the ranks in the data of those near in the embedding, from 0, and the
    other way round; what an anchor adds to the area under R_NX, of training points only.
    """

    near: np.ndarray
    near_in_data: np.ndarray
    ranks_in_data: np.ndarray
    ranks: np.ndarray
    areas: np.ndarray


@dataclass(frozen=True)
class _Block:
    """A block of anchors in the data: which training points they are, -1 for test points, and where they lie."""

    space: ReferenceSpace
    itself: np.ndarray
    points: np.ndarray
    run: Callable[..., None]

    def sweep(self) -> Iterable[Tile]:
        """Return all points as tiles, to be gone over once or, if that takes little memory, any number of times."""
        is_small = len(self.points) * self.space.n * self.points.itemsize <= BLOCK
        return list(self._tiles(0)) if is_small else self._tiles(len(self.points) * TILE)

    def _tiles(self, size: int) -> Iterator[Tile]:
        """Yield tiles, whose products are in one buffer of that size, if it is not 0."""
        norms, buffer = squared_norms(self.points), np.empty(size, self.points.dtype)
        for start in np.random.RandomState(TILE_SEED).permutation(np.arange(0, self.space.n, TILE)):
            tile = self.space.grid(slice(start, start + TILE))
            shape = len(self.points), len(tile)
            products = buffer[: shape[0] * shape[1]].reshape(shape) if size else np.empty(shape, tile.dtype)
            self.run(_multiply, self.points, tile, products)
            yield Tile(products, norms, self.space.norms[start : start + TILE], int(start), self.itself)

    def scan(self, tiles: Iterable[Tile], data: Side, embedded: Sequence[Embedded] = ()) -> None:
        """Count points and find the nearest, in the data and in embeddings."""
        for tile in tiles:
            self.run(kernels.scan_data, tile, data)
            for one in embedded:
                self.run(kernels.scan_embedding, tile, one)

    def side(self) -> Side:
        """Return that nothing is known of the data yet."""
        return _side(DATA_SHIFT, self.points.shape[1] * self.space.levels**2, len(self.points), self.n_near)

    @property
    def n_near(self) -> int:
        """How many of the nearest points are looked for."""
        return min(MAX_NEIGHBOURS, self.space.n - bool((self.itself >= 0).all()))

    def compare(self, embeddings: Sequence[Embedding], anchors: np.ndarray, of: Points) -> list[Compared]:
        """Compare the anchors with all points, in the data and in each embedding."""
        cumulative, least = NOTHING, 0.0
        if of == "train":
            cumulative, least = self.space.once("weights of ranks", lambda: _weights(self.space.n))
        data, tiles = self.side(), self.sweep()
        embedded = [self._embedded(one, anchors, of, data.scale) for one in embeddings]
        self.scan(tiles, data, embedded)
        self.run(kernels.sum_counts, cumulative, data)
        for one in embedded:
            self.run(kernels.sum_counts, cumulative, one.side)
            self.run(kernels.begin_ranks, data, one)
        for tile in tiles if isinstance(tiles, list) else self.sweep():
            for one in embedded:
                self.run(kernels.compare_rows, tile, data, one)
        for one in embedded if of == "train" else ():
            self.run(kernels.correct_areas, data, one, cumulative)
        return [
            Compared(
                near=one.side.near,
                near_in_data=data.near,
                ranks_in_data=one.in_data.ranks,
                ranks=one.in_embedding.ranks,
                areas=one.areas - least if of == "train" else np.zeros(len(anchors)),
            )
            for one in embedded
        ]

    def _embedded(self, embedding: Embedding, anchors: np.ndarray, of: Points, in_data: Scale) -> Embedded:
        of_rows = embedding.positions if of == "train" else embedding.test_positions
        shape = len(anchors), self.n_near
        side = _side(EMBEDDED_SHIFT, 4 * len(of_rows), *shape)  # no coordinate of a training point is beyond 1
        chosen = (
            Chosen(in_data, side.near, np.empty(shape), np.empty(shape, np.int32)),
            Chosen(side.scale, np.empty(shape, np.int32), np.empty(shape), np.empty(shape, np.int32)),
        )
        areas = np.zeros(len(anchors) if of == "train" else 0)
        queries = np.ascontiguousarray(of_rows[:, anchors])
        return Embedded(embedding.positions, queries, side, *chosen, areas)


def compare(space: ReferenceSpace, embeddings: Sequence[Embedding], anchors: np.ndarray, of: Points) -> list[Compared]:
    """Compare anchors with all training points, in the data and in each of some embeddings of them."""
    with threadpool_limits(1, "blas"), threads() as run:
        found = [_block(space, block, of, run).compare(embeddings, block, of) for block in _blocks(anchors)]
    return [Compared(*map(np.concatenate, zip(*parts, strict=True))) for parts in zip(*found, strict=True)]


def nearest_in_data(space: ReferenceSpace, anchors: np.ndarray, of: Points) -> np.ndarray:
    """Return the nearest training points of anchors in the data."""
    found = []
    with threadpool_limits(1, "blas"), threads() as run:
        for block in (_block(space, some, of, run) for some in _blocks(anchors)):
            block.scan(block.sweep(), data := block.side())
            found.append(data.near)
    return np.concatenate(found)


def _multiply(chunk: int, n_chunks: int, points: np.ndarray, tile: np.ndarray, products: np.ndarray) -> None:
    """Multiply in the threads that kernels run in: those of BLAS, too many of small tasks, wait for each other."""
    rows = slice(len(points) * chunk // n_chunks, len(points) * (chunk + 1) // n_chunks)
    np.matmul(points[rows], tile.T, out=products[rows])


def _blocks(anchors: np.ndarray) -> list[np.ndarray]:
    return [anchors[start : start + MAX_ROWS] for start in range(0, len(anchors), MAX_ROWS)]


def _block(space: ReferenceSpace, anchors: np.ndarray, of: Points, run: Callable[..., None]) -> _Block:
    itself = anchors if of == "train" else np.full(len(anchors), -1)
    return _Block(space, itself.astype(np.int64), np.ascontiguousarray(space.grid(anchors, of)), run)


def _side(shift: int, largest: int, n_rows: int, k: int) -> Side:
    """Return that nothing is known yet of a space whose squared distances are not above the largest."""
    n = OCTAVES << (23 - shift)
    last = int(np.float32(largest).view(np.int32)) >> shift
    counts, weights = (np.zeros((n_rows, n + 1), kind) for kind in (np.int32, np.float32))
    near, squared = np.full((n_rows, k), kernels.NOBODY, np.int32), np.full((n_rows, k), np.inf)
    scale = Scale(shift, last - n + 1, n)
    return Side(scale, counts, np.zeros(n_rows, np.int32), weights, near, squared)


def _weights(n: int) -> tuple[np.ndarray, float]:
    r"""Return sums of weights by rank that make the area under R_NX of them, and what is to be subtracted.

    With :math:`S_k` neighbours shared of k, an anchor's area is :math:`\sum_k ((n - 1) S_k / k - k) / (n - 1 - k) / k`
    over :math:`\sum_k 1 / k`, and a point at ranks r and s, from 0, is one of :math:`S_k` for all
    :math:`k > \max(r, s)`.
    """
    if n < 3:
        return np.zeros(n), 0.0
    k = np.arange(1.0, n - 1)
    whole = (1 / k).sum()
    of_rank = np.append(np.cumsum(((n - 1) / (k * k * (n - 1 - k)))[::-1])[::-1], 0.0) / whole
    return np.append(0.0, np.cumsum(of_rank)), float((1 / (n - 1 - k)).sum() / whole)
