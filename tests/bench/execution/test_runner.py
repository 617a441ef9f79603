"""What the runner does where one process tells of another: data that were changed, fits that are remembered."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest

from bench.execution import environment, shared_data
from bench.execution.host import CHANGED_DATA, SHARED_CHANGE, TOO_LONG
from bench.execution.local import ThisMachine
from bench.execution.remembering import REMEMBERS
from bench.execution.runner import Runner
from bench.store.records import Record, Status
from bench.store.store import Store
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker
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


@pytest.mark.parametrize("timed", [True, False])
def test_a_run_that_is_not_tried_is_of_the_machine_of_the_smaller_one(
    tmp_path: Path, timed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    data, store = make_dataset(60, 20), Store(tmp_path)
    variants = {f"a-{n}": Variant(reducer=f"{FAKES}:Calm", n=n, series="A") for n in (20, 30, 40)}
    study = Study(name="s", dataset="clouds", seeds=1, timeout=60.0, rounds=False, variants=variants)
    store.write("study.toml", study.to_toml())
    runs = plan.make(study, data, 1)
    late = maker.failed(Status.TIMEOUT, "took long")
    limits = {"timeout_s": 60.0, "memory_cap_mib": study.memory / 2**20}
    smallest = maker.record("a-20", 0, data.select(20), late, key=runs[0].key, timed=timed, **limits)
    maker.keep(store, smallest, data)
    executor = SimpleNamespace(timed=timed, cores=1, machines={"a machine": MagicMock()})
    runner = Runner(study, data, store, executor)  # type: ignore[arg-type]
    for run in runs[1:]:
        assert not runner.is_wanted(run, MagicMock())
        found = store.find(run.variant, 0, 0)
        assert found is not None and found.outcome.reason == "not tried; on 20 points: took long"
        assert (found.host, found.machine, found.timed) == ("somewhere", "a machine", timed)
    assert runner.pending(runs) == [] and not caplog.text
    here = Runner(study, data, store, ThisMachine())
    assert here.pending(runs) == runs, "none was timed here"
    assert "3 stored runs are without times of this machine" in caplog.text
    assert here.skip_reason(runs[1]) is None, "the smaller one may not pass the limit when it is repeated"


def test_stored_runs_of_other_seeds_stay_while_they_would_be_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data, store = make_dataset(60, 20), Store(tmp_path)

    def pending(seeds: int, perplexity: int, samples: int | None = None) -> list[tuple[str, int, int]]:
        variants = {"a": Variant(reducer="tsne", params={"perplexity": perplexity}), "b": Variant(reducer="pca")}
        study = Study(name="s", dataset="clouds", seeds=seeds, samples=2, threads=1, variants=variants)
        runs = plan.make(study, data, 1, samples)
        todo = Runner(study, data, store, ThisMachine()).pending(runs)
        for run in todo:
            facts = {"sample": run.sample, "key": run.key, "machine": environment.fingerprint()}
            maker.keep(store, maker.record(run.variant, run.seed, data, **facts), data)
        return sorted((run.variant, run.sample, run.seed) for run in todo)

    def stored(variant: str) -> set[str]:
        return {path.stem for path in (tmp_path / "runs" / variant).glob("s*-*.json")}

    assert len(pending(5, 30)) == 20 and len(stored("a")) == 10
    assert pending(3, 30) == pending(5, 30, samples=1) == [], "fewer are asked for"
    assert (len(stored("a")), len(stored("b"))) == (10, 10) and not caplog.text
    assert pending(3, 10, samples=1) == [("a", 0, seed) for seed in range(3)]
    assert stored("a") == {f"seed-{seed}" for seed in range(3)}, "the others had another perplexity"
    assert len(stored("b")) == 10
    assert "7 stored runs of other seeds or samples removed" in caplog.text


def test_the_events_of_a_training_are_those_of_one_run(tmp_path: Path) -> None:
    data, store = make_dataset(60, 20), Store(tmp_path)
    study = Study(name="s", dataset="clouds", seeds=1, variants={"a": Variant(reducer="pca")})
    runner, [run] = Runner(study, data, store, ThisMachine(), monitored=True), plan.make(study, data, 1)
    events = Path(runner.place_of(run).monitor)
    events.mkdir(parents=True)
    (events / "events.1").touch()
    assert runner.place_of(run).monitor == str(events) and not events.exists()
    events.mkdir()
    store.forget(maker.keep(store, maker.record("a", 0, data), data))
    assert not events.exists()


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
