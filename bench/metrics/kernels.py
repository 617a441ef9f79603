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
CROWDED = 12.0
"""Squared bucket sizes add up to n where buckets hold one point each; from this many times n on, insertion is slow."""
DIGIT_BITS = 11
"""Bits of the numbers that one pass of the radix sort looks at."""


class Scratch(NamedTuple):
    """What sorting one row needs; made once a chunk."""

    distances: Array
    sorted: Array
    order: Array
    bucket: Array
    places: Array
    bits: Array
    other_bits: Array
    other_order: Array


@njit(cache=True, nogil=True)
def _scratch(n: int) -> Scratch:
    n_buckets = 1 << DIGIT_BITS
    while n_buckets < 2 * n:
        n_buckets *= 2
    return Scratch(
        np.empty(n, np.float64),
        np.empty(n, np.float64),
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.empty(n_buckets, np.int32),
        np.empty(n, np.uint64),
        np.empty(n, np.uint64),
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
def _count(s: Scratch, itself: int, low: float, scale: float) -> np.int64:
    """Count the points of each bucket, make first places of the counts and return the sum of their squares."""
    for q in range(len(s.places)):
        s.places[q] = 0
    for j in range(len(s.distances)):
        s.bucket[j] = np.int32((s.distances[j] - low) * scale)
    for j in range(len(s.distances)):
        s.places[s.bucket[j]] += 1
    if itself >= 0:
        s.places[s.bucket[itself]] -= 1
    first, crowd = np.int32(0), np.int64(0)
    for q in range(len(s.places)):
        c = s.places[q]
        s.places[q] = first
        first += c
        crowd += np.int64(c) * np.int64(c)
    return crowd


@njit(cache=True, nogil=True)
def _last_bucket(s: Scratch, k: int, m: int) -> tuple[int, int]:
    """Return the bucket that the k-th of m points is in, and how many points there are up to its end."""
    if k >= m:
        return len(s.places) - 1, m
    last = 0
    # By now these are first places; the next bucket's is where this one ends.
    while last + 1 < len(s.places) and s.places[last + 1] < k:
        last += 1
    return last, (s.places[last + 1] if last + 1 < len(s.places) else m)


@njit(cache=True, nogil=True)
def _scatter(s: Scratch, start: int, stop: int, last: int) -> None:
    for j in range(start, stop):
        b = s.bucket[j]
        if b <= last:
            place = s.places[b]
            s.places[b] = place + np.int32(1)
            s.sorted[place] = s.distances[j]
            s.order[place] = j


@njit(cache=True, nogil=True)
def _insert(values: Array, order: Array, m: int) -> None:
    """Insertion sort, stable, of what buckets have brought nearly into order."""
    for t in range(1, m):
        value = values[t]
        if values[t - 1] > value:
            item, u = order[t], t - 1
            while u >= 0 and values[u] > value:
                values[u + 1], order[u + 1] = values[u], order[u]
                u -= 1
            values[u + 1], order[u + 1] = value, item


@njit(cache=True, nogil=True)
def _radix(s: Scratch, itself: int, low: float) -> None:
    """Stable radix sort by the bits of a float64, which order as the numbers do where none is negative.

    For rows whose distances crowd into few buckets: outliers, collapsed embeddings.
    """
    view, bits, order = s.distances.view(np.uint64), s.bits, s.order
    other_bits, other_order, places = s.other_bits, s.other_order, s.places
    s.sorted[0] = low
    least = s.sorted.view(np.uint64)[0]
    m, top = 0, np.uint64(0)
    for j in range(len(view)):
        if j != itself:
            bits[m], order[m] = view[j] - least, j
            top = max(top, bits[m])
            m += 1
    size, shift = 1 << DIGIT_BITS, np.uint64(0)
    mask = np.uint64(size - 1)
    while shift < 64 and (top >> shift) > 0:
        for b in range(size):
            places[b] = 0
        for t in range(m):
            places[(bits[t] >> shift) & mask] += 1
        first = np.int32(0)
        for q in range(size):
            c = places[q]
            places[q] = first
            first += c
        for t in range(m):
            q = (bits[t] >> shift) & mask
            other_bits[places[q]], other_order[places[q]] = bits[t], order[t]
            places[q] += 1
        bits, other_bits, order, other_order = other_bits, bits, other_order, order
        shift += np.uint64(DIGIT_BITS)
    for t in range(m):
        s.order[t] = order[t]


@njit(cache=True, nogil=True)
def _sort(s: Scratch, itself: int, k: int) -> int:
    """Order the k nearest points of a row, or more, by distance, then by index; return how many points there are.

    `itself` is left out; -1 leaves out nobody. Distances are spread over buckets of equal width and inserted, or sorted
    by their bits where that would be slow.
    """
    n = len(s.distances)
    if itself >= 0:
        s.distances[itself] = s.distances[itself - 1] if itself > 0 else s.distances[n - 1]
    low, high = s.distances[0], s.distances[0]
    for j in range(n):
        low = min(low, s.distances[j])
        high = max(high, s.distances[j])
    m = n - 1 if itself >= 0 else n
    # A width below that has no finite reciprocal.
    if high - low < 1e-290 or _count(s, itself, low, (len(s.places) - 1) / (high - low)) > CROWDED * n:
        _radix(s, itself, low)
        return m
    last, n_sorted = _last_bucket(s, k, m)
    _scatter(s, 0, itself if itself >= 0 else n, last)
    if itself >= 0:
        _scatter(s, itself + 1, n, last)
    _insert(s.sorted, s.order, n_sorted)
    return m


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
            ranks[row, s.order[t]] = t
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
        rank = np.int32(ranks[order[t]])
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
