from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bench.errors import UndefinedError
from bench.metrics import METRICS, Embedding, ReferenceSpace, anchor_pass, clustering, evaluate, reference_space
from bench.metrics.anchors import Anchored, Compared, by_anchors, draw
from bench.metrics.embedding import Rows
from bench.metrics.functions import score, space_of
from bench.metrics.reference_space import Points
from bench.metrics.registry import evaluate_by_anchors
from bench.metrics.samples import TRIPLETS, random_pairs, triplets
from bench.metrics.statistics import student
from bench.metrics.tree import nearest_of_all
from tests.bench.metrics.data import Z_KINDS, coordinates, dataset, tied_points

OF_PAIRS = ("shepard_spearman", "stress")
OF_ALL_POINTS = (
    *("knn_accuracy", "davies_bouldin", "calinski_harabasz", "distance_consistency", "label_trustworthiness"),
    *("label_continuity", "kmeans_ari", "kmeans_ami", "hdbscan_ari", "hdbscan_ami", "centroid_spearman"),
    *("nearest_classes", "axis_std", "active_units", "collapse"),
)
"""Scores of training points that take a time in proportion to their number."""
OF_FIRST_POINTS = ("refit", "few", "alone", "reconstruction")
"""Scores of the points that were mapped again, and of all reconstructions."""
COVERED = ("r_nx_auc", "knn_recall", "trustworthiness", "continuity")
Key = tuple[str, str, int | None, str]


def anchored(one: Embedding, anchors: dict[Rows, np.ndarray]) -> Anchored:
    return by_anchors(one, anchors)


def everyone(one: Embedding) -> dict[Rows, np.ndarray]:
    """Return all points as anchors, in random order."""
    rng = np.random.RandomState(5)
    n, n_test = len(one.Z), len(one.space.dataset.X_test)
    return {"train": rng.permutation(n), "test": rng.permutation(n_test), "pairs": np.arange(n)}


def mapped_again(one: Embedding) -> Embedding:
    """Return an embedding with some points mapped again, near where they were, and errors of reconstructions."""
    rng, Z, Z_test = np.random.RandomState(0), one.Z, one.Z_test
    assert Z_test is not None
    first = {"refit": Z[:50], "few": Z_test[:30], "alone": Z_test[:10]}
    again = {name: some + rng.normal(0, 0.1, some.shape) for name, some in first.items()}
    return replace(one, **again, squared_error=rng.random_sample(len(Z_test)))


def by_key(embedding: Embedding) -> dict[Key, float | None]:
    return {(v.score, v.split, v.k, v.part): v.value for v in evaluate(embedding)}


def with_errors(embedding: Anchored, keys: object = METRICS) -> dict[Key, tuple[float | None, float | None]]:
    found = evaluate_by_anchors(embedding, keys)  # type: ignore[arg-type]
    return {(v.score, v.split, v.k, v.part): (v.value, error) for v, error in found}


def without_nines(one: Embedding, test: np.ndarray | slice = slice(None)) -> Embedding:
    """Return an embedding of the training points that are no nines, and of some of the test points."""
    data, others = one.space.dataset, one.labels() != 9
    given = {"X": data.X[others], "y": one.labels()[others]}
    given |= {"X_test": data.X_test[test], "y_test": one.labels("test")[test]}
    assert one.Z_test is not None
    return Embedding(ReferenceSpace(replace(data, **given)), one.Z[others], one.Z_test[test])


def test_with_all_points_as_anchors_scores_are_exact(digits_embedding: Embedding) -> None:
    one = mapped_again(digits_embedding)
    expected = by_key(one)
    assert expected["refit_knn_recall", "train", 15, ""] not in (None, 0, 1)
    found = with_errors(anchored(one, everyone(one)))
    assert list(found) == list(expected)
    for key, (value, error) in found.items():
        if key[0] in OF_PAIRS:
            assert value == pytest.approx(expected[key], abs=4 * (error or 0)), key
        elif key[0] == "r_nx_auc":  # digits have many distances that tie, and count as equal in the area
            assert value == pytest.approx(expected[key], abs=1e-4)
        else:
            assert value == pytest.approx(expected[key], abs=1e-12), key
            assert error == (None if value is None else 0), key


def test_the_area_hardly_depends_on_keys(untied_embedding: Embedding) -> None:
    found = anchored(untied_embedding, everyone(untied_embedding)).coranking
    assert found.auc == pytest.approx(untied_embedding.coranking.auc, abs=5e-6)
    assert found.auc != untied_embedding.coranking.auc


