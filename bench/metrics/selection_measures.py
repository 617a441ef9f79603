"""Measures by which a search selects: three scores, under the names of their columns, without all that others need.

They have the values of the scores of these names. A search has hundreds of embeddings, and all scores of one take
longer than its fit.
"""

from __future__ import annotations

import numpy as np

from bench.errors import UndefinedError
from bench.metrics.checks import neighbours
from bench.metrics.embedding import Embedding
from bench.metrics.labels import correct
from bench.metrics.measure import Subject

K_RECALL, K_ACCURACY = 15, 10


def knn_recall_k15(subject: Subject) -> float:
    """15-NN recall of training points: the share of the 15 nearest neighbours that the embedding keeps."""
    embedding = _embedding(subject)
    return _recall(subject.space.neighbours, embedding.neighbours)


def knn_recall_k15_test(subject: Subject) -> float:
    """15-NN recall of test points among training points."""
    embedding = _embedding(subject, subject["test"])
    return _recall(subject.space.test_neighbours, embedding.test_neighbours)


def knn_accuracy_k10_test(subject: Subject) -> float:
    """10-NN accuracy of test points: the neighbours in the embedding are training points."""
    return float(np.mean(correct(_embedding(subject, subject["test"]), K_ACCURACY, "test")))


def _embedding(subject: Subject, Z_test: np.ndarray | None = None) -> Embedding:
    embedding = Embedding(subject.space, subject.Z, Z_test)
    if not embedding.has_neighbours:
        raise UndefinedError("not finite, or all points at one position")
    return embedding


def _recall(in_data: np.ndarray, in_embedding: np.ndarray) -> float:
    """Return the share of each point's nearest neighbours in the data that are so in the embedding, too."""
    k = neighbours(K_RECALL, min(in_data.shape[1], in_embedding.shape[1]))
    kept = in_data[:, :k, None] == in_embedding[:, None, :k]
    return float(kept.any(axis=2).mean())
