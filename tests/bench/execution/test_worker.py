"""What a worker keeps of a run, called without a process around it; and what a worker process imports."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import psutil
import pytest
from scipy.spatial.distance import pdist, squareform

from bench.datasets import Dataset
from bench.errors import CannotWriteError
from bench.execution import capture
from bench.execution.border import GRID_POINTS, LINE_STEPS, REBUILT_ROWS
from bench.execution.shared_data import ArrayFacts, DataFacts, Selections
from bench.execution.worker import Fit, Repeat, Start, WorkerSession
from bench.store.records import Outcome, Status
from tests.conftest import make_dataset

FAKES = Path(__file__).parents[1] / "fakes.py"
NO_FACTS = DataFacts(ArrayFacts((0,), "<f4"), ArrayFacts((0,), "<f4"), sealed=False)

Kept = tuple[Outcome, dict[str, np.ndarray], WorkerSession]


@pytest.fixture
def keep(dataset: Dataset, tmp_path: Path) -> Callable[..., Kept]:
    def run(reducer: str, scored: bool = True, retrain_s: float = 0.0, **params: object) -> Kept:
        session = WorkerSession(Start(reducer, params, 1, True, NO_FACTS, scored), dataset.X, dataset.X_test)
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
    first = dataset.X_test[:REBUILT_ROWS].astype(float)
    ends = np.unravel_index(squareform(pdist(first)).argmax(), (len(first), len(first)))
    np.testing.assert_allclose(arrays["line"][[0, -1]], rebuilt[list(ends)], atol=1e-4)
    assert len(arrays["line"]) == LINE_STEPS


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
    assert outcome.notes == (("its extras were not kept: RuntimeError: no picture today",) if fails else ())


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


CUT_SHORT = """
import numpy as np
from reducers.base import Reducer

class CutShort(Reducer):
    def __init__(self, n_components=2, n_epochs=50):
        self.n_components, self.n_epochs = n_components, n_epochs

    def _fit(self, X, rng):
        self.n_iter_ = 7
        return X[:, :2].copy()
