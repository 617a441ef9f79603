from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.metrics import pairwise_distances

from bench.metrics import (
    Embedding,
    ReferenceSpace,
    anchor_kernels,
    kernels,
    neighbourhood,
    pair_kernels,
    product_kernels,
)
from bench.metrics.coranking import Coranking
from tests.bench.metrics.data import Z_KINDS, by_definition, coordinates, dataset, ranks, tied_points, zadu

K = 12


@pytest.mark.parametrize("kind", Z_KINDS)
@pytest.mark.parametrize("values", [2, 200], ids=["ties in the data", "hardly a tie in the data"])
def test_every_curve_is_its_definition_at_every_k(kind: str, values: int) -> None:
    X = tied_points(values=values)
    Z = coordinates(kind, len(X))
    found = Embedding(ReferenceSpace(dataset(X)), Z).coranking
    for k in range(1, len(X) - 1):
        for name, expected in by_definition(X, Z, k).items():
            assert getattr(found, name)[k - 1] == pytest.approx(expected, abs=1e-12), (name, k)
    expected_curve = np.array([by_definition(X, Z, k)["r_nx"] for k in range(1, len(X) - 1)])
    weights = 1 / np.arange(1, len(X) - 1)
    assert found.auc == pytest.approx((expected_curve * weights).sum() / weights.sum(), abs=1e-12)
    assert found.recall[-1] == 1


@pytest.mark.parametrize("n_components", [1, 3, 10])
def test_any_number_of_components(n_components: int) -> None:
    X = tied_points()
    Z = coordinates("on a grid", len(X), n_components)
    found = Embedding(ReferenceSpace(dataset(X)), Z).coranking
    assert found.trustworthiness[4] == pytest.approx(by_definition(X, Z, 5)["trustworthiness"], abs=1e-12)


@pytest.mark.parametrize("k", [5, 30])
def test_trustworthiness_is_scikit_learns(digits_embedding: Embedding, k: int) -> None:
    X, Z = digits_embedding.space.points, digits_embedding.positions.T
    n = len(X)
    # scikit-learn leaves ties to its sort: distances that also hold the index leave it no choice.
    D = np.rint(pairwise_distances(X.astype(float), metric="sqeuclidean")) + np.arange(n) / (2 * n)
    np.fill_diagonal(D, 0)
    assert neighbourhood.trustworthiness(digits_embedding, k) == pytest.approx(
        trustworthiness(D, Z, n_neighbors=k, metric="precomputed"), abs=1e-12
    )


def test_continuity_is_scikit_learns_trustworthiness_the_other_way(untied_embedding: Embedding) -> None:
    X, Z = untied_embedding.space.points, untied_embedding.Z
    assert neighbourhood.continuity(untied_embedding, K) == pytest.approx(
        trustworthiness(Z, X, n_neighbors=K), abs=1e-12
    )


def test_scores_are_zadus(untied_embedding: Embedding) -> None:
    trust, error, lcmc = zadu(
        "trustworthiness_continuity", "mean_relative_rank_error", "local_continuity_meta_criteria"
    )
    X, Z = untied_embedding.space.points.astype(np.float64), untied_embedding.Z.astype(np.float64)
    expected = {
        **trust.measure(X, Z, K),
        **error.measure(X, Z, K),
        **lcmc.measure(X, Z, K),
    }
    assert len(expected) == 5
    for name, value in expected.items():
        assert getattr(neighbourhood, name)(untied_embedding, K) == pytest.approx(value, abs=1e-12), name


@pytest.mark.parametrize("kind", ["two places", "an outlier", "a far pair of clouds"])
def test_crowded_rows_are_sorted_by_distance_then_index(kind: str) -> None:
    n = 500
    if kind == "a far pair of clouds":
        Z = coordinates("scattered", n).astype(np.float64)
        Z[::2] += 1e9
    else:
        Z = coordinates(kind, n)
    near = np.empty((n, 100), np.int32)
    positions = np.ascontiguousarray(Z.T, dtype=np.float64)
    kernels.nearest_rows(0, 1, positions, positions, 0, near)
    distances = sum((component[:, None] - component) ** 2 for component in positions)
    np.fill_diagonal(distances, np.inf)
    np.testing.assert_array_equal(near, np.argsort(distances, axis=1, kind="stable")[:, :100])


