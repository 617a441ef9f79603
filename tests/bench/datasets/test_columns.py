"""What a pass in blocks tells of columns gives the same scale as a table in memory has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.datasets.columns import scaled, summarised
from bench.datasets.points import Points
from bench.errors import DatasetError

rng = np.random.RandomState(0)
TABLES = {
    "pixels": rng.randint(256, size=(50, 4)).astype(np.uint8),
    "unit": rng.rand(50, 4).astype(np.float32),
    "other": rng.normal(5, 10, (50, 4)),
    "uneven": rng.normal(1e6, 1, (50, 4)) * [1, 1, 3, 1e4],
    "one constant": rng.rand(50, 4) * [1, 0, 1, 1],
}


def points_of(X: np.ndarray) -> Points:
    return Points(Path("own.npy"), X, range(1, X.shape[1] + 1))


def summary(X: np.ndarray):
    def blocks() -> Iterator[np.ndarray]:
        yield from (X[start : start + 7] for start in range(0, len(X), 7))

    return summarised(points_of(X[:1]), blocks)


@pytest.mark.parametrize("how", ["auto", "none", "standard", "minmax"])
@pytest.mark.parametrize("name", TABLES)
def test_a_table_in_blocks_is_scaled_as_one_in_memory(name: str, how: str) -> None:
    X = TABLES[name]
    expected, what, notes = points_of(X).scaled(how)
    found = scaled(points_of(X[:1]), summary(X), how)
    assert (found.what, found.notes) == (what, notes)
    np.testing.assert_allclose(found.of(X), expected, atol=2e-7)


def test_what_cannot_be_scaled_is_refused() -> None:
    for X, message in (
        (np.ones((9, 2)), "equal rows"),
        (np.array([[1e308, 0], [-1e308, 1]] * 5), "expected a range between"),
        (np.array([[1.0, 0], [1 + 1e-12, 1e12]] * 5), "as float32 .* they do not"),
        (np.array([[1.0, 0], [np.nan, 1]] * 5), "Got 'nan' in row 2, column 1"),
    ):
        with pytest.raises(DatasetError, match=message):
            scaled(points_of(X[:1]), summary(X), "none")
