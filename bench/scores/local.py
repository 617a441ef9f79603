"""Scores of single points: what each adds to the sums of trustworthiness and continuity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.scores import plain_kernels
from bench.scores.case import Case
from bench.scores.original import MOST_NEIGHBOURS
from bench.scores.score import UndefinedError
from bench.scores.slabs import in_slabs


@dataclass(frozen=True)
class Local:
    """Trustworthiness and continuity of each fitted point; the mean over points is the score.

    Attributes
    ----------
    trustworthiness, continuity : ndarray of shape (n_fit,), float64
        1 where all k neighbours are the same in both spaces, 0 at worst.
    """

    trustworthiness: np.ndarray
    continuity: np.ndarray


def local_scores(case: Case, k: int) -> Local:
    r"""Return what each fitted point adds to trustworthiness and continuity (Venna and Kaski 2001).

    .. math:: T_i(k) = 1 - \frac{2}{k (2n - 3k - 1)} \sum_{j \in U_k(i)} (r_{ij} - k)

    with the symbols of `bench.scores.neighbourhood.trustworthiness`: the published sum without the mean over i, so
    that the mean of these is the score. Continuity is the same with the two spaces exchanged.

    Raises
    ------
    UndefinedError
        If the embedding is not finite or all at one place, or the neighbourhood is half of the points or more.
    """
    if not case.is_finite or case.is_collapsed:
        raise UndefinedError("not finite, or all points at one place")
    if 2 * k >= len(case.Z) or k > MOST_NEIGHBOURS:
        raise UndefinedError("too few points")
    return Local(*case.once(f"local-{k}", lambda: _local(case, k)))


def _local(case: Case, k: int) -> np.ndarray:
    original, n = case.original, len(case.Z)
    near, ranks_in_data = case.nearest(case.positions, first=0)[:, :k], np.empty((n, k), np.int64)
    for rows, ranks in original.rank_blocks():
        ranks_in_data[rows] = np.take_along_axis(ranks, near[rows], axis=1)
    ranks_in_embedding = np.empty((n, k), np.int64)
    in_slabs(plain_kernels.rank_chosen, case.positions, original.neighbours[:, :k], ranks_in_embedding)
    # Ranks count from 0 here and from 1 in the formula.
    lost = [np.maximum(ranks + 1 - k, 0).sum(axis=1) for ranks in (ranks_in_data, ranks_in_embedding)]
    return 1 - 2 * np.stack(lost) / (k * (2 * n - 3 * k - 1))