"""


def test_epochs_and_convergence_of_a_training_are_kept(keep: Callable[..., Kept]) -> None:
    fixed, _, _ = keep("autoencoder", n_epochs=3)
    converged, _, _ = keep("autoencoder", n_epochs=50, early_stopping=True, n_iter_no_change=1, tol=1e6)
    assert (fixed.n_iter, fixed.converged, fixed.notes) == (3, False, ())
    assert (converged.n_iter, converged.converged, converged.notes) == (3, True, ())
    other, _, _ = keep("pca")
    assert (other.n_iter, other.converged) == (None, None)


def test_a_training_that_was_cut_short_is_noted(keep: Callable[..., Kept], tmp_path: Path) -> None:
    file = tmp_path / "cut_short.py"
    file.write_text(CUT_SHORT)
    outcome, _, _ = keep(f"{file}:CutShort")
    assert (outcome.n_iter, outcome.converged) == (7, None)
    assert outcome.notes == ("stopped early, after 7 of 50 epochs",)


@pytest.fixture
def run_fake(tmp_path: Path) -> Callable[..., Kept]:
    """Return a function that runs a fake in this process on as many rows as wake it."""

    def run(name: str, say: Callable[[dict[str, str]], None] = lambda message: None) -> Kept:
        data = make_dataset(600, 200)
        session = WorkerSession(Start(f"{FAKES}:{name}", {}, 1, True, NO_FACTS), data.X, data.X_test, say)
        session.get_ready()
        outcome = session.run(Fit(7, str(tmp_path / "run.npz")))
        if outcome.status is not Status.OK:
            return outcome, {}, session
        with np.load(tmp_path / "run.npz", allow_pickle=False) as arrays:
            return outcome, dict(arrays), session

    return run


@pytest.mark.parametrize(
    ("name", "reason", "fit_is_kept"),
    [
        ("FewRows", "fit: InvalidEmbeddingError: Got an embedding of shape (10, 2), but expected (600, 2)", False),
        ("ThreeAxes", "an embedding of shape (600, 2, 1), but expected (600, 2)", False),
        ("OverridesWithNaN", "NaN or infinity in 1 of 600 rows (first: row 3)", False),
        ("OverridesWithIntegers", "a list as an embedding", False),
        ("TooLarge", "numbers too large for float32 in 600 of 600 rows", False),
        ("FewNewRows", "transform: InvalidEmbeddingError: Got an embedding of test points of shape (3, 2)", True),
        ("WrongInverse", "inverse_transform: InvalidEmbeddingError: Got reconstructions of shape (200, 3)", True),
        ("LongInverse", "reconstructions with numbers too large", True),
    ],
)
def test_what_an_overridden_method_returns_is_checked(
    run_fake: Callable[..., Kept], name: str, reason: str, fit_is_kept: bool
) -> None:
    outcome, _, session = run_fake(name)
    assert (outcome.status, outcome.fit is not None) == (Status.INVALID, fit_is_kept)
    assert reason in outcome.reason
    if not fit_is_kept:
        assert session.repeat(Repeat(7)).status is Status.INVALID, "fit_transform, too"


def test_an_overridden_method_that_is_right_passes(run_fake: Callable[..., Kept]) -> None:
    outcome, arrays, session = run_fake("Overrides")
    assert outcome.status is Status.OK and arrays["train"].shape == (600, 2)
    assert session.repeat(Repeat(7)).repeatable is True


def test_an_embedding_that_is_computed_when_it_is_read_counts(
    run_fake: Callable[..., Kept], capsys: pytest.CaptureFixture[str]
) -> None:
    outcome, _, session = run_fake("LazyEmbedding")
    assert outcome.fit is not None and outcome.fit.wall_s >= 0.3
    assert capsys.readouterr().out.count("embedding computed") == 1
    again = session.repeat(Repeat(7)).fit_transform
    assert again is not None and again.wall_s >= 0.3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("RaisesBroken", "fit: Broken (its message cannot be shown)"),
        ("RaisesSurrogate", r"fit: ValueError: half of a pair: \ud800, red: \x1b[31m"),
        ("RaisesMegabytes", "characters more)"),
    ],
)
def test_messages_of_any_kind_are_told(run_fake: Callable[..., Kept], name: str, reason: str) -> None:
    outcome, _, _ = run_fake(name)
    assert outcome.status is Status.FAILED and reason in outcome.reason
    assert len(outcome.model_dump_json()) < 5_000


def test_what_cannot_be_stored_of_extras_is_noted_and_the_rest_is_kept(run_fake: Callable[..., Kept]) -> None:
    outcome, arrays, _ = run_fake("BadExtras")
    assert outcome.status is Status.OK
    assert {name for name in arrays if name.startswith("extra_")} == {"extra_fine"}
    expected = {
        "history": "extra_history of shape (3,), but expected (any, 7)",
        "objects": "dtype object",
        "ragged": "ValueError",
        "anomaly_score": "NaN or infinity in 200 of 200 rows",
        "../../escaped": "expected the names",
    }
    assert len(outcome.notes) == len(expected)
    for note, (name, why) in zip(outcome.notes, expected.items(), strict=True):
        assert note.startswith(f"its extra {name!r} was not kept: ") and why in note


def test_extras_have_room_all_together(run_fake: Callable[..., Kept]) -> None:
    outcome, arrays, _ = run_fake("LargeExtras")
    assert "extra_first" in arrays and "extra_second" not in arrays
    assert len(outcome.notes) == 1 and "at most 64 MiB" in outcome.notes[0]


def test_extras_are_a_dictionary(run_fake: Callable[..., Kept]) -> None:
    outcome, _, _ = run_fake("ExtrasAreAList")
    assert outcome.notes == ("its extras were not kept: got a list, but expected a dictionary",)


def test_every_timed_call_is_told_when_it_begins_and_when_it_ends(run_fake: Callable[..., Kept]) -> None:
    said: list[dict[str, str]] = []
    _, _, session = run_fake("Overrides", said.append)
    session.repeat(Repeat(7))
    phases = ["import", "cold_start", "fit", "transform", "inverse", "fit_transform"]
    assert said == [{word: phase} for phase in phases for word in ("began", "ended")]


def test_a_failed_call_ends_too(run_fake: Callable[..., Kept]) -> None:
    said: list[dict[str, str]] = []
    run_fake("Raises", said.append)
    assert said[-2:] == [{"began": "fit"}, {"ended": "fit"}]


def test_a_limit_of_the_process_is_no_full_disk(run_fake: Callable[..., Kept], monkeypatch: pytest.MonkeyPatch) -> None:
    def save(path: str, **_: object) -> None:
        raise OSError(errno.EFBIG, "File too large")

    monkeypatch.setattr(np, "savez", save)
    assert run_fake("Calm")[0].status is Status.FAILED
    monkeypatch.setattr(capture, "OWN_LIMITS", ())
    with pytest.raises(CannotWriteError):
        run_fake("Calm")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent ended")
def test_a_worker_ends_with_its_parent_though_its_pipes_stay_open(dataset: Dataset, tmp_path: Path) -> None:
    (requests, ask), (answers, replies) = os.pipe(), os.pipe()
    with Selections(tmp_path) as selections:
        data = selections.of("all", dataset)
        passed = (requests, replies, *data.descriptors)
        code = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]], close_fds=False)"
        command = [sys.executable, "-S", "-c", code, "-m", "bench.execution.worker", *map(str, passed)]
        with subprocess.Popen(command, pass_fds=passed) as parent:
            start = Start("no_such_reducer", {}, 1, True, data.facts)
            os.write(ask, (json.dumps(asdict(start)) + "\n").encode())
            while b"unavailable" not in os.read(answers, 1 << 16):
                pass  # what it says of its phases
            [worker] = psutil.Process(parent.pid).children()
            parent.kill()
    assert psutil.wait_procs([worker], timeout=30)[1] == []
    for descriptor in (requests, ask, answers, replies):
        os.close(descriptor)


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
    assert {name.split(".")[1] for name in modules if "." in name} == {"execution", "store", "errors", "texts", "units"}
