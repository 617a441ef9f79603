from __future__ import annotations

import logging
import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

import reducers

pytestmark = pytest.mark.extra
faiss = pytest.importorskip("faiss", reason="NOT CHECKED: pacmap and localmap, whose extra `pacmap` is not installed")
pytest.importorskip("pacmap", reason="NOT CHECKED: pacmap and localmap, whose extra `pacmap` is not installed")

pytestmark = pytest.mark.extra

X = (load_digits().data[:200] / 16).astype(np.float32)
NEW = (load_digits().data[200:220] / 16).astype(np.float32)
QUICK = {"n_neighbors": 5, "num_iters": (10, 10, 30), "random_state": 0}


def test_a_seed_gives_the_same_bytes_with_any_number_of_threads() -> None:
    code = (
        "import sys, numba, numpy as np, reducers; X = np.random.RandomState(0).rand(300, 5)\n"
        "for name in ('pacmap', 'localmap'):\n"
        "    for threads in (1, 2):\n"
        "        numba.set_num_threads(threads)\n"
        "        print(hash(bytes(reducers.create(name, random_state=0).fit_transform(X))))\n"
        "        assert numba.get_num_threads() == threads"
    )
    environment = os.environ | {"NUMBA_NUM_THREADS": "2", "PYTHONHASHSEED": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    one, two, one_local, two_local = done.stdout.split()
    assert (one, one_local) == (two, two_local)
    assert one != one_local


@pytest.mark.parametrize("name", ["pacmap", "localmap"])
def test_new_points_are_mapped_one_by_one_and_move_no_other(name: str) -> None:
    reducer = reducers.create(name, **QUICK).fit(X)
    before = reducer.embedding_.tobytes()
    together = reducer.transform(NEW)
    alone = np.vstack([reducer.transform(row[None]) for row in NEW])
    np.testing.assert_allclose(alone, together, atol=1e-4)
    assert reducer.embedding_.tobytes() == before


@pytest.mark.parametrize("name", ["pacmap", "localmap"])
def test_the_process_is_left_as_it_was(
    name: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    faiss.omp_set_num_threads(3)
    try:
        reducers.create(name, **QUICK).fit(X).transform(NEW)
        assert faiss.omp_get_max_threads() == 3
    finally:
        faiss.omp_set_num_threads(1)
    assert (capfd.readouterr().out, capfd.readouterr().err, caplog.records) == ("", "", [])
    assert logging.getLogger("pacmap.pacmap").level == logging.NOTSET


def test_more_than_a_hundred_columns_are_reduced_first() -> None:
    wide = np.hstack([X, X, np.random.RandomState(0).rand(*X.shape).astype(np.float32)])
    index = reducers.create("pacmap", **QUICK).fit(wide).pacmap_.tree
    assert index.d == 100
    assert reducers.create("pacmap", apply_pca=False, **QUICK).fit(wide).pacmap_.tree.d == wide.shape[1]


@pytest.mark.parametrize(
    ("rows", "params", "sentence"),
    [
        (X, {"n_components": 65}, r"n_components=65, but expected at most min\(n_samples=200, n_features=64\)"),
        (X[:35], {}, "n_samples=35, but expected at least 36: each point makes pairs with n_neighbors=10 near, 5 mid"),
        (X[:6], {"n_neighbors": 2, "FP_ratio": 0.5}, "n_samples=6, but expected at least 7"),
        (np.ones((50, 3), np.float32), {}, "50 equal rows, but expected at least two that differ"),
        (X.astype(float) * 1e300, {}, "values up to 1e.300, but expected at most 3.4"),
    ],
)
def test_what_the_library_would_fail_at_is_refused_in_a_sentence(rows: np.ndarray, params: dict, sentence: str) -> None:
    for name in ("pacmap", "localmap"):
        with pytest.raises(ValueError, match=f"^Got {sentence}"):
            reducers.create(name, **params).fit(rows)
