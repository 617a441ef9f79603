from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

from bench.metrics import Embedding, ReferenceSpace, distances
from bench.metrics.reference_space import doubled_ranks
from tests.bench.metrics.data import Z_KINDS, coordinates, dataset, tied_points


@pytest.mark.parametrize("kind", Z_KINDS)
def test_shepard_correlation_is_spearmans_with_average_ranks(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distances, "GROUP", 50)
    X, Z = tied_points(), coordinates(kind, 37)
    embedding = Embedding(ReferenceSpace(dataset(X)), Z)
    squared = sum((column[:, None] - column) ** 2 for column in embedding.positions)[np.triu_indices(37, 1)]
    expected = spearmanr(pdist(X, "sqeuclidean"), squared).statistic
    assert distances.shepard_spearman(embedding) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("kind", Z_KINDS)
def test_stress_is_the_least_over_all_scales(kind: str) -> None:
    X, Z = tied_points(), coordinates(kind, 37)
    d, e = pdist(X), pdist(Z.astype(np.float64))
    scale = (d @ e) / (e @ e)
    expected = np.sqrt(np.sum((d - scale * e) ** 2) / np.sum(d**2))
    assert distances.stress(Embedding(ReferenceSpace(dataset(X)), Z)) == pytest.approx(expected, abs=1e-9)


def test_stress_is_zadus(untied_embedding: Embedding) -> None:
    module = pytest.importorskip("zadu.measures.scale_normalized_stress", reason="zadu is not installed")
    X, Z = untied_embedding.space.points.astype(np.float64), untied_embedding.Z.astype(np.float64)
    (expected,) = module.measure(X, Z).values()
    assert distances.stress(untied_embedding) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("kind", Z_KINDS)
def test_what_fits_into_no_memory_agrees(kind: str) -> None:
    X, Z = tied_points(200, values=50), coordinates(kind, 200)
    whole, streamed = (Embedding(ReferenceSpace(dataset(X), memory=memory), Z) for memory in (2**30, 0))
    assert distances.stress(streamed) == pytest.approx(distances.stress(whole), abs=1e-12)
    # Distances that agree in 12 bits count as equal.
    assert distances.shepard_spearman(streamed) == pytest.approx(distances.shepard_spearman(whole), abs=1e-5)


@pytest.mark.parametrize("dtype", [np.uint32, np.float64])
def test_doubled_ranks_are_twice_the_average_ranks(dtype: type) -> None:
    from scipy.stats import rankdata

    values = np.random.RandomState(0).randint(0, 30, 500).astype(dtype)
    np.testing.assert_array_equal(doubled_ranks(values), 2 * rankdata(values))


def test_triplets_are_three_different_points_and_always_the_same() -> None:
    first = distances.triplets(7)
    np.testing.assert_array_equal(first, distances.triplets(7))
    anchor, a, b = first
    assert (anchor != a).all()
    assert (anchor != b).all()
    assert (a != b).all()
    drawn = {(i, *sorted(pair)) for i, *pair in distances.triplets(4).T.tolist()}
    assert len(drawn) == 4 * 3


def test_triplet_accuracy_counts_what_the_embedding_leaves_open_half() -> None:
    X = tied_points(values=200)
    space = ReferenceSpace(dataset(X))
    assert distances.triplet_accuracy(Embedding(space, X.astype(np.float32))) == 1
    assert distances.triplet_accuracy(Embedding(space, np.eye(37))) == 0.5
    anchor, a, b = distances.triplets(37)
    Z = coordinates("scattered", 37).astype(np.float64)

    def nearer(points: np.ndarray) -> np.ndarray:
        to = [np.sum((points[anchor] - points[other]) ** 2, axis=1) for other in (a, b)]
        return np.sign(to[1] - to[0])

    in_data, in_embedding = nearer(X.astype(float)), nearer(Z)
    expected = np.mean(in_embedding[in_data != 0] == in_data[in_data != 0])
    assert distances.triplet_accuracy(Embedding(space, Z)) == pytest.approx(expected, abs=1e-12)


def test_class_means_are_compared_pair_by_pair(digits_embedding: Embedding) -> None:
    X, Z, y = (
        digits_embedding.space.points.astype(np.float64),
        digits_embedding.Z.astype(np.float64),
        digits_embedding.y,
    )
    means = [[points[y == c].mean(axis=0) for c in range(10)] for points in (X, Z)]
    between = [[np.linalg.norm(m[a] - m[b]) for a, b in combinations(range(10), 2)] for m in means]
    assert distances.centroid_spearman(digits_embedding) == pytest.approx(spearmanr(*between).statistic, abs=1e-12)
    shared = 0
    for c in range(10):
        near = [sorted((o for o in range(10) if o != c), key=lambda o: np.linalg.norm(m[o] - m[c]))[:4] for m in means]
        shared += len(set(near[0]) & set(near[1]))
    assert distances.nearest_classes(digits_embedding, 4) == pytest.approx(shared / 40)


def test_density_is_compared_by_radii_around_own_neighbours(untied_embedding: Embedding) -> None:
    radii = []
    for points in (untied_embedding.space.points.astype(np.float64), untied_embedding.Z.astype(np.float64)):
        squared = np.sort(((points[:, None] - points) ** 2).sum(axis=2), axis=1)[:, 1:31]
        radii.append(0.5 * np.log(squared.mean(axis=1)))
    assert distances.density_correlation(untied_embedding) == pytest.approx(np.corrcoef(*radii)[0, 1], abs=1e-9)
