"""Data that are mapped in place, bytes among them, have the scores that the same data in memory have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from bench import datasets
from bench.datasets import Dataset, large
from bench.metrics import Embedding, ReferenceSpace, evaluate, reference_space, reference_values, registry
from bench.metrics.reference_space import squared_norms


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Dataset, Dataset]:
    """Return bytes that are mapped, and the same in memory."""
    monkeypatch.setattr(large, "LARGE", 1_000)
    rng = np.random.RandomState(0)
    y = rng.randint(3, size=300)
    stored = (rng.randint(150, size=(300, 60)) + 40 * y[:, None]).astype(np.uint8)
    stored[:, 7] = 3
    np.save(tmp_path / "own.npy", stored)
    np.save(tmp_path / "own.labels.npy", y)
    data = datasets.load(str(tmp_path / "own.npy"))
    return data, replace(data, X=np.asarray(data.X), X_test=np.asarray(data.X_test), in_place=None)


def test_scores_are_the_same(both: tuple[Dataset, Dataset]) -> None:
    rng = np.random.RandomState(1)
    Z, Z_test = rng.standard_normal((240, 2)), rng.standard_normal((60, 2))
    mapped, in_memory = (evaluate(Embedding(ReferenceSpace(data), Z, Z_test)) for data in both)
    assert mapped == in_memory


@pytest.mark.parametrize("rows", [slice(3, 20), np.array([5, 1, 200])])
def test_of_large_data_some_rows_are_brought_to_the_grid(
    both: tuple[Dataset, Dataset], rows: slice | np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference_space, "BLOCK", 1_000)
    mapped, in_memory = (ReferenceSpace(data) for data in both)
    found, expected = mapped.grid(rows), in_memory.points[rows]
    assert found.dtype == expected.dtype and "points" not in mapped.__dict__
    assert np.array_equal(pdist(found, "sqeuclidean"), pdist(expected, "sqeuclidean"))
    assert np.array_equal(mapped.norms, squared_norms(found_all := mapped.grid(slice(None))))
    assert np.array_equal(found_all, np.rint(np.asarray(both[0].X) * 255) - 128)


def test_the_reference_of_pca_is_that_of_scikit_learn_without_a_copy(
    both: tuple[Dataset, Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    mapped, in_memory = (reference_values(ReferenceSpace(data), "pca-50") for data in both)
    for one, other in zip(mapped, in_memory, strict=True):
        assert (one.score, one.split, one.k, one.reason) == (other.score, other.split, other.k, other.reason)
        assert one.value == pytest.approx(other.value, abs=0.005)
    monkeypatch.setattr(registry, "MAX_VALUES", 1_000)
    for name in ("lda", "pixels", "shuffled-labels"):
        assert {one.reason for one in reference_values(ReferenceSpace(both[0]), name)} == {"n/a (too many points)"}
    assert any(one.value is not None for one in reference_values(ReferenceSpace(both[0]), "pca-50"))
