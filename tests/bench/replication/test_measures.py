from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score, v_measure_score
from sklearn.neighbors import KNeighborsClassifier

from bench.datasets import Dataset
from bench.reading import read
from bench.replication import measures
from tests.bench import results_maker as maker


@pytest.fixture(scope="module")
def digits() -> Dataset:
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype(np.float32)
    return Dataset("digits", X[:300], X[300:400], y[:300], y[300:400], tuple("0123456789"), (8, 8), 16, "scikit-learn")


@pytest.fixture(scope="module")
def arrays(digits: Dataset) -> dict[str, np.ndarray]:
    pca = PCA(2).fit(digits.X)
    rebuilt = pca.inverse_transform(pca.transform(digits.X_test))
    return {
        "fit": pca.transform(digits.X),
        "test": pca.transform(digits.X_test),
        "squared_error": np.square(digits.X_test - rebuilt).sum(axis=1),
    }


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(measures.shelf, "folder", lambda: tmp_path / "shelf")


def test_they_are_those_of_scikit_learn(digits, arrays, monkeypatch) -> None:
    monkeypatch.setattr(measures, "FIRST", 200)
    Z, found = arrays["fit"], measures.measure(digits, arrays)
    rebuilt = digits.X_test.shape[1] * found["mse"] * len(digits.X_test)
    assert found["trustworthiness"] == pytest.approx(trustworthiness(digits.X[:200], Z[:200]), abs=1e-4)
    assert found["silhouette"] == pytest.approx(silhouette_score(Z, digits.y), abs=1e-6)
    for k in (1, 5):
        nearest = KNeighborsClassifier(k).fit(Z, digits.y)
        assert found[f"{k}nn"] == nearest.score(arrays["test"], digits.y_test)
    assert rebuilt == pytest.approx(arrays["squared_error"].sum())


def test_what_a_method_cannot_do_is_missing(digits, arrays) -> None:
    assert set(measures.measure(digits, {"fit": arrays["fit"]})) == {"trustworthiness", "silhouette"}


@pytest.mark.parametrize("first", [150, 300])
def test_the_run_of_k_means_with_the_highest_silhouette_is_chosen(digits, arrays, first, monkeypatch) -> None:
    monkeypatch.setattr(measures, "FIRST", first)
    Z = arrays["fit"].astype(np.float64)
    runs = [KMeans(k, n_init=10, random_state=seed).fit_predict(Z) for k in range(5, 15) for seed in range(5)]
    silhouettes = np.array([silhouette_score(Z, clusters) for clusters in runs])
    best = runs[int(silhouettes.argmax())]
    found = measures.cluster(digits, arrays["fit"])
    assert found.n_clusters == len(np.unique(best))
    assert found.v_measure == pytest.approx(v_measure_score(digits.y, best), abs=0.01 if first < 300 else 1e-9)
    assert found.lowest <= found.v_measure <= found.highest


def test_all_points_at_one_place_are_one_cluster(digits) -> None:
    found = measures.cluster(digits, np.zeros((300, 2), np.float32))
    assert (found.n_clusters, found.v_measure) == (1, 0.0)


def test_they_are_kept_beside_the_run_until_its_embedding_changes(digits, tmp_path, monkeypatch) -> None:
    computed = []
    clustering = measures.Clustering(n_clusters=10, v_measure=0.5, lowest=0.4, highest=0.6)
    monkeypatch.setattr(maker.judge, "judge", lambda *_: None)
    monkeypatch.setattr(measures, "cluster", lambda *_: computed.append(1) or clustering)
    store = maker.folder(tmp_path / "made", digits, [maker.record("pca", 0, digits)])

    def found() -> measures.Measures:
        reading = read(store, digits)
        return measures.of_run(reading, reading.well("pca")[0])

    first = found()
    assert json.loads((store.folder / "runs/pca/replication-0.json").read_text())["values"] == first.values
    assert first.values["v_measure"] == 0.5
    assert found() == first and len(computed) == 1
    maker.keep(store, maker.record("pca", 0, digits), digits, shift=1.0)
    assert found().subject != first.subject and len(computed) == 2
    monkeypatch.setattr(measures, "VERSION", measures.VERSION + 1)
    assert found() and len(computed) == 3