@pytest.mark.parametrize("kind", Z_KINDS)
@pytest.mark.parametrize("values", [2, 200], ids=["ties in the data", "hardly a tie in the data"])
def test_neighbours_and_ranks_are_exact_ties_by_index(kind: str, values: int) -> None:
    X = tied_points(150, values=values)
    Z = coordinates(kind, 150)
    one = Embedding(ReferenceSpace(dataset(X, X_test=X[::2] + 1)), Z, Z[::2] * 2)
    some: dict[Rows, np.ndarray] = {
        "train": np.array([149, 0, 17, 11, 3, 80]),
        "test": np.array([74, 2, 0]),
        "pairs": np.arange(6),
    }
    found = anchored(one, some)
    np.testing.assert_array_equal(found.neighbours, one.neighbours[some["train"]])
    np.testing.assert_array_equal(found.neighbours_in_data("train"), one.space.neighbours[some["train"]])
    np.testing.assert_array_equal(found.test_neighbours, one.test_neighbours[some["test"]])
    np.testing.assert_array_equal(found.neighbours_in_data("test"), one.space.test_neighbours[some["test"]])
    np.testing.assert_array_equal(found.test_ranks, one.test_ranks[some["test"]])
    everybody = anchored(one, everyone(one))
    for curve in ("recall", "trustworthiness", "continuity", "mrre_false", "mrre_missing"):
        expected = getattr(one.coranking, curve)[: len(getattr(everybody.coranking, curve))]
        np.testing.assert_allclose(getattr(everybody.coranking, curve), expected, atol=1e-12, err_msg=curve)


@pytest.mark.parametrize("of", ["train", "test"])
def test_tiles_blocks_and_a_shared_pass_change_nothing(
    digits_embedding: Embedding, monkeypatch: pytest.MonkeyPatch, of: Points
) -> None:
    one, anchors = digits_embedding, everyone(digits_embedding)[of][:50]
    assert one.Z_test is not None
    other = Embedding(one.space, one.Z[::-1], one.Z_test[::-1])
    whole = [anchor_pass.compare(one.space, [embedding], anchors, of)[0] for embedding in (one, other)]
    for name, value in (("TILE", 64), ("MAX_ROWS", 7), ("BLOCK", 0)):
        monkeypatch.setattr(anchor_pass, name, value)
    monkeypatch.setattr(reference_space, "BLOCK", 0)
    large = ReferenceSpace(one.space.dataset)
    for expected, found in zip(whole, anchor_pass.compare(large, [one, other], anchors, of), strict=True):
        for name, array in expected._asdict().items():
            np.testing.assert_allclose(getattr(found, name), array, atol=1e-12, err_msg=name)
    monkeypatch.setattr("bench.metrics.anchors.SUMMED", 64)
    some: dict[Rows, np.ndarray] = {of: anchors}
    sums = Anchored(large, one.Z, one.Z_test, anchors=some).class_sums(of)
    np.testing.assert_allclose(sums, one.class_sums(of)[anchors], rtol=1e-12)
    near = anchor_pass.nearest_in_data(large, anchors, of)
    np.testing.assert_array_equal(near, whole[0].near_in_data)
    assert "points" not in large.__dict__, "large data are brought to the grid a tile at a time"


def test_every_score_that_does_not_look_at_all_points_has_an_error(digits_embedding: Embedding) -> None:
    one = mapped_again(without_nines(digits_embedding))
    expected, found = by_key(one), with_errors(anchored(one, draw(one.space, 150)))
    for key, (value, error) in found.items():
        if value is None:
            assert error is None and expected[key] is None, key
        elif (key[1] == "train" and key[0] in OF_ALL_POINTS) or key[0].startswith(OF_FIRST_POINTS):
            assert error == 0 and value == pytest.approx(expected[key], abs=1e-12), key
        elif not key[3]:
            assert error is not None and 0 < error < 0.2, key
            assert value == pytest.approx(expected[key], abs=5 * error), key
    assert {key[0] for key, (value, _) in found.items() if value is not None} >= {"unseen_auc", "unseen_taken_for"}


