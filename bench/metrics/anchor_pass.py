"""The pass over all points in which anchors are compared with them: several embeddings of the same data share it.

It goes over the points tile by tile, twice for each block of anchors, so that neither the distances of an anchor to all
points nor a second copy of large data are ever in memory. Neighbours and ranks are exact; see
`bench.metrics.anchor_kernels`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
TOGETHER = 4
"""Blocks that go over data together that are not kept on the grid: a tile is brought there once for all of them."""
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
    """A block of anchors: which training points they are, -1 for test points, where they lie, and what is found."""

    itself: np.ndarray
    points: np.ndarray
    data: Side
    embedded: list[Embedded]


@dataclass(frozen=True)
class _Pass:
    """Blocks of anchors that go over all points together, so that these are brought on the grid for all of them."""

    space: ReferenceSpace
    blocks: Sequence[_Block]
    run: Callable[..., None]

    @property
    def keeps(self) -> bool:
        """Whether products of all points are kept for the second time, as they take little memory."""
        n_anchors = sum(len(block.points) for block in self.blocks)
        return n_anchors * self.space.n * self.blocks[0].points.itemsize <= BLOCK

    def sweep(self) -> Iterator[tuple[np.ndarray, list[Tile]]]:
        """Yield each stretch of points on the grid, and a tile of it for each block, whose products are still empty."""
        norms = [squared_norms(block.points) for block in self.blocks]
        shapes = [(len(block.points), TILE) for block in self.blocks]
        buffers = [np.empty(shape, block.points.dtype) for shape, block in zip(shapes, self.blocks, strict=True)]
        for start in np.random.RandomState(TILE_SEED).permutation(np.arange(0, self.space.n, TILE)):
            grid, of_tile = self.space.grid(slice(start, start + TILE)), self.space.norms[start : start + TILE]
            if self.keeps:
                buffers = [np.empty(shape, grid.dtype) for shape in shapes]
            products = [buffer.reshape(-1)[: len(buffer) * len(grid)].reshape(-1, len(grid)) for buffer in buffers]
            tiles = [
                Tile(product, of_block, of_tile, int(start), block.itself)
                for product, of_block, block in zip(products, norms, self.blocks, strict=True)
            ]
            yield grid, tiles

    def scan(self) -> list[tuple[None, list[Tile]]]:
        """Count points and find the nearest, in the data and in embeddings; return the tiles if they are kept."""
        kept = []
        for grid, tiles in self.sweep():
            self.run(_scan, self.blocks, grid, tiles)
            if self.keeps:
                kept.append((None, tiles))
        return kept

    def compare(self, of: Points) -> Iterator[list[Compared]]:
        """Compare anchors with all points, in the data and in each embedding; yield it block by block."""
        cumulative, least = NOTHING, 0.0
        if of == "train":
            cumulative, least = self.space.once("weights of ranks", lambda: _weights(self.space.n))
        kept = self.scan()
        for block in self.blocks:
            self.run(kernels.sum_counts, cumulative, block.data)
            for one in block.embedded:
                self.run(kernels.sum_counts, cumulative, one.side)
                self.run(kernels.begin_ranks, block.data, one)
        for grid, tiles in kept or self.sweep():
            self.run(_compare_rows, self.blocks, grid, tiles)
        for block in self.blocks:
            for one in block.embedded if of == "train" else ():
                self.run(kernels.correct_areas, block.data, one, cumulative)
            yield [
                Compared(
                    near=one.side.near,
                    near_in_data=block.data.near,
                    ranks_in_data=one.in_data.ranks,
                    ranks=one.in_embedding.ranks,
                    areas=one.areas - least if of == "train" else np.zeros(len(block.points)),
                )
                for one in block.embedded
            ]


def compare(space: ReferenceSpace, embeddings: Sequence[Embedding], anchors: np.ndarray, of: Points) -> list[Compared]:
    """Compare anchors with all training points, in the data and in each of some embeddings of them."""
    with threadpool_limits(1, "blas"), threads() as run:
        found = [one for some in _passes(space, embeddings, anchors, of, run) for one in some.compare(of)]
    return [Compared(*map(np.concatenate, zip(*parts, strict=True))) for parts in zip(*found, strict=True)]


def nearest_in_data(space: ReferenceSpace, anchors: np.ndarray, of: Points) -> np.ndarray:
    """Return the nearest training points of anchors in the data."""
    found = []
    with threadpool_limits(1, "blas"), threads() as run:
        for some in _passes(space, (), anchors, of, run):
            some.scan()
            found += [block.data.near for block in some.blocks]
    return np.concatenate(found)


def _passes(
    space: ReferenceSpace, embeddings: Sequence[Embedding], anchors: np.ndarray, of: Points, run: Callable[..., None]
) -> Iterator[_Pass]:
    """Yield the passes over all points, each with what it needs for some of the anchors."""
    rows = [anchors[start : start + MAX_ROWS] for start in range(0, len(anchors), MAX_ROWS)]
    together = 1 if space.is_on_grid else TOGETHER
    for start in range(0, len(rows), together):
        yield _Pass(space, [_block(space, embeddings, some, of) for some in rows[start : start + together]], run)


def _block(space: ReferenceSpace, embeddings: Sequence[Embedding], anchors: np.ndarray, of: Points) -> _Block:
    itself = (anchors if of == "train" else np.full(len(anchors), -1)).astype(np.int64)
    points = np.ascontiguousarray(space.grid(anchors, of))
    n_near = min(MAX_NEIGHBOURS, space.n - bool((itself >= 0).all()))
    data = _side(DATA_SHIFT, points.shape[1] * space.levels**2, len(points), n_near)
    return _Block(itself, points, data, [_embedded(one, anchors, of, data) for one in embeddings])


def _embedded(embedding: Embedding, anchors: np.ndarray, of: Points, data: Side) -> Embedded:
    of_rows = embedding.positions if of == "train" else embedding.test_positions
    shape = data.near.shape
    side = _side(EMBEDDED_SHIFT, 4 * len(of_rows), *shape)  # no coordinate of a training point is beyond 1
    chosen = (
        Chosen(data.scale, side.near, np.empty(shape), np.empty(shape, np.int32)),
        Chosen(side.scale, np.empty(shape, np.int32), np.empty(shape), np.empty(shape, np.int32)),
    )
    areas = np.zeros(len(anchors) if of == "train" else 0)
    queries = np.ascontiguousarray(of_rows[:, anchors])
    return Embedded(embedding.positions, queries, side, *chosen, areas)


def _scan(chunk: int, n_chunks: int, blocks: Sequence[_Block], grid: np.ndarray, tiles: Sequence[Tile]) -> None:
    """Look at one stretch of points in one thread: no thread waits for another one before the next stretch."""
    for block, tile in zip(blocks, tiles, strict=True):
        _multiply(chunk, n_chunks, block.points, grid, tile.products)
        kernels.scan_data(chunk, n_chunks, tile, block.data)
        for one in block.embedded:
            kernels.scan_embedding(chunk, n_chunks, tile, one)


def _compare_rows(
    chunk: int, n_chunks: int, blocks: Sequence[_Block], grid: np.ndarray | None, tiles: Sequence[Tile]
) -> None:
    """Compare ranks on one stretch of points; without it, products are there already."""
    for block, tile in zip(blocks, tiles, strict=True):
        if grid is not None:
            _multiply(chunk, n_chunks, block.points, grid, tile.products)
        for one in block.embedded:
            kernels.compare_rows(chunk, n_chunks, tile, block.data, one)


def _multiply(chunk: int, n_chunks: int, points: np.ndarray, tile: np.ndarray, products: np.ndarray) -> None:
    """Multiply in the threads that kernels run in: those of BLAS, too many of small tasks, wait for each other."""
    np.matmul(points[chunk::n_chunks], tile.T, out=products[chunk::n_chunks])


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
