from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from bench.scores import Case, Original, labels
from bench.scores.case import Shuffled, Unreduced
from tests.bench.scores.data import dataset, embedding, ranks, tied_points, zadu


def test_silhouette_is_scikit_learns(digits_case: Case) -> None:
    for held_out, Z, y in ((False, digits_case.Z, digits_case.y), (True, digits_case.Z_test, digits_case.y_test)):
        expected = silhouette_samples(Z.astype(np.float64), y)
        mean = (labels.silhouette_test if held_out else labels.silhouette_fit)(digits_case, None)
        assert mean == pytest.approx(expected.mean(), abs=1e-12)
        of_classes = labels.silhouette_of_classes_test if held_out else labels.silhouette_of_classes_fit
        parts = of_classes(digits_case, None)
        assert parts["a"] == pytest.approx(expected[y == 0].mean(), abs=1e-12)
        assert len(parts) == 10


def test_silhouette_of_the_data_is_scikit_learns(digits_case: Case) -> None:
    original = digits_case.original
    case = Unreduced(original, original.points, original.held_out)
    expected = silhouette_samples(original.points.astype(np.float64), digits_case.y).mean()
    assert labels.silhouette_fit(case, None) == pytest.approx(expected, abs=1e-12)


def test_a_point_alone_in_its_class_has_silhouette_zero() -> None:
    y = np.array([0] * 18 + [1] * 18 + [2])
    case = Case(Original(dataset(tied_points(), y)), embedding("scattered", 37))
    assert labels.silhouette_of_classes_fit(case, None)["c"] == 0


@pytest.mark.parametrize("k", [1, 2, 5])
def test_knn_accuracy_is_a_majority_of_others_with_ties_to_the_nearer_label(k: int) -> None:
    X, Z = tied_points(), embedding("on a grid", 37)
    y = np.random.RandomState(0).randint(0, 3, 37)
    right = 0
    for i, row in enumerate(ranks(Z)):
        near = [y[j] for j in np.argsort(row, kind="stable")[1 : k + 1]]
        votes = Counter(near)
        winners = [label for label, count in votes.items() if count == max(votes.values())]
        right += min(winners, key=near.index) == y[i]
    case = Case(Original(dataset(X, y)), Z)
    assert labels.knn_accuracy_fit(case, k) == pytest.approx(right / 37)


def test_label_scores_are_zadus(untied_case: Case) -> None:
    hits, consistencies, pairs = zadu(
        "neighborhood_hit", "distance_consistency", "label_trustworthiness_and_continuity"
    )
    X, Z, y = untied_case.original.points.astype(np.float64), untied_case.Z.astype(np.float64), untied_case.y
    hit = hits.measure(Z, y, 12)["neighborhood_hit"]
    assert labels.neighbourhood_hit_fit(untied_case, 12) == pytest.approx(hit, abs=1e-12)
    consistency = consistencies.measure(Z, y)["distance_consistency"]
    assert labels.distance_consistency(untied_case, None) == pytest.approx(consistency, abs=1e-12)
    of_pairs = pairs.measure(X, Z, y, "dsc")
    # zadu 0.5.4 takes distance consistency as it is, from 1/2; its authors' definition runs from 0.
    for score in ("label_trustworthiness", "label_continuity"):
        lost = 1 - getattr(labels, score)(untied_case, None)
        assert lost == pytest.approx(2 * (1 - of_pairs[score]), abs=1e-12)


def test_held_out_points_are_judged_by_fitted_ones(digits_case: Case) -> None:
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(1).fit(digits_case.Z, digits_case.y)
    expected = model.score(digits_case.Z_test, digits_case.y_test)
    assert labels.knn_accuracy_test(digits_case, 1) == pytest.approx(expected, abs=1e-12)


def test_shuffled_labels_are_worth_chance(digits_case: Case) -> None:
    original = digits_case.original
    case = Shuffled(original, original.points, original.held_out)
    assert Counter(case.y) == Counter(digits_case.y)
    assert labels.knn_accuracy_fit(case, 10) < 0.2
    assert abs(labels.silhouette_fit(case, None)) < 0.1
    assert labels.knn_accuracy_fit(Unreduced(original, original.points, original.held_out), 10) > 0.9


def test_labels_need_not_be_consecutive(digits_case: Case) -> None:
    data = digits_case.original.dataset
    gaps = replace(data, y=data.y * 7, y_test=data.y_test * 7)
    case = Case(Original(gaps), digits_case.Z, digits_case.Z_test)
    for score in (labels.silhouette_fit, labels.distance_consistency, labels.label_trustworthiness):
        assert score(case, None) == score(digits_case, None)
