"""Which classes are taken for which: what kNN accuracy counts, class by class."""

from __future__ import annotations

import numpy as np

from bench.scores.case import Case
from bench.scores.labels import majority
from bench.scores.score import UndefinedError


def confusion(case: Case, k: int, held_out: bool) -> np.ndarray:
    """Return how often points of each class (rows) are taken for each class (columns) by their k nearest neighbours.

    Parameters
    ----------
    held_out : bool
        Whether the points are the held-out ones among the fitted ones, or the fitted ones, each left out of its own
        neighbours.

    Returns
    -------
    ndarray of shape (n_classes, n_classes), int64
        The share on its diagonal is the score `knn_accuracy`.

    Raises
    ------
    UndefinedError
        If the embedding is not finite or all at one place, or has no more than k points.
    """
    if not case.is_finite or case.is_collapsed:
        raise UndefinedError("not finite, or all points at one place")
    y = case.y_test if held_out else case.y
    assert case.y is not None and y is not None
    near = case.neighbours_of_held_out if held_out else case.nearest(case.positions, first=0)
    if k > near.shape[1]:
        raise UndefinedError("too few points")
    found = majority(case.y[near[:, :k]])
    n_classes = max(len(case.original.dataset.classes), int(max(y.max(), case.y.max())) + 1)
    return np.bincount(y * n_classes + found, minlength=n_classes**2).reshape(n_classes, n_classes)
