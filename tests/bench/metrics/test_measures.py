from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from bench.datasets import Dataset
from bench.metrics import ReferenceSpace, published_measures
from bench.metrics.measure import Arrays, Subject
from bench.metrics.measures import MEASURES
from tests.bench.metrics.data import dataset

N, M = 120, 60


@pytest.fixture(scope="module")
def data() -> Dataset:
    rng = np.random.RandomState(0)
    y, y_test = np.arange(N) % 4, np.arange(M) % 4
    X, X_test = (rng.randint(0, 60, (len(labels), 64)) + 40 * labels[:, None] for labels in (y, y_test))
    return dataset(X, y, X_test, y_test=y_test, classes=tuple("0123"))


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    rng = np.random.RandomState(1)
    return {
        "train": rng.standard_normal((N, 2)).astype(np.float32),
        "test": rng.standard_normal((M, 2)).astype(np.float32),
        "squared_error": rng.rand(M).astype(np.float32),
        "rebuilt": rng.rand(3, 64).astype(np.float32),
        "grid": rng.rand(5, 64).astype(np.float32),
        "extra_squared_error_through_sample": rng.rand(M).astype(np.float32),
        "extra_fitted_squared_error": rng.rand(N).astype(np.float32),
        "extra_active_units": np.array(2),
        "extra_kl_per_dimension": np.array([1.5, 2.0], np.float32),
        "extra_standard_deviation": np.array([3.0, 4.0], np.float32),
        "extra_posterior_deviation": np.array([0.1, 0.3], np.float32),
        "extra_prior_samples": rng.rand(7, 64).astype(np.float32),
        "extra_anomaly_score": rng.rand(M).astype(np.float32),
        "extra_history": np.column_stack([[1, 2, 3], [9.0, 5.0, 4.0]]),
    }


def values(key: str, data: Dataset, arrays: Arrays, **others: object) -> dict[str, float]:
    return MEASURES[key].compute(Subject(ReferenceSpace(data), arrays, **others))  # type: ignore[arg-type]


def value(key: str, data: Dataset, arrays: Arrays, **others: object) -> float:
    (part, found), *more = values(key, data, arrays, **others).items()
    assert part == "" and not more
    return found


def test_every_measure_explains_itself_and_copes_with_a_run_that_left_little(data: Dataset) -> None:
    assert len(MEASURES) >= 31
    for key, measure in MEASURES.items():
        assert key == measure.key
        assert measure.meaning.endswith(".")
        assert measure.version >= 1
    nothing = {"train": np.zeros((N, 1), np.float32)}
    for key in MEASURES.keys() - {"kmeans_by_silhouette", "trustworthiness_of_first"}:
        assert all(np.isfinite(found) for found in values(key, data, nothing).values()), key


def test_errors_are_means_a_pixel(data: Dataset, arrays: dict[str, np.ndarray]) -> None:
    for key, name in (
        ("error", "squared_error"),
        ("error_through_draws", "extra_squared_error_through_sample"),
        ("training_error", "extra_fitted_squared_error"),
    ):
        assert value(key, data, arrays) == pytest.approx(arrays[name].mean() / 64)
    around = ((data.X_test - data.X.mean(axis=0)) ** 2).sum(axis=1)
    assert value("mean_image_error", data, arrays) == pytest.approx(around.mean() / 64)
    parts = values("unexplained_by_class", data, arrays)
    of_two = data.y_test == 2
    assert parts["2"] == pytest.approx(arrays["squared_error"][of_two].sum() / around[of_two].sum())
    assert list(parts) == list("0123")


def test_posteriors(data: Dataset, arrays: dict[str, np.ndarray]) -> None:
    keys = ("vae_active_units", "kl", "spread_of_means", "posterior_deviation")
    found = [value(key, data, arrays) for key in keys]
    assert found == pytest.approx([2, 3.5, np.sqrt(12.5), 0.2])


def test_the_shape_of_codes(data: Dataset, arrays: dict[str, np.ndarray]) -> None:
    rng = np.random.RandomState(2)
    round_codes, ring = rng.standard_normal((3_000, 2)), rng.standard_normal((3_000, 2))
    ring /= np.linalg.norm(ring, axis=1, keepdims=True)
    gaussian, on_ring = ({"train": 5 * Z @ np.array([[2.0, 1], [0, 1]])} for Z in (round_codes, ring))
    assert value("distance_from_gaussian", data, gaussian) < 0.03 < 0.3 < value("distance_from_gaussian", data, on_ring)
    assert value("share_covered", data, gaussian) > 0.6 > 0.3 > value("share_covered", data, on_ring)
    assert value("spread_of_codes", data, {"train": round_codes * [1, 3]}) == pytest.approx(np.sqrt(5), rel=0.05)


