"""Metrics of the embeddings of several seeds: how much of an embedding is chance."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import combinations

import numpy as np

from bench.errors import UndefinedError
from bench.metrics.embedding import Embedding
from bench.metrics.metric import Metric


def procrustes_residual(embeddings: Sequence[Embedding]) -> float:
    """Mean over pairs of seeds of what differs after the best shift, rotation, reflection and scaling (Gower 1975)."""
    from scipy.spatial import procrustes

    return float(np.mean([procrustes(a.positions.T, b.positions.T)[2] for a, b in combinations(embeddings, 2)]))


def knn_jaccard(embeddings: Sequence[Embedding], k: int) -> float:
    """Mean over points and pairs of seeds of shared neighbours over all neighbours, k of each (Jaccard 1901)."""
    if k >= len(embeddings[0].Z):
        raise UndefinedError("too few points")
    near = [embedding.neighbours[:, :k] for embedding in embeddings]
    return float(np.mean([_jaccard(a, b) for a, b in combinations(near, 2)]))


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    shared = np.zeros(len(a))
    for column in a.T:
        shared += (b == column[:, None]).any(axis=1)
    return float(np.mean(shared / (2 * a.shape[1] - shared)))


_metric = partial(Metric, family="stability", needs=("several seeds",))

RECORDS = (
    _metric(
        key="procrustes_residual",
        label="Procrustes residual",
        across=procrustes_residual,
        higher_is_better=False,
        unit="share of variance",
        chance="about 1",
        reference="Gower 1975",
        meaning="Share of the variance in which two seeds' embeddings differ after alignment (Procrustes).",
        weakness="Islands that have changed places count fully, even if all neighbourhoods are the same.",
    ),
    _metric(
        key="knn_jaccard",
        label="kNN Jaccard",
        across=knn_jaccard,
        ks=(15,),
        chance="about k / 2n",
        reference="Jaccard 1901, k = 15",
        meaning="How many nearest neighbours two seeds' embeddings have in common.",
        weakness="Blind to where islands lie.",
    ),
)
