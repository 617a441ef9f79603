from __future__ import annotations

import numpy as np
import pytest

from bench.metrics import ReferenceSpace
from bench.metrics.clustering import hdbscan
from bench.metrics.measure import Subject
from bench.metrics.measures import MEASURES
from tests.bench.metrics.data import dataset

N = 300
OF_HDBSCAN, OF_KMEANS = {"n_clusters", "outside", "one_allowed"}, {"n_clusters", "silhouette"}


def values(key: str, Z: np.ndarray, X: np.ndarray | None = None) -> dict[str, float]:
    points = np.random.RandomState(0).randint(0, 255, (len(Z), 5)) if X is None else X
    return MEASURES[key].compute(Subject(ReferenceSpace(dataset(points)), {"train": Z.astype(np.float32)}))


@pytest.fixture(scope="module")
def islands() -> np.ndarray:
    Z = np.random.RandomState(1).standard_normal((N, 2))
    return Z + 30 * np.array([[0, 0], [1, 0], [0, 1]])[np.arange(N) % 3]


def test_three_islands_are_three_clusters(islands: np.ndarray) -> None:
    by_hdbscan, by_kmeans = values("hdbscan_clusters", islands), values("kmeans_clusters", islands)
    assert by_hdbscan.keys() == OF_HDBSCAN and by_kmeans.keys() == OF_KMEANS
    assert (by_hdbscan["n_clusters"], by_hdbscan["one_allowed"], by_kmeans["n_clusters"]) == (3, 3, 3)
    assert by_hdbscan["outside"] == np.mean(hdbscan(islands.astype(np.float32)) < 0) < 0.2
    assert by_kmeans["silhouette"] > 0.9


def test_an_even_square_is_one_cluster_if_one_is_allowed() -> None:
    square = np.random.RandomState(0).rand(N, 2)
    assert values("hdbscan_clusters", square)["one_allowed"] == 1
    assert 0.3 < values("kmeans_clusters", square)["silhouette"] < 0.5, "high without any cluster"


def test_the_data_are_counted_as_the_embedding_is(islands: np.ndarray) -> None:
    X = np.round(islands + 10)
    for key in ("hdbscan_clusters", "kmeans_clusters"):
        one = values(f"{key}_of_data", np.zeros((N, 2)), X)
        assert one == pytest.approx(values(key, X), abs=1e-6)


def test_what_cannot_be_counted_has_no_value() -> None:
    assert values("hdbscan_clusters", np.zeros((N, 2))) == values("kmeans_clusters", np.zeros((N, 2))) == {}
    wide = np.random.RandomState(0).rand(N, 65)
    assert values("hdbscan_clusters", wide) == {} and values("kmeans_clusters", wide).keys() == OF_KMEANS
    two_places = np.repeat([[0.0, 0.0], [1.0, 1.0]], N // 2, axis=0)
    assert values("kmeans_clusters", two_places) == {"n_clusters": 2, "silhouette": 1}
