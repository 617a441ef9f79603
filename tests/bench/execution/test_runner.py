"""What the runner does where one process tells of another: data that were changed, fits that are remembered."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest

from bench.execution import shared_data
from bench.execution.host import CHANGED_DATA, SHARED_CHANGE, TOO_LONG
from bench.execution.local import ThisMachine
from bench.execution.remembering import REMEMBERS
from bench.execution.runner import Runner
from bench.store.records import Record, Status
from bench.store.store import Store
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.conftest import make_dataset

FAKES = Path(__file__).parents[1] / "fakes.py"
pytestmark = pytest.mark.usefixtures("light_workers")

Execute = Callable[..., dict[str, list[Record]]]


@pytest.fixture
def execute(tmp_path: Path) -> Execute:
    """Return a function that runs fakes one after the other and returns their records by name."""

    def run(*fakes: str, seeds: int = 1, repeat: bool = False, **spec: Any) -> dict[str, list[Record]]:
        variants = {name: Variant(reducer=f"{FAKES}:{name}") for name in fakes}
        spec = {"rounds": False} | spec
        study = Study(name="s", dataset="clouds", seeds=seeds, repeat=repeat, timeout="1m", variants=variants, **spec)
        data, store = make_dataset(600, 200), Store(tmp_path / "out")
        store.write("study.toml", study.to_toml())
        Runner(study, data, store, ThisMachine()).execute(plan.make(study, data, 1), MagicMock())
        found: dict[str, list[Record]] = {name: [] for name in fakes}
        for record in store.records():
            found[record.variant].append(record)
            if record.ok:
                np.testing.assert_array_equal(store.arrays(record)["train"], data.X[:, :2])
        return found

    return run


def notes_of(record: Record) -> list[str]:
    """Return the notes of a run but those on files that any program may have left meanwhile."""
    return [note for note in record.outcome.notes if "appeared in" not in note]


@pytest.fixture
def in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let workers have the training points in a file whose path a fake can know, as where nothing can be sealed."""
    path = tmp_path / "X"

    def read_only(content: memoryview, folder: Path) -> int:
        name = path if len(content) == make_dataset(600, 200).X.nbytes else tmp_path / "X_test"
        name.unlink(missing_ok=True)
        name.write_bytes(content)
        return os.open(name, os.O_RDONLY)

    monkeypatch.setattr(shared_data, "_sealed", lambda content: None)
    monkeypatch.setattr(shared_data, "_read_only", read_only)
    monkeypatch.setenv("DATA_FILE", str(path))
    return path


@pytest.mark.usefixtures("in_a_file")
def test_who_changes_the_data_is_invalid_and_harms_nobody(execute: Execute) -> None:
    found = execute("Calm", "WritesTheFile", "Sleeps")
    assert [found[name][0].outcome.status for name in found] == [Status.OK, Status.INVALID, Status.OK]
    assert found["WritesTheFile"][0].outcome.reason == CHANGED_DATA


@pytest.mark.usefixtures("in_a_file")
def test_a_run_is_not_blamed_for_what_another_process_did(execute: Execute, caplog: pytest.LogCaptureFixture) -> None:
    found = execute("WritesTheFileLater", "Waits", seeds=2, rounds=True)
    assert [record.outcome.reason for record in found["Waits"]] == ["", ""]
    assert [SHARED_CHANGE in record.outcome.notes for record in found["Waits"]] == [True, False]
    assert found["WritesTheFileLater"][1].outcome.reason == CHANGED_DATA, "it does so once more, and alone"
    assert "The data were changed while" in caplog.text


def test_a_class_that_remembers_pays_for_every_fit(execute: Execute) -> None:
    records = execute("Remembers", seeds=3)["Remembers"]
    assert [record.outcome.fit is not None and record.outcome.fit.wall_s > 0.4 for record in records] == [True] * 3
    first, second, third = map(notes_of, records)
    assert first == []
    assert second[0].startswith(REMEMBERS) and "took" in second[0]
    assert third == [REMEMBERS]


def test_what_a_class_remembers_of_its_fit_is_no_cost_of_fit_transform(execute: Execute) -> None:
    (record,) = execute("Remembers", repeat=True)["Remembers"]
    assert record.outcome.fit is not None and record.outcome.fit_transform is None
    assert [note for note in record.outcome.notes if note.startswith("fit_transform took")]


def test_a_first_fit_that_was_slow_by_chance_is_run_again(
    execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLOW_AT_FIRST", str(tmp_path / "mark"))
    records = execute("SlowAtFirst", seeds=3)["SlowAtFirst"]
    assert [record.outcome.fit is not None and record.outcome.fit.wall_s < 0.4 for record in records] == [True] * 3
    first, second, third = map(notes_of, records)
    assert first == [TOO_LONG]
    assert second[0].startswith("run again in a fresh process, where it took")
    assert third == []


def test_a_relative_folder_is_found_by_a_process_that_left_its_own(
    execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    variants = {"a": Variant(reducer=f"{FAKES}:ChangesFolder")}
    study = Study(name="s", dataset="clouds", seeds=1, variants=variants)
    data, store = make_dataset(600, 200), Store(Path("out"))
    store.write("study.toml", study.to_toml())
    Runner(study, data, store, ThisMachine()).execute(plan.make(study, data, 1), MagicMock())
    assert [record.outcome.reason for record in store.records()] == [""]
