"""Metrics that compare neighbourhoods in the embedding with those in the original space; they need no labels."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.errors import UndefinedError
from bench.metrics.embedding import Embedding
from bench.metrics.metric import WIDE_KS, Metric


def r_nx_auc(embedding: Embedding) -> float:
    """Area under the curve of recall above chance over ln k (Lee, Peluffo-Ordonez and Verleysen 2015)."""
    if len(embedding.Z) < 3:
        raise UndefinedError("too few points")
    return embedding.coranking.auc


def knn_recall(embedding: Embedding, k: int) -> float:
    """Share of the k nearest original neighbours among the k nearest in the embedding, Q_NX(k)."""
    return _at(embedding.coranking.recall, k)


def lcmc(embedding: Embedding, k: int) -> float:
    """Local continuity meta-criterion: recall less its value at chance (Chen and Buja 2009)."""
    return _at(embedding.coranking.lcmc, k)


def trustworthiness(embedding: Embedding, k: int) -> float:
    r"""How few false neighbours are among the k nearest neighbours in the embedding (Venna and Kaski 2001).

    .. math:: T(k) = 1 - \frac{2}{n k (2n - 3k - 1)} \sum_i \sum_{j \in U_k(i)} (r_{ij} - k)

    where :math:`U_k(i)` are the points among the k nearest of i in the embedding and not in the original space, and
    :math:`r_{ij}` is the rank of j among the neighbours of i there, from 1. Ties go to the point that comes first in
    the data; a point is never its own neighbour.
    """
    return _at_less_than_half(embedding.coranking.trustworthiness, k)


def continuity(embedding: Embedding, k: int) -> float:
    """How few original neighbours were torn away: trustworthiness with the two spaces exchanged."""
    return _at_less_than_half(embedding.coranking.continuity, k)


def mrre_false(embedding: Embedding, k: int) -> float:
    """One less the mean relative rank error of neighbours in the embedding (Lee and Verleysen 2007)."""
    return _at(embedding.coranking.mrre_false, k)


def mrre_missing(embedding: Embedding, k: int) -> float:
    """One less the mean relative rank error of original neighbours."""
    return _at(embedding.coranking.mrre_missing, k)


def trustworthiness_test(embedding: Embedding, k: int) -> float:
    r"""Trustworthiness of test points among the training points.

    .. math:: T(k) = 1 - \frac{2}{m k (2n - 3k + 1)} \sum_i \sum_{j \in U_k(i)} (r_{ij} - k)

    for m test points i and n training points j: the definition above for n + 1 points, of which i is one.
    """
    n, m = len(embedding.Z), len(embedding.test_neighbours)
    if 2 * k >= n + 1:
        raise UndefinedError("too few points")
    penalty = int(np.maximum(embedding.test_ranks[:, :k] + 1 - k, 0).sum())
    return 1 - 2 * penalty / (m * k * (2 * n - 3 * k + 1))


def knn_recall_test(embedding: Embedding, k: int) -> float:
    """Share of a test point's k nearest training points in the original space that it has in the embedding."""
    if k > len(embedding.Z):
        raise UndefinedError("too few points")
    return float(np.mean(embedding.test_ranks[:, :k] < k))


def _at(curve: np.ndarray, k: int) -> float:
    if k >= len(curve):
        # At n - 1 every point is a neighbour, whatever the embedding.
        raise UndefinedError("too few points")
    return float(curve[k - 1])


def _at_less_than_half(curve: np.ndarray, k: int) -> float:
    """Return the value at k; from half of the points on the published normaliser lets it leave its range."""
    if 2 * k >= len(curve) + 1:
        raise UndefinedError("too few points")
    return float(curve[k - 1])


_metric = partial(Metric, family="neighbourhood", ks=WIDE_KS, needs=("original space",))
_mrre = partial(
    _metric,
    chance="about 0.5",
    reference="Lee and Verleysen 2007, as 1 - error",
    weakness="Near 1 for nearly everything; differences are in the third digit.",
)

RECORDS = (
    _metric(
        key="r_nx_auc",
        label="R_NX area",
        train=r_nx_auc,
        ks=(None,),
        low=-1,
        chance="0",
        reference="Lee, Peluffo-Ordonez and Verleysen 2015",
        meaning="How many neighbours are kept beyond chance, over neighbourhoods of all sizes, small ones most.",
        weakness="One number for all scales: two embeddings with crossing curves may share it.",
    ),
    _metric(
        key="knn_recall",
        label="kNN recall",
        train=knn_recall,
        test=knn_recall_test,
        chance="k / (n - 1)",
        reference="Lee and Verleysen 2009, Q_NX",
        meaning="Share of the k nearest neighbours that the embedding keeps.",
        weakness="A neighbour that moves one rank too far costs as much as one at the other end.",
    ),
    _metric(
        key="trustworthiness",
        label="trustworthiness",
        train=trustworthiness,
        test=trustworthiness_test,
        chance="0.5",
        reference="Venna and Kaski 2001",
        meaning="How few false neighbours are among the nearest neighbours in the embedding.",
        weakness="Punishes false neighbours only; neighbours that were torn away cost nothing.",
    ),
    _metric(
        key="continuity",
        label="continuity",
        train=continuity,
        chance="0.5",
        reference="Venna and Kaski 2001",
        meaning="How few of the original nearest neighbours were torn away.",
        weakness="Punishes missing neighbours only; false neighbours cost nothing.",
    ),
    _mrre(
        key="mrre_false",
        label="MRRE, false",
        train=mrre_false,
        meaning="How little the ranks of neighbours in the embedding differ from their original ones, near ones first.",
    ),
    _mrre(
        key="mrre_missing",
        label="MRRE, missing",
        train=mrre_missing,
        meaning="How little the ranks of original neighbours differ in the embedding, near ones first.",
    ),
    _metric(
        key="lcmc",
        label="LCMC",
        train=lcmc,
        low=-1,
        best_at=lambda k, n: 1 - k / (n - 1),
        chance="0",
        reference="Chen and Buja 2009",
        meaning="kNN recall less what chance would give.",
        weakness="Its highest value, 1 - k / (n - 1), depends on k: not to be compared across sizes.",
    ),
)
