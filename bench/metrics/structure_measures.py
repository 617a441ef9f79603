"""Measures of data whose true shape is known: distances along it, and who is near along it.

The truth is that of the points before noise was added, and a point's distances from others are along the shape: around
the hole of a sheet that was rolled up, along the branches of a tree. No reducer gets it. What the unreduced data have
of each measure is one by itself: a straight line through the data is no way along their shape, either.
"""

from __future__ import annotations

import numpy as np

from bench.datasets import Truth
from bench.errors import UndefinedError
from bench.metrics.embedding import Embedding
from bench.metrics.measure import Subject
from bench.metrics.samples import triplets

KS = (15, 100)
"""Neighbours of which a share is kept: as many as most methods look at, and so many that noise does not pick them."""


def geodesic_spearman(subject: Subject) -> float:
    """Rank correlation of distances in the embedding with those along the true shape, over 40 fixed pairs a point."""
    Z = _embedding(subject).positions.T
    i, j = _pairs(subject)
    return _correlation(subject, np.linalg.norm(Z[i] - Z[j], axis=1))


def geodesic_spearman_of_data(subject: Subject) -> float:
    """Rank correlation of distances in the unreduced data with those along the true shape."""
    _truth(subject)
    return subject.space.once(
        "geodesic correlation", lambda: _correlation(subject, subject.space.squared_distances(*_pairs(subject)))
    )


def geodesic_recall(subject: Subject) -> dict[str, float]:
    """Share of the `15` and `100` nearest points along the true shape that are as near in the embedding."""
    near = _near(subject)
    return _kept(near, _embedding(subject).neighbours)


def geodesic_recall_of_data(subject: Subject) -> dict[str, float]:
    """Share of the `15` and `100` nearest points along the true shape that are as near in the unreduced data."""
    return _kept(_near(subject), subject.space.neighbours)


def _truth(subject: Subject) -> Truth:
    if subject.dataset.truth is None:
        raise UndefinedError("true shape not known")
    return subject.dataset.truth


def _embedding(subject: Subject) -> Embedding:
    embedding = Embedding(subject.space, subject.Z)
    if not embedding.has_neighbours:
        raise UndefinedError("not finite, or all points at one position")
    return embedding


def _pairs(subject: Subject) -> tuple[np.ndarray, np.ndarray]:
    """Return both pairs of the anchor of every triplet."""
    anchor, a, b = triplets(subject.space.n)
    return np.concatenate([anchor, anchor]), np.concatenate([a, b])


def _correlation(subject: Subject, distances: np.ndarray) -> float:
    """Return the rank correlation of the distances of pairs, which may be squared, with those along the shape."""
    from scipy.stats import spearmanr

    truth = _truth(subject)
    along = subject.space.once("geodesic distances", lambda: truth.between(*_pairs(subject)))
    if np.ptp(along) == 0 or np.ptp(distances) == 0:
        raise UndefinedError("all distances equal")
    return float(spearmanr(along, distances).statistic)


def _near(subject: Subject) -> np.ndarray:
    truth = _truth(subject)
    return subject.space.once("geodesic neighbours", lambda: truth.nearest(min(max(KS), subject.space.n - 1)))


def _kept(near: np.ndarray, found: np.ndarray) -> dict[str, float]:
    """Return the share of nearest points that are among as many nearest points in another space."""
    shares = {}
    for k in KS:
        if k <= near.shape[1]:
            both = np.sort(np.concatenate([near[:, :k], found[:, :k]], axis=1), axis=1)
            shares[str(k)] = float(np.mean(np.count_nonzero(both[:, 1:] == both[:, :-1], axis=1) / k))
    return shares
