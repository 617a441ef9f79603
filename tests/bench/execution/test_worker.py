"""What a worker keeps of a run, called without a process around it; and what a worker process imports."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.execution.capture import GRID_POINTS, REBUILT_ROWS
from bench.execution.worker import Fit, Repeat, Start, WorkerSession
from bench.store.records import Outcome, Status

Kept = tuple[Outcome, dict[str, np.ndarray], WorkerSession]


@pytest.fixture
def keep(dataset: Dataset, tmp_path: Path) -> Callable[..., Kept]:
    def run(reducer: str, scored: bool = True, retrain_s: float = 0.0, **params: object) -> Kept:
        session = WorkerSession(Start(reducer, params, 1, True, scored), dataset.X, dataset.X_test)
        session.get_ready()
        outcome = session.run(Fit(7, str(tmp_path / "run.npz"), retrain_s=retrain_s))
        with np.load(tmp_path / "run.npz", allow_pickle=False) as arrays:
            return outcome, dict(arrays), session

    return run


def test_a_reducer_with_an_inverse_leaves_pictures(keep: Callable[..., Kept], dataset: Dataset) -> None:
    outcome, arrays, session = keep("pca")
    assert outcome.status is Status.OK
    pca = session.cls(n_components=2).fit(dataset.X)
    rebuilt = pca.inverse_transform(pca.transform(dataset.X_test[:REBUILT_ROWS]))
    np.testing.assert_allclose(arrays["rebuilt"], rebuilt, atol=1e-5)
    (x, y), grid = arrays["grid_axes"], arrays["grid"]
    assert np.all(np.diff(x) > 0) and np.all(np.diff(y) < 0), "from left to right, from top to bottom"
    assert grid.shape == (GRID_POINTS**2, dataset.X.shape[1])
    right_of_top_left = pca.inverse_transform(np.array([[x[1], y[0]]]))
    np.testing.assert_allclose(grid[1], right_of_top_left[0], atol=1e-4)
    assert np.mean((pca.embedding_[:, 0] >= x[0]) & (pca.embedding_[:, 0] <= x[-1])) == pytest.approx(0.98, abs=0.02)


def test_three_dimensions_have_no_lattice(keep: Callable[..., Kept]) -> None:
    _, arrays, _ = keep("pca", n_components=3)
    assert "rebuilt" in arrays and "grid" not in arrays


def test_a_reducer_without_an_inverse_leaves_none(keep: Callable[..., Kept]) -> None:
    _, arrays, _ = keep("random_projection")
    assert set(arrays) == {"train", "test", "refit", "few", "alone"}


def test_points_are_mapped_again_for_scores_alone(keep: Callable[..., Kept]) -> None:
    _, arrays, _ = keep("random_projection", scored=False)
    assert set(arrays) == {"train", "test"}, "mapping again takes time that counts against the time limit"


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
def test_extras_are_kept_and_their_failure_spoils_no_run(
    keep: Callable[..., Kept], dataset: Dataset, tmp_path: Path, fails: bool
) -> None:
    file = tmp_path / "with_extras.py"
    file.write_text(REDUCER_WITH_EXTRAS)
    outcome, arrays, _ = keep(f"{file}:WithExtras", fails=fails)
    assert outcome.status is Status.OK
    assert ("extra_mean" in arrays) is not fails
    if not fails:
        np.testing.assert_array_equal(arrays["extra_mean"], dataset.X_test.mean(axis=0))


def test_a_short_training_is_repeated_for_pictures_where_that_is_asked(keep: Callable[..., Kept]) -> None:
    plain, watched = keep("autoencoder", n_epochs=2)[1], keep("autoencoder", n_epochs=2, retrain_s=60.0)[1]
    assert "extra_prior_samples_by_epoch" not in plain
    assert watched["extra_prior_sample_epochs"].tolist() == [1, 2]
    np.testing.assert_array_equal(plain["train"], watched["train"])
    assert {"extra_history", "extra_fitted_squared_error"} <= plain.keys()


def test_the_same_fit_again_is_compared_bit_by_bit(keep: Callable[..., Kept]) -> None:
    _, _, session = keep("random_gaussian")
    assert session.repeat(Repeat(7)).repeatable is True
    assert session.repeat(Repeat(8)).repeatable is False


def test_a_training_that_stops_early_is_noted(keep: Callable[..., Kept]) -> None:
    patient, _, _ = keep("autoencoder", n_epochs=3)
    hasty, _, _ = keep("autoencoder", n_epochs=50, early_stopping=True, n_iter_no_change=1, tol=1e6)
    assert patient.notes == ()
    assert [note for note in hasty.notes if note.startswith("stopped early, after ") and "of 50 epochs" in note]


IMPORTED = {"annotated_types", "numpy", "psutil", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"}
"""Third-party packages that a worker imports before its reducer: they are part of the memory that it measures."""


def test_a_worker_imports_nothing_but_what_it_needs() -> None:
    code = """
import sys, sysconfig
import bench.execution.worker
folder = sysconfig.get_paths()["purelib"]
files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items() if "." not in name}
print(*[name for name, file in files.items() if file.startswith(folder)])
print(*[name for name in sys.modules if name.startswith("bench")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    packages, modules = (set(line.split()) for line in done.stdout.splitlines())
    assert {name for name in packages if not name.startswith("_")} == IMPORTED
    assert {name.split(".")[1] for name in modules if "." in name} == {"execution", "store", "errors"}
