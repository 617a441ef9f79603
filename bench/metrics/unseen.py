"""Metrics of test points of a class that no training point has: do they stand out, and which class do they join."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.errors import UndefinedError
from bench.metrics.embedding import Embedding
from bench.metrics.labels import majority
from bench.metrics.metric import Metric
from bench.metrics.reference_space import ReferenceSpace, squared_norms


def unseen_auc(embedding: Embedding) -> float:
    """Area under the ROC curve with the distance to the nearest training point as a sign of an unseen class."""
    unseen, nearest = _unseen(embedding), embedding.test_neighbours[:, 0]
    return auc(unseen, np.linalg.norm(embedding.test_positions - embedding.positions[:, nearest], axis=0))


def unseen_auc_pixels(embedding: Embedding) -> float:
    """Return that area in the original space, which is what an embedding could have kept."""
    return auc(_unseen(embedding), embedding.space.once("nearest", lambda: _to_nearest(embedding.space)))


def unseen_auc_reconstruction(embedding: Embedding) -> float:
    """Area under the ROC curve with the squared error of reconstruction as a sign of an unseen class."""
    unseen = _unseen(embedding)
    assert embedding.squared_error is not None
    return auc(unseen, embedding.squared_error)


def unseen_taken_for(embedding: Embedding, k: int) -> dict[str, float]:
    """Share of the unseen points that the majority of their k nearest training points assigns to each class."""
    assert embedding.y is not None
    votes, names = _votes(embedding, k), embedding.space.dataset.classes
    return {names[label]: float(np.mean(votes == label)) for label in np.unique(embedding.y)}


def unseen_largest_share(embedding: Embedding, k: int) -> float:
    """Share of the unseen points that are assigned to the class that most of them are assigned to."""
    votes = _votes(embedding, k)
    return float(np.bincount(votes).max() / len(votes))


def auc(positive: np.ndarray, sign: np.ndarray) -> float:
    """Return the area under the ROC curve; a higher sign speaks for a positive."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(positive, sign))


def _unseen(embedding: Embedding) -> np.ndarray:
    """Return which test points are of a class that no training point has."""
    assert embedding.y is not None and embedding.y_test is not None
    unseen = ~np.isin(embedding.y_test, embedding.y)
    if not unseen.any():
        raise UndefinedError("no class unseen")
    if unseen.all():
        raise UndefinedError("every class unseen")
    return unseen


def _to_nearest(space: ReferenceSpace) -> np.ndarray:
    """Return the squared distance of each test point to the nearest training point, in steps of the grid."""
    return squared_norms(space.test_points - space.points[space.test_neighbours[:, 0]])


def _votes(embedding: Embedding, k: int) -> np.ndarray:
    """Return the class that the majority of the k nearest training points assigns to each unseen point."""
    assert embedding.y is not None
    near = embedding.test_neighbours[_unseen(embedding)]
    if k > near.shape[1]:
        raise UndefinedError("too few points")
    return majority(embedding.y[near[:, :k]])


_metric = partial(Metric, family="new points")
_area = partial(_metric, unit="area under the ROC curve", chance="0.5")
_assigned = partial(
    _metric,
    ks=(10,),
    higher_is_better=None,
    needs=("labels", "transform"),
    reference="Cover and Hart 1967",
    weakness="A vote is counted however far the voters are.",
)

RECORDS = (
    _area(
        key="unseen_auc",
        label="unseen class stands out",
        test=unseen_auc,
        needs=("labels", "transform"),
        reference="Fawcett 2006, of the distance to the nearest training point",
        meaning="How surely a test point of an unseen class lies farther from all training points than others.",
        weakness="Below 0.5 where the unseen class lands in the densest part of the others.",
    ),
    _area(
        key="unseen_auc_pixels",
        label="unseen class stands out in the data",
        test=unseen_auc_pixels,
        needs=("labels", "original space", "transform"),
        reference="Fawcett 2006, of the distance to the nearest training point",
        meaning="The same in the original space: what there was to keep.",
        weakness="Says nothing of the embedding.",
    ),
    _area(
        key="unseen_auc_reconstruction",
        label="unseen class has a larger error",
        test=unseen_auc_reconstruction,
        needs=("labels", "inverse"),
        reference="Fawcett 2006, of the squared error",
        meaning="How surely a test point of an unseen class is reconstructed with a larger error than others.",
        weakness="A class of little ink makes little error, whether or not it was seen.",
    ),
    _assigned(
        key="unseen_taken_for",
        label="unseen class taken for",
        test=unseen_taken_for,
        chance="share of each class",
        several=True,
        meaning="Among which of the known classes the points of an unseen one land.",
    ),
    _assigned(
        key="unseen_largest_share",
        label="unseen class on one other",
        test=unseen_largest_share,
        chance="share of the largest class",
        meaning="Share of an unseen class that lands on one and the same known class.",
    ),
)
