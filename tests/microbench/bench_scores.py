"""Our scores compared with scikit-learn's and ZADU's, on the same images and one embedding, in one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score

from bench.datasets import Dataset
from bench.metrics import METRICS, Embedding, ReferenceSpace, evaluate
from bench.metrics.products import Products
from tests.microbench.conftest import GROWTH

K = 20
CURVES = "trustworthiness and continuity (ours: every curve, every k)"
PAIRS = "silhouette"
Measure = Callable[..., object]


@pytest.fixture(scope="module")
def space(images: Dataset) -> ReferenceSpace:
    return ReferenceSpace(images)


@pytest.fixture(scope="module")
def embedding(space: ReferenceSpace) -> Embedding:
    pca = PCA(2, svd_solver="covariance_eigh").fit(space.dataset.X)
    Z, Z_test = (pca.transform(X) for X in (space.dataset.X, space.dataset.X_test))
    return Embedding(space, Z, Z_test, np.ones(len(Z_test)), Z[:1000])


def test_reference_space(measure: Measure, images: Dataset) -> None:
    def compute() -> None:
        fresh = ReferenceSpace(images)
        assert len(fresh.pairs["doubled_ranks"])
        assert len(fresh.neighbours)

    measure("reference space: distances, ranks, neighbours", "ours", compute, rounds=2)


def test_products(in_turn: Callable, space: ReferenceSpace) -> None:
    points, queries = space.points, space.points[:512]
    ours, out = Products(points), np.empty((512, space.n), points.dtype)

    def by_blas() -> np.ndarray:
        return np.matmul(queries, points.T, out=out)

    contenders = {"ours": lambda: ours.into(out, queries), "numpy, float32": by_blas}
    in_turn("inner products of 512 images with all", contenders)


def test_every_curve(measure: Measure, embedding: Embedding) -> None:
    assert len(embedding.space.neighbours)
    found = measure(CURVES, "ours", lambda: replace(embedding).coranking.trustworthiness[K - 1], rounds=5)
    assert 0.5 < found < 1


def test_trustworthiness_by_scikit_learn(measure: Measure, embedding: Embedding) -> None:
    X = embedding.space.points.astype(np.float64)
    measure(CURVES, "sklearn, T, 1 k", lambda: trustworthiness(X, embedding.Z, n_neighbors=K), rounds=1)


def test_trustworthiness_and_continuity_by_zadu(measure: Measure, embedding: Embedding) -> None:
    module = pytest.importorskip("zadu.measures.trustworthiness_continuity", reason="zadu is not installed")
    X = embedding.space.points.astype(np.float64)
    found = measure(CURVES, "zadu, 1 k", lambda: module.measure(X, embedding.Z.astype(np.float64), K), rounds=1)
    # Ties in the data fall differently.
    assert found["continuity"] == pytest.approx(embedding.coranking.continuity[K - 1], abs=1e-6)


def test_silhouette(measure: Measure, embedding: Embedding) -> None:
    measure(PAIRS, "ours", lambda: evaluate(replace(embedding, Z_test=None), ["silhouette"]), rounds=5)


def test_silhouette_by_scikit_learn(measure: Measure, embedding: Embedding) -> None:
    measure(PAIRS, "sklearn", lambda: silhouette_score(embedding.Z, embedding.y), rounds=1)


def test_pairs(measure: Measure, embedding: Embedding) -> None:
    keys = ["shepard_spearman", "stress", "silhouette"]
    measure("Spearman of all pairs, stress, silhouette", "ours", lambda: evaluate(replace(embedding), keys), rounds=3)


def test_all_scores(measure: Measure, embedding: Embedding) -> None:
    measure("all scores, one embedding", "ours", lambda: evaluate(replace(embedding), METRICS), rounds=3)


@pytest.mark.parametrize("n", [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 70_000])
def test_growth(benchmark: Callable, all_images: Dataset, n: int, request: pytest.FixtureRequest) -> None:
    """From the data and one embedding to every curve at every k, nothing known before."""
    if n > min(len(all_images.X), request.config.getoption("--largest")):
        pytest.skip("more points than there are, or than --largest allows")
    data = replace(all_images, X=all_images.X[:n], y=all_images.y[:n])
    Z = PCA(2, svd_solver="covariance_eigh").fit_transform(data.X)

    def every_curve() -> float:
        started = perf_counter()
        found = Embedding(ReferenceSpace(data, memory=0), Z).coranking
        assert found.recall[-1] == 1
        return perf_counter() - started

    benchmark.pedantic(every_curve, rounds=1 if n > 8_000 else 2, warmup_rounds=1 if n == 1_000 else 0)
    if benchmark.stats is not None:
        GROWTH.setdefault("every curve at every k, from the data on", {})[n] = benchmark.stats.stats.min
