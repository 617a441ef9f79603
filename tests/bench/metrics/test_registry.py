from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bench.metrics import (
    METRICS,
    REFERENCES,
    Embedding,
    ReferenceSpace,
    Value,
    evaluate,
    evaluate_across,
    reference_values,
)
from bench.metrics.metric import column_name, not_available
from tests.bench.metrics.data import coordinates, dataset, tied_points


def by_column(values: list[Value]) -> dict[str, Value]:
    return {column_name(v.score, v.split, v.k): v for v in values if not v.part}


def full_embedding(n: int = 60, y: np.ndarray | None = None, Z: np.ndarray | None = None) -> Embedding:
    X = tied_points(n + 20, values=100)
    labels = np.arange(n) % 6 if y is None else y
    data = dataset(X[:n], labels, X[n:], y_test=np.arange(20) % 6)
    Z = coordinates("scattered", n) if Z is None else Z
    Z_test = coordinates("scattered", 20)
    return Embedding(ReferenceSpace(data), Z, Z_test, np.ones(20), Z[:10], Z_test[:10], Z_test[:5])


def test_every_record_explains_itself() -> None:
    for key, score in METRICS.items():
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
    columns = [column_name(s.key, split, k) for s in METRICS.values() for split in s.splits for k in s.ks]
    assert len(columns) == len(set(columns))


def test_a_metric_declares_its_best_value() -> None:
    assert METRICS["trustworthiness"].best(5, 100) == METRICS["trustworthiness"].best() == 1
    assert METRICS["stress"].best() == 0
    assert METRICS["lcmc"].best(k=5, n=101) == 1 - 5 / 100
    assert METRICS["axis_std"].best() is None
    for metric in METRICS.values():
        best = metric.best(5, 100)
        assert (best is None) == (metric.higher_is_better is None)
        assert best is None or metric.low <= best <= metric.high


def test_how_a_column_is_named_and_a_missing_value_written() -> None:
    assert column_name("stress", "train", None) == "stress"
    assert column_name("knn_jaccard", "seeds", 15) == "knn_jaccard_k15"
    assert not_available("one seed") == "n/a (one seed)"


def test_columns_that_tables_and_headlines_name_are_there() -> None:
    columns = {column_name(s.key, split, k) for s in METRICS.values() for split in s.splits for k in s.ks}
    assert columns >= {
        "knn_accuracy_k10",
        "knn_accuracy_k10_test",
        "silhouette",
        "silhouette_test",
        "trustworthiness_k5",
    }


def test_every_value_is_within_its_range_or_says_why_there_is_none() -> None:
    values = evaluate(full_embedding())
    assert {value.score for value in values} == {key for key, score in METRICS.items() if score.splits != ("seeds",)}
    for value in values:
        score = METRICS[value.score]
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


SHAPE = tuple(key for key, metric in METRICS.items() if metric.of_any_shape)


def test_what_is_not_finite_is_refused() -> None:
    for bad in (np.nan, np.inf, 1e200):
        Z = coordinates("scattered", 60).astype(np.float64)
        Z[3, 1] = bad
        assert no_numbers(evaluate(full_embedding(Z=Z))) == {"n/a (not finite)"}


def test_an_embedding_at_one_position_is_refused_but_for_its_shape() -> None:
    values = evaluate(full_embedding(Z=np.full((60, 2), 3.5, np.float32)))
    assert no_numbers(values, but=SHAPE) == {"n/a (all points at one position)"}
    assert by_column(values)["collapse"].value == 1
    assert by_column(values)["active_units"].value == 0


def test_an_outlier_moves_no_rank_among_the_others() -> None:
    Z = coordinates("scattered", 60)
    far, farther = Z.copy(), Z.copy()
    far[7], farther[7] = 1e4, 1e6
    for column, value in by_column(evaluate(full_embedding(Z=far))).items():
        if METRICS[value.score].family == "neighbourhood" and value.split == "train" and value.value is not None:
            other = by_column(evaluate(full_embedding(Z=farther), [value.score]))[column]
            assert other.value == pytest.approx(value.value, abs=0.01), column


def test_no_labels_one_class_and_a_class_a_point() -> None:
    embedding = full_embedding()
    unlabelled = Embedding(
        ReferenceSpace(replace(embedding.space.dataset, y=None, y_test=None)), embedding.Z, embedding.Z_test
    )
    of_labels = [key for key, score in METRICS.items() if "labels" in score.needs]
    assert no_numbers(evaluate(unlabelled, of_labels)) == {"n/a (no labels)"}
    hits = ("knn_accuracy", "neighbourhood_hit", "placement_knn_accuracy")
    one = full_embedding(y=np.zeros(60, np.int64))
    reasons = {v.reason for v in evaluate(one, of_labels) if v.split == "train" and v.score not in hits}
    assert reasons == {"n/a (one class)"}
    for value in evaluate(full_embedding(y=np.arange(60)), of_labels):
        assert value.value is None or np.isfinite(value.value)


@pytest.mark.parametrize("n", [2, 3, 5, 11, 31])
def test_few_points(n: int) -> None:
    for value in evaluate(full_embedding(n)):
        score = METRICS[value.score]
        assert value.reason if value.value is None else score.low - 1e-12 <= value.value <= score.high + 1e-12, value
        if value.k is not None and value.k > n and score.family in ("neighbourhood", "labels"):
            assert value.value is None, value


