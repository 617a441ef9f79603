from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.errors import UndefinedError
from bench.metrics import Embedding, ReferenceSpace, labels
from bench.metrics.labels import confusion
from tests.bench.metrics.data import dataset


@pytest.mark.parametrize("k", [1, 5, 10])
def test_the_diagonal_is_knn_accuracy(digits_embedding: Embedding, k: int) -> None:
    for of, y in (("train", digits_embedding.y), ("test", digits_embedding.y_test)):
        counts = confusion(digits_embedding, k, of)
        assert np.trace(counts) / counts.sum() == pytest.approx(labels.knn_accuracy(digits_embedding, k, of))
        assert np.array_equal(counts.sum(axis=1), np.bincount(y, minlength=10))


def test_rows_are_true_classes_and_columns_what_they_are_taken_for() -> None:
    Z = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0], [1.1]])
    embedding = Embedding(ReferenceSpace(dataset(Z.round(), np.array([0, 0, 0, 2, 2, 2, 2]))), Z)
    counts = confusion(embedding, 3)
    assert counts.shape == (10, 10), "a class without points has its row"
    assert (counts[0, 0], counts[2, 2], counts[2, 0], counts[0, 2]) == (3, 3, 1, 0)


def test_what_has_no_neighbours_has_no_confusion(digits_embedding: Embedding) -> None:
    with pytest.raises(UndefinedError, match="one position"):
        confusion(replace(digits_embedding, Z=np.zeros((400, 2))), 10)
    with pytest.raises(UndefinedError, match="too few"):
        confusion(digits_embedding, 200, "test")
