"""The supervisor, started as a study starts it, above programs that try to outlive it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bench.execution import supervisor
from bench.execution.processes import is_running

pytestmark = pytest.mark.skipif(not supervisor.works_here(), reason="only Linux has child subreapers")

ESCAPES = """
import os, sys, time
if os.fork():
    os.wait()
    {then}
os.setsid()
if os.fork():
    os._exit(0)
deaf = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
deaf += "open(" + repr(sys.argv[1]) + ", 'w').write(str(os.getpid())); time.sleep(3600)"
os.execve(sys.executable, ["python", "-S", "-c", deaf], {{}})
"""
"""A program that leaves a process with a session of its own, no parent, no environment and no ear for SIGTERM."""

BREEDS = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
file = os.open(sys.argv[1], os.O_CREAT | os.O_APPEND | os.O_WRONLY)
while True:
    if os.fork():
        os._exit(0)
    os.write(file, b"1")
"""
"""A program that is always another process: each lives until it has started the next."""

Start = Callable[..., tuple[subprocess.Popen, socket.socket]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts a program below a supervisor."""
    started = []

    def run(code: str, *arguments: str, **options: object) -> tuple[subprocess.Popen, socket.socket]:
        life, far = socket.socketpair()
        command = [sys.executable, "-I", "-S", supervisor.__file__, str(far.fileno()), "MARK=here"]
        process = subprocess.Popen(
            [*command, sys.executable, "-S", "-c", code, *arguments], pass_fds=(far.fileno(),), **options
        )
        far.close()
        life.settimeout(60)
        started.append((process, life))
        return process, life

    yield run
    for process, life in started:
        life.close()
        process.wait(timeout=60)


def _id_in(path: Path) -> int:
    """Return the process id that a program writes into a file, once it did."""
    deadline = time.monotonic() + 30
    while not (path.exists() and path.read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return int(path.read_text())


def _words(life: socket.socket) -> bytes:
    words = b""
    while chunk := life.recv(64):
        words += chunk
    return words


@pytest.mark.parametrize("status", [0, 3])
def test_it_ends_with_the_exit_status_of_the_worker(start: Start, status: int) -> None:
    process, life = start(f"raise SystemExit({status})")
    assert process.wait(timeout=60) == status
    assert _words(life).endswith(supervisor.CLEAR)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGRTMIN + 3])
def test_it_ends_by_the_signal_that_ended_the_worker(start: Start, number: int, tmp_path: Path) -> None:
    process, _ = start(f"import os; os.kill(os.getpid(), {int(number)})", cwd=tmp_path)
    assert process.wait(timeout=60) == -number


def test_an_orphan_without_session_and_environment_ends_with_the_worker(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    process, life = start(ESCAPES.format(then="time.sleep(0.5); os._exit(3)"), str(path))
    orphan = _id_in(path)
    assert process.wait(timeout=60) == 3
    assert not is_running(orphan)
    assert _words(life).endswith(supervisor.CLEAR)


def test_nothing_is_left_when_the_study_is_gone(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    process, life = start(ESCAPES.format(then="time.sleep(3600)"), str(path))
    orphan = _id_in(path)
    worker = int(life.recv(64))
    assert is_running(worker) and is_running(orphan)
    life.close()
    assert process.wait(timeout=60) == -signal.SIGTERM
    assert not is_running(worker) and not is_running(orphan)


def test_nothing_is_left_when_it_is_asked_to_end(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    process, _ = start(ESCAPES.format(then="time.sleep(3600)"), str(path))
    orphan = _id_in(path)
    process.terminate()
    assert process.wait(timeout=60) == -signal.SIGTERM
    assert not is_running(orphan)


def test_a_program_that_is_always_another_process_is_ended(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    process, life = start(BREEDS, str(path))
    assert process.wait(timeout=60) == 0
    assert _words(life).endswith(supervisor.CLEAR)
    generations = path.stat().st_size
    assert generations > 10
    time.sleep(0.1)
    assert path.stat().st_size == generations


def test_a_stopped_worker_hears_that_it_is_to_end(start: Start) -> None:
    process, life = start("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)")
    worker = psutil.Process(int(life.recv(64)))
    while worker.status() != psutil.STATUS_STOPPED:
        time.sleep(0.01)
    life.close()
    assert process.wait(timeout=60) == -signal.SIGTERM


def test_a_worker_hears_at_once_that_it_is_to_end(start: Start) -> None:
    for _ in range(5):
        process, life = start("import time; time.sleep(3600)")
        life.recv(64)
        life.close()
        before = time.monotonic()
        assert process.wait(timeout=60) == -signal.SIGTERM
        assert time.monotonic() - before < supervisor.GRACE_S


def test_the_worker_dies_with_it(start: Start) -> None:
    process, life = start("import time; print('here', flush=True); time.sleep(3600)", stdout=subprocess.PIPE)
    worker = int(life.recv(64))
    with process:
        assert process.stdout is not None and process.stdout.readline() == b"here\n"
        process.kill()
    deadline = time.monotonic() + 30
    while is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(worker)


def test_a_worker_has_a_session_of_its_own_and_not_the_socket_to_the_study(start: Start) -> None:
    code = "import os; print(os.getsid(0) == os.getpid(), *sorted(map(int, os.listdir('/proc/self/fd'))))"
    process, _ = start(code + "; print(os.environ['MARK'])", stdout=subprocess.PIPE, text=True)
    output, _ = process.communicate(timeout=60)
    assert output == "True 0 1 2 3\nhere\n", "3 lists them"


def test_descendants_are_found_below_descendants() -> None:
    code = "import subprocess, sys; subprocess.run(['sleep', '3600'])"
    with subprocess.Popen([sys.executable, "-S", "-c", code]) as process:
        while not (below := supervisor.children_of(process.pid)):
            time.sleep(0.01)
        assert {process.pid, *below} <= set(supervisor.descendants_of(os.getpid()))
        for pid in (process.pid, *below):
            os.kill(pid, signal.SIGKILL)
    assert supervisor.children_of(2**22 + 1) == []
