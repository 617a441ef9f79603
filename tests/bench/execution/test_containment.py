from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bench.errors import WorkerError
from bench.execution import containment, processes, supervisor
from bench.execution.containment import Contained
from bench.execution.processes import glance, is_running

Start = Callable[..., Contained]

needs_supervisor = pytest.mark.skipif(not supervisor.works_here(), reason="only Linux has child subreapers")

ESCAPES = """
import os, sys, time
if os.fork():
    os.wait()
    time.sleep(3600)
os.setsid()
if os.fork():
    os._exit(0)
os.execve(sys.executable, ["python", "-S", "-c", "import time; block = b'1' * 50_000_000; time.sleep(3600)"], {})
"""

LEAVES_A_CHILD = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(3600)"], start_new_session=True)
time.sleep(3600)
"""


@pytest.fixture
def start() -> Iterator[Start]:
    started = []

    def run(code: str, *pass_fds: int) -> Contained:
        command = [sys.executable, "-S", "-c", code]
        started.append(Contained(command, pass_fds=pass_fds, environment=os.environ))
        return started[-1]

    yield run
    for contained in started:
        contained.end()


def _until(is_true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not is_true() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert is_true()


@needs_supervisor
def test_an_orphan_is_found_weighed_and_ended(start: Start) -> None:
    contained = start(ESCAPES)
    _until(lambda: contained.orphans() and sum(glance(pid).held for pid in contained.others()) > 50_000_000)
    (orphan,) = contained.orphans()
    assert contained.others() == {orphan}
    contained.end()
    assert not is_running(orphan) and not is_running(contained.pid)


@needs_supervisor
def test_what_it_leaves_is_ended_when_it_ends_itself(start: Start) -> None:
    contained = start(ESCAPES.replace("os.wait()\n    time.sleep(3600)", "time.sleep(0.3); os._exit(7)"))
    _until(contained.orphans)
    (orphan,) = contained.orphans()
    assert contained.wait() == 7
    assert not is_running(orphan)


@needs_supervisor
@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_a_process_that_turns_on_its_supervisor_is_ended(start: Start, number: int) -> None:
    contained = start(LEAVES_A_CHILD)
    _until(contained.others)
    (child,) = contained.others()
    os.kill(contained._popen.pid, number)
    before = time.monotonic()
    contained.end()
    assert time.monotonic() - before < 3 * supervisor.GRACE_S, "a stopped one was woken"
    assert not is_running(child) and not is_running(contained.pid)


def test_without_a_supervisor_marks_and_sessions_do(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "works_here", lambda: False)
    contained = start(LEAVES_A_CHILD)
    _until(contained.others)
    (child,) = contained.others()
    assert contained.poll() is None and contained.orphans() == set()
    contained.end()
    assert not is_running(child) and contained.poll() == -signal.SIGTERM


@pytest.mark.parametrize("supervised", [True, False])
def test_descriptors_reach_the_process(start: Start, monkeypatch: pytest.MonkeyPatch, supervised: bool) -> None:
    if not supervised:
        monkeypatch.setattr(supervisor, "works_here", lambda: False)
    read, write = os.pipe()
    code = f"import os, time; os.write({write}, b'here'); os.close({write}); time.sleep(3600)"
    contained = start(code, write)
    os.close(write)
    assert os.read(read, 16) == b"here"
    assert select.select([read], [], [], 30)[0] and os.read(read, 16) == b"", "nobody else holds the other end"
    assert contained.poll() is None
    os.close(read)


def test_a_program_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "works_here", lambda: False)
    with pytest.raises(WorkerError, match="Got no worker process from /no/such"):
        Contained(["/no/such"], pass_fds=(), environment={})


@needs_supervisor
def test_a_supervisor_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(containment.supervisor, "__file__", str(tmp_path / "none.py"))
    with pytest.raises(WorkerError, match="from its supervisor"):
        Contained([sys.executable], pass_fds=(), environment={})


def test_it_carries_the_mark_of_this_process(start: Start) -> None:
    contained = start("import time; time.sleep(3600)")
    process = psutil.Process(contained.pid)
    _until(lambda: processes.parent_of(process.environ().get(processes.MARK)) == os.getpid())


@needs_supervisor
def test_its_supervisor_is_not_taken_for_what_a_study_left(start: Start) -> None:
    contained = start("import time; time.sleep(3600)")
    assert processes.MARK not in psutil.Process(contained._popen.pid).environ()
