from __future__ import annotations

import numpy as np
import pytest

import reducers


@pytest.fixture
def X() -> np.ndarray:
    return np.random.RandomState(0).standard_normal((50, 6)).astype(np.float32)


def test_a_new_point_has_the_median_position_of_its_nearest_training_points(X: np.ndarray) -> None:
    new = np.random.RandomState(1).standard_normal((7, 6)).astype(np.float32)
    near = np.linalg.norm(new[:, None] - X, axis=2).argsort(axis=1)
    for k in (1, 5):
        fitted = reducers.create("neighbour_placement", n_neighbors=k).fit(X)
        np.testing.assert_allclose(fitted.transform(new), np.median(fitted.embedding_[near[:, :k]], axis=1), rtol=1e-6)


def test_a_training_point_has_its_own_position(X: np.ndarray) -> None:
    fitted = reducers.create("neighbour_placement").fit(X)
    assert np.array_equal(fitted.transform(X), fitted.embedding_)
    np.testing.assert_allclose(fitted.embedding_, reducers.create("pca").fit_transform(X))


@pytest.mark.parametrize("k", [0, 51])
def test_a_number_of_neighbours_that_there_are_not(X: np.ndarray, k: int) -> None:
    with pytest.raises(ValueError, match=f"Got n_neighbors={k}, but expected 1 to n_samples=50"):
        reducers.create("neighbour_placement", n_neighbors=k).fit(X)
