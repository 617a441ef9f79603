from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile

# The tests' data are tiny: several threads would only wait for each other, and on a busy machine for minutes. A
# benchmark takes all cores.
if "--benchmark-only" not in sys.argv:
    for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(_name, "1")
    # Whether MNIST is at hand must make no difference.
    os.environ.pop("MNIST_DIR", None)
# The cache of reference spaces belongs to the tests alone.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="reducers-bench-tests-")

from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from bench.datasets import Dataset
from bench.execution.processes import MARK, parent_of

atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)


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
def clouds_file(tmp_path: Path) -> Callable[[int], Path]:
    """Return a function that writes a labelled table of so many rows and returns its path."""

    def write(n: int) -> Path:
        whole = make_dataset(n, 0)
        path = tmp_path / "clouds.npz"
        np.savez(path, X=whole.X, y=whole.y)
        return path

    return write
