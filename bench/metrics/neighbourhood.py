"""Metrics that compare neighbourhoods in the embedding with those in the original space; they need no labels."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import checks, kernels
from bench.metrics.chunks import in_chunks
from bench.metrics.embedding import Embedding
from bench.metrics.metric import WIDE_KS, metric
from bench.metrics.reference_space import MAX_NEIGHBOURS, Points

_metric = partial(metric, family="neighbourhood", needs=("original space",))
_of_k = partial(_metric, ks=WIDE_KS)
_mrre = partial(
    _of_k,
    chance="about 0.5",
    reference="Lee and Verleysen 2007, as 1 - error",
    weakness="Near 1 for nearly everything; differences are in the third digit.",
)


@_metric("area under R_NX", low=-1, chance="0", reference="Lee, Peluffo-Ordonez and Verleysen 2015")
def r_nx_auc(embedding: Embedding) -> float:
    """How many neighbours are kept beyond chance, over neighbourhoods of all sizes, small ones most.

    One number for all scales: two embeddings with crossing curves may share it.
    """
    if len(embedding.Z) < 3:
        raise UndefinedError("too few points")
    return embedding.coranking.auc


@_of_k("kNN recall", splits=("train", "test"), chance="k / (n - 1)", reference="Lee and Verleysen 2009, Q_NX")
def knn_recall(embedding: Embedding, k: int, of: Points = "train") -> float:
    """Share of the k nearest neighbours that the embedding keeps.

    A neighbour that moves one rank too far costs as much as one at the other end.
    """
    if of == "train":
        return _at(embedding, "recall", k)
    ranks = embedding.test_ranks
    return float(np.mean(ranks[:, : checks.neighbours(k, ranks.shape[1])] < k))


@_of_k("trustworthiness", splits=("train", "test"), chance="0.5", reference="Venna and Kaski 2001")
def trustworthiness(embedding: Embedding, k: int, of: Points = "train") -> float:
    r"""How few false neighbours are among the nearest neighbours in the embedding.

    Punishes false neighbours only; neighbours that were torn away cost nothing.

    .. math:: T(k) = 1 - \frac{2}{n k (2n - 3k - 1)} \sum_i \sum_{j \in U_k(i)} (r_{ij} - k)

    where :math:`U_k(i)` are the points among the k nearest of i in the embedding and not in the original space, and
    :math:`r_{ij}` is the rank of j among the neighbours of i there, from 1. Ties go to the point that comes first in
    the data; a point is never its own neighbour. Of m test points i among n training points j it is the same for n + 1
    points, of which i is one, with a mean over m.
    """
    if of == "train":
        return _at(embedding, "trustworthiness", k, below_half=True)
    ranks, n = embedding.test_ranks, len(embedding.Z)
    m, k = len(ranks), checks.neighbours(k, min(ranks.shape[1], n // 2))
    penalty = int(np.maximum(ranks[:, :k] + 1 - k, 0).sum())
    return 1 - 2 * penalty / (m * k * (2 * n - 3 * k + 1))


@_of_k("continuity", chance="0.5", reference="Venna and Kaski 2001")
def continuity(embedding: Embedding, k: int) -> float:
    """How few of the original nearest neighbours were torn away.

    Punishes missing neighbours only; false neighbours cost nothing.

    Trustworthiness with the two spaces exchanged.
    """
    return _at(embedding, "continuity", k, below_half=True)


@_mrre("MRRE, false")
def mrre_false(embedding: Embedding, k: int) -> float:
    """How little the ranks of neighbours in the embedding differ from their original ones, near ones first."""
    return _at(embedding, "mrre_false", k)


@_mrre("MRRE, missing")
def mrre_missing(embedding: Embedding, k: int) -> float:
    """How little the ranks of original neighbours differ in the embedding, near ones first."""
    return _at(embedding, "mrre_missing", k)


@_of_k("LCMC", low=-1, best_at=lambda k, n: 1 - k / (n - 1), chance="0", reference="Chen and Buja 2009")
def lcmc(embedding: Embedding, k: int) -> float:
    """kNN recall less what chance would give.

    Its highest value, 1 - k / (n - 1), depends on k: not to be compared across sizes.
    """  # noqa: D403 - kNN is written so
    return _at(embedding, "lcmc", k)


def local_scores(embedding: Embedding, k: int) -> np.ndarray:
    """Return what each training point adds to trustworthiness and continuity (Venna and Kaski 2001).

    Returns
    -------
    ndarray of shape (n_train, 2), float64
        1 if all k neighbours are the same in both spaces, 0 at worst; the means over points are the scores.

    Raises
    ------
    UndefinedError
        If the embedding is not finite or collapsed, or the neighbourhood is half of the points or more.
    """
    if not embedding.has_neighbours:
        raise UndefinedError("not finite, or all points at one position")
    space, n = embedding.space, len(embedding.Z)
    k = checks.neighbours(k, min((n - 1) // 2, MAX_NEIGHBOURS))
    near, ranks_in_data = embedding.neighbours[:, :k], np.empty((n, k), np.int64)
    for rows, ranks in space.rank_blocks():
        ranks_in_data[rows] = np.take_along_axis(ranks, near[rows], axis=1)
    ranks_in_embedding = np.empty((n, k), np.int64)
    in_chunks(kernels.rank_chosen, embedding.positions, space.neighbours[:, :k], ranks_in_embedding)
    # Ranks count from 0 here and from 1 in the formula.
    lost = [np.maximum(ranks + 1 - k, 0).sum(axis=1) for ranks in (ranks_in_data, ranks_in_embedding)]
    return 1 - 2 * np.column_stack(lost) / (k * (2 * n - 3 * k - 1))


def _at(embedding: Embedding, curve: str, k: int, *, below_half: bool = False) -> float:
    """Return the value at k < n - 1, where every point is a neighbour, or at k < n / 2.

    From half of the points on the published normaliser of trustworthiness lets it leave its range.
    """
    found, others = embedding.coranking, len(embedding.Z) - 1
    k = checks.neighbours(k, min(others - 1, others // 2) if below_half else others - 1)
    return float(getattr(found, curve)[k - 1])
