"""The data as workers get them: nobody can write them, or it is noticed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bench.errors import StoreError
from bench.execution import shared_data
from bench.execution.shared_data import ArrayFacts, Selections, SharedArray, mapped
from tests.conftest import make_dataset

SHAPES = [(7, 3), (0, 4), (1, 1), (2_000, 5)]
linux = pytest.mark.skipif(sys.platform != "linux", reason="sealed memory files are Linux's")


@pytest.fixture
def nothing_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_data, "_sealed", lambda content: None)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seal", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_mapped_is_what_was_shared(tmp_path: Path, shape: tuple[int, ...], seal: bool, dtype: type) -> None:
    array = np.random.RandomState(0).standard_normal(shape[::-1]).astype(dtype).T  # in Fortran's order
    shared = SharedArray(array, tmp_path, seal=seal)
    found = mapped(shared.descriptor, shared.facts)
    np.testing.assert_array_equal(found, array)
    assert (found.dtype, found.flags.c_contiguous) == (array.dtype, True)
    assert shared.intact() and list(tmp_path.iterdir()) == []
    if found.size:
        with pytest.raises(ValueError, match="read-only"):
            found[:] = 0
    shared.close()
    shared.close()
    np.testing.assert_array_equal(found, array)


@linux
def test_a_sealed_array_cannot_be_written_cut_or_opened_once_more_for_it(tmp_path: Path) -> None:
    shared = SharedArray(np.ones((100, 3), np.float32), tmp_path, seal=True)
    assert shared.sealed
    for attempt in (
        lambda: os.pwrite(shared.descriptor, b"noise", 0),
        lambda: os.ftruncate(shared.descriptor, 0),
        lambda: os.ftruncate(shared.descriptor, 1 << 20),
        lambda: Path(f"/proc/self/fd/{shared.descriptor}").write_bytes(b"noise"),
    ):
        with pytest.raises(PermissionError):
            attempt()


@linux
def test_writing_by_address_ends_the_writer_and_changes_nothing(tmp_path: Path) -> None:
    shared = SharedArray(np.ones((100, 3), np.float32), tmp_path, seal=True)
    code = f"""
import ctypes
from bench.execution.shared_data import ArrayFacts, mapped
X = mapped({shared.descriptor}, ArrayFacts((100, 3), "<f4"))
ctypes.CDLL(None).mprotect(ctypes.c_void_p(X.ctypes.data), 4096, 3)
ctypes.memset(X.ctypes.data, 0, 100)
"""
    subprocess.run([sys.executable, "-c", code], pass_fds=(shared.descriptor,), check=False, capture_output=True)
    assert mapped(shared.descriptor, shared.facts).min() == 1


@linux
def test_a_file_that_was_changed_is_noticed(tmp_path: Path) -> None:
    shared = SharedArray(np.ones((100, 3), np.float32), tmp_path, seal=False)
    assert not shared.sealed and shared.intact()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.pwrite(shared.descriptor, b"noise", 0)
    path = f"/proc/self/fd/{shared.descriptor}"
    os.chmod(path, 0o600)
    with open(path, "ab") as file:
        file.write(b"more")
    assert not shared.intact()
    os.truncate(path, 1200)
    assert shared.intact()
    with open(path, "r+b") as file:
        file.write(b"noise")
    assert not shared.intact()
    os.truncate(path, 0)
    assert not shared.intact()


def test_large_data_are_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_dataset(60, 20)
    free = SimpleNamespace(available=4 * (data.X.nbytes + data.X_test.nbytes))
    monkeypatch.setattr(shared_data.psutil, "virtual_memory", lambda: free)
    with Selections(tmp_path) as selections:
        assert not selections.of("all", data).sealed
    if sys.platform == "linux":
        free.available += 8
        with Selections(tmp_path) as selections:
            assert selections.of("all", data).sealed


@pytest.mark.usefixtures("nothing_sealed")
def test_where_nothing_can_be_sealed_there_are_files(tmp_path: Path) -> None:
    data = make_dataset(60, 20)
    with Selections(tmp_path) as selections:
        shared = selections.of("all", data)
        assert not shared.sealed and shared.intact() and not shared.facts.sealed
        assert shared.nbytes == data.X.nbytes + data.X_test.nbytes
        np.testing.assert_array_equal(mapped(shared.descriptors[1], shared.facts.X_test), data.X_test)


def test_test_points_are_shared_by_all_selections(tmp_path: Path) -> None:
    data, open_before = make_dataset(60, 20), len(os.listdir("/dev/fd"))
    with Selections(tmp_path) as selections:
        all_of_them, few = selections.of("all", data), selections.of("few", data.select(30))
        assert selections.of("all", data) is all_of_them
        assert all_of_them.descriptors[1] == few.descriptors[1]
        selections.release("all")
        np.testing.assert_array_equal(mapped(few.descriptors[1], few.facts.X_test), data.X_test)
        np.testing.assert_array_equal(mapped(few.descriptors[0], few.facts.X), data.X[:30])
        again = selections.of("all", data)
        np.testing.assert_array_equal(mapped(again.descriptors[0], again.facts.X), data.X)
    assert len(os.listdir("/dev/fd")) == open_before


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="where the data cannot be written"):
        SharedArray(np.ones((3, 3)), tmp_path / "missing", seal=False)


def test_the_size_of_an_array_is_known_by_its_facts() -> None:
    assert ArrayFacts((70_000, 784), "<f4").nbytes == 70_000 * 784 * 4
    assert ArrayFacts((0, 784), "<f8").nbytes == 0
