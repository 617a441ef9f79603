from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from bench.metrics import Embedding, ReferenceSpace, labels
from bench.metrics.embedding import ShuffledLabels, Unreduced
from tests.bench.metrics.data import coordinates, dataset, ranks, tied_points, zadu


def test_silhouette_is_scikit_learns(digits_embedding: Embedding) -> None:
    one = digits_embedding
    for of, Z, y in (("train", one.Z, one.y), ("test", one.Z_test, one.y_test)):
        expected = silhouette_samples(Z.astype(np.float64), y)
        assert labels.silhouette(one, of) == pytest.approx(expected.mean(), abs=1e-12)
        parts = labels.silhouette_of_classes(one, of)
        assert parts["a"] == pytest.approx(expected[y == 0].mean(), abs=1e-12)
        assert len(parts) == 10


def test_silhouette_of_the_data_is_scikit_learns(digits_embedding: Embedding) -> None:
    space = digits_embedding.space
    embedding = Unreduced(space, space.points, space.test_points)
    expected = silhouette_samples(space.points.astype(np.float64), digits_embedding.y).mean()
    assert labels.silhouette(embedding) == pytest.approx(expected, abs=1e-12)


def test_a_point_alone_in_its_class_has_silhouette_zero() -> None:
    y = np.array([0] * 18 + [1] * 18 + [2])
    embedding = Embedding(ReferenceSpace(dataset(tied_points(), y)), coordinates("scattered", 37))
    assert labels.silhouette_of_classes(embedding)["c"] == 0


@pytest.mark.parametrize("k", [1, 2, 5])
def test_knn_accuracy_is_a_majority_of_others_with_ties_to_the_nearer_label(k: int) -> None:
    X, Z = tied_points(), coordinates("on a grid", 37)
    y = np.random.RandomState(0).randint(0, 3, 37)
    n_correct = 0
    for i, row in enumerate(ranks(Z)):
        near = [y[j] for j in np.argsort(row, kind="stable")[1 : k + 1]]
        votes = Counter(near)
        winners = [label for label, count in votes.items() if count == max(votes.values())]
        n_correct += min(winners, key=near.index) == y[i]
    embedding = Embedding(ReferenceSpace(dataset(X, y)), Z)
    assert labels.knn_accuracy(embedding, k) == pytest.approx(n_correct / 37)


def test_label_scores_are_zadus(untied_embedding: Embedding) -> None:
    hits, consistencies, pairs = zadu(
        "neighborhood_hit", "distance_consistency", "label_trustworthiness_and_continuity"
    )
    X, Z, y = (
        untied_embedding.space.points.astype(np.float64),
        untied_embedding.Z.astype(np.float64),
        untied_embedding.y,
    )
    hit = hits.measure(Z, y, 12)["neighborhood_hit"]
    assert labels.neighbourhood_hit(untied_embedding, 12) == pytest.approx(hit, abs=1e-12)
    consistency = consistencies.measure(Z, y)["distance_consistency"]
    assert labels.distance_consistency(untied_embedding) == pytest.approx(consistency, abs=1e-12)
    of_pairs = pairs.measure(X, Z, y, "dsc")
    # zadu 0.5.4 takes distance consistency as it is, from 1/2; its authors' definition runs from 0.
    for score in ("label_trustworthiness", "label_continuity"):
        lost = 1 - getattr(labels, score)(untied_embedding)
        assert lost == pytest.approx(2 * (1 - of_pairs[score]), abs=1e-12)


def test_neighbours_of_test_points_are_training_points(digits_embedding: Embedding) -> None:
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(1).fit(digits_embedding.Z, digits_embedding.y)
    expected = model.score(digits_embedding.Z_test, digits_embedding.y_test)
    assert labels.knn_accuracy(digits_embedding, 1, "test") == pytest.approx(expected, abs=1e-12)


def test_shuffled_labels_are_worth_chance(digits_embedding: Embedding) -> None:
    space = digits_embedding.space
    embedding = ShuffledLabels(space, space.points, space.test_points)
    assert Counter(embedding.labels()) == Counter(digits_embedding.y)
    assert labels.knn_accuracy(embedding, 10) < 0.2
    assert abs(labels.silhouette(embedding)) < 0.1
    assert labels.knn_accuracy(Unreduced(space, space.points, space.test_points), 10) > 0.9


def test_labels_need_not_be_consecutive(digits_embedding: Embedding) -> None:
    data = digits_embedding.space.dataset
    gaps = replace(data, y=data.y * 7, y_test=data.y_test * 7)
    embedding = Embedding(ReferenceSpace(gaps), digits_embedding.Z, digits_embedding.Z_test)
    for score in (labels.silhouette, labels.distance_consistency, labels.label_trustworthiness):
        assert score(embedding) == score(digits_embedding)
