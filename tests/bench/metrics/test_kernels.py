"""Whatever distances look like, kernels order points as a stable sort of them does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.metrics import kernels

KINDS: dict[str, Callable[[np.random.RandomState, int], np.ndarray]] = {
    "scattered": lambda rng, n: rng.standard_normal((2, n)),
    "in one dimension": lambda rng, n: rng.random_sample((1, n)),
    "on a grid": lambda rng, n: rng.randint(0, 5, (3, n)).astype(float),
    "at one place": lambda rng, n: np.full((2, n), 0.3),
    "copies": lambda rng, n: np.repeat(rng.standard_normal((2, n)), 4, axis=1)[:, rng.permutation(4 * n)[:n]],
    "an outlier": lambda rng, n: np.append(rng.standard_normal((2, n - 1)), [[1e6], [0]], axis=1),
    "clusters in clusters": lambda rng, n: sum(
        (10.0**-size * rng.randint(0, 3, (2, n)) for size in (0, 4, 9)), 1e-12 * rng.standard_normal((2, n))
    ),
    "of every size": lambda rng, n: 10 ** rng.uniform(-140, 140, (2, n)),
    "told apart by the last bits": lambda rng, n: np.where(np.arange(n) < 3, 0, 1 + rng.randint(0, n, (1, n)) / 2**51),
}  # fmt: skip
layouts = st.builds(
    lambda kind, n, seed: KINDS[kind](np.random.RandomState(seed), n),
    st.sampled_from(list(KINDS)),
    st.integers(2, 90) | st.integers(600, 700),
    st.integers(0, 999),
)
properties = settings(max_examples=40, deadline=None, derandomize=True)


def squared_distances(positions: np.ndarray, queries: np.ndarray) -> np.ndarray:
    return sum((queries[c][:, None] - positions[c]) ** 2 for c in range(len(positions)))


def sorted_by_distance(positions: np.ndarray) -> np.ndarray:
    """Return all others as each point's neighbours, nearest first, ties by index."""
    distances = squared_distances(positions, positions)
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, :-1]


def places_of(order: np.ndarray) -> np.ndarray:
    """Return the place of each other point in the order of a row; the point itself comes last."""
    n = len(order)
    places = np.full((n, n), n - 1)
    np.put_along_axis(places, order, np.arange(n - 1), axis=1)
    return places


@properties
@given(layouts, st.integers(1, 100))
def test_neighbours_are_those_of_a_stable_sort(positions: np.ndarray, k: int) -> None:
    n = positions.shape[1]
    near = np.empty((n, min(k, n - 1)), np.int32)
    for chunk in range(3):
        kernels.nearest_rows(chunk, 3, positions, positions, 0, near)
    np.testing.assert_array_equal(near, sorted_by_distance(positions)[:, : near.shape[1]])
    of_others = np.empty((n, min(k, n)), np.int32)
    kernels.nearest_rows(0, 1, positions, positions, -1, of_others)
    expected = np.argsort(squared_distances(positions, positions), axis=1, kind="stable")
    np.testing.assert_array_equal(of_others, expected[:, : of_others.shape[1]])


@properties
@given(layouts, layouts)
def test_counts_are_those_of_a_stable_sort(original: np.ndarray, positions: np.ndarray) -> None:
    n = min(original.shape[1], positions.shape[1])
    original, positions = (np.ascontiguousarray(points[:, :n]) for points in (original, positions))
    in_data, order = sorted_by_distance(original), sorted_by_distance(positions)
    ranks, places = places_of(in_data).astype(np.uint32), places_of(order)
    counts, near = np.zeros((2, 5, n), np.int64), np.empty((n, min(9, n - 1)), np.int32)
    for chunk in range(2):
        kernels.corank_rows(chunk, 2, positions, ranks, 0, counts, near)
    p, q = (np.take_along_axis(of.astype(int), by, axis=1) for of, by in ((ranks, order), (places, in_data)))
    t = np.arange(n - 1)
    expected = [np.maximum(p - t, 0), p, np.maximum(q - t, 0), q, (p <= t) + (q < t).astype(int)]
    np.testing.assert_array_equal(counts.sum(axis=0)[:, :-1], [of_rank.sum(axis=0) for of_rank in expected])
    np.testing.assert_array_equal(near, order[:, : near.shape[1]])


@properties
@given(
    n=st.integers(2, 90) | st.integers(600, 700),
    largest=st.sampled_from([1, 3, 128, 2**20]),
    seed=st.integers(0, 999),
    itself=st.booleans(),
)
def test_ranks_of_whole_numbers_are_those_of_a_stable_sort(n: int, largest: int, seed: int, itself: bool) -> None:
    points = np.random.RandomState(seed).randint(-largest, largest + 1, (n, 4)).astype(np.float64)
    norms, products = (points**2).sum(axis=1), points @ points.T
    ranks, near = np.empty((n, n), np.uint16), np.empty((n, n - 1), np.int32)
    kernels.rank_rows(0, 1, products, norms, norms, 0 if itself else -1, ranks, near)
    distances = norms[:, None] + norms - 2 * products
    if itself:
        np.fill_diagonal(distances, np.inf)
    order = np.argsort(distances, axis=1, kind="stable")
    np.testing.assert_array_equal(np.take_along_axis(ranks, order, axis=1), np.tile(np.arange(n), (n, 1)))
    np.testing.assert_array_equal(near, order[:, : n - 1])
