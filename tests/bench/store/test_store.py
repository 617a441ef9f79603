from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets import Dataset
from bench.errors import StoreError
from bench.store import disk
from bench.store.records import Measurement, Outcome, Status
from bench.store.store import Store
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

SECONDS = st.floats(0, 1e5)
MEASUREMENTS = st.builds(
    Measurement,
    wall_s=SECONDS,
    cpu_s=SECONDS,
    peak_mib=SECONDS,
    baseline_mib=SECONDS,
    mapped_mib=SECONDS,
    other_cores=st.none() | SECONDS,
    memory_method=st.sampled_from(["VmHWM less mapped", "ru_maxrss"]),
)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
OUTCOMES = st.builds(
    Outcome,
    status=st.sampled_from([status for status in Status if status is not Status.OK]),
    reason=TEXT,
    imported=st.none() | MEASUREMENTS,
    fit=st.none() | MEASUREMENTS,
    notes=st.lists(TEXT, max_size=2).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(outcome=OUTCOMES, seed=st.integers(0, 10**6), log_tail=TEXT)
def test_a_stored_record_is_found(outcome: Outcome, seed: int, log_tail: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        record = maker.record("a", seed, make_dataset(), outcome, log_tail=log_tail)
        store.keep(record, Path(folder) / "none.npz")
        assert store.find("a", 0, seed) == record


def test_a_record_knows_its_embedding(tmp_path: Path, dataset: Dataset) -> None:
    store = Store(tmp_path)
    kept = maker.keep(store, maker.record("a", 0, dataset), dataset)
    assert kept.arrays_sha256 is not None
    assert store.find("a", 0, 0) == kept
    assert set(store.arrays(kept)) == {"train", "test"}
    with (tmp_path / "runs" / "a" / "seed-0.npz").open("wb") as file:
        np.savez(file, train=np.zeros((60, 2)))
    assert store.find("a", 0, 0) is None


def test_a_failure_takes_the_earlier_embedding_away(tmp_path: Path, dataset: Dataset) -> None:
    store = Store(tmp_path)
    maker.keep(store, maker.record("a", 0, dataset), dataset)
    maker.keep(store, maker.record("a", 0, dataset, maker.failed(Status.TIMEOUT, "too long")), dataset)
    assert not (tmp_path / "runs" / "a" / "seed-0.npz").exists()
    found = store.find("a", 0, 0)
    assert found is not None
    assert found.outcome.status is Status.TIMEOUT


def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.write("table.csv", "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bench.store.disk.os.fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        store.write("table.csv", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "old"


def test_records_come_in_the_studys_order(tmp_path: Path, dataset: Dataset) -> None:
    records = [maker.record(variant, seed, dataset) for variant in ("z", "a") for seed in (10, 2)]
    store = maker.folder(tmp_path, dataset, records)
    assert [(one.variant, one.seed) for one in store.records()] == [("z", 2), ("z", 10), ("a", 2), ("a", 10)]


def test_a_folder_without_a_study_is_no_results_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no study\.toml in it"):
        Store(tmp_path).study()


def test_the_lock_is_released(tmp_path: Path) -> None:
    for _ in range(2):
        with Store(tmp_path).locked():
            pass
    with Store(tmp_path).locked(), pytest.raises(StoreError, match="another study"), Store(tmp_path).locked():
        pass


def test_an_embedding_with_objects_is_not_read(tmp_path: Path, dataset: Dataset) -> None:
    store = Store(tmp_path)
    kept = maker.keep(store, maker.record("a", 0, dataset), dataset)
    with (tmp_path / "runs" / "a" / "seed-0.npz").open("wb") as file:
        np.savez(file, train=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        store.arrays(kept)


def test_a_file_is_removed_if_it_is_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("figures/a.png", b"pixels")
    for _ in range(2):
        store.remove("figures/a.png")
    assert not list((tmp_path / "figures").iterdir())
    with pytest.raises(StoreError, match="cannot be removed"):
        store.remove("figures")


def test_a_file_is_hashed_once_until_it_changes(
    tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    kept = maker.keep(store, maker.record("a", 0, dataset), dataset)
    arrays, asked, digest = tmp_path / "runs" / "a" / "seed-0.npz", [], disk.file_digest
    monkeypatch.setattr(disk, "file_digest", lambda file, name: asked.append(name) or digest(file, name))
    monkeypatch.setattr(disk, "CLOCK_NS", 10**12)
    assert store.find("a", 0, 0) == store.find("a", 0, 0) == kept
    assert len(asked) == 2, "a file that is changed within a tick of the clock has no other time of change"
    monkeypatch.setattr(disk, "CLOCK_NS", 0)
    assert store.find("a", 0, 0) == store.find("a", 0, 0) == kept
    assert len(asked) == 3
    arrays.write_bytes(arrays.read_bytes()[:-1])
    assert store.find("a", 0, 0) is None


def test_samples_of_the_data_are_kept_apart(tmp_path: Path, dataset: Dataset) -> None:
    store = Store(tmp_path)
    for sample in (1, 0):
        maker.keep(store, maker.record("a", 3, dataset, sample=sample), dataset)
    found = [store.find("a", sample, 3) for sample in (0, 1)]
    assert [record.sample for record in found if record is not None] == [0, 1]
    assert store.find("a", 2, 3) is None
