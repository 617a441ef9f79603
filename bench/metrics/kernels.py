"""Compiled kernels: what looks at every pair of points, a row at a time. Those of single pairs are in `pair_kernels`.

Neither file imports anything of this project: numba keeps compiled code on disk and notices a change of a kernel's own
file only. A kernel takes every `n_chunks`-th row from row `chunk` on, so that several can work at once
(`bench.metrics.chunks`). Nothing is added up across rows in floating point: no result depends on the number of threads.
Positions are float64 of shape (n_components, n_samples), so that loops over points run through memory in order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

Array = np.ndarray
PART = 256
"""Points of a part on average: few enough that a part is sorted within the processor's nearest cache."""
PER_POINT = 3  # buckets for each point of a part
CROWDED = 12
"""Squared bucket sizes add up to n where buckets hold one point each; from this many times n on, insertion is slow."""
u4, u8 = np.uint32, np.uint64  # an index that cannot be negative is not checked for being counted from the end


class Scratch(NamedTuple):
    """What sorting one row needs; made once a chunk."""

    distances: Array
    bucket: Array
    starts: Array
    """Where each part begins; once its points are there, where it ends."""
    places: Array
    """The same of the buckets of one part."""
    parted: Array
    """Distances whose last bits are the index of the point, part after part."""
    sorted: Array
    order: Array


