"""Compiled kernels for rows that are compared with all points, a tile of points at a time: memory does not grow with
the number of points. See `bench.metrics.kernels` for the rules they keep.

Points are counted by keys: the leading bits of a squared distance as float32, so that points of one key are about as
far and keys order as the distances do. Points with a key of interest are then compared by their distances in float64,
ties by index, so that the ranks of chosen points are exact. That takes two sweeps over all points: `scan_data` and
`scan_embedding` count and find the nearest, `compare_rows` ranks and weighs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

Array = np.ndarray
NOBODY = 2**31 - 1


class Scale(NamedTuple):
    """How keys are made: of so many bits fewer, from `first` on, `n` of them; what lies outside has the nearest one.

    One more key, `n`, is that of the row's own point, which counts nowhere.
    """

    shift: int
    first: int
    n: int


class Side(NamedTuple):
    """What is known of a block of rows in one of the two spaces, a row each."""

    scale: Scale
    counts: Array
    """Points of each key; once they are summed up, points that are nearer than those of a key."""
    highest: Array
    """The highest key."""
    weights: Array
    """Mean weight of the points of a key."""
    near: Array
    """The nearest points, nearest first, ties by index."""
    squared: Array
    """Their squared distances."""


class Chosen(NamedTuple):
    """Points that are ranked in a space, a row each: their squared distances there, and their ranks from 0."""

    scale: Scale
    points: Array
    squared: Array
    ranks: Array


class Embedded(NamedTuple):
    """A block of rows in one embedding: `positions` of all points, `queries` of the rows, and what is known of them."""

    positions: Array
    queries: Array
    side: Side
    in_data: Chosen
    in_embedding: Chosen
    areas: Array


class Tile(NamedTuple):
    """Some points as rows see them in the data, where all numbers are whole.

    Inner products of the rows with them, squared norms of both, the first of them, and which points the rows are, -1
    where they are none of these.
    """

    products: Array
    row_norms: Array
    norms: Array
    start: int
    itself: Array


class Row(NamedTuple):
    """One row and a tile of points in one of the two spaces; made once a chunk."""

    distances: Array
    rounded: Array
    keys: Array


@njit(cache=True, nogil=True)
def _row(n: int) -> Row:
    return Row(np.empty(n, np.float64), np.empty(n, np.float32), np.empty(n, np.int32))


@njit(cache=True, nogil=True)
def _from_products(one: Row, tile: Tile, row: int) -> None:
    """Squared distances from inner products of whole numbers, which are exact."""
    products, norm, norms = tile.products[row], tile.row_norms[row], tile.norms
    for j in range(len(norms)):
        one.distances[j] = norm + norms[j] - 2.0 * products[j]


@njit(cache=True, nogil=True)
def _from_position(one: Row, embedded: Embedded, start: int, row: int) -> None:
    """Squared distances by differences, one component after the other."""
    n = len(one.distances)
    for c in range(embedded.positions.shape[0]):
        component, p = embedded.positions[c, start : start + n], embedded.queries[c, row]
        if c == 0:
            for j in range(n):
                one.distances[j] = (component[j] - p) ** 2
        else:
            for j in range(n):
                one.distances[j] += (component[j] - p) ** 2


@njit(cache=True, nogil=True)
def _find_keys(one: Row, scale: Scale) -> None:
    for j in range(len(one.distances)):
        one.rounded[j] = np.float32(one.distances[j])
    # All in 32 bits, which processors take many of at a time.
    bits, first, last = one.rounded.view(np.int32), np.int32(scale.first), np.int32(scale.n - 1)
    shift = np.int32(scale.shift)
    for j in range(len(bits)):
        one.keys[j] = min(max(np.int32(np.int32(bits[j] >> shift) - first), np.int32(0)), last)


@njit(cache=True, nogil=True)
def _keys_of(squared: Array, scale: Scale) -> Array:
    """Return the keys of a few squared distances."""
    one = Row(squared, np.empty(len(squared), np.float32), np.empty(len(squared), np.int32))
    _find_keys(one, scale)
    return one.keys


@njit(cache=True, nogil=True)
def _count(one: Row, own: int, row: int, side: Side) -> None:
    """Count the points of a tile by their keys; `own` is the place of the row's own point, if it is in the one."""
    high, counts = side.highest[row], side.counts[row]
    for j in range(len(one.keys)):
        high = max(high, one.keys[j])
    side.highest[row] = high
    if 0 <= own < len(one.keys):
        one.keys[own] = side.scale.n
    for j in range(len(one.keys)):
        counts[one.keys[j]] += 1


