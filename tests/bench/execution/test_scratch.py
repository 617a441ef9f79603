from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bench.errors import StoreError
from bench.execution import scratch


@pytest.fixture(autouse=True)
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_lasts_as_long_as_it_is_held(temporary_folder: Path) -> None:
    with scratch.folder() as path:
        (path / "data").write_text("1")
        assert path.parent == temporary_folder and path.name.startswith(scratch.PREFIX)
        assert scratch.remove_abandoned() == 0
        assert (path / "data").exists()
    assert list(temporary_folder.iterdir()) == []


def test_a_folder_of_a_killed_owner_is_removed(temporary_folder: Path) -> None:
    code = f"""
import os, tempfile
tempfile.tempdir = {str(temporary_folder)!r}
from bench.execution import scratch
with scratch.folder() as path:
    (path / "data").write_text("1")
    os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert len(list(temporary_folder.glob("reducers-bench-*/data"))) == 1
    with scratch.folder() as path:
        assert scratch.remove_abandoned() == 1
        assert list(temporary_folder.iterdir()) == [path]


def test_folders_of_others_stay(temporary_folder: Path) -> None:
    (temporary_folder / "reducers-bench-of-somebody").mkdir()
    with scratch.folder() as path:
        (temporary_folder / "reducers-bench-link").symlink_to(path)
        assert scratch.remove_abandoned() == 0
        assert len(list(temporary_folder.iterdir())) == 3


def test_files_are_listed_with_their_sizes(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a").write_text("123")
    (tmp_path / "link").symlink_to(tmp_path / "below" / "a")
    (tmp_path / "sem.lock").write_text("1")
    assert scratch.files_below(tmp_path)[tmp_path / "below" / "a"] == 3
    assert tmp_path / "link" not in scratch.files_below(tmp_path)
    assert set(scratch.own_files_in(tmp_path)) == {tmp_path / "below" / "a", tmp_path / "link"}
    assert scratch.files_below(tmp_path / "no") == scratch.own_files_in(tmp_path / "no") == {}


def test_a_temporary_folder_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null")
    with pytest.raises(StoreError, match="Set TMPDIR"), scratch.folder():
        pass