def test_test_points_are_drawn_likewise(digits_embedding: Embedding) -> None:
    one = without_nines(digits_embedding)
    anchors = draw(one.space, 120)
    assert len(one.space.dataset.X_test) > len(anchors["test"]) == 120
    expected, found = by_key(without_nines(digits_embedding, anchors["test"])), with_errors(anchored(one, anchors))
    compared = [key for key in found if key[1] == "test" and not key[0].startswith("silhouette")]
    assert {"unseen_auc", "unseen_auc_pixels", "unseen_taken_for", "placement_knn_recall"} <= {
        key[0] for key in compared
    }
    for key in compared:
        assert found[key][0] == pytest.approx(expected[key], abs=1e-12), key
    exact = by_key(one)["silhouette", "test", None, ""]
    value, error = found["silhouette", "test", None, ""]
    assert error is not None and 0 < abs((value or 0) - (exact or 0)) < 3 * error


def test_more_anchors_are_the_same_and_others(digits_embedding: Embedding) -> None:
    few, many = (draw(digits_embedding.space, n) for n in (100, 300))
    for of in few:
        np.testing.assert_array_equal(few[of][:100], many[of][: len(few[of])][:100])
    assert len(np.unique(many["train"])) == 300
    for a, b in zip(random_pairs(50, 100), random_pairs(50, 300), strict=True):
        np.testing.assert_array_equal(a, b[:100])


def test_triplets_of_some_points_are_those_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = triplets(500).reshape(3, 500, TRIPLETS)
    some = np.array([400, 3, 77])
    monkeypatch.setattr("bench.metrics.samples.BLOCK", 64)
    np.testing.assert_array_equal(triplets(500, some).reshape(3, 3, TRIPLETS), whole[:, some])


def test_the_jackknife_is_the_error_of_a_mean(digits_embedding: Embedding) -> None:
    one = anchored(digits_embedding, draw(digits_embedding.space, 200))
    values = np.random.RandomState(0).standard_normal(200)
    without = [np.delete(values.reshape(20, 10), group, axis=0).mean() for group in range(20)]
    expected = values.reshape(20, 10).mean(axis=1).std(ddof=1) / np.sqrt(20) * np.sqrt(1 - 200 / 400)
    assert one.standard_error({"train"}, values.mean(), without) == pytest.approx(expected)
    assert one.standard_error({"pairs"}, values.mean(), without) == pytest.approx(expected * np.sqrt(2))
    assert one.standard_error(set(), 1.0, []) == 0