@njit(cache=True, nogil=True)
def _insert(near: Array, squared: Array, others: Array, point: int, distance: float, other: float) -> None:
    """Put a point among the nearest, unless as many are nearer; `others` are what is kept beside their distances."""
    t = len(near) - 1
    if squared[t] == distance and near[t] < point:
        return
    while t > 0 and (squared[t - 1] > distance or (squared[t - 1] == distance and near[t - 1] > point)):
        near[t], squared[t], others[t] = near[t - 1], squared[t - 1], others[t - 1]
        t -= 1
    near[t], squared[t], others[t] = point, distance, other


@njit(cache=True, nogil=True)
def scan_data(chunk: int, n_chunks: int, tile: Tile, data: Side) -> None:
    """Count the points of a tile by their distances in the data, and find the nearest."""
    one = _row(len(tile.norms))
    for row in range(chunk, len(tile.itself), n_chunks):
        own, near, squared = tile.itself[row] - tile.start, data.near[row], data.squared[row]
        _from_products(one, tile, row)
        _find_keys(one, data.scale)
        _count(one, own, row, data)
        for j in range(len(tile.norms)):
            if one.distances[j] <= squared[-1] and j != own:
                _insert(near, squared, squared, tile.start + j, one.distances[j], one.distances[j])


@njit(cache=True, nogil=True)
def scan_embedding(chunk: int, n_chunks: int, tile: Tile, embedded: Embedded) -> None:
    """Do the same in an embedding, and note the distances in the data of the nearest there."""
    one, side = _row(len(tile.norms)), embedded.side
    for row in range(chunk, len(tile.itself), n_chunks):
        own, near, squared = tile.itself[row] - tile.start, side.near[row], side.squared[row]
        _from_position(one, embedded, tile.start, row)
        _find_keys(one, side.scale)
        _count(one, own, row, side)
        for j in range(len(tile.norms)):
            if one.distances[j] <= squared[-1] and j != own:
                other = tile.row_norms[row] + tile.norms[j] - 2.0 * tile.products[row, j]
                _insert(near, squared, embedded.in_data.squared[row], tile.start + j, one.distances[j], other)


@njit(cache=True, nogil=True)
def sum_counts(chunk: int, n_chunks: int, cumulative: Array, side: Side) -> None:
    """Make of the counts how many points are nearer, and give each key the mean weight of the ranks of its points.

    `cumulative` are sums of weights by rank; where it is empty, there are no weights.
    """
    for row in range(chunk, len(side.near), n_chunks):
        counts, weights, first = side.counts[row], side.weights[row], np.int32(0)
        for key in range(_keys_of(side.squared[row, :1], side.scale)[0], side.highest[row] + 1):
            c = counts[key]
            counts[key] = first
            if c > 0 and len(cumulative):
                weights[key] = (cumulative[first + c] - cumulative[first]) / c
            first += c


@njit(cache=True, nogil=True)
def begin_ranks(chunk: int, n_chunks: int, data: Side, embedded: Embedded) -> None:
    """Give each chosen point the number of points with lower keys, in the space in which it is ranked."""
    positions, in_data, in_embedding = embedded.positions, embedded.in_data, embedded.in_embedding
    for row in range(chunk, len(data.near), n_chunks):
        points, squared = data.near[row], in_embedding.squared[row]
        for t in range(len(points)):
            in_embedding.points[row, t], squared[t] = points[t], 0.0
            for c in range(len(positions)):
                squared[t] += (positions[c, points[t]] - embedded.queries[c, row]) ** 2
        in_data.ranks[row] = data.counts[row][_keys_of(in_data.squared[row], data.scale)]
        in_embedding.ranks[row] = embedded.side.counts[row][_keys_of(squared, embedded.side.scale)]


