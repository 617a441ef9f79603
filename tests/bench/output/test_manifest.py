"""When files that were written already may stay, and when they may not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bench.errors import DamagedError
from bench.execution import environment
from bench.output import manifest
from bench.store import sums
from bench.store.results import Results
from bench.store.store import Store
from tests.bench import results_maker as maker


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A results folder and what was drawn of it, by a program of one file."""
    monkeypatch.setattr(manifest, "PROGRAM", (tmp_path / "program",))
    (tmp_path / "program" / "__pycache__").mkdir(parents=True)
    (tmp_path / "program" / "style.py").write_text("WIDTH = 7.2")
    values = {"good": {"silhouette": [0.25, 0.5], "share_of_something": [2.0, 1.0]}}
    results = maker.write(tmp_path / "results", values, positions={"embedding/good/0-0/train": np.eye(3, 2)})
    store = Store(results.folder)
    store.write_model("environment.json", environment.environment("clouds", "sum", "made up", 1))
    store.write("figures/embeddings.png", b"pixels")
    manifest.note(results, manifest.input_hash(results))
    return results.folder


def stays(folder: Path) -> bool:
    results = Results(folder)
    try:
        return bool(manifest.unchanged(results, manifest.input_hash(results)))
    except DamagedError:
        return False  # it is an input that nobody but the program may change


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return change


CHANGES = {
    "a run": edit("runs.csv", "GOOD", "BETTER"),
    "a score": edit("scores.csv", "0.25", "0.75"),
    "a measure": edit("measures.csv", "2.0", "3.0"),
    "curves": lambda folder: (folder / "curves.csv").write_text("variant"),
    "an embedding": lambda folder: (folder / "arrays.npz").write_bytes(b"PK"),
    "the study": edit("study.toml", "Clouds", "Mists"),
    "the machine": edit("environment.json", '"cores": ', '"cores": 1'),
    "drawing code": edit("../program/style.py", "7.2", "7.3"),
    "more code": lambda folder: (folder / "../program/page.css").write_text(""),
    "a deleted figure": lambda folder: (folder / "figures/embeddings.png").unlink(),
    "another figure": edit("figures/embeddings.png", "pixels", "pixelz"),
    "the manifest": edit("runs/manifest.json", "{", ""),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_calls_for_new_files(folder: Path, what: str) -> None:
    assert stays(folder)
    CHANGES[what](folder)
    assert not stays(folder)


def test_other_libraries_call_for_new_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "distributions", lambda: [SimpleNamespace(name="matplotlib", version="0.1")])
    assert not stays(folder)


def test_what_no_file_shows_calls_for_none(folder: Path) -> None:
    store, results = Store(folder), Results(folder)
    assert results.environment is not None
    store.write_model("environment.json", results.environment.model_copy(update={"wall_s": 9.0, "measured_s": 8.0}))
    sums.write(folder)
    (folder / "../program/__pycache__/style.pyc").write_text("")
    assert stays(folder)
    assert manifest.unchanged(results, manifest.input_hash(results)) == [folder / "figures/embeddings.png"]