@pytest.mark.parametrize("kind", Z_KINDS)
@pytest.mark.parametrize("n_components", [1, 3])
def test_a_tree_finds_the_same_neighbours(kind: str, n_components: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.metrics.tree.BLOCK", 64)
    Z = coordinates(kind, 150, n_components)
    one = Embedding(ReferenceSpace(dataset(tied_points(150))), Z)
    found = nearest_of_all(one.positions, 10, most_ties=150)
    assert found is not None
    np.testing.assert_array_equal(found, one.neighbours[:, :10])
    if kind in ("two places", "on a grid"):
        assert nearest_of_all(one.positions, 10, most_ties=5) is None


def test_the_tree_gives_way_where_too_many_tie(digits_embedding: Embedding) -> None:
    y = digits_embedding.y
    Z = np.random.RandomState(0).randint(0, 3, (400, 2))
    tied = Anchored(digits_embedding.space, Z, anchors=draw(digits_embedding.space, 100))
    assert tied.everywhere is None
    value, error = with_errors(tied, ["knn_accuracy"])["knn_accuracy", "train", 5, ""]
    assert value is not None and error is not None and error > 0
    wide = Anchored(digits_embedding.space, np.c_[Z, Z], anchors=tied.anchors)
    assert wide.everywhere is None and y is not None


def test_clusters_of_very_many_points_are_not_looked_for(
    digits_embedding: Embedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clustering, "MAX_POINTS", 399)
    one = anchored(digits_embedding, draw(digits_embedding.space, 100))
    for function in (clustering.kmeans_ari, clustering.hdbscan_ami):
        with pytest.raises(UndefinedError, match="more than 399 points"):
            function(one)
    assert clustering.kmeans_ari(digits_embedding) > 0


def clouds(n: int) -> tuple[ReferenceSpace, list[np.ndarray]]:
    """Return Gaussian clouds with three embeddings: axes, axes with noise, and axes with a third of points anywhere."""
    rng = np.random.RandomState(1)
    y = rng.randint(8, size=n)
    X = 3 * rng.standard_normal((8, 8))[y] + rng.standard_normal((n, 8)) * np.geomspace(0.2, 2, 8)
    anywhere = np.where(rng.random_sample((n, 1)) < 1 / 3, 5 * rng.standard_normal((n, 2)), X[:, -2:])
    return space_of(X, y), [X[:, -2:], X[:, :2] + 0.5 * rng.standard_normal((n, 2)), anywhere]


def coverage(space: ReferenceSpace, Z: np.ndarray, m: int, draws: int) -> Iterator[dict[Key, bool]]:
    """Yield for each draw of anchors which 95 % intervals hold the value of all points."""
    exact = Embedding(space, Z)
    expected = {(v.score, v.split, v.k, v.part): v.value for v in evaluate(exact, COVERED) if v.split == "train"}
    of_all = Anchored(space, Z, anchors={"train": np.arange(space.n), "pairs": np.arange(1)})._compared("train")
    for seed in range(draws):
        anchors = draw(space, m, seed)
        one = Anchored(space, Z, anchors=anchors)
        one.__dict__["_known"]["compared, train"] = Compared(*(array[anchors["train"]] for array in of_all))
        found = with_errors(one, COVERED)
        half = {key: student(one.n_groups - 1) * (error or 0) for key, (_, error) in found.items() if key in expected}
        yield {key: abs((found[key][0] or 0) - (expected[key] or 0)) <= half[key] for key in half}


def test_intervals_cover_the_exact_value() -> None:
    space, embeddings = clouds(2_000)
    held = pd.DataFrame([row for Z in embeddings for row in coverage(space, Z, m=300, draws=20)])
    assert len(held.columns) == 13 and len(held) == 60
    assert 0.9 <= held.to_numpy().mean() <= 0.99
    assert held.mean().min() >= 0.85


@pytest.mark.whole
def test_each_scores_intervals_cover_the_exact_value_in_95_of_100_draws() -> None:
    space, embeddings = clouds(10_000)
    for Z in embeddings:
        held = pd.DataFrame(coverage(space, Z, m=500, draws=400)).mean()
        of_k = [key for key in held.index if key[2] in (None, 15)]
        assert len(of_k) == len(COVERED) and held[of_k].between(0.92, 0.98).all(), held


def test_the_door_gives_standard_errors(digits: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = digits
    exact, some, every = (score(X, X[:, 20:22] + 0.0, y, anchors=anchors) for anchors in (None, 200, 600))
    assert list(some) == ["score", "k", "split", "value", "standard_error", "reason"]
    pd.testing.assert_frame_equal(every.drop(columns="standard_error"), exact)
    assert (every["standard_error"].isna() == every["value"].isna()).all()
    assert every["standard_error"].max() == 0
    assert 0 < some.query("score == 'continuity' and k == 15")["standard_error"].item() < 0.02
    pd.testing.assert_frame_equal(some, score(X, X[:, 20:22] + 0.0, y, anchors=200))


@pytest.mark.parametrize(
    ("anchors", "message"),
    [
        (99, r"Got 99 anchors, but expected 100 to 600"),
        (601, r"Got 601 anchors, but expected 100 to 600, the number of points"),
        (-1, r"Got -1 anchors, but expected"),
        (100.0, r"Got anchors=100.0, but expected a whole number"),
        ("all", r"Got anchors='all', but expected a whole number"),
    ],
)
def test_a_wrong_number_of_anchors_is_refused(
    digits: tuple[np.ndarray, np.ndarray], anchors: object, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        score(digits[0], digits[0][:, :2], anchors=anchors)  # type: ignore[arg-type]


def test_an_embedding_that_is_not_finite_or_collapsed_has_reasons(digits_embedding: Embedding) -> None:
    for Z, reason in ((np.full((400, 2), np.nan), "not finite"), (np.ones((400, 2)), "all points at one position")):
        one = Anchored(digits_embedding.space, Z, anchors=draw(digits_embedding.space, 100))
        (value, error), *_ = evaluate_by_anchors(one, ["trustworthiness"])
        assert (value.value, value.reason, error) == (None, f"n/a ({reason})", None)


def test_no_error_is_known_where_all_anchors_agree(digits_embedding: Embedding) -> None:
    X = digits_embedding.space.dataset.X
    same = Anchored(digits_embedding.space, X, anchors=draw(digits_embedding.space, 100))
    found = with_errors(same, ["knn_recall", "continuity"])
    assert {found[name, "train", 5, ""] for name in ("knn_recall", "continuity")} == {(1.0, None)}
