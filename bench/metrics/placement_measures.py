"""Measures of where new points are mapped: by the method's own `transform`, and by baselines that need none.

A baseline takes the training points that are nearest to a new point in the data, and their positions in the embedding.
Any embedding can have it, also that of a method without `transform`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import labels, neighbourhood
from bench.metrics.embedding import Embedding
from bench.metrics.measure import Subject

OWN = "own"
SIZES = (1, 5, 25)
"""Nearest training points that a baseline looks at; of one alone, mean, median and copy are the same."""
SCORES = {
    "knn_accuracy_k10": (labels.knn_accuracy, 10),
    "knn_recall_k15": (neighbourhood.knn_recall, 15),
    "trustworthiness_k5": (neighbourhood.trustworthiness, 5),
}
"""Scores of a placement, each with its number of neighbours, under the names of their columns without `_test`."""
BLOCK = 1_000
"""Points whose neighbours' distances from each other are computed at a time."""


def placement(subject: Subject) -> dict[str, float]:
    """Scores of test points as they are mapped by `transform`, and at the positions of near training points.

    A part is a placement and a score: `own:knn_accuracy_k10`. Placements are `own`, if there is a `transform`, then
    `copy of 1`, the position of the nearest training point, and of 5 and 25 of them: the mean and the median of their
    positions along each axis, and a copy of the one that is closest to the others. Scores are `knn_accuracy_k10`,
    `knn_recall_k15` and `trustworthiness_k5`.
    """
    found = {}
    for name, Z_test in _placements(subject):
        embedding = Embedding(subject.space, subject.Z, Z_test)
        if not embedding.has_neighbours:
            raise UndefinedError("not finite, or all points at one position")
        for score, (function, k) in SCORES.items():
            with suppress(UndefinedError):  # no labels, or too few points
                found[f"{name}:{score}"] = function(embedding, k, "test")
    return found


def _placements(subject: Subject) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each placement with the positions of the test points, the method's own first if it has one."""
    if not len(subject.dataset.X_test):
        raise UndefinedError("no test points")
    if "test" in subject.arrays:
        yield OWN, subject["test"]
    near, Z = subject.space.test_neighbours, np.asarray(subject.Z, np.float64)
    yield "copy of 1", Z[near[:, 0]]
    for k in (k for k in SIZES[1:] if k <= near.shape[1]):
        positions = Z[near[:, :k]]
        yield f"mean of {k}", positions.mean(axis=1)
        yield f"median of {k}", np.median(positions, axis=1)
        yield f"copy of {k}", _most_central(positions)


def _most_central(positions: np.ndarray) -> np.ndarray:
    """Return of each group of positions the one with the least sum of distances to the others, the first of equals."""
    chosen = np.empty((len(positions), positions.shape[2]))
    for start in range(0, len(positions), BLOCK):
        block = positions[start : start + BLOCK]
        sums = np.linalg.norm(block[:, :, None] - block[:, None], axis=3).sum(axis=2)
        chosen[start : start + BLOCK] = block[np.arange(len(block)), sums.argmin(axis=1)]
    return chosen
