"""Nothing of a results folder is written or read through a symbolic link, and nothing lies outside of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.datasets import Dataset
from bench.errors import StoreError
from bench.store import disk
from bench.store.store import Store
from tests.bench import results_maker as maker


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store beside a folder that nobody may write to."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("mine")
    (tmp_path / "results").mkdir()
    return Store(tmp_path / "results")


def untouched(store: Store) -> bool:
    elsewhere = store.folder.parent / "elsewhere"
    return [path.name for path in elsewhere.iterdir()] == ["file"] and (elsewhere / "file").read_text() == "mine"


@pytest.mark.parametrize("name", ["../elsewhere/file", "figures/../../elsewhere/file", "/etc/passwd", ""])
def test_a_name_leads_nowhere_else(store: Store, name: str) -> None:
    with pytest.raises(StoreError, match="expected one inside"):
        store.write(name, "not mine")
    assert untouched(store)


WRITES: dict[str, Callable[[Store], object]] = {
    "a figure": lambda store: store.write("figures/a.png", b"pixels"),
    "a removal": lambda store: store.remove("figures/file"),
    "an embedding": lambda store: store.partial_arrays("figures", 0, 0),
    "a record": lambda store: store.keep(maker.record("a", 0, None, maker.failed(maker.Status.FAILED, "")), Path("no")),
}


@pytest.mark.parametrize("what", WRITES)
def test_nothing_is_written_through_a_linked_folder(store: Store, what: str) -> None:
    for name in ("figures", "runs"):
        (store.folder / name).symlink_to(store.folder.parent / "elsewhere")
    with pytest.raises(StoreError, match="symbolic link"):
        WRITES[what](store)
    assert untouched(store)


@pytest.mark.parametrize("name", ["table.csv", ".partial-table.csv", "SHA256SUMS"])
def test_a_link_in_the_place_of_a_file_is_replaced(store: Store, name: str) -> None:
    (store.folder / name).symlink_to(store.folder.parent / "elsewhere" / "file")
    written = store.write("table.csv", "new")
    assert written.read_text() == "new" and not written.is_symlink()
    assert untouched(store)


def test_a_linked_lock_is_refused(store: Store) -> None:
    (store.folder / ".lock").symlink_to(store.folder.parent / "elsewhere" / "file")
    with pytest.raises(StoreError, match=r"cannot be written"), store.locked():
        pass
    assert untouched(store)


def test_a_prepared_link_is_not_where_a_worker_writes(store: Store, dataset: Dataset) -> None:
    partial = store.partial_arrays("a", 0, 0)
    partial.symlink_to(store.folder.parent / "elsewhere" / "file")
    maker.keep(store, maker.record("a", 0, dataset), dataset)
    assert untouched(store)


def test_a_linked_record_is_not_believed(store: Store, dataset: Dataset) -> None:
    maker.keep(store, maker.record("a", 0, dataset), dataset)
    path = store.folder / "runs" / "a" / "seed-0.json"
    path.symlink_to(path.rename(store.folder.parent / "record.json"))
    assert store.find("a", 0, 0) is None


def test_the_folder_itself_may_be_a_link(store: Store, dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(store.folder)
    linked = Store(tmp_path / "link")
    with linked.locked():
        kept = maker.keep(linked, maker.record("a", 0, dataset), dataset)
    assert store.find("a", 0, 0) == linked.find("a", 0, 0) == kept


def test_a_pipe_is_no_file_to_wait_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "runs.csv")
    assert disk.read(tmp_path / "runs.csv") == b""


def test_what_has_not_changed_is_not_written(store: Store) -> None:
    before = store.write("table.csv", "same").stat()
    assert store.write("table.csv", "same").stat() == before
