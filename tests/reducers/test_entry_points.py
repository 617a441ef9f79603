from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from reducers import _entry_points


def test_what_is_installed_later_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "theirs" not in _entry_points.entry_points("reducers").names
    info = tmp_path / "their_method-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-method\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[reducers]\ntheirs = theirs.method:Mine\n")
    assert "theirs" in _entry_points.entry_points("reducers").names


def test_what_did_not_change_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = _entry_points.entry_points("reducers")
    monkeypatch.setattr(metadata, "entry_points", lambda group: pytest.fail("it was read again"))
    assert _entry_points.entry_points("reducers") is first


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "gone"))
    _entry_points.entry_points("reducers")