@njit(cache=True, nogil=True)
def _rank(one: Row, start: int, row: int, chosen: Chosen, last: Array, before: Array) -> None:
    """Add to the ranks of chosen points those of a tile that are nearer and have the same key, ties by index.

    `last` has 0 for each key, and is left so; `before` is scratch.
    """
    points, squared, ranks = chosen.points[row], chosen.squared[row], chosen.ranks[row]
    keys, alike, m = _keys_of(squared, chosen.scale), one.rounded.view(np.int32), 0
    for t in range(len(keys)):
        before[t], last[keys[t]] = last[keys[t]], t + 1
    # Points with a key of interest are first collected, without a branch: no processor can tell which they are.
    for j in range(len(one.keys)):
        alike[m] = j
        m += last[one.keys[j]] > 0
    for i in range(m):
        j = alike[i]
        t = last[one.keys[j]]
        while t > 0:
            c, d = t - 1, one.distances[j]
            ranks[c] += d < squared[c] or (d == squared[c] and start + j < points[c])
            t = before[c]
    for t in range(len(keys)):
        last[keys[t]] = 0


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz"})
def _sum_of_less(keys: Array, weights: Array, other_keys: Array, other_weights: Array) -> float:
    """Sum over points the lesser of the weights of their two keys."""
    total = 0.0
    for j in range(len(keys)):
        total += min(weights[keys[j]], other_weights[other_keys[j]])
    return total


@njit(cache=True, nogil=True)
def compare_rows(chunk: int, n_chunks: int, tile: Tile, data: Side, embedded: Embedded) -> None:
    """Take a tile into the ranks of chosen points and, if there are areas, into sums of mean weights by larger key."""
    n, side, areas = len(tile.norms), embedded.side, embedded.areas
    one, other, last = _row(n), _row(n), np.zeros(max(data.scale.n, side.scale.n) + 1, np.int32)
    before = np.empty(data.near.shape[1], np.int32)
    for row in range(chunk, len(tile.itself), n_chunks):
        own = tile.itself[row] - tile.start
        _from_products(one, tile, row)
        _find_keys(one, data.scale)
        _from_position(other, embedded, tile.start, row)
        _find_keys(other, side.scale)
        if 0 <= own < n:
            one.keys[own], other.keys[own] = data.scale.n, side.scale.n
        _rank(one, tile.start, row, embedded.in_data, last, before)
        _rank(other, tile.start, row, embedded.in_embedding, last, before)
        if len(areas):
            areas[row] += _sum_of_less(one.keys, data.weights[row], other.keys, side.weights[row])


@njit(cache=True, nogil=True)
def _missing(
    keys: Array, weights: Array, other_keys: Array, other_weights: Array, ranks: Array, least: int, cumulative: Array
) -> float:
    """Sum what is to be added for near points, whose ranks are known: their weights less those of their keys.

    `ranks` are those in the other space; points that come before `least` there are left out.
    """
    total = 0.0
    for t in range(len(keys)):
        if ranks[t] >= least:
            rank = max(t, ranks[t])
            by_key = min(weights[keys[t]], other_weights[other_keys[t]])
            total += cumulative[rank + 1] - cumulative[rank] - by_key
    return total


@njit(cache=True, nogil=True)
def correct_areas(chunk: int, n_chunks: int, data: Side, embedded: Embedded, cumulative: Array) -> None:
    """Give points that are near in one of the two spaces their own weights, not those of their keys."""
    areas, side, in_data, there = embedded.areas, embedded.side, embedded.in_data, embedded.in_embedding
    for row in range(chunk, len(areas), n_chunks):
        weights, others, k = data.weights[row], side.weights[row], data.near.shape[1]
        keys, other_keys = _keys_of(in_data.squared[row], data.scale), _keys_of(side.squared[row], side.scale)
        areas[row] += _missing(keys, weights, other_keys, others, in_data.ranks[row], 0, cumulative)
        keys, other_keys = _keys_of(data.squared[row], data.scale), _keys_of(there.squared[row], side.scale)
        areas[row] += _missing(keys, weights, other_keys, others, there.ranks[row], k, cumulative)
