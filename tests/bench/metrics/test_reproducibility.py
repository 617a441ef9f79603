from __future__ import annotations

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.metrics import Embedding, ReferenceSpace, stability
from tests.conftest import make_dataset


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset(80, 30)


@pytest.fixture
def embedding(dataset: Dataset) -> Embedding:
    rng = np.random.RandomState(0)
    return Embedding(ReferenceSpace(dataset), rng.standard_normal((80, 2)), rng.standard_normal((30, 2)))


def moved(embedding: Embedding, how: object) -> Embedding:
    assert callable(how) and embedding.Z_test is not None
    return Embedding(embedding.space, how(embedding.Z), how(embedding.Z_test))


def test_the_same_embedding_is_the_same(embedding: Embedding) -> None:
    found = stability.compare(embedding, moved(embedding, np.copy))
    assert found.keys() == {"train", "test"}
    for same in found.values():
        assert same.bit_equal
        assert same.displacement == same.largest_displacement == 0
        assert same.aligned_displacement == pytest.approx(0, abs=1e-12)
        assert same.shared_neighbours == 1


def test_clusters_of_two_embeddings_are_compared(dataset: Dataset) -> None:
    space, y = ReferenceSpace(dataset), np.asarray(dataset.y)
    islands = 10.0 * np.column_stack([y, y]) + np.random.RandomState(0).standard_normal((80, 2))
    first, merged, cloud = islands, islands.copy(), np.zeros((80, 2)) + np.arange(80)[:, None]
    merged[y == 1] -= 10
    arrays = [Embedding(space, Z) for Z in (first, 2 * first, merged, cloud)]
    found = [stability.compare(arrays[0], one)["train"].cluster_ari for one in arrays[1:]]
    assert found[0] == 1 and found[1] is not None and 0 < found[1] < 0.9
    assert (
        stability.compare(*(Embedding(ReferenceSpace(make_dataset(8, 0)), np.eye(8)[:, :2]),) * 2)["train"].cluster_ari
        is None
    )


def test_a_turned_embedding_is_displaced_and_yet_the_same(embedding: Embedding) -> None:
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    for same in stability.compare(embedding, moved(embedding, lambda Z: 3 * Z @ turn + 5)).values():
        assert not same.bit_equal
        assert same.displacement > 1
        assert same.aligned_displacement == pytest.approx(0, abs=1e-9)
        assert same.shared_neighbours == 1


def test_what_cannot_be_compared_is_not(embedding: Embedding) -> None:
    assert stability.compare(embedding, moved(embedding, lambda Z: np.full(Z.shape, np.nan))) == {}
    assert stability.compare(embedding, moved(embedding, np.zeros_like)) == {}
    assert stability.compare(embedding, moved(embedding, lambda Z: Z[:, :1])) == {}


def test_alignment_is_that_of_procrustes(embedding: Embedding) -> None:
    from scipy.spatial import procrustes

    a, b = embedding.Z, np.random.RandomState(5).standard_normal((80, 2)) * 7 + 3
    first, second, residual = procrustes(a, b)
    # scipy scales the second to fit the first best, which makes it smaller by sqrt(1 - residual).
    apart = np.linalg.norm(second / np.sqrt(1 - residual) - first, axis=1) * np.sqrt(80)
    found = stability.compare(embedding, Embedding(embedding.space, b))["train"]
    assert found.aligned_displacement == pytest.approx(np.median(apart))


def test_displacement_is_in_radii_and_neighbours_are_counted(embedding: Embedding) -> None:
    once = embedding.Z.copy()
    once[7] += [3, 4]
    one_away = stability.compare(embedding, Embedding(embedding.space, once))["train"]
    assert not one_away.bit_equal and one_away.displacement == 0
    away = moved(embedding, lambda Z: Z + np.array([0.3, 0.4]))
    radius = np.sqrt(np.mean(((embedding.Z - embedding.Z.mean(axis=0)) ** 2).sum(axis=1)))
    assert stability.compare(embedding, away)["test"].displacement == pytest.approx(0.5 / radius)
    assert one_away.largest_displacement == pytest.approx(5 / radius)
    rng = np.random.RandomState(1)
    unrelated = moved(embedding, lambda Z: rng.standard_normal(Z.shape))
    found = stability.compare(embedding, unrelated)

    def near(Z: np.ndarray, queries: np.ndarray, itself: bool) -> list[set[int]]:
        distances = np.linalg.norm(queries[:, None] - Z, axis=2)
        return [set(row[int(itself) :][:15]) for row in distances.argsort(axis=1)]

    for split, itself in (("train", True), ("test", False)):
        a, b = (near(one.Z, one.Z if itself else one.Z_test, itself) for one in (embedding, unrelated))
        expected = np.mean([len(x & y) / 15 for x, y in zip(a, b, strict=True)])
        assert found[split].shared_neighbours == pytest.approx(expected)
        assert found[split].aligned_displacement == pytest.approx(1.2, abs=0.3)
