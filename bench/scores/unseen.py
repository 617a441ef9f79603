"""Scores of held-out points of a class that no fitted point has: can they be told, and what are they taken for."""

from __future__ import annotations

import numpy as np

from bench.scores.case import Case
from bench.scores.labels import majority
from bench.scores.original import squared_norms
from bench.scores.score import Score, UndefinedError


def unseen_auc(case: Case, k: int | None) -> float:
    """Area under the ROC curve where a held-out point is as strange as the nearest fitted point is far."""
    unseen, nearest = _unseen(case), case.neighbours_of_held_out[:, 0]
    return _area(unseen, np.linalg.norm(case.held_out_positions - case.positions[:, nearest], axis=0))


def unseen_auc_pixels(case: Case, k: int | None) -> float:
    """Return that area in the original space, which is what an embedding could have kept."""
    return _area(_unseen(case), case.original.once("nearest", lambda: _to_nearest(case)))


def unseen_auc_reconstruction(case: Case, k: int | None) -> float:
    """Area under the ROC curve where a held-out point is as strange as its squared error of reconstruction is large."""
    unseen = _unseen(case)
    assert case.squared_error is not None
    return _area(unseen, case.squared_error)


def unseen_taken_for(case: Case, k: int | None) -> dict[str, float]:
    """Share of the unseen points that the majority of their k nearest fitted points takes for each class."""
    assert case.y is not None
    votes, names = _votes(case, k), case.original.dataset.classes
    return {names[label]: float(np.mean(votes == label)) for label in np.unique(case.y)}


def unseen_largest_share(case: Case, k: int | None) -> float:
    """Share of the unseen points that are taken for the class that most of them are taken for."""
    votes = _votes(case, k)
    return float(np.bincount(votes).max() / len(votes))


def _unseen(case: Case) -> np.ndarray:
    """Return which held-out points are of a class that no fitted point has."""
    assert case.y is not None and case.y_test is not None
    unseen = ~np.isin(case.y_test, case.y)
    if not unseen.any():
        raise UndefinedError("no class unseen")
    if unseen.all():
        raise UndefinedError("every class unseen")
    return unseen


def _area(unseen: np.ndarray, strangeness: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(unseen, strangeness))


def _to_nearest(case: Case) -> np.ndarray:
    """Return the squared distance of each held-out point to the nearest fitted one, in steps of the original's grid."""
    original = case.original
    return squared_norms(original.held_out - original.points[original.neighbours_of_held_out[:, 0]])


def _votes(case: Case, k: int | None) -> np.ndarray:
    """Return what the majority of the k nearest fitted points takes each unseen point for."""
    assert k is not None and case.y is not None
    near = case.neighbours_of_held_out[_unseen(case)]
    if k > near.shape[1]:
        raise UndefinedError("too few points")
    return majority(case.y[near[:, :k]])


RECORDS = (
    Score(
        key="unseen_auc",
        label="unseen class stands out",
        family="held-out",
        test=unseen_auc,
        unit="area under the ROC curve",
        chance="0.5",
        needs=("labels", "transform"),
        reference="Fawcett 2006, of the distance to the nearest fitted point",
        meaning="How surely a held-out point of a class never fitted lies farther from all fitted points than others.",
        weakness="Below 0.5 where the unseen class lands amid the densest of the others.",
    ),
    Score(
        key="unseen_auc_pixels",
        label="unseen class stands out in the data",
        family="held-out",
        test=unseen_auc_pixels,
        unit="area under the ROC curve",
        chance="0.5",
        needs=("labels", "original space", "transform"),
        reference="Fawcett 2006, of the distance to the nearest fitted point",
        meaning="The same in the original space: what there was to keep.",
        weakness="Says nothing of the embedding.",
    ),
    Score(
        key="unseen_auc_reconstruction",
        label="unseen class is rebuilt badly",
        family="held-out",
        test=unseen_auc_reconstruction,
        unit="area under the ROC curve",
        chance="0.5",
        needs=("labels", "inverse"),
        reference="Fawcett 2006, of the squared error",
        meaning="How surely a held-out point of a class never fitted is rebuilt with a larger error than others.",
        weakness="A class of little ink makes little error, whether or not it was seen.",
    ),
    Score(
        key="unseen_taken_for",
        label="unseen class taken for",
        family="held-out",
        test=unseen_taken_for,
        ks=(10,),
        higher_is_better=None,
        chance="share of each class",
        needs=("labels", "transform"),
        several=True,
        reference="Cover and Hart 1967",
        meaning="Among which of the fitted classes the points of an unseen one land.",
        weakness="A vote is counted however far the voters are.",
    ),
    Score(
        key="unseen_largest_share",
        label="unseen class on one other",
        family="held-out",
        test=unseen_largest_share,
        ks=(10,),
        higher_is_better=None,
        chance="share of the largest class",
        needs=("labels", "transform"),
        reference="Cover and Hart 1967",
        meaning="Share of an unseen class that lands on one and the same fitted class.",
        weakness="A vote is counted however far the voters are.",
    ),
)
