from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest

from bench.execution import leftovers
from bench.execution.leftovers import Leftovers
from bench.execution.processes import tracks_resources


class FakeContained:
    """Stands for a contained process: says which processes are below it."""

    def __init__(self) -> None:
        self.below: set[int] = set()
        self.adopted: set[int] = set()

    def others(self) -> set[int]:
        return self.below

    def orphans(self) -> set[int]:
        return self.adopted


@pytest.fixture
def contained() -> FakeContained:
    return FakeContained()


@pytest.fixture
def left(contained: FakeContained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Leftovers:
    for name in ("temporary", "shared"):
        (tmp_path / name).mkdir()
    (tmp_path / "shared" / "of-another-program").write_text("1")
    monkeypatch.setattr(leftovers, "SHARED_MEMORY", tmp_path / "shared")
    return Leftovers(contained, tmp_path / "temporary")


def _sleeper() -> int:
    return os.spawnl(os.P_NOWAIT, sys.executable, sys.executable, "-S", "-c", "import time; time.sleep(60)")


def test_nothing_left_is_nothing_said(left: Leftovers) -> None:
    assert left.notes() == []


def test_files_in_the_temporary_folder_are_named_once_and_removed(left: Leftovers) -> None:
    (left.folder / "a").write_bytes(bytes(2**20))
    (left.folder / "below").mkdir()
    (left.folder / "below" / "b").write_bytes(bytes(2**21))
    assert left.notes() == ["left 2 files of 3.0 MiB (b, a) in the temporary folder, removed since"]
    assert left.notes() == [] and not (left.folder / "a").exists()


def test_a_name_that_is_no_text_can_be_stored(left: Leftovers) -> None:
    Path(os.fsdecode(os.fsencode(left.folder) + b"/\xff\x1b[31m" + b"x" * 200)).write_text("")
    (note,) = left.notes()
    assert note.isprintable() and len(note.encode()) < 250


def test_many_files_are_not_all_named(left: Leftovers) -> None:
    for name in range(9):
        (left.folder / str(name)).write_text("")
    assert left.notes() == ["left 9 files of 0.0 MiB (0, 1, 2, ...) in the temporary folder, removed since"]


def test_files_in_shared_memory_are_named_and_stay(left: Leftovers) -> None:
    file = leftovers.SHARED_MEMORY / "block"
    file.write_bytes(bytes(2**20))
    (left.folder / "cache").write_text("of a library")
    left.forget()
    (note,) = left.notes()
    assert note.startswith("1 file of 1.0 MiB (block) appeared in ")
    assert file.exists() and (left.folder / "cache").exists()
    assert left.notes() == []


def test_processes_are_ended_and_counted(left: Leftovers, contained: FakeContained) -> None:
    helper, orphan, own = _sleeper(), _sleeper(), _sleeper()
    contained.below, contained.adopted = {helper, orphan}, {orphan}
    left.forget()
    contained.below |= {own}
    assert left.notes(still_at_work=True) == []
    assert left.notes() == ["left 2 processes running, ended since"]
    assert os.waitpid(orphan, 0)[1] == signal.SIGKILL
    for pid in (helper, own):
        assert os.waitpid(pid, os.WNOHANG) == (0, 0), "a child may be used again, as long as its worker lives"
        os.kill(pid, 9)
        os.waitpid(pid, 0)


def test_the_helper_of_python_itself_is_not_left_behind(left: Leftovers, contained: FakeContained) -> None:
    code = "import time; time.sleep(60)"
    pid = os.spawnl(os.P_NOWAIT, sys.executable, sys.executable, "-S", "-c", code, "multiprocessing.resource_tracker")
    deadline = time.monotonic() + 10
    while not tracks_resources(pid) and time.monotonic() < deadline:  # until it runs, it has another command line
        time.sleep(0.01)
    contained.below = {pid}
    assert left.notes() == []
    os.kill(pid, 9)
    os.waitpid(pid, 0)


def test_shared_memory_is_where_python_looks_for_it() -> None:
    if sys.platform == "linux":
        assert leftovers.SHARED_MEMORY.is_dir() and tempfile.gettempdir() != str(leftovers.SHARED_MEMORY)
