from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bench.scores import REFERENCES, SCORES, Case, Original, Value, evaluate, evaluate_across, reference_values
from bench.tables import column_name
from tests.bench.scores.data import dataset, embedding, tied_points


def by_column(values: list[Value]) -> dict[str, Value]:
    return {column_name(v.score, v.split, v.k): v for v in values if not v.part}


def full_case(n: int = 60, y: np.ndarray | None = None, Z: np.ndarray | None = None) -> Case:
    X = tied_points(n + 20, values=100)
    labels = np.arange(n) % 6 if y is None else y
    data = dataset(X[:n], labels, X[n:], y_test=np.arange(20) % 6)
    Z = embedding("scattered", n) if Z is None else Z
    Z_test = embedding("scattered", 20)
    return Case(Original(data), Z, Z_test, np.ones(20), Z[:10], Z_test[:10], Z_test[:5])


def test_every_record_explains_itself() -> None:
    for key, score in SCORES.items():
        assert key == score.key
        assert score.splits, key
        assert score.low < score.high
        assert all(
            [score.label, score.family, score.meaning, score.weakness, score.reference, score.chance, score.unit]
        )
        assert score.meaning.endswith(".")
        assert score.weakness.endswith(".")
        assert score.version >= 1
        assert score.row()["score"] == key
    columns = [column_name(s.key, split, k) for s in SCORES.values() for split in s.splits for k in s.ks]
    assert len(columns) == len(set(columns))


def test_columns_that_tables_and_headlines_name_are_there() -> None:
    columns = {column_name(s.key, split, k) for s in SCORES.values() for split in s.splits for k in s.ks}
    assert columns >= {
        "knn_accuracy_k10",
        "knn_accuracy_k10_test",
        "silhouette",
        "silhouette_test",
        "trustworthiness_k5",
    }


def test_every_value_is_within_its_range_or_says_why_there_is_none() -> None:
    values = evaluate(full_case())
    assert {value.score for value in values} == {key for key, score in SCORES.items() if score.fit or score.test}
    for value in values:
        score = SCORES[value.score]
        if value.value is None:
            of_size = value.k in (30, 100) and value.reason == "n/a (too few points)"
            assert of_size or value.reason == "n/a (no class unseen)", value
        else:
            assert score.low - 1e-12 <= value.value <= score.high + 1e-12, value


def no_numbers(values: list[Value], but: tuple[str, ...] = ()) -> set[str]:
    for value in values:
        if value.score not in but:
            assert value.value is None, value
            assert value.reason, value
    return {value.reason for value in values if value.score not in but}


SHAPE = ("axis_std", "active_units", "collapse", "reconstruction_mse", "reconstruction_r2")


def test_what_is_not_finite_is_refused() -> None:
    for bad in (np.nan, np.inf, 1e200):
        Z = embedding("scattered", 60).astype(np.float64)
        Z[3, 1] = bad
        assert no_numbers(evaluate(full_case(Z=Z))) == {"n/a (not finite)"}


def test_an_embedding_at_one_place_is_refused_but_for_its_shape() -> None:
    values = evaluate(full_case(Z=np.full((60, 2), 3.5, np.float32)))
    assert no_numbers(values, but=SHAPE) == {"n/a (all points at one place)"}
    assert by_column(values)["collapse"].value == 1
    assert by_column(values)["active_units"].value == 0


def test_an_outlier_moves_no_rank_among_the_others() -> None:
    Z = embedding("scattered", 60)
    far, farther = Z.copy(), Z.copy()
    far[7], farther[7] = 1e4, 1e6
    for column, value in by_column(evaluate(full_case(Z=far))).items():
        if SCORES[value.score].family == "neighbourhood" and value.split == "fit" and value.value is not None:
            other = by_column(evaluate(full_case(Z=farther), [value.score]))[column]
            assert other.value == pytest.approx(value.value, abs=0.01), column


def test_no_labels_one_class_and_a_class_a_point() -> None:
    case = full_case()
    unlabelled = Case(Original(replace(case.original.dataset, y=None, y_test=None)), case.Z, case.Z_test)
    of_labels = [key for key, score in SCORES.items() if score.needs_labels]
    assert no_numbers(evaluate(unlabelled, of_labels)) == {"n/a (no labels)"}
    hits = ("knn_accuracy", "neighbourhood_hit", "placement_knn_accuracy")
    one = full_case(y=np.zeros(60, np.int64))
    reasons = {v.reason for v in evaluate(one, of_labels) if v.split == "fit" and v.score not in hits}
    assert reasons == {"n/a (one class)"}
    for value in evaluate(full_case(y=np.arange(60)), of_labels):
        assert value.value is None or np.isfinite(value.value)


@pytest.mark.parametrize("n", [2, 3, 5, 11, 31])
def test_few_points(n: int) -> None:
    for value in evaluate(full_case(n)):
        score = SCORES[value.score]
        assert value.reason if value.value is None else score.low - 1e-12 <= value.value <= score.high + 1e-12, value
        if value.k is not None and value.k > n and score.family in ("neighbourhood", "labels"):
            assert value.value is None, value


