from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import tempfile

# The tests' data are tiny: several threads would only wait for each other, and on a busy machine for minutes. A
# benchmark takes all cores.
if "--benchmark-only" not in sys.argv:
    for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(_name, "1")
    # Whether data are at hand must make no difference, save where the published programs are trained again, and where
    # loaders are tried on real copies.
    for _name in ("MNIST_DIR", "BENCH_DATA_DIR"):
        if _name in os.environ:
            os.environ[f"{_name}_OF_TESTS"] = os.environ.pop(_name)
# The cache of reference spaces belongs to the tests alone, and so does the lock of timed runs.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="reducers-bench-tests-")
os.environ["REDUCERS_BENCH_LOCK"] = os.path.join(os.environ["XDG_CACHE_HOME"], "timed.lock")

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from xdist.scheduler import LoadScopeScheduling

from bench.datasets import Dataset
from bench.execution import threads, worker_handle
from bench.execution.processes import MARK, parent_of
from tests.bench import light_worker

atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)
# Whoever runs the tests in the background or with nohup ignores these, and so would every process that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return half as many processes again as there are cores: some tests wait for what they started."""
    return threads.available() * 3 // 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Keep the tests of a file in one process, whose fixtures they share, but the long ones of the contract."""

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if file.endswith("test_contract.py") else file

    return ByFile(config, log)


def make_dataset(n: int = 60, n_test: int = 20, n_features: int = 5, *, labels: bool = True) -> Dataset:
    """Return three Gaussian clouds in the unit cube."""
    rng = np.random.RandomState(0)
    y = rng.randint(3, size=n + n_test)
    X = np.clip(0.2 + 0.3 * y[:, None] + 0.05 * rng.standard_normal((n + n_test, n_features)), 0, 1)
    X = X.astype(np.float32)
    return Dataset(
        name="clouds",
        X=X[:n],
        X_test=X[n:],
        y=y[:n] if labels else None,
        y_test=y[n:] if labels else None,
        classes=("a", "b", "c") if labels else (),
        image_shape=None,
        levels=None,
        provenance="three Gaussian clouds",
    )


def left_running() -> list[psutil.Process]:
    """Return what workers of these tests left running; another study on this machine does not count."""
    mine = {os.getpid(), *(process.pid for process in psutil.Process().children(recursive=True))}
    left = []
    for process in psutil.process_iter():
        try:
            parent = parent_of(process.environ().get(MARK))
            if parent is None or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if parent in mine or not parent:
                left.append(process)
        except psutil.Error:
            continue
    return left


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


@pytest.fixture
def light_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the workers of this process start without scikit-learn, where fakes alone run in them."""
    monkeypatch.setattr(worker_handle, "WORKER", light_worker.COMMAND)


@pytest.fixture
def one_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a study draw its embeddings alone, where its figures are not what is tested."""
    from bench.output import figures

    monkeypatch.setattr(figures, "DRAWINGS", figures.DRAWINGS[:1])
    monkeypatch.setattr(figures, "KINDS", ("png",))


@pytest.fixture
def clouds_file(tmp_path: Path) -> Callable[[int], Path]:
    """Return a function that writes a labelled table of so many rows and returns its path."""

    def write(n: int) -> Path:
        whole = make_dataset(n, 0)
        path = tmp_path / "clouds.npz"
        np.savez(path, X=whole.X, y=whole.y)
        return path

    return write
