"""Trustworthiness and continuity of single points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import plain_kernels
from bench.metrics.chunks import in_chunks
from bench.metrics.embedding import Embedding
from bench.metrics.reference_space import MAX_NEIGHBOURS


@dataclass(frozen=True)
class Local:
    """Trustworthiness and continuity of each training point; the mean over points is the score.

    Attributes
    ----------
    trustworthiness, continuity : ndarray of shape (n_train,), float64
        1 if all k neighbours are the same in both spaces, 0 at worst.
    """

    trustworthiness: np.ndarray
    continuity: np.ndarray


def local_scores(embedding: Embedding, k: int) -> Local:
    r"""Return what each training point adds to trustworthiness and continuity (Venna and Kaski 2001).

    .. math:: T_i(k) = 1 - \frac{2}{k (2n - 3k - 1)} \sum_{j \in U_k(i)} (r_{ij} - k)

    with the symbols of `bench.metrics.neighbourhood.trustworthiness`: the published sum without the mean over i, so
    that the mean of these is the score. Continuity is the same with the two spaces exchanged.

    Raises
    ------
    UndefinedError
        If the embedding is not finite or collapsed, or the neighbourhood is half of the points or more.
    """
    if not embedding.has_neighbours:
        raise UndefinedError("not finite, or all points at one position")
    if 2 * k >= len(embedding.Z) or k > MAX_NEIGHBOURS:
        raise UndefinedError("too few points")
    return Local(*embedding.once(f"local-{k}", lambda: _local(embedding, k)))


def _local(embedding: Embedding, k: int) -> np.ndarray:
    space, n = embedding.space, len(embedding.Z)
    near, ranks_in_data = embedding.neighbours[:, :k], np.empty((n, k), np.int64)
    for rows, ranks in space.rank_blocks():
        ranks_in_data[rows] = np.take_along_axis(ranks, near[rows], axis=1)
    ranks_in_embedding = np.empty((n, k), np.int64)
    in_chunks(plain_kernels.rank_chosen, embedding.positions, space.neighbours[:, :k], ranks_in_embedding)
    # Ranks count from 0 here and from 1 in the formula.
    lost = [np.maximum(ranks + 1 - k, 0).sum(axis=1) for ranks in (ranks_in_data, ranks_in_embedding)]
    return 1 - 2 * np.stack(lost) / (k * (2 * n - 3 * k - 1))
