"""Spearman's correlation of distances in the two spaces over every pair of points (Spearman 1904)."""

from __future__ import annotations

import numpy as np
from numba import get_num_threads

from bench.errors import UndefinedError
from bench.metrics import pair_kernels
from bench.metrics.chunks import in_chunks
from bench.metrics.embedding import Embedding
from bench.metrics.reference_space import ReferenceSpace

GROUP = 2**14
"""Pairs that are sorted at a time, few enough for the processor's cache."""


def of_pairs(embedding: Embedding) -> float:
    """Return the rank correlation of distances over all pairs, exact, ties sharing the average of their ranks.

    Pairs are brought into groups of near distances, each of which is sorted by itself.
    """
    space, positions = embedding.space, embedding.positions
    in_data = space.pairs["doubled_ranks"]
    counts = np.zeros((get_num_threads(), pair_kernels.N_KEYS), np.int32)
    in_chunks(pair_kernels.count_keys, positions, counts)
    of_key = np.cumsum(counts.sum(axis=0, dtype=np.int64))
    group_of = (of_key // GROUP).astype(np.int32)
    n_groups = int(group_of[-1]) + 1
    in_group = np.stack([np.bincount(group_of, weights=row, minlength=n_groups) for row in counts]).astype(np.int64)
    starts = np.append(0, np.cumsum(in_group.sum(axis=0)))
    next_free = starts[:-1] + np.cumsum(in_group, axis=0) - in_group
    values, others = space.workspace
    in_chunks(pair_kernels.scatter_pairs, positions, in_data, group_of, next_free, values, others)
    sums = np.zeros((n_groups, 2))
    in_chunks(pair_kernels.covary_groups, values, others, starts, float(len(in_data) + 1), sums)
    covariance, ties = sums.sum(axis=0)
    ties_of_data = space.once("ties", lambda: _ties(in_data))
    return _correlation(covariance / 4, ties_of_data, ties, len(in_data))


def _ties(doubled_ranks: np.ndarray) -> float:
    """Return the sum of t^3 - t over every t pairs that share a distance."""
    # The doubled average rank of t pairs after c smaller ones is 2c + t + 1, and each pair's rank is spread evenly:
    # sum of squares about the mean = (N^3 - N - ties) / 12.
    n, mean = len(doubled_ranks), len(doubled_ranks) + 1
    squares = 0.0
    for start in range(0, n, 2**22):
        part = doubled_ranks[start : start + 2**22].astype(np.float64) - mean
        squares += float(part @ part) / 4
    return float(n) ** 3 - n - 12 * squares


def _correlation(covariance: float, ties: float, other_ties: float, n: int) -> float:
    """Return Spearman's correlation from the covariance of average ranks; ties are sums of t^3 - t."""
    whole = float(n) ** 3 - n
    if ties >= whole or other_ties >= whole or n < 2:
        raise UndefinedError("all distances equal")
    return float(12 * covariance / np.sqrt((whole - ties) * (whole - other_ties)))


def streamed(embedding: Embedding) -> np.ndarray:
    """Return the sums of stress and the rank correlation, with no more than a block of rows in memory at a time."""
    return embedding.once("streamed", lambda: _stream(embedding))


def _stream(embedding: Embedding) -> np.ndarray:
    space, n_chunks = embedding.space, get_num_threads()
    n_pairs = space.n * (space.n - 1) // 2
    in_data = space.once("keys", lambda: _keys_of_data(space))
    doubled = 2.0 * np.cumsum(in_data) - in_data + 1 - (n_pairs + 1)
    counts = np.zeros((n_chunks, pair_kernels.N_KEYS), np.int64)
    ranks, sums = np.zeros(counts.shape), np.zeros((space.n, 3))
    for rows, products in space.product_blocks(space.points):
        block = (products, space.norms, rows.start)
        in_chunks(pair_kernels.stream_rows, embedding.positions, *block, doubled, counts, ranks, sums)
    count = counts.sum(axis=0).astype(np.float64)
    embedded = 2.0 * np.cumsum(count) - count + 1 - (n_pairs + 1)
    covariance = float(embedded @ ranks.sum(axis=0)) / 4
    ties, other_ties = (float(np.sum(c**3 - c)) for c in (in_data.astype(np.float64), count))
    return np.append(sums.sum(axis=0), _correlation(covariance, ties, other_ties, n_pairs))


def _keys_of_data(space: ReferenceSpace) -> np.ndarray:
    counts = np.zeros((get_num_threads(), pair_kernels.N_KEYS), np.int64)
    for rows, products in space.product_blocks(space.points):
        in_chunks(pair_kernels.count_product_keys, products, space.norms, rows.start, counts)
    return counts.sum(axis=0)
