"""Compiled kernels for rows that are compared with all points in time proportional to these: nothing is sorted but what
lies nearest. See `bench.metrics.kernels` for the rules they keep.

Points are counted by keys: the leading bits of a squared distance as float32. Points of one key are apart by at most
2^-10 of it, and keys order as the distances do. Points with a key of interest are then compared by their distances in
float64, ties by index, so that the ranks of chosen points are exact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

Array = np.ndarray
KEY_SHIFT = 13
N_KEYS = 1 << (31 - KEY_SHIFT)
"""Keys, and that of the row's own point, which counts nowhere."""


class Side(NamedTuple):
    """One row in one of the two spaces; made once a chunk."""

    distances: Array
    rounded: Array
    keys: Array
    before: Array
    """Points that are nearer than those of a key."""
    chosen: Array
    """The last chosen point of a key, as its place among the chosen; -1 for none."""
    weights: Array
    """Mean weight of the points of a key."""


@njit(cache=True, nogil=True)
def _side(n: int) -> Side:
    return Side(
        np.empty(n, np.float64),
        np.empty(n, np.float32),
        np.empty(n, np.int32),
        np.zeros(N_KEYS + 2, np.int32),
        np.full(N_KEYS + 1, -1, np.int32),
        np.zeros(N_KEYS + 1, np.float64),
    )


@njit(cache=True, nogil=True)
def _from_products(products: Array, norm: float, norms: Array, distances: Array) -> None:
    """Squared distances from inner products of whole numbers, which are exact."""
    for j in range(len(norms)):
        distances[j] = norm + norms[j] - 2.0 * products[j]


@njit(cache=True, nogil=True)
def _from_position(positions: Array, queries: Array, row: int, distances: Array) -> None:
    """Squared distances by differences, one component after the other."""
    n = positions.shape[1]
    for c in range(positions.shape[0]):
        component, p = positions[c], queries[c, row]
        if c == 0:
            for j in range(n):
                distances[j] = (component[j] - p) ** 2
        else:
            for j in range(n):
                distances[j] += (component[j] - p) ** 2


@njit(cache=True, nogil=True)
def _count(s: Side, itself: int) -> tuple[int, int]:
    """Count the points of each key and make of the counts how many are before; return the first and the last key."""
    n = len(s.distances)
    for j in range(n):
        s.rounded[j] = np.float32(s.distances[j])
    bits = s.rounded.view(np.int32)
    low, high = np.int32(N_KEYS), np.int32(0)
    for j in range(n):
        key = bits[j] >> KEY_SHIFT
        s.keys[j] = key
        low, high = min(low, key if key > 0 else np.int32(N_KEYS)), max(high, key)
    # Distances of 0 are brought close to the others: keys between them would be looked at for nothing.
    low = min(low, np.int32(high + 1)) - np.int32(1)
    for j in range(n):
        s.keys[j] = max(s.keys[j], low)
    for key in range(low, high + 2):
        s.before[key] = 0
    if itself >= 0:
        s.keys[itself] = N_KEYS
    for j in range(n):
        s.before[s.keys[j]] += 1
    first = np.int32(0)
    for key in range(low, high + 1):
        c = s.before[key]
        s.before[key] = first
        first += c
    s.before[high + 1] = first
    return int(low), int(high)


@njit(cache=True, nogil=True)
def _nearest(s: Side, low: int, near: Array) -> None:
    """Find the nearest points: those up to the key that holds the last of them are sorted, ties by index."""
    last = low
    while s.before[last + 1] < len(near):
        last += 1
    m, found = 0, np.empty(s.before[last + 1], np.int32)
    for j in range(len(s.keys)):
        if s.keys[j] <= last:
            found[m] = j
            m += 1
    order = np.argsort(s.distances[found], kind="mergesort")
    for t in range(len(near)):
        near[t] = found[order[t]]


