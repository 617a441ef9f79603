"""What must hold of every embedding, whatever it looks like."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.metrics import METRICS, Embedding, ReferenceSpace, evaluate
from bench.metrics.metric import column_name
from tests.bench.metrics.data import dataset

N = 90
QUICK = [
    key
    for key, metric in METRICS.items()
    if "train" in metric.splits and metric.scale_free and metric.family != "clusters"
]


@cache
def space() -> ReferenceSpace:
    rng = np.random.RandomState(0)
    return ReferenceSpace(dataset(rng.randint(0, 256, (N, 3)), rng.randint(0, 6, N)))


def scores(Z: np.ndarray) -> dict[str, float]:
    values = [v for v in evaluate(Embedding(space(), Z), QUICK) if v.value is not None and v.split == "train"]
    return {column_name(v.score, v.split, v.k) + v.part: v.value for v in values if v.value is not None}


seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=seeds, angle=st.floats(0, 2 * np.pi), shift=st.floats(-100, 100), factor=st.floats(1e-3, 1e3))
def test_rotation_shift_and_scale_change_nothing(seed: int, angle: float, shift: float, factor: float) -> None:
    Z = np.random.RandomState(seed).standard_normal((N, 2))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    assert scores(factor * (Z @ turn + shift)) == pytest.approx(scores(Z), rel=1e-6, abs=1e-7)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=seeds, n_features=st.integers(1, 5), values=st.integers(2, 256))
def test_the_data_as_their_own_embedding_lose_nothing(seed: int, n_features: int, values: int) -> None:
    X = np.random.RandomState(seed).randint(0, values, (N, n_features))
    X[0] = 0
    X[1] = values - 1
    data = ReferenceSpace(dataset(X, np.arange(N) % 6))
    for value in evaluate(Embedding(data, X.astype(np.float32)), QUICK):
        score = METRICS[value.score]
        if value.value is None or "original space" not in score.needs:
            continue
        assert value.value == pytest.approx(score.best(value.k, N), abs=1e-7), value


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=seeds, kind=st.sampled_from(["scattered", "few places", "a line"]))
def test_everybody_is_a_neighbour_in_the_end(seed: int, kind: str) -> None:
    rng = np.random.RandomState(seed)
    Z = {
        "scattered": rng.standard_normal((N, 2)),
        "few places": rng.randint(0, 3, (N, 2)).astype(float),
        "a line": np.repeat(rng.standard_normal((N, 1)), 2, axis=1),
    }[kind]
    embedding = Embedding(space(), Z)
    assert embedding.coranking.recall[-1] == 1
    assert (np.diff(embedding.coranking.recall * embedding.coranking.ks) >= 0).all()
    for curve in (embedding.coranking.trustworthiness, embedding.coranking.continuity, embedding.coranking.recall):
        assert ((curve >= -1e-12) & (curve <= 1 + 1e-12)).all()


def test_random_positions_are_worth_chance() -> None:
    """Values over ten embeddings of 600 points, for the scores whose chance level is a number."""
    rng = np.random.RandomState(0)
    n = 600
    y = np.repeat(np.arange(6), n // 6)
    data = ReferenceSpace(dataset(rng.randint(0, 256, (n, 4)), y))
    found: dict[str, list[float]] = {}
    for _ in range(10):
        for value in evaluate(Embedding(data, rng.standard_normal((n, 2))), QUICK):
            if value.value is not None and not value.part:
                found.setdefault(column_name(value.score, value.split, value.k), []).append(value.value)
    mean = {name: np.mean(values) for name, values in found.items()}
    expected = {
        "r_nx_auc": 0,
        "lcmc_k15": 0,
        "knn_recall_k15": 15 / (n - 1),
        "trustworthiness_k15": 0.5,
        "continuity_k15": 0.5,
        "mrre_false_k15": 0.5,
        "mrre_missing_k15": 0.5,
        "shepard_spearman": 0,
        "triplet_accuracy": 0.5,
        "density_correlation": 0,
        "silhouette": 0,
        "knn_accuracy_k1": 1 / 6,
        "neighbourhood_hit_k15": 1 / 6,
        "label_continuity": 1,
        "calinski_harabasz": 1,
        "collapse": 0,
    }
    for name, value in expected.items():
        tolerance = 1.0 if name == "calinski_harabasz" else 0.05
        assert mean[name] == pytest.approx(value, abs=tolerance), name
