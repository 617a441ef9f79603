from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sklearn.manifold
import sklearn.metrics
from sklearn.neighbors import KNeighborsClassifier

from bench.metrics import METRICS, Embedding, ReferenceSpace, evaluate
from bench.metrics import functions as metrics
from bench.metrics.functions import score, space_of
from tests.bench.metrics.data import dataset

COLUMNS = ["score", "k", "split", "value", "reason"]


def test_plain_functions_are_scikit_learns(untied_embedding: Embedding) -> None:
    X, Z, y = untied_embedding.space.dataset.X, untied_embedding.Z.astype(np.float64), untied_embedding.y
    expected = sklearn.manifold.trustworthiness(X.astype(np.float64), Z, n_neighbors=7)
    assert metrics.trustworthiness(X, Z, 7) == pytest.approx(expected, abs=1e-12)
    assert metrics.continuity(Z, X, 7) == pytest.approx(expected, abs=1e-9)
    assert metrics.silhouette(Z, y) == pytest.approx(sklearn.metrics.silhouette_score(Z, y), abs=1e-12)
    others = KNeighborsClassifier(1).fit(Z, y).kneighbors(return_distance=False)[:, 0]
    assert metrics.knn_accuracy(Z, y, k=1) == pytest.approx(np.mean(y[others] == y))


def test_plain_functions_are_the_metrics_of_a_study(digits_embedding: Embedding) -> None:
    X, Z, y = digits_embedding.space.dataset.X, digits_embedding.Z, digits_embedding.y
    values = {(v.score, v.k): v.value for v in evaluate(digits_embedding) if v.split == "train" and not v.part}
    space = space_of(X)
    of_data = ("trustworthiness", "continuity", "knn_recall")
    alone = ("r_nx_auc", "shepard_spearman", "stress", "triplet_accuracy", "density_correlation")
    found = {(name, 15): getattr(metrics, name)(space, Z, 15) for name in of_data}
    found |= {(name, None): getattr(metrics, name)(space, Z) for name in alone}
    found |= {
        ("knn_accuracy", 10): metrics.knn_accuracy(Z, y),
        ("neighbourhood_hit", 15): metrics.neighbourhood_hit(Z, y),
    }
    found |= {
        (name, None): getattr(metrics, name)(Z, y) for name in ("silhouette", "distance_consistency", "kmeans_ari")
    }
    assert {key: values[key] for key in found} == pytest.approx(found, abs=1e-12)
    curve = metrics.r_nx(space, Z)
    assert curve.shape == (399,)
    assert curve[14] == pytest.approx((399 * found["knn_recall", 15] - 15) / (399 - 15))


def test_embeddings_of_several_seeds() -> None:
    Z = np.random.RandomState(0).standard_normal((50, 2))
    assert metrics.procrustes_residual(Z, 3 * Z[:, ::-1] + 1) == pytest.approx(0, abs=1e-9)
    assert metrics.knn_jaccard(Z, 3 * Z[:, ::-1] + 1, k=5) == 1
    assert metrics.knn_jaccard(Z, Z[::-1], k=5) < 0.3


def test_the_door_gives_every_score_of_both_splits(digits_embedding: Embedding) -> None:
    one, data = digits_embedding, digits_embedding.space.dataset
    frame = score(data.X, one.Z, data.y, data.X_test, one.Z_test, data.y_test)
    assert list(frame) == COLUMNS
    expected = evaluate(one)
    assert len(frame) == len(expected)
    assert set(frame["score"].str.partition(":")[0]) == {
        key for key, metric in METRICS.items() if metric.splits != ("seeds",)
    }
    for row, value in zip(frame.itertuples(), expected, strict=True):
        assert (row.split, row.reason) == (value.split, value.reason)
        assert pd.isna(row.k) if value.k is None else row.k == value.k
        assert pd.isna(row.value) if value.value is None else row.value == pytest.approx(value.value, abs=1e-12)


def test_the_door_needs_no_more_than_two_arrays() -> None:
    X = np.random.RandomState(0).standard_normal((60, 4))
    frame = score(X, X[:, :2]).set_index(["score", "split"]).sort_index()
    assert frame.loc[[("r_nx_auc", "train")], "value"].item() > 0.3
    assert set(frame.loc[[("silhouette", "train")], "reason"]) == {"n/a (no labels)"}
    assert set(frame.loc[[("knn_recall", "test")], "reason"]) == {"n/a (transductive)"}


def test_labels_of_any_type_do() -> None:
    X = np.random.RandomState(0).standard_normal((40, 3))
    y = np.arange(40) % 4
    names = [f"class {label}" for label in y]
    by_number, by_name = (score(X, X, labels, X[:8], X[:8], labels[:8]) for labels in (y, names))
    pd.testing.assert_series_equal(by_number["value"], by_name["value"])
    assert "silhouette_of_classes:class 3" in set(by_name["score"])


@pytest.mark.parametrize("shift", [0, 10])
@pytest.mark.parametrize("unit", [1, 1 / 255, 0.25])
def test_data_on_a_grid_stay_exact(shift: int, unit: float) -> None:
    X = np.random.RandomState(0).randint(0, 256, (50, 9))
    X[0, :2] = 0, 255
    exact = ReferenceSpace(dataset(X))
    for dtype in (np.float32, np.float64):
        space = space_of((X * unit + shift).astype(dtype) if unit < 1 or shift else X)
        if dtype is np.float64 or not shift:
            assert space.levels == 255
            np.testing.assert_array_equal(space.points, exact.points)
        np.testing.assert_array_equal(space.neighbours, exact.neighbours)


def test_other_data_are_rounded_finely() -> None:
    X = np.random.RandomState(0).standard_normal((50, 9)) * 1e6
    space = space_of(X)
    assert space.dataset.levels is None
    distances = ((X[:, None] - X) ** 2).sum(axis=2) + np.diag(np.full(50, np.inf))
    np.testing.assert_array_equal(space.neighbours, distances.argsort(axis=1)[:, :49])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X": np.ones(5)}, "Got X of shape"),
        ({"X": np.empty((0, 3))}, "Got X of shape"),
        ({"X": np.array([[1.0, np.nan]] * 5)}, "Got X with NaN"),
        ({"Z": np.ones((4, 2))}, r"Got Z of shape \(4, 2\), but expected \(5, n_components\)"),
        ({"Z": np.ones(5)}, "Got Z of shape"),
        ({"labels": [1, 2]}, r"Got y of shape \(2,\), but expected \(5,\)"),
        ({"Z_test": np.ones((3, 2))}, "Got Z_test without X_test"),
        ({"X_test": np.ones((3, 3)), "Z_test": np.ones((2, 2))}, "Got Z_test of shape"),
        ({"X_test": np.ones((3, 2)), "Z_test": np.ones((3, 2))}, "Got X_test of shape"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(arguments: dict[str, object], message: str) -> None:
    given = {"X": np.arange(15.0).reshape(5, 3), "Z": np.arange(10.0).reshape(5, 2)} | arguments
    with pytest.raises(ValueError, match=message):
        score(**given)  # type: ignore[arg-type]
