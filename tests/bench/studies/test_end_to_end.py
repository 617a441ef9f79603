from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from bench.commands.running import Asked, published
from bench.execution import pipeline
from bench.store.results import Results
from tests.conftest import make_dataset

pytestmark = pytest.mark.whole

TAKES_ANYTHING = """from reducers.base import Reducer

class Odd(Reducer):
    def __init__(self, n_components=2, x=0, random_state=None):
        self.n_components, self.x, self.random_state = n_components, x, random_state
    def _fit(self, X, rng):
        return X[:, : self.n_components].copy()
    def _transform(self, X):
        return X[:, : self.n_components].copy()

class Even(Odd):
    pass
"""
STUDY = """seeds = 1
threads = 1
repeat = false
[variants.p]
reducer = "odd.py:Odd"
label = "Zażółć, a/b"
params = { x = 1 }
each = { x = [[64, 32], "../../escaped/é x", true, { a = [1] }] }
[variants.without]
reducer = "odd.py:Even"
without_each = ["é x"]
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.py").write_text(TAKES_ANYTHING)
    whole = make_dataset(90, 0)
    names = pd.Series(whole.y).map({0: "é x", 1: "a/b", 2: "c"})
    pd.DataFrame(whole.X, columns=list("vwxyz")).assign(label=names).to_csv(tmp_path / "own.csv", index=False)
    (tmp_path / "mine.toml").write_text(f'dataset = "own.csv"\n{STUDY}', encoding="utf-8")
    return Asked("mine.toml", files=["odd.py:Even"], out=tmp_path / "out")


@pytest.mark.usefixtures("light_workers", "one_figure")
def test_values_of_every_kind_work_from_beginning_to_end(asked: Asked, tmp_path: Path) -> None:
    outside = {path.name for path in tmp_path.iterdir()} | {"out"}
    request = asked.request()
    pipeline.execute(request, Console(quiet=True), published)
    runs = pd.read_csv(tmp_path / "out" / "runs.csv")
    assert set(runs["status"]) == {"ok"}
    assert list(runs["variant"]) == list(request.whole.variants)
    assert len(runs) == 5 + 1 + 1
    assert {path.name for path in (tmp_path / "out" / "runs").iterdir() if path.is_dir()} == set(request.whole.variants)
    assert {path.name for path in tmp_path.iterdir()} == outside
    # What is kept reads back the same.
    assert Results(tmp_path / "out").study == request.whole
    assert set(Results(tmp_path / "out").scores["variant"]) >= set(request.whole.variants)
