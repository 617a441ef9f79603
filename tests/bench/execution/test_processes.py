from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from bench.execution import processes

ENDED = 2**22 + 1
"""Larger than any process id."""


@pytest.fixture
def marked() -> Iterator[dict[str, subprocess.Popen]]:
    """Return sleeping processes that are marked as the worker of another study, and of one that has ended."""
    marks = {"of another study": f"{os.getppid()}-test", "left behind": f"{ENDED}-test"}
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    started = {name: subprocess.Popen(command, env=os.environ | {processes.MARK: mark}) for name, mark in marks.items()}
    yield started
    for process in started.values():
        process.kill()
        process.wait()


def test_a_worker_of_another_study_is_seen(
    marked: dict[str, subprocess.Popen], monkeypatch: pytest.MonkeyPatch
) -> None:
    of_tests = [psutil.Process(process.pid) for process in marked.values()]
    monkeypatch.setattr(processes.psutil, "process_iter", lambda: iter(of_tests))
    assert processes.another_study_runs()
    monkeypatch.setattr(processes.os, "getpid", os.getppid)
    assert processes.another_study_runs(), "what another study left behind still runs"
    of_tests.pop()
    assert not processes.another_study_runs(), "a study's own worker is not another study"


def test_only_workers_without_a_parent_are_ended(marked: dict[str, subprocess.Popen]) -> None:
    assert processes.end_left_behind() >= 1
    assert marked["left behind"].poll() is not None
    assert marked["of another study"].poll() is None


def test_memory_of_a_process_that_is_gone_is_zero() -> None:
    assert processes.resident(os.getpid()) > 2**20
    assert processes.resident(ENDED) == processes.resident_of_children(ENDED) == 0
