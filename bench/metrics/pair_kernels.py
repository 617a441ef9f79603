"""Compiled kernels that take every pair of points once. See `bench.metrics.kernels` for the rules they keep.

Pairs (i, j) with i < j lie in one long array, row by row: the triangle above the diagonal of a square.
"""

from __future__ import annotations

import numpy as np
from numba import njit

Array = np.ndarray
KEY_SHIFT = 11
N_KEYS = 1 << (31 - KEY_SHIFT)
"""Keys of distances are the leading bits of their float32, so that a key's width is relative: 2^-12 of the distance."""
CROWDED = 12.0


@njit(cache=True, nogil=True)
def _start(i: int, n: int) -> int:
    """Return where the pairs of point i with later points begin in the triangle."""
    return i * (2 * n - i - 1) // 2


@njit(cache=True, nogil=True)
def _to_later(positions: Array, i: int, distances: Array) -> int:
    """Squared distances of point i to all later ones, from the first place of `distances` on; return how many."""
    m = positions.shape[1] - i - 1
    for c in range(positions.shape[0]):
        component = positions[c, i + 1 :]
        p = positions[c, i]
        if c == 0:
            for j in range(m):
                distances[j] = (component[j] - p) ** 2
        else:
            for j in range(m):
                distances[j] += (component[j] - p) ** 2
    return m


@njit(cache=True, nogil=True)
def _keys(distances: Array, m: int, rounded: Array, keys: Array) -> None:
    """Keys that order as the distances do, where they tell them apart."""
    for j in range(m):
        rounded[j] = np.float32(distances[j])
    bits = rounded.view(np.int32)
    for j in range(m):
        keys[j] = bits[j] >> KEY_SHIFT


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz"})
def stress_rows(chunk: int, n_chunks: int, positions: Array, squared: Array, sums: Array) -> None:
    """Sum d e, d^2 and e^2 over the pairs of each row into `sums`, of shape (n_samples, 3).

    A distance is e in the embedding and d in the original space, whose squared ones these are.
    """
    n = positions.shape[1]
    distances = np.empty(n)
    for i in range(chunk, n, n_chunks):
        m, start = _to_later(positions, i, distances), _start(i, n)
        products, d2, e2 = 0.0, 0.0, 0.0
        for j in range(m):
            d = np.float64(squared[start + j])
            products += np.sqrt(d * distances[j])
            d2 += d
            e2 += distances[j]
        sums[i, 0], sums[i, 1], sums[i, 2] = products, d2, e2


@njit(cache=True, nogil=True)
def count_keys(chunk: int, n_chunks: int, positions: Array, counts: Array) -> None:
    """Count the keys of all pairs; `counts` has shape (n_chunks, N_KEYS)."""
    n, mine = positions.shape[1], counts[chunk]
    distances, rounded, keys = np.empty(n), np.empty(n, np.float32), np.empty(n, np.int32)
    for i in range(chunk, n, n_chunks):
        m = _to_later(positions, i, distances)
        _keys(distances, m, rounded, keys)
        for j in range(m):
            mine[keys[j]] += 1


@njit(cache=True, nogil=True)
def _move(
    distances: Array, keys: Array, m: int, group_of: Array, ranks: Array, places: Array, values: Array, others: Array
) -> None:
    for j in range(m):
        group = group_of[keys[j]]
        place = places[group]
        places[group] = place + 1
        values[place], others[place] = distances[j], ranks[j]


@njit(cache=True, nogil=True)
def scatter_pairs(
    chunk: int,
    n_chunks: int,
    positions: Array,
    ranks: Array,
    group_of: Array,
    places: Array,
    values: Array,
    others: Array,
) -> None:
    """Bring pairs of one group of keys together: distance in the embedding, rank in the original space.

    These go into `values` and `others`, of shape (n_pairs,); `group_of` has shape (N_KEYS,); `places`, of shape
    (n_chunks, n_groups), says where each chunk's next pair of a group goes.
    """
    n = positions.shape[1]
    distances, rounded, keys = np.empty(n), np.empty(n, np.float32), np.empty(n, np.int32)
    for i in range(chunk, n, n_chunks):
        m = _to_later(positions, i, distances)
        _keys(distances, m, rounded, keys)
        start = _start(i, n)
        _move(distances, keys, m, group_of, ranks[start : start + m], places[chunk], values, others)


@njit(cache=True, nogil=True)
def _sorted_group(values: Array, others: Array, low: float, high: float) -> tuple[Array, Array]:
    """Return a group in the order of its values: spread over buckets, then inserted; or merged where that is slow."""
    m = len(values)
    n_buckets = 2 * m
    count, bucket = np.zeros(n_buckets, np.int32), np.empty(m, np.int32)
    crowd = np.inf
    if high - low > 1e-290:
        scale = (n_buckets - 1) / (high - low)
        for t in range(m):
            bucket[t] = np.int32((values[t] - low) * scale)
        for t in range(m):
            count[bucket[t]] += 1
        first, crowd = np.int32(0), 0.0
        for b in range(n_buckets):
            c = count[b]
            count[b] = first
            first += c
            crowd += np.float64(c) * c
    if crowd > CROWDED * m:
        order = np.argsort(values, kind="mergesort")
        return values[order], others[order]
    sorted_values, sorted_others = np.empty(m), np.empty(m, np.uint32)
    for t in range(m):
        place = count[bucket[t]]
        count[bucket[t]] = place + np.int32(1)
        sorted_values[place], sorted_others[place] = values[t], others[t]
    _insert(sorted_values, sorted_others, m)
    return sorted_values, sorted_others