def test_spread_of_classes(data: Dataset) -> None:
    Z = np.random.RandomState(3).standard_normal((N, 3)) * np.array([1, 2, 3, 4])[data.y][:, None]
    radii = np.array([np.sqrt(Z[data.y == label].var(axis=0).sum()) for label in range(4)])
    assert value("class_spread_variation", data, {"train": Z}) == pytest.approx(radii.std() / radii.mean())
    of_pairs = []
    for pair in ([0, 1], [0, 2], [1, 2]):
        radii = np.array([np.sqrt(Z[data.y == label][:, pair].var(axis=0).sum()) for label in range(4)])
        of_pairs.append(radii.std() / radii.mean())
    assert value("class_spread_variation_pairs", data, {"train": Z}) == pytest.approx(np.mean(of_pairs))
    assert values("class_spread_variation_pairs", data, {"train": Z[:, :1]}) == {}


def test_the_data_alone(data: Dataset) -> None:
    variances = np.sort(np.linalg.svd(data.X - data.X.mean(axis=0), compute_uv=False) ** 2 / (N - 1))[::-1]
    assert values("principal_variances", data, {}) == pytest.approx({"1": variances[0], "2": variances[1]}, rel=1e-4)
    assert value("units_in_theory", data, {}) == (variances > 0.5).sum() > 0
    assert value("majority_class", data, {}) == 0.25


def test_classifiers(data: Dataset, arrays: dict[str, np.ndarray]) -> None:
    Z, Z_test = (np.eye(4)[labels] + 0.1 for labels in (data.y, data.y_test))
    assert value("logistic_accuracy", data, {"train": Z, "test": Z_test}) == 1
    assert value("logistic_accuracy", data, arrays) < 0.5
    found = values("classifier_confidence", data, arrays)
    assert list(found) == ["real", "draws", "rebuilt", "lattice"]
    assert found["real"] > 0.6
    assert all(0.25 <= one <= 1 for one in found.values())
    plain = LogisticRegression(max_iter=1_000).fit(data.X, data.y)
    assert found["real"] == pytest.approx(plain.predict_proba(data.X_test).max(axis=1).mean(), abs=0.2)
    assert list(values("classifier_confidence", data, {"extra_prior_samples": data.X[:3]})) == ["real", "draws"]
    small = {"extra_prior_samples": data.X[:3, :2]}  # of a network that makes smaller images
    assert values("classifier_confidence", data, small) == values("distance_to_nearest_image", data, small) == {}
    assert values("classifier_confidence", data, arrays, without="2") == values(
        "logistic_accuracy", data, arrays, without="2"
    )
    images = arrays["extra_prior_samples"]
    nearest = np.linalg.norm(images[:, None] - data.X, axis=2).min(axis=1)
    assert value("distance_to_nearest_image", data, arrays) == pytest.approx(np.median(nearest), rel=1e-5)


def test_anomalies(data: Dataset, arrays: dict[str, np.ndarray]) -> None:
    anomalous = data.y_test == 3
    assert value("anomaly_auc", data, arrays, without="3") == roc_auc_score(anomalous, arrays["extra_anomaly_score"])
    assert value("anomaly_auc_of_error", data, arrays, without="3") == roc_auc_score(anomalous, arrays["squared_error"])
    assert values("anomaly_auc", data, arrays) == {}
    other = {"extra_anomaly_score": arrays["extra_anomaly_score"][::-1]}
    asked = []

    def sibling(reducer: str) -> Arrays:
        asked.append(reducer)
        return other

    ranks = [array["extra_anomaly_score"].argsort().argsort() for array in (arrays, other)]
    both = value("anomaly_auc_of_both", data, arrays, without="3", sibling=sibling)
    assert both == pytest.approx(roc_auc_score(anomalous, np.minimum(*ranks)))
    assert asked == ["autoencoder"]
    assert values("anomaly_auc_of_both", data, arrays, without="3") == {}


def test_a_published_table(data: Dataset, arrays: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.manifold import trustworthiness
    from sklearn.metrics import silhouette_score, v_measure_score
    from sklearn.neighbors import KNeighborsClassifier

    monkeypatch.setattr(published_measures, "FIRST", 50)
    Z = arrays["train"]
    of_first = value("trustworthiness_of_first", data, arrays)
    assert of_first == pytest.approx(trustworthiness(data.X[:50], Z[:50], n_neighbors=5), abs=1e-3)
    assert value("silhouette_of_labels", data, arrays) == pytest.approx(silhouette_score(Z, data.y), abs=1e-6)
    expected = {str(k): KNeighborsClassifier(k).fit(Z, data.y).score(arrays["test"], data.y_test) for k in (1, 5)}
    assert values("knn_score", data, arrays) == expected
    islands = {"train": Z + 100 * np.column_stack([np.arange(N) % 6, np.zeros(N)])}
    found = values("kmeans_by_silhouette", data, islands)
    assert found["n_clusters"] == 6
    agreement = v_measure_score(data.y, np.arange(N) % 6)
    assert found["v_measure"] == pytest.approx(agreement)
    assert found["lowest"] <= found["v_measure"] <= found["highest"]
    assert values("training_loss", data, arrays) == {"1": 9.0, "2": 5.0, "3": 4.0}
