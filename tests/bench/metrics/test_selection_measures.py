from __future__ import annotations

import numpy as np
import pytest

from bench.metrics import Embedding, ReferenceSpace, evaluate
from bench.metrics.measure import Subject
from bench.metrics.measures import MEASURES
from bench.metrics.metric import column_name
from tests.bench.metrics.data import Z_KINDS, coordinates, dataset, tied_points

KEYS = ("knn_recall_k15", "knn_recall_k15_test", "knn_accuracy_k10_test")


@pytest.mark.parametrize("kind", Z_KINDS)
def test_a_search_selects_by_the_scores_of_these_names(kind: str) -> None:
    X, X_test = tied_points(60), tied_points(25, seed=1)
    space = ReferenceSpace(dataset(X, np.arange(60) % 3, X_test, y_test=np.arange(25) % 3))
    Z, Z_test = coordinates(kind, 60), coordinates(kind, 25, seed=2)
    scores = evaluate(Embedding(space, Z, Z_test), ("knn_recall", "knn_accuracy"))
    expected = {column_name(one.score, one.split, one.k): one.value for one in scores}
    for key in KEYS:
        assert MEASURES[key].compute(Subject(space, {"train": Z, "test": Z_test})) == {"": expected[key]}, key


def test_a_collapsed_embedding_is_selected_by_nothing() -> None:
    space = ReferenceSpace(dataset(tied_points(60), np.arange(60) % 3, tied_points(25), y_test=np.arange(25) % 3))
    arrays = {"train": np.zeros((60, 2), np.float32), "test": np.zeros((25, 2), np.float32)}
    assert [MEASURES[key].compute(Subject(space, arrays)) for key in KEYS] == [{}, {}, {}]
