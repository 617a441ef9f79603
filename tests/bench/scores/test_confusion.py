from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.scores import Case, Original, labels
from bench.scores.confusion import confusion
from bench.scores.score import UndefinedError
from tests.bench.scores.data import dataset


@pytest.mark.parametrize("k", [1, 5, 10])
def test_the_diagonal_is_knn_accuracy(digits_case: Case, k: int) -> None:
    for held_out, score, y in (
        (False, labels.knn_accuracy_fit, digits_case.y),
        (True, labels.knn_accuracy_test, digits_case.y_test),
    ):
        counts = confusion(digits_case, k, held_out)
        assert np.trace(counts) / counts.sum() == pytest.approx(score(digits_case, k))
        assert np.array_equal(counts.sum(axis=1), np.bincount(y, minlength=10))


def test_rows_are_true_classes_and_columns_what_they_are_taken_for() -> None:
    Z = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0], [1.1]])
    case = Case(Original(dataset(Z.round(), np.array([0, 0, 0, 2, 2, 2, 2]))), Z)
    counts = confusion(case, 3, held_out=False)
    assert counts.shape == (10, 10), "a class without points has its row"
    assert (counts[0, 0], counts[2, 2], counts[2, 0], counts[0, 2]) == (3, 3, 1, 0)


def test_what_has_no_neighbours_has_no_confusion(digits_case: Case) -> None:
    with pytest.raises(UndefinedError, match="one place"):
        confusion(replace(digits_case, Z=np.zeros((400, 2))), 10, held_out=False)
    with pytest.raises(UndefinedError, match="too few"):
        confusion(digits_case, 200, held_out=True)
