"""Scores that compare neighbourhoods in the embedding with those in the original space; they need no labels."""

from __future__ import annotations

import numpy as np

from bench.scores.case import BLOCK_ROWS, Case


def trustworthiness(case: Case, k: int | None) -> float:
    r"""How few strangers stand among the k nearest neighbours in the embedding (Venna and Kaski 2001).

    .. math:: T(k) = 1 - \frac{2}{n k (2n - 3k - 1)} \sum_i \sum_{j \in U_k(i)} (r_{ij} - k)

    where :math:`U_k(i)` are the points among the k nearest of i in the embedding and not in the original space, and
    :math:`r_{ij}` is the rank of j among the neighbours of i there, from 1. Ties go to the point that comes first in
    the data; a point is never its own neighbour.
    """
    assert k is not None
    n = len(case.Z)
    if 2 * k >= n:
        return float("nan")
    penalty = 0.0
    for start in range(0, n, BLOCK_ROWS):
        rows = slice(start, min(start + BLOCK_ROWS, n))
        ranks = _ranks(
            case.original.squared_distances(rows), np.arange(rows.start, rows.stop), case.neighbours[rows, :k]
        )
        penalty += np.maximum(ranks - k, 0).sum()
    return float(1 - 2 * penalty / (n * k * (2 * n - 3 * k - 1)))


def _ranks(distances: np.ndarray, selves: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the rank of `others` among the neighbours of each row's point, from 1.

    Parameters
    ----------
    distances : ndarray of shape (n_rows, n_samples)
        Squared distances of each row's point to all points.
    selves : ndarray of shape (n_rows,)
        Which point each row is.
    others : ndarray of shape (n_rows, k)
        Points whose rank is asked.
    """
    distances[np.arange(len(selves)), selves] = np.inf
    everyone = np.arange(distances.shape[1])
    ranks = np.empty(others.shape, dtype=np.int64)
    for place in range(others.shape[1]):
        other = others[:, place, None]
        distance = np.take_along_axis(distances, other, axis=1)
        nearer = (distances < distance).sum(axis=1)
        tied_and_first = ((distances == distance) & (everyone < other)).sum(axis=1)
        ranks[:, place] = 1 + nearer + tied_and_first
    return ranks
