from __future__ import annotations

import importlib
import sys
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from bench.execution import numba_cache
from bench.execution.local import ThisMachine
from bench.execution.runner import Runner
from bench.store.records import Record
from bench.store.store import Store
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.conftest import make_dataset

SOURCE = """
import numba

@numba.njit
def doubled(x):
    return 2 * x
"""


@pytest.mark.parametrize(("folder", "is_kept"), [("site-packages", True), ("work", False)])
def test_what_libraries_compile_is_kept_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, is_kept: bool
) -> None:
    name = f"doubling_in_{folder.replace('-', '_')}"
    file = tmp_path / folder / f"{name}.py"
    file.parent.mkdir()
    file.write_text(SOURCE)
    monkeypatch.syspath_prepend(file.parent)
    module = importlib.import_module(name)
    try:
        numba_cache.keep()
        assert module.doubled(2) == 4
    finally:
        del sys.modules[name]
    assert bool(list(file.parent.rglob(f"{name}*.nbi"))) == is_kept


REDUCER = """
import numba
from reducers.base import Reducer

@numba.njit(cache=True)
def doubled(X):
    return 2 * X

class Doubles(Reducer):
    def __init__(self, n_components=2):
        self.n_components = n_components

    def _fit(self, X, rng):
        return doubled(X[:, : self.n_components])
"""


@pytest.mark.whole
@pytest.mark.usefixtures("light_workers")
def test_only_the_first_process_that_compiles_for_the_disk_reports_it(tmp_path: Path) -> None:
    file = tmp_path / "site-packages" / "doubles.py"
    file.parent.mkdir()
    file.write_text(REDUCER)
    study = Study(name="twice", dataset="clouds", seeds=2, variants={"a": Variant(reducer=f"{file}:Doubles")})
    first, second = (_records(study, tmp_path / folder) for folder in ("first", "second"))
    assert [record.outcome.new_on_disk for record in first] == [1, 0]
    assert [record.outcome.new_on_disk for record in second] == [0, 0]


def _records(study: Study, folder: Path) -> list[Record]:
    data, store = make_dataset(), Store(folder)
    with store.locked():
        store.write("study.toml", study.to_toml())
        Runner(study, data, store, ThisMachine()).execute(plan.make(study, data, 1), MagicMock())
    return store.records()
