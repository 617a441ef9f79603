from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bench.execution import processes

ENDED = 2**22 + 1
"""Larger than any process id."""

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]


def _mark_of(pid: int) -> str:
    return f"{pid}-{processes.born(pid)}-{'0' * 32}"


@pytest.fixture
def marked() -> Iterator[dict[str, subprocess.Popen]]:
    """Return sleeping processes marked as the worker of another study, of one that has ended, and of no study."""
    marks = {"of another study": _mark_of(os.getppid()), "left behind": _mark_of(ENDED), "foreign": "abc"}
    started = {name: subprocess.Popen(SLEEP, env=os.environ | {processes.MARK: mark}) for name, mark in marks.items()}
    yield started
    for process in started.values():
        process.kill()
        process.wait()


def test_a_worker_of_another_study_is_seen(
    marked: dict[str, subprocess.Popen], monkeypatch: pytest.MonkeyPatch
) -> None:
    of_tests = {name: psutil.Process(process.pid) for name, process in marked.items()}
    monkeypatch.setattr(processes.psutil, "process_iter", lambda: iter(of_tests.values()))
    assert processes.another_study_runs()
    monkeypatch.setattr(processes.os, "getpid", os.getppid)
    assert processes.another_study_runs(), "what another study left behind still runs"
    del of_tests["left behind"]
    assert not processes.another_study_runs(), "a study's own worker is not another study, nor is another program"


def test_only_workers_without_a_parent_are_ended(marked: dict[str, subprocess.Popen]) -> None:
    assert processes.end_left_behind() >= 1
    assert marked["left behind"].poll() is not None
    assert marked["of another study"].poll() is None
    assert marked["foreign"].poll() is None


@pytest.mark.parametrize("text", [None, "", "abc", "1", "1-2", "²-1-" + "0" * 32, "1-1-" + "0" * 32 + "\n", "-1-1-x"])
def test_what_other_programs_set_is_no_mark(text: str | None) -> None:
    assert processes.parent_of(text) is None


def test_a_later_process_of_the_same_id_is_another_parent() -> None:
    pid, birth, name = processes.new_mark().split("-")
    assert processes.parent_of(f"{pid}-{birth}-{name}") == os.getpid()
    assert processes.parent_of(f"{pid}-{int(birth) + 1}-{name}") == 0
    assert processes.parent_of(f"9999999999-1-{name}") == 0


def test_memory_of_a_process_that_is_gone_is_zero() -> None:
    assert processes.glance(os.getpid()).held > 2**20
    assert processes.glance(ENDED) == (0, False)
    assert not processes.is_running(ENDED) and not processes.tracks_resources(ENDED)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells shared memory from mapped files")
def test_memory_is_what_a_process_holds_itself() -> None:
    size = 64 * 2**20
    before = processes.glance(os.getpid()).held
    with mmap.mmap(-1, size) as shared:  # shared and anonymous, as a sealed memory file is
        shared.write(b"1" * size)
        assert processes.glance(os.getpid()).held - before == pytest.approx(size, abs=8 * 2**20)
        assert processes.glance(os.getpid(), data=size).held - before == pytest.approx(0, abs=8 * 2**20)
    private = b"1" * size
    assert processes.glance(os.getpid(), data=size).held - before == pytest.approx(len(private), abs=8 * 2**20)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what processes share")
def test_what_a_process_shares_with_its_forks_counts_once() -> None:
    code = """
import os, time
block = bytearray(b"1" * (64 << 20))
pids = [os.getpid()]
for _ in range(3):
    pid = os.fork()
    if not pid:
        time.sleep(60)
    pids.append(pid)
print(*pids, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        try:
            together = processes.held_together(pids)
            assert sum(processes.glance(pid).held for pid in pids) > 4 * 64 * 2**20
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
    assert together == pytest.approx(64 * 2**20, rel=0.5)
    assert processes.held_together([ENDED]) == 0


@pytest.mark.parametrize("unknown", [PermissionError, KeyError])
def test_a_process_of_which_the_kernel_does_not_tell_counts_whole(
    unknown: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(file: Path) -> dict[bytes, bytes]:
        if file.name == "smaps_rollup":
            raise unknown
        return fields(file)

    fields = processes._fields
    monkeypatch.setattr(processes, "_fields", told)
    assert processes.held_together([os.getpid()]) == pytest.approx(processes.glance(os.getpid()).held, rel=0.1)


def test_a_stopped_process_is_told_from_a_busy_one() -> None:
    with subprocess.Popen(SLEEP) as process:
        assert not processes.glance(process.pid).stopped
        process.send_signal(signal.SIGSTOP)
        deadline = time.monotonic() + 10
        while not processes.glance(process.pid).stopped and time.monotonic() < deadline:
            time.sleep(0.01)
        assert processes.glance(process.pid).stopped
        process.kill()
