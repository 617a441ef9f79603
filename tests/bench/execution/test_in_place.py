"""A file of the user's that is mapped: workers get it without a copy, and a change of it ends the study."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest

from bench import datasets
from bench.datasets import Dataset, converted, in_place, large
from bench.errors import DatasetError
from bench.execution import batches
from bench.execution.in_place import watched
from bench.execution.local import ThisMachine
from bench.execution.runner import Runner
from bench.execution.shared_data import MappedArray, Selections, SharedArray, mapped
from bench.execution.worker import Fit, Repeat, Start, WorkerSession
from bench.store.records import Status
from bench.store.store import Store
from bench.studies import plan
from bench.studies.study import Study, Variant
from reducers.rows import Rows

FAKES = Path(__file__).parents[1] / "fakes.py"
BYTES = np.random.RandomState(0).randint(256, size=(700, 16)).astype(np.uint8)
FLOATS = (BYTES / 255).astype(np.float32)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write bytes that are mapped in place."""
    monkeypatch.setattr(large, "LARGE", 1_000)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    np.save(tmp_path / "own.npy", BYTES)
    return tmp_path / "own.npy"


@pytest.fixture
def data(file: Path) -> Dataset:
    return datasets.load(str(file))


@pytest.fixture
def selections(tmp_path: Path) -> Iterator[Selections]:
    folder = tmp_path / "scratch"
    folder.mkdir()
    open_before = len(os.listdir("/dev/fd"))
    with Selections(folder) as found:
        yield found
    assert len(os.listdir("/dev/fd")) == open_before and not list(folder.iterdir())


