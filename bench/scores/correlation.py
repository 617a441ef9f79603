"""Spearman's correlation of distances in the two spaces over every pair of points (Spearman 1904)."""

from __future__ import annotations

import numpy as np
from numba import get_num_threads

from bench.scores import pair_kernels
from bench.scores.case import Case
from bench.scores.original import Original
from bench.scores.score import UndefinedError
from bench.scores.slabs import in_slabs

GROUP = 2**14
"""Pairs that are sorted at a time, few enough for the processor's cache."""


def of_pairs(case: Case) -> float:
    """Return the rank correlation of distances over all pairs, exact, ties sharing the average of their ranks.

    Pairs are brought into groups of near distances, each of which is sorted by itself.
    """
    positions, pairs = case.positions, case.original.pairs
    n_pairs = len(pairs["doubled_ranks"])
    counts = np.zeros((get_num_threads(), pair_kernels.N_KEYS), np.int32)
    in_slabs(pair_kernels.count_keys, positions, counts)
    of_key = np.cumsum(counts.sum(axis=0, dtype=np.int64))
    group_of = (of_key // GROUP).astype(np.int32)
    n_groups = int(group_of[-1]) + 1
    in_group = np.stack([np.bincount(group_of, weights=row, minlength=n_groups) for row in counts]).astype(np.int64)
    starts = np.append(0, np.cumsum(in_group.sum(axis=0)))
    places = starts[:-1] + np.cumsum(in_group, axis=0) - in_group
    values, others = case.original.room
    in_slabs(pair_kernels.scatter_pairs, positions, pairs["doubled_ranks"], group_of, places, values, others)
    sums = np.zeros((n_groups, 2))
    in_slabs(pair_kernels.covary_groups, values, others, starts, float(n_pairs + 1), sums)
    covariance, ties = sums.sum(axis=0)
    return _correlation(covariance / 4, _ties_of_data(case.original), ties, n_pairs)


def _ties_of_data(original: Original) -> float:
    """Return the sum of t^3 - t over every t pairs that share a distance."""

    def ties() -> np.ndarray:
        # The doubled average rank of t pairs after c smaller ones is 2c + t + 1, and each pair's rank is spread evenly:
        # sum of squares about the mean = (N^3 - N - ties) / 12.
        ranks = original.pairs["doubled_ranks"]
        n, mean = len(ranks), len(ranks) + 1
        squares = 0.0
        for start in range(0, n, 2**22):
            part = ranks[start : start + 2**22].astype(np.float64) - mean
            squares += float(part @ part) / 4
        return np.array(float(n) ** 3 - n - 12 * squares)

    return float(original.once("ties", ties))


def _correlation(covariance: float, ties: float, other_ties: float, n: int) -> float:
    """Return Spearman's correlation from the covariance of average ranks; ties are sums of t^3 - t."""
    whole = float(n) ** 3 - n
    if ties >= whole or other_ties >= whole or n < 2:
        raise UndefinedError("all distances equal")
    return float(12 * covariance / np.sqrt((whole - ties) * (whole - other_ties)))


def streamed(case: Case) -> np.ndarray:
    """Return the sums of stress and the rank correlation, holding no more than a block of rows at a time."""
    return case.once("streamed", lambda: _stream(case))


def _stream(case: Case) -> np.ndarray:
    original, n_slabs = case.original, get_num_threads()
    n_pairs = original.n * (original.n - 1) // 2
    in_data = original.once("keys", lambda: _keys_of_data(original))
    doubled = 2.0 * np.cumsum(in_data) - in_data + 1 - (n_pairs + 1)
    counts = np.zeros((n_slabs, pair_kernels.N_KEYS), np.int64)
    ranks, sums = np.zeros(counts.shape), np.zeros((original.n, 3))
    for rows, products in original.product_blocks(original.points):
        in_slabs(
            pair_kernels.stream_rows, case.positions, products, original.norms, rows.start, doubled, counts, ranks, sums
        )
    count = counts.sum(axis=0).astype(np.float64)
    embedded = 2.0 * np.cumsum(count) - count + 1 - (n_pairs + 1)
    covariance = float(embedded @ ranks.sum(axis=0)) / 4
    ties, other_ties = (float(np.sum(c**3 - c)) for c in (in_data.astype(np.float64), count))
    return np.append(sums.sum(axis=0), _correlation(covariance, ties, other_ties, n_pairs))


def _keys_of_data(original: Original) -> np.ndarray:
    counts = np.zeros((get_num_threads(), pair_kernels.N_KEYS), np.int64)
    for rows, products in original.product_blocks(original.points):
        in_slabs(pair_kernels.count_product_keys, products, original.norms, rows.start, counts)
    return counts.sum(axis=0)
