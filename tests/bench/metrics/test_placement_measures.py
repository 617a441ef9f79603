from __future__ import annotations

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.metrics import Embedding, ReferenceSpace, evaluate
from bench.metrics.measure import Subject
from bench.metrics.measures import MEASURES
from bench.metrics.metric import column_name
from bench.metrics.placement_measures import SCORES
from tests.bench.metrics.data import coordinates, dataset, tied_points

N, M = 60, 25
BASELINES = ["copy of 1"] + [f"{how} of {k}" for k in (5, 25) for how in ("mean", "median", "copy")]


@pytest.fixture(scope="module")
def data() -> Dataset:
    return dataset(tied_points(N), np.arange(N) % 3, tied_points(M, seed=1), y_test=np.arange(M) % 3)


def _measured(data: Dataset, **arrays: np.ndarray) -> dict[str, float]:
    return MEASURES["placement"].compute(Subject(ReferenceSpace(data), arrays))


def _scored(data: Dataset, Z: np.ndarray, Z_test: np.ndarray) -> dict[str, float]:
    found = evaluate(Embedding(ReferenceSpace(data), Z, Z_test), ("knn_accuracy", "knn_recall", "trustworthiness"))
    by_column = {column_name(one.score, one.split, one.k): one.value for one in found}
    return {score: by_column[f"{score}_test"] for score in SCORES}


def _nearest(data: Dataset, k: int) -> np.ndarray:
    """Return the nearest training points, ties to the first one, in the plainest way."""
    X, X_test = (np.rint(255 * points).astype(int) for points in (data.X, data.X_test))
    return np.array([np.argsort(((X - point) ** 2).sum(axis=1), kind="stable")[:k] for point in X_test])


def test_own_positions_have_the_scores_of_the_registry(data: Dataset) -> None:
    Z, Z_test = coordinates("scattered", N), coordinates("scattered", M, seed=2)
    found = _measured(data, train=Z, test=Z_test)
    assert list(found) == [f"{placement}:{score}" for placement in ("own", *BASELINES) for score in SCORES]
    assert {score: found[f"own:{score}"] for score in SCORES} == _scored(data, Z, Z_test)
    assert found["mean of 5:knn_accuracy_k10"] == pytest.approx(
        next(
            one.value
            for one in evaluate(Embedding(ReferenceSpace(data), Z, Z_test), ("placement_knn_accuracy",))
            if one.k == 10
        )
    )


@pytest.mark.parametrize("k", [5, 25])
def test_baselines_are_made_of_the_nearest_training_points(data: Dataset, k: int) -> None:
    Z = coordinates("scattered", N).astype(np.float64)
    near, found = Z[_nearest(data, k)], _measured(data, train=Z)
    sums = [[sum(np.linalg.norm(a - b) for b in group) for a in group] for group in near]
    expected = {
        f"mean of {k}": near.mean(axis=1),
        f"median of {k}": np.median(near, axis=1),
        f"copy of {k}": np.array([group[int(np.argmin(of))] for group, of in zip(near, sums, strict=True)]),
        "copy of 1": near[:, 0],
    }
    for name, Z_test in expected.items():
        assert {score: found[f"{name}:{score}"] for score in SCORES} == pytest.approx(_scored(data, Z, Z_test)), name


def test_a_mean_of_two_islands_lies_between_them() -> None:
    """Copies and medians stay on an island; only the mean of points on both lies where there is none."""
    rng = np.random.RandomState(0)
    y, y_test = np.arange(80) % 2, np.arange(40) % 2
    X, X_test = (100 + 12 * labels[:, None] + rng.randint(-12, 12, (len(labels), 6)) for labels in (y, y_test))
    islands = np.column_stack([100.0 * y, rng.standard_normal(80)])
    islands[:2] = [[49, 0], [51, 0]]
    found = _measured(dataset(X, y, X_test, y_test=y_test), train=islands)
    means, medians = (found[f"{how} of 5:trustworthiness_k5"] for how in ("mean", "median"))
    assert means < medians


def test_a_method_without_transform_has_the_baselines(data: Dataset) -> None:
    found = _measured(data, train=coordinates("scattered", N))
    assert {name.partition(":")[0] for name in found} == set(BASELINES)


def test_what_cannot_be_placed_has_no_value(data: Dataset) -> None:
    assert _measured(data, train=np.zeros((N, 2))) == {}
    nowhere = dataset(tied_points(N), np.arange(N) % 3)
    assert _measured(nowhere, train=coordinates("scattered", N)) == {}
    unlabelled = dataset(tied_points(N), None, tied_points(M, seed=1))
    found = _measured(unlabelled, train=coordinates("scattered", N))
    assert {name.partition(":")[2] for name in found} == {"knn_recall_k15", "trustworthiness_k5"}
    few = dataset(tied_points(20), np.arange(20) % 3, tied_points(M, seed=1), y_test=np.arange(M) % 3)
    assert not [name for name in _measured(few, train=coordinates("scattered", 20)) if "25" in name]