@njit(cache=True, nogil=True)
def _rank(s: Side, chosen: Array, after: Array, ranks: Array) -> None:
    """Rank chosen points, from 0, exactly: those before their key, and the nearer of their key, ties by index."""
    for t in range(len(chosen)):
        key = s.keys[chosen[t]]
        ranks[t], after[t] = s.before[key], s.chosen[key]
        s.chosen[key] = t
    for j in range(len(s.keys)):
        t = s.chosen[s.keys[j]]
        while t >= 0:
            c = chosen[t]
            ranks[t] += s.distances[j] < s.distances[c] or (s.distances[j] == s.distances[c] and j < c)
            t = after[t]
    for t in range(len(chosen)):
        s.chosen[s.keys[chosen[t]]] = -1


@njit(cache=True, nogil=True)
def _weigh(s: Side, low: int, high: int, cumulative: Array) -> None:
    """Give each key the mean weight of the ranks that its points share; `cumulative` are sums of weights by rank."""
    for key in range(low, high + 1):
        start, stop = s.before[key], s.before[key + 1]
        if stop > start:
            s.weights[key] = (cumulative[stop] - cumulative[start]) / (stop - start)


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz"})
def _sum_of_less(a: Side, b: Side) -> float:
    """Sum over points the lesser of the weights of their two keys."""
    total = 0.0
    for j in range(len(a.keys)):
        total += min(a.weights[a.keys[j]], b.weights[b.keys[j]])
    return total


@njit(cache=True, nogil=True)
def _exact_less_sum(a: Side, b: Side, near: Array, ranks: Array, from_rank: int, cumulative: Array) -> float:
    """Sum what is to be added for near points, whose ranks are known: their weights less those of their keys.

    `ranks` are those in the other space; points that come before `from_rank` there are left out.
    """
    total = 0.0
    for t in range(len(near)):
        if ranks[t] >= from_rank:
            rank = max(t, ranks[t])
            by_key = min(a.weights[a.keys[near[t]]], b.weights[b.keys[near[t]]])
            total += cumulative[rank + 1] - cumulative[rank] - by_key
    return total


@njit(cache=True, nogil=True)
def compare_rows(
    chunk: int,
    n_chunks: int,
    products: Array,
    row_norms: Array,
    norms: Array,
    positions: Array,
    queries: Array,
    points: Array,
    cumulative: Array,
    near_in_data: Array,
    near: Array,
    ranks_in_data: Array,
    ranks: Array,
    areas: Array,
) -> None:
    """Compare the neighbours of each row's point in the embedding with those in the original space.

    `products`, `row_norms` and `norms` are as in `bench.metrics.kernels.rank_rows`, `queries` the rows' positions and
    `points` which points they are, -1 where they are none of the sample. Outputs have a row each: the k nearest in the
    data and in the embedding; the ranks in the data, from 0, of those near in the embedding, and the other way round.
    `areas` get the sum of the weights of each point's larger rank, of which `cumulative`, of shape (n_samples,), has
    the sums by rank; weights never grow. They alone are inexact: points that are near in neither space have the mean
    weight of their key. Empty `cumulative`: no areas.
    """
    n, k = len(norms), near.shape[1]
    data, embedded, after = _side(n), _side(n), np.empty(k, np.int32)
    for row in range(chunk, len(products), n_chunks):
        _from_products(products[row], row_norms[row], norms, data.distances)
        _from_position(positions, queries, row, embedded.distances)
        low, high = _count(data, points[row])
        low_embedded, high_embedded = _count(embedded, points[row])
        _nearest(data, low, near_in_data[row])
        _nearest(embedded, low_embedded, near[row])
        _rank(data, near[row], after, ranks_in_data[row])
        _rank(embedded, near_in_data[row], after, ranks[row])
        if len(cumulative):
            _weigh(data, low, high, cumulative)
            _weigh(embedded, low_embedded, high_embedded, cumulative)
            areas[row] = _sum_of_less(data, embedded)
            areas[row] += _exact_less_sum(data, embedded, near[row], ranks_in_data[row], 0, cumulative)
            areas[row] += _exact_less_sum(data, embedded, near_in_data[row], ranks[row], k, cumulative)