def test_what_a_method_cannot_do_is_said() -> None:
    embedding = Embedding(full_embedding().space, coordinates("scattered", 60))
    reasons = {column: value.reason for column, value in by_column(evaluate(embedding)).items() if value.value is None}
    assert reasons["trustworthiness_k5_test"] == "n/a (transductive)"
    assert reasons["refit_displacement"] == "n/a (transductive)"
    assert reasons["reconstruction_mse_test"] == "n/a (transductive)"
    mapped = Embedding(full_embedding().space, embedding.Z, coordinates("scattered", 20))
    reasons = {column: value.reason for column, value in by_column(evaluate(mapped)).items() if value.value is None}
    assert reasons["reconstruction_mse_test"] == "n/a (no inverse)"
    assert reasons["refit_displacement"] == "n/a (not recorded)"


def test_reference_rows(digits_embedding: Embedding) -> None:
    rows = {name: by_column(reference_values(digits_embedding.space, name)) for name in REFERENCES}
    assert "trustworthiness_k5" not in rows["pixels"]
    assert rows["pca-50"]["trustworthiness_k5"].value > 0.99
    assert rows["pca-50"]["reconstruction_r2_test"].value > 0.95
    accuracy = {name: row["knn_accuracy_k1_test"].value for name, row in rows.items()}
    assert accuracy["pixels"] > 0.8 > 0.25 > accuracy["shuffled-labels"]


Change = Callable[[np.ndarray], np.ndarray]


def test_seeds_are_compared_up_to_rotation_and_scale() -> None:
    embedding = full_embedding(200)
    turned = replace(embedding, Z=(3 * embedding.Z @ np.array([[0.6, 0.8], [-0.8, 0.6]])).astype(np.float32))
    other = replace(embedding, Z=coordinates("scattered", 200, seed=9))
    same = by_column(evaluate_across([embedding, turned]))
    assert same["procrustes_residual"].value == pytest.approx(0, abs=1e-9)
    assert same["knn_jaccard_k15"].value > 0.99
    different = by_column(evaluate_across([embedding, other]))
    assert different["procrustes_residual"].value > 0.9
    assert different["knn_jaccard_k15"].value < 0.1
    assert no_numbers(evaluate_across([embedding])) == {"n/a (one seed)"}
    gone = replace(embedding, Z=np.full((200, 2), np.nan))
    assert len(no_numbers(evaluate_across([embedding, gone]))) == 1


def test_new_points_mapped_by_the_fit_itself() -> None:
    embedding = full_embedding()
    again = by_column(evaluate(embedding, ["refit_displacement", "refit_knn_recall"]))
    assert again["refit_displacement"].value == 0
    assert again["refit_knn_recall_k15"].value == 1
    moved = replace(embedding, refit=embedding.Z[:10] + 10)
    again = by_column(evaluate(moved, ["refit_displacement", "refit_knn_recall"]))
    assert again["refit_displacement"].value == pytest.approx(
        10 * np.sqrt(2) / np.sqrt(embedding.Z.var(axis=0).sum()), rel=1e-5
    )


def test_new_points_in_other_company() -> None:
    embedding = full_embedding()
    assert embedding.Z_test is not None
    same = by_column(evaluate(replace(embedding, few=embedding.Z_test[:20], alone=embedding.Z_test[:5])))
    assert same["few_displacement_test"].value == same["alone_displacement_test"].value == 0
    assert same["few_knn_recall_k15_test"].value == same["alone_knn_recall_k15_test"].value == 1
    elsewhere = by_column(
        evaluate(replace(embedding, few=embedding.Z_test[:20][::-1], alone=embedding.Z_test[:5] + 10))
    )
    assert elsewhere["few_knn_recall_k15_test"].value < 0.9
    assert elsewhere["alone_displacement_test"].value == pytest.approx(
        10 * np.sqrt(2) / np.sqrt(embedding.Z.var(axis=0).sum()), rel=1e-5
    )


def test_reconstruction_is_measured_against_the_mean() -> None:
    embedding = full_embedding()
    data = embedding.space.dataset
    error = np.sum((data.X_test - data.X.mean(axis=0)) ** 2, axis=1)
    values = by_column(evaluate(replace(embedding, squared_error=error), ["reconstruction_mse", "reconstruction_r2"]))
    assert values["reconstruction_r2_test"].value == pytest.approx(0, abs=1e-6)
    assert values["reconstruction_mse_test"].value == pytest.approx(error.mean() / 3)


def test_the_baseline_is_a_mean_of_neighbours(digits_embedding: Embedding) -> None:
    space = digits_embedding.space
    to_training = ((space.test_points[:, None] - space.points) ** 2).sum(axis=2)
    near = np.argsort(to_training, axis=1, kind="stable")[:, :5]
    np.testing.assert_allclose(digits_embedding.baseline.Z_test, digits_embedding.Z[near].mean(axis=1), atol=1e-5)


def test_collapse_knows_lines_and_clouds() -> None:
    line = np.linspace(0, 1, 60)[:, None] * np.array([[1.0, 2.0]])
    assert by_column(evaluate(full_embedding(Z=line), ["collapse"]))["collapse"].value == pytest.approx(1)
    cross = np.concatenate([np.eye(2), -np.eye(2)] * 15)
    assert by_column(evaluate(full_embedding(Z=cross), ["collapse"]))["collapse"].value == pytest.approx(0)