def test_neighbours_in_the_data_leave_out_the_point_itself_and_go_by_index(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    X = np.repeat(digits[0][:40], 3, axis=0)
    near = ReferenceSpace(dataset(X, levels=16)).neighbours
    np.testing.assert_array_equal(np.argsort(ranks(X), axis=1, kind="stable")[:, 1:101], near)


def test_counts_do_not_depend_on_threads() -> None:
    X = tied_points()
    embedding = Embedding(ReferenceSpace(dataset(X)), coordinates("on a grid", len(X)))
    (_, block), near = next(iter(embedding.space.rank_blocks())), np.empty((len(X), 5), np.int32)
    for n_chunks in (1, 2, 5):
        counts = np.zeros((n_chunks, 5, len(X)), np.int64)
        for chunk in range(n_chunks):
            kernels.corank_rows(chunk, n_chunks, embedding.positions, block, 0, counts, near)
        np.testing.assert_array_equal(counts.sum(axis=0), embedding.coranking.counts)


def test_test_points_are_ranked_as_one_more_point(digits_embedding: Embedding) -> None:
    few, k = 8, 6
    X, X_test = digits_embedding.space.points, digits_embedding.space.test_points[:few]
    Z, Z_test = digits_embedding.Z, digits_embedding.Z_test[:few]
    penalty = kept = 0
    for i in range(few):
        r = ranks_of(X_test[i], X)
        s = ranks_of(Z_test[i], Z)
        penalty += (r - k)[(s <= k) & (r > k)].sum()
        kept += ((s <= k) & (r <= k)).sum()
    n = len(X) + 1
    data = digits_embedding.space.dataset
    embedding = Embedding(ReferenceSpace(dataset(data.X * 16, data.y, data.X_test[:few] * 16, levels=16)), Z, Z_test)
    assert neighbourhood.trustworthiness(embedding, k, "test") == pytest.approx(
        1 - 2 * penalty / (few * k * (2 * n - 3 * k - 1)), abs=1e-12
    )
    assert neighbourhood.knn_recall(embedding, k, "test") == pytest.approx(kept / (few * k), abs=1e-12)


def ranks_of(query: np.ndarray, points: np.ndarray) -> np.ndarray:
    distances = ((points.astype(float) - query) ** 2).sum(axis=1)
    found = np.empty(len(points), int)
    found[np.argsort(distances, kind="stable")] = np.arange(1, len(points) + 1)
    return found


def test_blocks_of_rows_give_what_whole_arrays_give(
    digits_embedding: Embedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.metrics.reference_space.BLOCK", 400 * 8 * 33)
    space = ReferenceSpace(digits_embedding.space.dataset, memory=0)
    assert not space.fits
    assert len(list(space.rank_blocks())) > 5
    streamed: Coranking = Embedding(space, digits_embedding.Z).coranking
    np.testing.assert_array_equal(streamed.counts, digits_embedding.coranking.counts)
    np.testing.assert_array_equal(streamed.near, digits_embedding.coranking.near)
    np.testing.assert_array_equal(space.neighbours, digits_embedding.space.neighbours)
    np.testing.assert_array_equal(space.test_neighbours, digits_embedding.space.test_neighbours)


@pytest.mark.parametrize("module", [kernels, pair_kernels, anchor_kernels, product_kernels])
def test_kernels_call_nothing_in_another_file_of_ours(module: object) -> None:
    """An edit of a callee elsewhere would leave old code in numba's cache on disk."""
    tree = ast.parse(Path(module.__file__).read_text())  # type: ignore[attr-defined]
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert {name.partition(".")[0] for name in imported} <= {"__future__", "typing", "numpy", "numba", "llvmlite"}
