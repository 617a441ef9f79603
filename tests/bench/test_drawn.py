"""When what is written already may stay, and when it may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import drawn
from bench.datasets import Dataset
from bench.reading import read
from bench.store import Store
from tests.bench import results_maker as maker
from tests.conftest import make_dataset


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(40, 10)


@pytest.fixture
def store(tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A results folder and what was drawn of it, by a program of one file."""
    monkeypatch.setattr(drawn, "PROGRAM", (tmp_path / "program",))
    (tmp_path / "program" / "__pycache__").mkdir(parents=True)
    (tmp_path / "program" / "style.py").write_text("WIDTH = 7.2")
    store = maker.folder(tmp_path / "results", dataset, [maker.record("good", seed, dataset) for seed in range(2)])
    drawn.note(store, drawn.origin(read(store, dataset)), [store.write("figures/embeddings.png", b"pixels")])
    return store


def stays(store: Store, dataset: Dataset) -> bool:
    return bool(drawn.unchanged(store, drawn.origin(read(store, dataset))))


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return change


CHANGES = {
    "a record": edit("runs/good/seed-1.json", '"GOOD"', '"BETTER"'),
    "a record that is gone": lambda folder: (folder / "runs/good/seed-1.json").unlink(),
    "a damaged embedding": lambda folder: (folder / "runs/good/seed-1.npz").write_bytes(b"PK"),
    "a score's version": edit("runs/good/scores-0.json", '"silhouette": 1', '"silhouette": 2'),
    "scores over seeds": edit("runs/good/scores-across-seeds.json", '"value": 0.', '"value": 1.'),
    "a reference": edit("references/pixels.json", '"value": 0.', '"value": 1.'),
    "the study": edit("study.toml", "Clouds", "Mists"),
    "the machine": edit("environment.json", '"cores": ', '"cores": 1'),
    "drawing code": edit("../program/style.py", "7.2", "7.3"),
    "more code": lambda folder: (folder / "../program/page.css").write_text(""),
    "a deleted figure": lambda folder: (folder / "figures/embeddings.png").unlink(),
    "another figure": edit("figures/embeddings.png", "pixels", "pixelz"),
    "what is known of it": edit("runs/drawn.json", "{", ""),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_calls_for_new_files(store: Store, dataset: Dataset, what: str) -> None:
    assert stays(store, dataset)
    CHANGES[what](store.folder)
    assert not stays(store, dataset)


def test_other_data_or_libraries_call_for_new_files(
    store: Store, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not stays(store, replace(dataset, X=dataset.X[::-1].copy()))
    assert not stays(store, replace(dataset, classes=("a", "b", "d")))
    monkeypatch.setattr(drawn, "distributions", lambda: [SimpleNamespace(name="matplotlib", version="0.1")])
    assert not stays(store, dataset)


def test_what_no_file_shows_calls_for_none(store: Store, dataset: Dataset) -> None:
    environment = store.environment()
    assert environment is not None
    store.write_model("environment.json", environment.model_copy(update={"wall_s": 9.0, "measured_s": 8.0}))
    (store.folder / "../program/__pycache__/style.pyc").write_text("")
    assert stays(store, dataset)
    assert drawn.unchanged(store, drawn.origin(read(store, dataset))) == [store.folder / "figures/embeddings.png"]