@njit(cache=True, nogil=True)
def _insert(values: Array, others: Array, m: int) -> None:
    for t in range(1, m):
        value = values[t]
        if values[t - 1] > value:
            other, u = others[t], t - 1
            while u >= 0 and values[u] > value:
                values[u + 1], others[u + 1] = values[u], others[u]
                u -= 1
            values[u + 1], others[u + 1] = value, other


@njit(cache=True, nogil=True)
def _covariance(values: Array, others: Array, before: float, mean: float, out: Array) -> None:
    """Sum products of doubled average ranks less their mean, and t^3 - t over t pairs that tie.

    Equal values share the average of their ranks; doubled, it is a whole number.
    """
    products, ties, t = 0.0, 0.0, 0
    while t < len(values):
        u, other = t, 0.0
        while u < len(values) and values[u] == values[t]:
            other += np.float64(others[u]) - mean
            u += 1
        tied = np.float64(u - t)
        products += (2.0 * (before + t) + tied + 1.0 - mean) * other
        ties += tied * tied * tied - tied
        t = u
    out[0], out[1] = products, ties


@njit(cache=True, nogil=True)
def covary_groups(
    chunk: int, n_chunks: int, values: Array, others: Array, starts: Array, mean: float, sums: Array
) -> None:
    """Sort each group of pairs and give its part of the covariance of ranks and of the ties.

    `values` and `others` are as `scatter_pairs` leaves them, `starts` has shape (n_groups + 1,), `mean` is that of the
    doubled ranks, number of pairs + 1, and `sums` has shape (n_groups, 2).
    """
    for group in range(chunk, len(sums), n_chunks):
        start, stop = starts[group], starts[group + 1]
        v, o = values[start:stop], others[start:stop]
        if stop > start:
            low, high = v[0], v[0]
            for value in v:
                low, high = min(low, value), max(high, value)
            if high > low:
                v, o = _sorted_group(v, o, low, high)
            _covariance(v, o, start, mean, sums[group])


@njit(cache=True, nogil=True)
def count_product_keys(chunk: int, n_chunks: int, products: Array, norms: Array, first: int, counts: Array) -> None:
    """Count the keys of squared distances to later points in a block of rows of the original space."""
    n, mine = len(norms), counts[chunk]
    distances, rounded, keys = np.empty(n), np.empty(n, np.float32), np.empty(n, np.int32)
    for row in range(chunk, len(products), n_chunks):
        i = first + row
        for j in range(i + 1, n):
            distances[j - i - 1] = norms[i] + norms[j] - 2.0 * products[row, j]
        _keys(distances, n - i - 1, rounded, keys)
        for j in range(n - i - 1):
            mine[keys[j]] += 1


@njit(cache=True, nogil=True)
def stream_rows(
    chunk: int,
    n_chunks: int,
    positions: Array,
    products: Array,
    norms: Array,
    first: int,
    table: Array,
    counts: Array,
    ranks: Array,
    sums: Array,
) -> None:
    """Take a block of rows into stress and rank correlation, keeping no pair.

    `products`, `norms` and `first` are as in `bench.metrics.kernels.rank_rows`, `sums` as in `stress_rows`. `table`, of
    shape (N_KEYS,), has the doubled rank, less its mean, of a pair with that key in the original space; `counts` and
    `ranks`, of shape (n_chunks, N_KEYS), count the pairs with a key in the embedding and sum up these ranks.
    """
    n, count, rank = len(norms), counts[chunk], ranks[chunk]
    squared, distances, rounded = np.empty(n), np.empty(n), np.empty(n, np.float32)
    keys, original_keys = np.empty(n, np.int32), np.empty(n, np.int32)
    for row in range(chunk, len(products), n_chunks):
        i = first + row
        m = _to_later(positions, i, distances)
        for j in range(i + 1, n):
            squared[j - i - 1] = norms[i] + norms[j] - 2.0 * products[row, j]
        _keys(distances, m, rounded, keys)
        _keys(squared, m, rounded, original_keys)
        for j in range(m):
            sums[i, 0] += np.sqrt(squared[j] * distances[j])
            sums[i, 1] += squared[j]
            sums[i, 2] += distances[j]
        for j in range(m):
            count[keys[j]] += 1
            rank[keys[j]] += table[original_keys[j]]


@njit(cache=True, nogil=True)
def triangle_rows(chunk: int, n_chunks: int, products: Array, norms: Array, first: int, triangle: Array) -> None:
    """Put the squared distances of a block of rows into the triangle, from exact inner products."""
    n = len(norms)
    for row in range(chunk, len(products), n_chunks):
        i = first + row
        place = i * (2 * n - i - 1) // 2 - i - 1
        for j in range(i + 1, n):
            triangle[place + j] = norms[i] + norms[j] - 2.0 * products[row, j]


@njit(cache=True, nogil=True)
def count_values(chunk: int, n_chunks: int, values: Array, counts: Array) -> None:
    """Count how often each whole number occurs; `counts` has a row a chunk."""
    mine = counts[chunk]
    for t in range(len(values) * chunk // n_chunks, len(values) * (chunk + 1) // n_chunks):
        mine[values[t]] += 1


@njit(cache=True, nogil=True)
def look_up(chunk: int, n_chunks: int, values: Array, table: Array, out: Array) -> None:
    """Put `table[values]` into `out`."""
    for t in range(len(values) * chunk // n_chunks, len(values) * (chunk + 1) // n_chunks):
        out[t] = table[values[t]]
