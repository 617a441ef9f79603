"""What a worker keeps of a run, called without a process around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.records import Outcome, Status
from bench.worker import GRID_PLACES, REBUILT_ROWS, Bench, Fit, Repeat, Start

Kept = tuple[Outcome, dict[str, np.ndarray], Bench]


@pytest.fixture
def keep(dataset: Dataset, tmp_path: Path) -> Callable[..., Kept]:
    def run(reducer: str, scored: bool = True, **params: object) -> Kept:
        bench = Bench(Start(reducer, params, 1, True, scored), dataset.X, dataset.X_test)
        bench.get_ready()
        outcome = bench.run(Fit(7, str(tmp_path / "run.npz")))
        with np.load(tmp_path / "run.npz", allow_pickle=False) as arrays:
            return outcome, dict(arrays), bench

    return run


def test_a_reducer_with_a_way_back_leaves_pictures(keep: Callable[..., Kept], dataset: Dataset) -> None:
    outcome, arrays, bench = keep("pca")
    assert outcome.status is Status.OK
    pca = bench.cls(n_components=2).fit(dataset.X)
    rebuilt = pca.inverse_transform(pca.transform(dataset.X_test[:REBUILT_ROWS]))
    np.testing.assert_allclose(arrays["rebuilt"], rebuilt, atol=1e-5)
    (x, y), grid = arrays["grid_axes"], arrays["grid"]
    assert np.all(np.diff(x) > 0) and np.all(np.diff(y) < 0), "from left to right, from top to bottom"
    assert grid.shape == (GRID_PLACES**2, dataset.X.shape[1])
    right_of_top_left = pca.inverse_transform(np.array([[x[1], y[0]]]))
    np.testing.assert_allclose(grid[1], right_of_top_left[0], atol=1e-4)
    assert np.mean((pca.embedding_[:, 0] >= x[0]) & (pca.embedding_[:, 0] <= x[-1])) == pytest.approx(0.98, abs=0.02)


def test_no_lattice_is_laid_over_three_dimensions(keep: Callable[..., Kept]) -> None:
    _, arrays, _ = keep("pca", n_components=3)
    assert "rebuilt" in arrays and "grid" not in arrays


def test_a_reducer_without_a_way_back_leaves_none(keep: Callable[..., Kept]) -> None:
    _, arrays, _ = keep("random_projection")
    assert set(arrays) == {"fit", "test", "refit", "few", "alone"}


def test_points_are_placed_again_for_scores_alone(keep: Callable[..., Kept]) -> None:
    _, arrays, _ = keep("random_projection", scored=False)
    assert set(arrays) == {"fit", "test"}, "placing again takes time that may be the deadline's"


REDUCER_WITH_EXTRAS = """
from reducers.base import Reducer

class WithExtras(Reducer):
    def __init__(self, n_components=2, fails=False):
        self.n_components = n_components
        self.fails = fails

    def _fit(self, X, rng):
        return X[:, : self.n_components] * 1.0

    def _transform(self, X):
        return X[:, : self.n_components] * 1.0

    def extras(self, X):
        if self.fails:
            raise RuntimeError("no picture today")
        return {"mean": X.mean(axis=0)}
"""


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_reducer_wishes_to_keep_is_kept_and_its_failure_spoils_no_run(
    keep: Callable[..., Kept], dataset: Dataset, tmp_path: Path, fails: bool
) -> None:
    file = tmp_path / "with_extras.py"
    file.write_text(REDUCER_WITH_EXTRAS)
    outcome, arrays, _ = keep(f"{file}:WithExtras", fails=fails)
    assert outcome.status is Status.OK
    assert ("extra_mean" in arrays) is not fails
    if not fails:
        np.testing.assert_array_equal(arrays["extra_mean"], dataset.X_test.mean(axis=0))


def test_the_same_fit_again_is_compared_bit_by_bit(keep: Callable[..., Kept]) -> None:
    _, _, bench = keep("random_gaussian")
    assert bench.repeat(Repeat(7)).repeatable is True
    assert bench.repeat(Repeat(8)).repeatable is False


def test_a_training_that_stops_early_is_noted(keep: Callable[..., Kept]) -> None:
    patient, _, _ = keep("autoencoder", n_epochs=3)
    hasty, _, _ = keep("autoencoder", n_epochs=50, early_stopping=True, n_iter_no_change=1, tol=1e6)
    assert patient.notes == ()
    assert [note for note in hasty.notes if note.startswith("stopped early, after ") and "of 50 epochs" in note]
