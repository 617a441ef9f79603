"""Scores of the embeddings of several seeds beside each other: what of an embedding was chance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from bench.scores.case import Case
from bench.scores.score import Score, UndefinedError


def procrustes_residual(cases: Sequence[Case], k: int | None) -> float:
    """Mean over pairs of seeds of what differs after the best shift, rotation, reflection and scaling (Gower 1975)."""
    from scipy.spatial import procrustes

    return float(np.mean([procrustes(a.positions.T, b.positions.T)[2] for a, b in combinations(cases, 2)]))


def knn_jaccard(cases: Sequence[Case], k: int | None) -> float:
    """Mean over points and pairs of seeds of shared neighbours over all neighbours, k of each (Jaccard 1901)."""
    assert k is not None
    if k >= len(cases[0].Z):
        raise UndefinedError("too few points")
    near = [case.nearest(case.positions, first=0)[:, :k] for case in cases]
    return float(np.mean([_jaccard(a, b) for a, b in combinations(near, 2)]))


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    shared = np.zeros(len(a))
    for column in a.T:
        shared += (b == column[:, None]).any(axis=1)
    return float(np.mean(shared / (2 * a.shape[1] - shared)))


RECORDS = (
    Score(
        key="procrustes_residual",
        label="Procrustes residual",
        family="stability",
        across=procrustes_residual,
        higher_is_better=False,
        unit="share of variance",
        chance="about 1",
        needs=("several seeds",),
        reference="Gower 1975",
        meaning="How much two seeds' embeddings differ once they are laid over each other as well as may be.",
        weakness="Islands that have changed places count fully, though neighbourhoods be the same.",
    ),
    Score(
        key="knn_jaccard",
        label="kNN Jaccard",
        family="stability",
        across=knn_jaccard,
        ks=(15,),
        chance="about k / 2n",
        needs=("several seeds",),
        reference="Jaccard 1901, k = 15",
        meaning="How many nearest neighbours two seeds' embeddings have in common.",
        weakness="Blind to where islands lie.",
    ),
)