def test_what_a_method_cannot_do_is_said() -> None:
    case = Case(full_case().original, embedding("scattered", 60))
    reasons = {column: value.reason for column, value in by_column(evaluate(case)).items() if value.value is None}
    assert reasons["trustworthiness_k5_test"] == "n/a (transductive)"
    assert reasons["refit_displacement"] == "n/a (transductive)"
    assert reasons["reconstruction_mse_test"] == "n/a (transductive)"
    placed = Case(full_case().original, case.Z, embedding("scattered", 20))
    reasons = {column: value.reason for column, value in by_column(evaluate(placed)).items() if value.value is None}
    assert reasons["reconstruction_mse_test"] == "n/a (no inverse)"
    assert reasons["refit_displacement"] == "n/a (not recorded)"


def test_reference_rows(digits_case: Case) -> None:
    rows = {name: by_column(reference_values(digits_case.original, name)) for name in REFERENCES}
    assert "trustworthiness_k5" not in rows["pixels"]
    assert rows["pca-50"]["trustworthiness_k5"].value > 0.99
    assert rows["pca-50"]["reconstruction_r2_test"].value > 0.95
    accuracy = {name: row["knn_accuracy_k1_test"].value for name, row in rows.items()}
    assert accuracy["pixels"] > 0.8 > 0.25 > accuracy["shuffled-labels"]


Change = Callable[[np.ndarray], np.ndarray]


def test_seeds_are_compared_up_to_rotation_and_scale() -> None:
    case = full_case(200)
    turned = replace(case, Z=(3 * case.Z @ np.array([[0.6, 0.8], [-0.8, 0.6]])).astype(np.float32))
    other = replace(case, Z=embedding("scattered", 200, seed=9))
    same = by_column(evaluate_across([case, turned]))
    assert same["procrustes_residual"].value == pytest.approx(0, abs=1e-9)
    assert same["knn_jaccard_k15"].value > 0.99
    different = by_column(evaluate_across([case, other]))
    assert different["procrustes_residual"].value > 0.9
    assert different["knn_jaccard_k15"].value < 0.1
    assert no_numbers(evaluate_across([case])) == {"n/a (one seed)"}
    gone = replace(case, Z=np.full((200, 2), np.nan))
    assert len(no_numbers(evaluate_across([case, gone]))) == 1


def test_new_points_placed_by_the_fit_itself() -> None:
    case = full_case()
    again = by_column(evaluate(case, ["refit_displacement", "refit_knn_recall"]))
    assert again["refit_displacement"].value == 0
    assert again["refit_knn_recall_k15"].value == 1
    moved = replace(case, refit=case.Z[:10] + 10)
    again = by_column(evaluate(moved, ["refit_displacement", "refit_knn_recall"]))
    assert again["refit_displacement"].value == pytest.approx(
        10 * np.sqrt(2) / np.sqrt(case.Z.var(axis=0).sum()), rel=1e-5
    )


def test_new_points_in_other_company() -> None:
    case = full_case()
    assert case.Z_test is not None
    same = by_column(evaluate(replace(case, few=case.Z_test[:20], alone=case.Z_test[:5])))
    assert same["few_displacement_test"].value == same["alone_displacement_test"].value == 0
    assert same["few_knn_recall_k15_test"].value == same["alone_knn_recall_k15_test"].value == 1
    elsewhere = by_column(evaluate(replace(case, few=case.Z_test[:20][::-1], alone=case.Z_test[:5] + 10)))
    assert elsewhere["few_knn_recall_k15_test"].value < 0.9
    assert elsewhere["alone_displacement_test"].value == pytest.approx(
        10 * np.sqrt(2) / np.sqrt(case.Z.var(axis=0).sum()), rel=1e-5
    )


def test_reconstruction_is_measured_against_the_mean() -> None:
    case = full_case()
    data = case.original.dataset
    error = np.sum((data.X_test - data.X.mean(axis=0)) ** 2, axis=1)
    values = by_column(evaluate(replace(case, squared_error=error), ["reconstruction_mse", "reconstruction_r2"]))
    assert values["reconstruction_r2_test"].value == pytest.approx(0, abs=1e-6)
    assert values["reconstruction_mse_test"].value == pytest.approx(error.mean() / 3)


def test_the_baseline_is_a_mean_of_neighbours(digits_case: Case) -> None:
    original = digits_case.original
    to_fitted = ((original.held_out[:, None] - original.points) ** 2).sum(axis=2)
    near = np.argsort(to_fitted, axis=1, kind="stable")[:, :5]
    np.testing.assert_allclose(digits_case.placed.Z_test, digits_case.Z[near].mean(axis=1), atol=1e-5)


def test_collapse_knows_lines_and_clouds() -> None:
    line = np.linspace(0, 1, 60)[:, None] * np.array([[1.0, 2.0]])
    assert by_column(evaluate(full_case(Z=line), ["collapse"]))["collapse"].value == pytest.approx(1)
    cross = np.concatenate([np.eye(2), -np.eye(2)] * 15)
    assert by_column(evaluate(full_case(Z=cross), ["collapse"]))["collapse"].value == pytest.approx(0)
