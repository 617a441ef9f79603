"""Inner products of whole numbers are exact, however they are multiplied."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.metrics import ReferenceSpace, product_kernels
from bench.metrics.products import Products
from tests.bench.metrics.data import dataset


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    n=st.integers(1, 70),
    n_features=st.integers(1, 40),
    low=st.sampled_from([-40_000, -32_767, -128, -1, 0, 3]),
    size=st.sampled_from([1, 2, 256, 33_000, 70_000]),
    background=st.floats(0, 1),
    seed=st.integers(0, 999),
)
def test_products_are_exact(n: int, n_features: int, low: int, size: int, background: float, seed: int) -> None:
    rng = np.random.RandomState(seed)
    points = rng.randint(low, low + size, (n, n_features))
    points[rng.random_sample(points.shape) < background] = low
    queries = np.vstack([points[:3], rng.randint(low - 9, low + size + 9, (20, n_features))])
    found = Products(points.astype(np.float64)).into(np.empty((len(queries), n)), queries.astype(np.float64))
    np.testing.assert_array_equal(found, queries @ points.T)


@pytest.mark.parametrize(
    ("n_features", "largest", "is_packed"),
    [(784, 255, True), (2, 32_000, True), (3, 32_000, False), (1, 33_000, False)],
)
def test_numbers_are_multiplied_as_whole_numbers_where_no_sum_is_too_large(
    n_features: int, largest: int, is_packed: bool
) -> None:
    points = np.random.RandomState(0).choice([0.0, largest], (40, n_features))
    points[0] = largest
    products = Products(points)
    np.testing.assert_array_equal(products.into(np.empty((40, 40)), points), points @ points.T)
    assert ("_tiles" in products.__dict__) == is_packed


@pytest.mark.parametrize("n_chunks", [1, 2, 5])
def test_chunks_share_the_points(n_chunks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def in_chunks(kernel: object, *arguments: object) -> None:
        assert kernel is product_kernels.multiply
        for chunk in range(n_chunks):
            product_kernels.multiply(chunk, n_chunks, *arguments)

    monkeypatch.setattr("bench.metrics.products.in_chunks", in_chunks)
    points = np.random.RandomState(0).randint(-8, 9, (3 * product_kernels.WIDTH + 5, 7)).astype(np.float32)
    found = Products(points).into(np.full((len(points), len(points)), np.nan, np.float32), points)
    np.testing.assert_array_equal(found, points @ points.T)


def test_a_space_of_images_has_the_distances_of_its_pixels() -> None:
    X = np.random.RandomState(0).randint(0, 256, (30, 11))
    space = ReferenceSpace(dataset(X))
    ((_, products),) = space.product_blocks(space.points)
    np.testing.assert_array_equal(
        space.norms[:, None] + space.norms - 2.0 * products, ((X[:, None] - X) ** 2).sum(axis=2)
    )
    assert "_tiles" in space._products.__dict__
