"""Scores that compare an embedding with the labels, which no reducer has seen."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import silhouette_score

from bench.scores.case import Case


def silhouette_fit(case: Case, k: int | None) -> float:
    """Mean silhouette of the fitted points under their labels (Rousseeuw 1987)."""
    return float(silhouette_score(case.Z, case.y))


def silhouette_test(case: Case, k: int | None) -> float:
    """Mean silhouette of the held-out points among themselves, under their labels."""
    return float(silhouette_score(case.Z_test, case.y_test))


def knn_accuracy_fit(case: Case, k: int | None) -> float:
    """Share of fitted points whose label the majority of their k nearest other fitted points has."""
    assert case.y is not None and k is not None
    return _accuracy(case.y[case.neighbours[:, :k]], case.y)


def knn_accuracy_test(case: Case, k: int | None) -> float:
    """Share of held-out points whose label the majority of their k nearest fitted points has."""
    assert case.y is not None and case.y_test is not None and k is not None
    return _accuracy(case.y[case.neighbours_of_held_out[:, :k]], case.y_test)


def _accuracy(neighbour_labels: np.ndarray, y: np.ndarray) -> float:
    """Return the share of rows where the majority has label `y`; a tie goes to the label that is met first."""
    n_classes = int(max(neighbour_labels.max(), y.max())) + 1
    votes = np.zeros((len(y), n_classes))
    k = neighbour_labels.shape[1]
    rows = np.arange(len(y))
    for place in range(k):
        # Every vote counts one, and a nearer one a little more than all farther ones together could.
        votes[rows, neighbour_labels[:, place]] += 1 + 2.0 ** -(place + k)
    return float(np.mean(votes.argmax(axis=1) == y))
