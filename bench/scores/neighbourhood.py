"""Scores that compare neighbourhoods in the embedding with those in the original space; they need no labels."""

from __future__ import annotations

import numpy as np

from bench.scores.case import Case
from bench.scores.score import WIDE_KS, Score, UndefinedError


def r_nx_auc(case: Case, k: int | None) -> float:
    """Area under the curve of recall above chance over ln k (Lee, Peluffo-Ordonez and Verleysen 2015)."""
    if len(case.Z) < 3:
        raise UndefinedError("too few points")
    return case.coranking.auc


def knn_recall(case: Case, k: int | None) -> float:
    """Share of the k nearest original neighbours among the k nearest in the embedding, Q_NX(k)."""
    return _at(case.coranking.recall, k)


def lcmc(case: Case, k: int | None) -> float:
    """Local continuity meta-criterion: recall less its value at chance (Chen and Buja 2009)."""
    return _at(case.coranking.lcmc, k)


def trustworthiness(case: Case, k: int | None) -> float:
    r"""How few strangers stand among the k nearest neighbours in the embedding (Venna and Kaski 2001).

    .. math:: T(k) = 1 - \frac{2}{n k (2n - 3k - 1)} \sum_i \sum_{j \in U_k(i)} (r_{ij} - k)

    where :math:`U_k(i)` are the points among the k nearest of i in the embedding and not in the original space, and
    :math:`r_{ij}` is the rank of j among the neighbours of i there, from 1. Ties go to the point that comes first in
    the data; a point is never its own neighbour.
    """
    return _at_less_than_half(case.coranking.trustworthiness, k)


def continuity(case: Case, k: int | None) -> float:
    """How few original neighbours were torn away: trustworthiness with the two spaces exchanged."""
    return _at_less_than_half(case.coranking.continuity, k)


def mrre_false(case: Case, k: int | None) -> float:
    """One less the mean relative rank error of neighbours in the embedding (Lee and Verleysen 2007)."""
    return _at(case.coranking.mrre_false, k)


def mrre_missing(case: Case, k: int | None) -> float:
    """One less the mean relative rank error of original neighbours."""
    return _at(case.coranking.mrre_missing, k)


def trustworthiness_test(case: Case, k: int | None) -> float:
    r"""Trustworthiness of held-out points among the fitted ones.

    .. math:: T(k) = 1 - \frac{2}{m k (2n - 3k + 1)} \sum_i \sum_{j \in U_k(i)} (r_{ij} - k)

    for m held-out points i and n fitted points j: the definition above for n + 1 points, of which i is one.
    """
    assert k is not None
    n, m = len(case.Z), len(case.neighbours_of_held_out)
    if 2 * k >= n + 1:
        raise UndefinedError("too few points")
    penalty = int(np.maximum(case.ranks_of_held_out[:, :k] + 1 - k, 0).sum())
    return 1 - 2 * penalty / (m * k * (2 * n - 3 * k + 1))


def knn_recall_test(case: Case, k: int | None) -> float:
    """Share of a held-out point's k nearest fitted neighbours in the original space that it has in the embedding."""
    assert k is not None
    if k > len(case.Z):
        raise UndefinedError("too few points")
    return float(np.mean(case.ranks_of_held_out[:, :k] < k))


def _at(curve: np.ndarray, k: int | None) -> float:
    assert k is not None
    if k >= len(curve):
        # At n - 1 everybody is a neighbour, whatever the embedding.
        raise UndefinedError("too few points")
    return float(curve[k - 1])


def _at_less_than_half(curve: np.ndarray, k: int | None) -> float:
    """Return the value at k; from half of the points on the published normaliser lets it leave its range."""
    assert k is not None
    if 2 * k >= len(curve) + 1:
        raise UndefinedError("too few points")
    return float(curve[k - 1])


RECORDS = (
    Score(
        key="r_nx_auc",
        label="R_NX area",
        family="neighbourhood",
        fit=r_nx_auc,
        low=-1,
        chance="0",
        needs=("original space",),
        reference="Lee, Peluffo-Ordonez and Verleysen 2015",
        meaning="How many neighbours are kept beyond chance, over neighbourhoods of all sizes, small ones most.",
        weakness="One number for all scales: two embeddings with crossing curves may share it.",
    ),
    Score(
        key="knn_recall",
        label="kNN recall",
        family="neighbourhood",
        fit=knn_recall,
        test=knn_recall_test,
        ks=WIDE_KS,
        chance="k / (n - 1)",
        needs=("original space",),
        reference="Lee and Verleysen 2009, Q_NX",
        meaning="Share of the k nearest neighbours that the embedding keeps.",
        weakness="A neighbour lost by one place costs as much as one lost to the other end.",
    ),
    Score(
        key="trustworthiness",
        label="trustworthiness",
        family="neighbourhood",
        fit=trustworthiness,
        test=trustworthiness_test,
        ks=WIDE_KS,
        chance="0.5",
        needs=("original space",),
        reference="Venna and Kaski 2001",
        meaning="How few strangers stand among the nearest neighbours in the embedding.",
        weakness="Punishes false neighbours only; neighbours that were torn away cost nothing.",
    ),
    Score(
        key="continuity",
        label="continuity",
        family="neighbourhood",
        fit=continuity,
        ks=WIDE_KS,
        chance="0.5",
        needs=("original space",),
        reference="Venna and Kaski 2001",
        meaning="How few of the original nearest neighbours were torn away.",
        weakness="Punishes missing neighbours only; strangers that were let in cost nothing.",
    ),
    Score(
        key="mrre_false",
        label="MRRE, false",
        family="neighbourhood",
        fit=mrre_false,
        ks=WIDE_KS,
        chance="about 0.5",
        needs=("original space",),
        reference="Lee and Verleysen 2007, as 1 - error",
        meaning="How little the ranks of neighbours in the embedding differ from their original ones, near ones first.",
        weakness="Near 1 for nearly everything; differences stand in the third digit.",
    ),
    Score(
        key="mrre_missing",
        label="MRRE, missing",
        family="neighbourhood",
        fit=mrre_missing,
        ks=WIDE_KS,
        chance="about 0.5",
        needs=("original space",),
        reference="Lee and Verleysen 2007, as 1 - error",
        meaning="How little the ranks of original neighbours differ in the embedding, near ones first.",
        weakness="Near 1 for nearly everything; differences stand in the third digit.",
    ),
    Score(
        key="lcmc",
        label="LCMC",
        family="neighbourhood",
        fit=lcmc,
        ks=WIDE_KS,
        low=-1,
        chance="0",
        needs=("original space",),
        reference="Chen and Buja 2009",
        meaning="kNN recall less what chance would give.",
        weakness="Its highest value, 1 - k / (n - 1), depends on k: not to be compared across sizes.",
    ),
)
