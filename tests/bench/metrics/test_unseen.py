from __future__ import annotations

import numpy as np
import pytest

from bench.metrics import METRICS, Embedding, ReferenceSpace, Value, evaluate
from tests.bench.metrics.data import dataset

KEYS = [key for key in METRICS if key.startswith("unseen_")]


def found(values: list[Value]) -> dict[tuple[str, str], float | None]:
    return {(value.score, value.part): value.value for value in values}


def embedding_of(
    y: np.ndarray, y_test: np.ndarray, squared_error: np.ndarray | None = None, seed: int = 0
) -> Embedding:
    rng = np.random.RandomState(seed)
    X, X_test = rng.randint(0, 9, (len(y), 3)), rng.randint(0, 9, (len(y_test), 3))
    Z, Z_test = rng.standard_normal((len(y), 2)), rng.standard_normal((len(y_test), 2))
    return Embedding(ReferenceSpace(dataset(X, y, X_test, y_test=y_test)), Z, Z_test, squared_error)


def area(strange: list[float], others: list[float]) -> float:
    """Share of pairs of which the unseen point has the larger distance; equal ones count half."""
    wins = [float(a > b) + 0.5 * float(a == b) for a in strange for b in others]
    return sum(wins) / len(wins)


def test_areas_are_those_of_pairs() -> None:
    y, y_test = np.arange(40) % 3, np.arange(30) % 4
    embedding = embedding_of(y, y_test, np.random.RandomState(3).rand(30))
    data, values = embedding.space.dataset, found(evaluate(embedding, KEYS))

    def nearest(points: np.ndarray, fitted: np.ndarray, unseen: bool) -> list[float]:
        rows = points[(y_test == 3) == unseen]
        return [min(float(((row - other) ** 2).sum()) for other in fitted) for row in rows]

    assert embedding.Z_test is not None and embedding.squared_error is not None
    in_embedding = area(nearest(embedding.Z_test, embedding.Z, True), nearest(embedding.Z_test, embedding.Z, False))
    X, X_test = (np.rint(points.astype(float) * 255) for points in (data.X, data.X_test))
    in_pixels = area(nearest(X_test, X, True), nearest(X_test, X, False))
    errors = area(list(embedding.squared_error[y_test == 3]), list(embedding.squared_error[y_test != 3]))
    assert values["unseen_auc", ""] == pytest.approx(in_embedding)
    assert values["unseen_auc_pixels", ""] == pytest.approx(in_pixels)
    assert values["unseen_auc_reconstruction", ""] == pytest.approx(errors)
    assert len({round(one, 3) for one in (in_embedding, in_pixels, errors, 0.5)}) == 4


def test_what_an_unseen_class_is_taken_for() -> None:
    rng = np.random.RandomState(0)
    places = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    y = np.repeat([0, 1, 3], 20)
    Z = places[np.repeat([0, 1, 2], 20)] + 0.1 * rng.standard_normal((60, 2))
    # Of the unseen class c, three land on b and one on d; a seen point is on its own class.
    Z_test = places[[1, 1, 1, 2, 0]]
    X = rng.randint(0, 9, (65, 3))
    embedding = Embedding(ReferenceSpace(dataset(X[:60], y, X[60:], y_test=np.array([2, 2, 2, 2, 0]))), Z, Z_test)
    values = found(evaluate(embedding, KEYS))
    assert values["unseen_largest_share", ""] == 0.75
    shares = {part: value for (score, part), value in values.items() if score == "unseen_taken_for"}
    assert shares == {"a": 0.0, "b": 0.75, "d": 0.25}


def test_where_no_class_is_unseen_there_is_no_score() -> None:
    y = np.arange(40) % 3
    reasons = {value.reason for value in evaluate(embedding_of(y, y[:20], np.ones(20)), KEYS)}
    assert reasons == {"n/a (no class unseen)"}
    reasons = {value.reason for value in evaluate(embedding_of(y, np.full(20, 7), np.ones(20)), KEYS)}
    assert "n/a (every class unseen)" in reasons


def test_other_scores_cope_with_a_class_that_is_held_out_only() -> None:
    y, y_test = np.arange(60) % 3, np.arange(40) % 5
    for value in evaluate(embedding_of(y, y_test, np.ones(40))):
        score = METRICS[value.score]
        assert value.reason if value.value is None else score.low - 1e-12 <= value.value <= score.high + 1e-12, value
