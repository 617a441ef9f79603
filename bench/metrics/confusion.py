"""Which classes are taken for which: what kNN accuracy counts, class by class."""

from __future__ import annotations

import numpy as np

from bench.errors import UndefinedError
from bench.metrics.embedding import Embedding
from bench.metrics.labels import majority
from bench.metrics.reference_space import Points


def confusion(embedding: Embedding, k: int, of: Points = "train") -> np.ndarray:
    """Return how often points of each class (rows) are taken for each class (columns) by their k nearest neighbours.

    Parameters
    ----------
    of : {"train", "test"}
        The points; neighbours are training points, and a training point is left out of its own.

    Returns
    -------
    ndarray of shape (n_classes, n_classes), int64
        The share on its diagonal is the score `knn_accuracy`.

    Raises
    ------
    UndefinedError
        If the embedding is not finite or collapsed, or has no more than k points.
    """
    if not embedding.has_neighbours:
        raise UndefinedError("not finite, or all points at one position")
    y = embedding.y if of == "train" else embedding.y_test
    assert embedding.y is not None and y is not None
    near = embedding.neighbours if of == "train" else embedding.test_neighbours
    if k > near.shape[1]:
        raise UndefinedError("too few points")
    found = majority(embedding.y[near[:, :k]])
    n_classes = max(len(embedding.space.dataset.classes), int(max(y.max(), embedding.y.max())) + 1)
    return np.bincount(y * n_classes + found, minlength=n_classes**2).reshape(n_classes, n_classes)
