"""The lock of a machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import StoreError
from bench.execution import host_lock

HOLDS = """
import time
from pathlib import Path
from bench.execution import host_lock
host_lock.path = lambda: Path({path!r})
with host_lock.held(lambda: None):
    print("held", flush=True)
    time.sleep(60)
"""


class GaveUp(Exception): ...


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / host_lock.NAME
    monkeypatch.setattr(host_lock, "path", lambda: found)
    return found


def test_one_holds_it_at_a_time_and_a_killed_one_does_not(path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", HOLDS.format(path=str(path))], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    asked = []

    def give_up() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise GaveUp

    with pytest.raises(GaveUp), host_lock.held(give_up):
        pytest.fail("two held it")
    other.kill()
    other.wait()
    other.stdout.close()
    with host_lock.held(lambda: pytest.fail("it is free")):
        pass
    with host_lock.held(lambda: pytest.fail("it is free again")):
        pass


def test_a_lock_that_cannot_be_is_said(path: Path) -> None:
    path.symlink_to("elsewhere")
    with pytest.raises(StoreError, match="the lock of this machine"), host_lock.held(lambda: None):
        pass


def test_every_user_can_open_it_whatever_the_first_one_masks(path: Path) -> None:
    before = os.umask(0o077)
    try:
        with host_lock.held(lambda: None):
            pass
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644


def test_another_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(host_lock.NAMED, str(tmp_path / "shared"))
    assert host_lock.path() == tmp_path / "shared"