@njit(cache=True, nogil=True)
def _scratch(n: int) -> Scratch:
    return Scratch(
        np.empty(n, np.float64),
        np.empty(n, np.uint32),
        np.empty(n // PART + 1, np.uint32),
        np.empty(PER_POINT * n, np.uint32),
        np.empty(n, np.float64),
        np.empty(n, np.float64),
        np.empty(n, np.int32),
    )


@njit(cache=True, nogil=True)
def _from_position(positions: Array, queries: Array, row: int, distances: Array) -> None:
    """Squared distances by differences: expanding the square in products would cost digits that order near points."""
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
def _from_products(products: Array, norm: float, norms: Array, distances: Array) -> None:
    """Squared distances from inner products of whole numbers, which are exact."""
    for j in range(len(norms)):
        distances[j] = norm + norms[j] - 2.0 * products[j]


@njit(cache=True, nogil=True)
def _count(values: Array, bucket: Array, counts: Array) -> None:
    """Count values by buckets of equal width, from the least to the largest."""
    low, high = values[0], values[0]
    for t in range(len(values)):
        low, high = min(low, values[t]), max(high, values[t])
    # A width below that has no finite reciprocal.
    scale = (len(counts) - 1) / (high - low) if high - low > 1e-290 else 0.0
    for t in range(len(values)):
        bucket[t] = np.int32((values[t] - low) * scale)
    for q in range(len(counts)):
        counts[q] = 0
    for t in range(len(values)):
        counts[bucket[t]] += u4(1)


@njit(cache=True, nogil=True)
def _begin(counts: Array) -> np.uint64:
    """Make first places of the counts and return the sum of their squares."""
    first, crowd = u4(0), u8(0)
    for q in range(len(counts)):
        c = counts[q]
        counts[q] = first
        first += c
        crowd += u8(c) * u8(c)
    return crowd


@njit(cache=True, nogil=True)
def _divide(s: Scratch, itself: int, last: int, mask: np.uint64) -> None:
    """Bring points to their parts, if these are not after the last, as keys."""
    bits, keys = s.distances.view(np.uint64), s.parted.view(np.uint64)
    for j in range(len(bits)):
        b = s.bucket[j]
        if b <= last and j != itself:
            place = s.starts[b]
            s.starts[b] = place + u4(1)
            keys[place] = (bits[j] & ~mask) | u8(j)


@njit(cache=True, nogil=True)
def _insert(values: Array) -> None:
    """Insertion sort of what buckets have brought nearly into order."""
    for t in range(u8(1), u8(len(values))):
        value, u = values[t], u8(t)
        if values[t - u8(1)] > value:
            while u > u8(0) and values[u - u8(1)] > value:
                values[u] = values[u - u8(1)]
                u -= u8(1)
            values[u] = value


@njit(cache=True, nogil=True)
def _sort_part(keys: Array, found: Array, bucket: Array, places: Array) -> None:
    """Sort keys, none of which is another, by buckets; by a library's sort if they crowd into few."""
    _count(keys, bucket, places)
    if _begin(places) > CROWDED * u8(len(keys)):
        found[:] = keys
        found.view(np.uint64).sort()
        return
    for t in range(u8(len(keys))):
        place = places[bucket[t]]
        places[bucket[t]] = place + u4(1)
        found[place] = keys[t]
    _insert(found)


@njit(cache=True, nogil=True)
def _extract(s: Scratch, m: int, mask: np.uint64) -> None:
    """Read indices from keys; order points by their distances whose keys differ in the index only, if these do."""
    keys, bits, lost, same = s.sorted.view(np.uint64), s.distances.view(np.uint64), u8(0), 0
    for t in range(m):
        s.order[t] = np.int32(keys[t] & mask)
    for j in range(len(bits)):
        lost |= bits[j] & mask
    for t in range(1, m if lost > 0 else 0):
        same += (keys[t] ^ keys[t - 1]) <= mask
    t = 1 if same else m
    while t < m:
        if (keys[t] ^ keys[t - 1]) <= mask and s.distances[s.order[t]] != s.distances[s.order[t - 1]]:
            start = t - 1
            while start > 0 and (keys[t] ^ keys[start - 1]) <= mask:
                start -= 1
            while t < m and (keys[t] ^ keys[start]) <= mask:
                t += 1
            run = s.order[start:t]
            run[:] = run[np.argsort(s.distances[run], kind="mergesort")]
        t += 1


@njit(cache=True, nogil=True)
def _sort(s: Scratch, itself: int, k: int) -> int:
    """Order the k nearest points of a row, or more, by distance, then by index; return how many points there are.

    `itself` is left out; -1 leaves out nobody. Points are divided by distance into parts of equal width, and each is
    sorted by itself. One number stands for a point all the way: its distance, save for the last bits, and its index.
    """
    n = len(s.distances)
    if itself >= 0:
        s.distances[itself] = s.distances[itself - 1] if itself > 0 else s.distances[n - 1]
    _count(s.distances, s.bucket, s.starts)
    if itself >= 0:
        s.starts[s.bucket[itself]] -= u4(1)
    _begin(s.starts)
    last, mask = 0, u8(1)
    while last + 1 < len(s.starts) and s.starts[last + 1] < k:
        last += 1
    while mask < n:
        mask = mask * u8(2) + u8(1)
    _divide(s, itself, last, mask)
    start = 0
    for b in range(last + 1):
        stop = int(s.starts[b])
        if stop > start:
            _sort_part(s.parted[start:stop], s.sorted[start:stop], s.bucket, s.places[: PER_POINT * (stop - start)])
        start = stop
    _extract(s, start, mask)
    return n - 1 if itself >= 0 else n


@njit(cache=True, nogil=True)
def rank_rows(
    chunk: int, n_chunks: int, products: Array, row_norms: Array, norms: Array, first: int, ranks: Array, near: Array
) -> None:
    """Rank all points as neighbours of each row's point: by distance, ties by index, the point itself last.

    `products` are the inner products of the rows' points with all, `row_norms` and `norms` their squared norms; `first`
    is the point of the first row, -1 where rows are no points of the sample. Ranks, from 0, go into `ranks`, of shape
    (n_rows, n_samples), and the k nearest, nearest first, into `near`, of shape (n_rows, k).
    """
    s = _scratch(len(norms))
    for row in range(chunk, len(products), n_chunks):
        _from_products(products[row], row_norms[row], norms, s.distances)
        itself = first + row if first >= 0 else -1
        m = _sort(s, itself, len(norms))
        for t in range(m):
            ranks[row, u4(s.order[t])] = t
        if itself >= 0:
            ranks[row, itself] = m
        near[row] = s.order[: near.shape[1]]


@njit(cache=True, nogil=True)
def nearest_rows(chunk: int, n_chunks: int, positions: Array, queries: Array, first: int, near: Array) -> None:
    """Find the nearest positions of each query, nearest first, ties by index; `first` and `near` as in `rank_rows`."""
    s = _scratch(positions.shape[1])
    for row in range(chunk, queries.shape[1], n_chunks):
        _from_position(positions, queries, row, s.distances)
        _sort(s, first + row if first >= 0 else -1, near.shape[1])
        near[row] = s.order[: near.shape[1]]


@njit(cache=True, nogil=True)
def _look_up(ranks: Array, order: Array, m: int, p: Array, q: Array) -> None:
    for t in range(m):
        rank = ranks[u4(order[t])]
        p[t] = rank
        q[rank] = t


@njit(cache=True, nogil=True)
def _add_up(ranks: Array, m: int, lost: Array, total: Array, shared: Array, tie: int) -> None:
    for t in range(m):
        lost[t] += max(ranks[t] - t, 0)
        total[t] += ranks[t]
        shared[t] += ranks[t] < t + tie


@njit(cache=True, nogil=True)
def corank_rows(
    chunk: int, n_chunks: int, positions: Array, ranks: Array, first: int, counts: Array, near: Array
) -> None:
    r"""Compare the neighbours of each row's point in the embedding with its ranks in the original space.

    With :math:`p_s` the original rank of the s-th neighbour in the embedding and :math:`q_r` the rank in the
    embedding of the r-th original neighbour, all from 0, it adds to five counts at s or r
    :math:`\max(p_s - s, 0)`, :math:`p_s`, :math:`\max(q_r - r, 0)`, :math:`q_r` and :math:`[p_s \le s] + [q_r < r]`.
    They hold what every curve over the size of the neighbourhood needs of the co-ranking matrix (Lee and Verleysen
    2009), which is never made; `bench.metrics.coranking` turns them into curves.
    `counts` has shape (n_chunks, 5, n_samples); `ranks`, `first` and `near` are as in `rank_rows`.
    """
    n, c = positions.shape[1], counts[chunk]
    s, p, q = _scratch(n), np.empty(n, np.int32), np.empty(n, np.int32)
    for row in range(chunk, len(ranks), n_chunks):
        _from_position(positions, positions, first + row, s.distances)
        m = _sort(s, first + row, n)
        _look_up(ranks[row], s.order, m, p, q)
        _add_up(p, m, c[0], c[1], c[4], 1)
        _add_up(q, m, c[2], c[3], c[4], 0)
        near[row] = s.order[: near.shape[1]]


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz"})
def class_sums(chunk: int, n_chunks: int, positions: Array, queries: Array, starts: Array, sums: Array) -> None:
    """Sum the distances of each query to the points of each class: `sums` has shape (n_queries, n_classes).

    Positions lie one class after the other; `starts`, of shape (n_classes + 1,), says where each begins.
    """
    distances = np.empty(positions.shape[1])
    for row in range(chunk, queries.shape[1], n_chunks):
        _from_position(positions, queries, row, distances)
        for c in range(len(starts) - 1):
            total = 0.0
            for j in range(starts[c], starts[c + 1]):
                total += np.sqrt(distances[j])
            sums[row, c] = total


@njit(cache=True, nogil=True)
def rank_chosen(chunk: int, n_chunks: int, positions: Array, chosen: Array, ranks: Array) -> None:
    """Rank the k points in each row of `chosen` as neighbours of the row's point, which is none of them, from 0.

    Counts those before them: the nearer, ties by index.
    """
    distances = np.empty(positions.shape[1])
    for row in range(chunk, len(chosen), n_chunks):
        _from_position(positions, positions, row, distances)
        distances[row] = np.inf
        for t in range(chosen.shape[1]):
            j = chosen[row, t]
            distance, rank = distances[j], 0
            for i in range(j):
                rank += distances[i] <= distance
            for i in range(j + 1, len(distances)):
                rank += distances[i] < distance
            ranks[row, t] = rank