def change(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.seek(400)
        stream.write(b"noise")


def test_who_streams_gets_the_file_itself(data: Dataset, selections: Selections, tmp_path: Path) -> None:
    shared = selections.of("all", data, streams=True)
    for array, descriptor, facts, expected in (
        (shared.X, shared.descriptors[0], shared.facts.X, FLOATS[:560]),
        (shared.X_test, shared.descriptors[1], shared.facts.X_test, FLOATS[560:]),
    ):
        assert isinstance(array, MappedArray)
        found = mapped(descriptor, facts)
        assert isinstance(found, Rows)
        np.testing.assert_array_equal(np.asarray(found), expected)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.pwrite(descriptor, b"noise", 200)
    assert not shared.sealed and shared.shared_bytes == 0, "mapped files are not counted as memory of a run"
    assert shared.nbytes == BYTES.nbytes and shared.intact() and not (tmp_path / "cache").exists()
    few = selections.of("few", data.select(50, sample=1, samples=4), streams=True)
    np.testing.assert_array_equal(np.asarray(mapped(few.descriptors[0], few.facts.X)), FLOATS[50:100])


def test_others_get_float32_that_is_made_once(
    data: Dataset, selections: Selections, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = selections.of("all", data)
    monkeypatch.setattr(converted, "_write", None)
    few = selections.of("few", data.select(50, sample=1, samples=4))
    for descriptor, facts, expected in (
        (first.descriptors[0], first.facts.X, FLOATS[:560]),
        (first.descriptors[1], first.facts.X_test, FLOATS[560:]),
        (few.descriptors[0], few.facts.X, FLOATS[50:100]),
    ):
        found = mapped(descriptor, facts)
        assert isinstance(found, np.ndarray)
        np.testing.assert_array_equal(found, expected)
    assert isinstance(first.X, MappedArray)


def test_rows_that_are_no_stretch_are_shared_as_a_copy(data: Dataset, selections: Selections) -> None:
    shared = selections.of("permuted", data.select(rows="permuted"), streams=True)
    assert isinstance(shared.X, SharedArray) and isinstance(shared.X_test, MappedArray) and not shared.X.sealed
    np.testing.assert_array_equal(mapped(shared.descriptors[0], shared.facts.X), data.select(rows="permuted").X)


def test_ordinary_data_are_shared_by_all(data: Dataset, selections: Selections) -> None:
    ordinary = replace(data, X=FLOATS[:560], X_test=FLOATS[560:], in_place=None)
    assert selections.of("all", ordinary, streams=True) is selections.of("all", ordinary)


def test_a_change_is_an_error_after_the_next_run(data: Dataset, selections: Selections, file: Path) -> None:
    shared = selections.of("all", data, streams=True)
    os.utime(file)
    assert shared.intact(), "the content is the same"
    change(file)
    with pytest.raises(DatasetError, match="was changed while it was in use"):
        shared.intact()
    with pytest.raises(DatasetError, match="was changed while it was in use"):
        selections.of("few", data.select(50), streams=True)


@pytest.mark.parametrize("kind", ["pca", "autoencoder", "random_projection"])
def test_a_worker_fits_and_maps_bytes_in_batches(
    kind: str, data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, selections: Selections
) -> None:
    streams = kind != "random_projection"
    outcomes, kept = [], []
    for values in (2**26, 16 * 50):
        monkeypatch.setattr(batches, "VALUES", values)
        shared = selections.of("all", data, streams=streams)
        X, X_test = (
            mapped(*one) for one in zip(shared.descriptors, (shared.facts.X, shared.facts.X_test), strict=True)
        )
        params = {"n_epochs": 1, "hidden_layer_sizes": (4,)} if kind == "autoencoder" else {}
        session = WorkerSession(Start(kind, params, 1, True, shared.facts), X, X_test)
        session.get_ready()
        outcomes.append(session.run(Fit(7, str(tmp_path / "run.npz"))))
        with np.load(tmp_path / "run.npz", allow_pickle=False) as arrays:
            kept.append(dict(arrays))
        assert session.repeat(Repeat(7)).repeatable
    assert [outcome.status for outcome in outcomes] == [Status.OK, Status.OK]
    assert kept[0].keys() == kept[1].keys() and kept[0]["test"].shape == (140, 2)
    for name in kept[0].keys() - {"extra_history"}:
        np.testing.assert_allclose(kept[0][name], kept[1][name], rtol=1e-4, atol=1e-5)
    if streams:
        assert kept[0]["squared_error"].shape == (140,) and outcomes[1].inverse is not None


class OfFile:
    """Runs of a store that is kept in a dictionary."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, int, int], str] = {}

    def find(self, *name: object) -> str | None:
        return self.records.get(name)  # type: ignore[call-overload]

    def forget(self, record: str) -> None:
        self.records = {name: one for name, one in self.records.items() if one != record}


RUN = type("Run", (), {"variant": "pca", "sample": 0, "seed": 1})
OLD = type("Run", (), {"variant": "pca", "sample": 0, "seed": 0})


@pytest.mark.parametrize("ends", ["well", "interrupted"])
def test_runs_on_data_that_changed_are_removed(data: Dataset, file: Path, ends: str) -> None:
    store = OfFile()
    store.records = {("pca", 0, 0): "old"}

    def study() -> None:
        with watched(data, store, [OLD, RUN]):
            store.records["pca", 0, 1] = "new"
            change(file)
            if ends == "interrupted":
                raise KeyboardInterrupt

    with pytest.raises(DatasetError, match="Runs since then do not count"):
        study()
    assert store.records == {("pca", 0, 0): "old"}


def test_a_change_that_the_system_does_not_tell_of_is_found_at_the_end(
    data: Dataset, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = data.in_place.identity
    monkeypatch.setattr(in_place, "_identity", lambda status: known)
    change(file)
    data.in_place.check()
    with pytest.raises(DatasetError, match="Runs since then do not count"), watched(data, OfFile(), [RUN]):
        pass


def test_runs_on_data_that_are_the_same_stay(data: Dataset) -> None:
    store = OfFile()
    with watched(data, store, [OLD, RUN]), watched(replace(data, in_place=None), store, [RUN]):
        store.records["pca", 0, 1] = "new"
    with pytest.raises(KeyboardInterrupt), watched(data, store, [OLD, RUN]):
        raise KeyboardInterrupt
    assert store.records == {("pca", 0, 1): "new"}


@pytest.mark.whole
@pytest.mark.usefixtures("light_workers")
def test_a_study_whose_file_is_changed_ends_and_keeps_no_run_of_it(
    file: Path, data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_FILE", str(file))
    variants = {name: Variant(reducer=f"{FAKES}:{name}") for name in ("Calm", "WritesTheFile")}
    study = Study(name="s", dataset=str(file), seeds=1, repeat=False, rounds=False, timeout="1m", variants=variants)
    store = Store(tmp_path / "out")
    store.write("study.toml", study.to_toml())
    runner = Runner(study, data, store, ThisMachine())
    with pytest.raises(DatasetError, match="was changed while it was in use"):
        runner.execute(plan.make(study, data, 1), MagicMock())
    assert store.records() == []
