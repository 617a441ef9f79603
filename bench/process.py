"""A worker process as its keeper sees it: started apart, asked, watched, and ended with all that it started."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from bench import threads
from bench.errors import StoreError, WorkerError
from bench.interrupt import Interrupt
from bench.records import Outcome, Status
from bench.units import seconds_in_words
from bench.worker import Fit, Repeat, Start

MARK = "REDUCERS_BENCH_WORKER"
"""Environment variable that a worker hands down to every process it starts, so that they can be found again."""

WATCH_EVERY_S = 0.05
COUNT_CHILDREN_EVERY_S = 1.0
GRACE_S = 2.0
"""Seconds between asking a process to end and ending it."""
TAIL_BYTES = 8_192


@dataclass(frozen=True)
class Limits:
    """How long one request may take, in seconds, and how much memory may be resident, in bytes."""

    seconds: float
    memory: int


class Worker:
    """A worker process in a session of its own, so that a signal to its group reaches all that it started."""

    def __init__(self, start: Start, data_folder: Path, interrupt: Interrupt) -> None:
        self.start, self.data_folder, self.interrupt = start, data_folder, interrupt
        self.mark = f"{os.getpid()}-{uuid.uuid4().hex}"
        self._tail = bytearray()
        self._pending = b""
        self._closed = False

    def launch(self, limits: Limits) -> Outcome:
        """Start the process, wait until it is ready, and return how that went.

        Raises
        ------
        WorkerError
            If the process cannot be started at all.
        """
        request_read, request_write = os.pipe()
        reply_read, reply_write = os.pipe()
        command = [sys.executable, "-m", "bench.worker", str(request_read), str(reply_write), str(self.data_folder)]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(request_read, reply_write),
                start_new_session=True,
                env=os.environ | threads.environment(self.start.threads) | _import_path() | {MARK: self.mark},
            )
        except OSError as error:
            raise WorkerError(f"Got no worker process from {command[0]}: {error}.") from error
        finally:
            os.close(request_read)
            os.close(reply_write)
        self._requests, self._replies = request_write, reply_read
        assert self._process.stdout is not None
        self._output = self._process.stdout.fileno()
        os.set_blocking(self._output, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._replies, selectors.EVENT_READ)
        self._selector.register(self._output, selectors.EVENT_READ)
        return self._ask(self.start, limits)

    def run(self, request: Fit | Repeat, limits: Limits) -> Outcome:
        """Run the reducer once and return how that went; after an end by force the worker is gone.

        Raises
        ------
        StoreError
            If the embedding could not be written.
        """
        self._tail.clear()
        return self._ask(request, limits)

    @property
    def log_tail(self) -> str:
        """The last lines it printed since the last request."""
        return self._tail.decode("utf-8", errors="replace")

    def close(self) -> None:
        """End the process and everything it started, and see that it is so."""
        if self._closed:
            return
        self._closed = True
        group = self._process.pid
        for signal_number, patience in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, GRACE_S)):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal_number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and (self._process.poll() is None or _group_exists(group)):
                self._read_output()
                time.sleep(0.01)
            if self._process.poll() is not None and not _group_exists(group):
                break
        end_left_behind(self.mark)
        self._selector.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        for descriptor in (self._requests, self._replies):
            with suppress(OSError):
                os.close(descriptor)

    def _ask(self, request: Start | Fit | Repeat, limits: Limits) -> Outcome:
        deadline = time.monotonic() + limits.seconds
        with suppress(BrokenPipeError):
            os.write(self._requests, (json.dumps(asdict(request)) + "\n").encode())
        outcome = self._await(deadline, limits)
        if outcome is None:
            outcome = self._cause_of_death()
        if outcome.status in (Status.TIMEOUT, Status.OUT_OF_MEMORY, Status.CRASHED):
            self.close()
        return outcome

    def _await(self, deadline: float, limits: Limits) -> Outcome | None:
        """Return the reply, or the limit that was passed; None if the process ended instead."""
        counted_at, grandchildren = 0.0, 0
        while True:
            self.interrupt.heed()
            for key, _ in self._selector.select(timeout=WATCH_EVERY_S):
                if key.fd == self._output:
                    self._read_output()
                elif (line := self._read_reply()) is not None:
                    return _understood(line)
            now = time.monotonic()
            if now > deadline:
                return Outcome(
                    status=Status.TIMEOUT, reason=f"took longer than the limit of {seconds_in_words(limits.seconds)}"
                )
            if self._process.poll() is not None:
                line = self._read_reply()
                return _understood(line) if line is not None else None
            if now - counted_at > COUNT_CHILDREN_EVERY_S:
                counted_at, grandchildren = now, _resident_of_children(self._process.pid)
            resident = _resident(self._process.pid) + grandchildren
            if resident > limits.memory:
                return Outcome(
                    status=Status.OUT_OF_MEMORY,
                    reason=f"held {resident / 2**20:,.0f} MiB, more than the limit of {limits.memory / 2**20:,.0f} MiB",
                )

    def _read_output(self) -> None:
        """Take what was printed and keep the end of it; a worker that prints without end is never held up by us."""
        try:
            chunk = os.read(self._output, 1 << 16)
        except (BlockingIOError, OSError):
            return
        if not chunk:
            with suppress(KeyError):
                self._selector.unregister(self._output)
        self._tail += chunk
        del self._tail[:-TAIL_BYTES]

    def _read_reply(self) -> bytes | None:
        """Return one whole line of the replies, or None where there is none yet."""
        os.set_blocking(self._replies, False)
        with suppress(BlockingIOError):
            self._pending += os.read(self._replies, 1 << 16)
        line, newline, rest = self._pending.partition(b"\n")
        if not newline:
            return None
        self._pending = rest
        return line

    def _cause_of_death(self) -> Outcome:
        for _ in range(64):
            self._read_output()
        code = self._process.wait()
        if code >= 0:
            return Outcome(status=Status.CRASHED, reason=f"the process ended by itself with exit status {code}")
        name = signal.Signals(-code).name
        hint = " (perhaps the system ran out of memory)" if name == "SIGKILL" else ""
        return Outcome(status=Status.CRASHED, reason=f"the process was ended by signal {name}{hint}")


def end_left_behind(mark: str | None = None) -> int:
    """End every process that a worker started and left behind, and return how many there were.

    Parameters
    ----------
    mark : str or None
        Mark of the worker; None stands for all workers whose keeper is gone.

    Raises
    ------
    WorkerError
        If one of them cannot be ended.
    """
    left = [process for process in psutil.process_iter() if _is_left_behind(process, mark)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _, alive = psutil.wait_procs(left, timeout=GRACE_S)
    alive = [process for process in alive if _runs(process)]
    if alive:
        raise WorkerError(f"Got processes that cannot be ended: {', '.join(str(process.pid) for process in alive)}.")
    return len(left)


def _is_left_behind(process: psutil.Process, mark: str | None) -> bool:
    try:
        found = process.environ().get(MARK)
    except (psutil.Error, OSError):
        return False
    if found is None or not _runs(process):
        return False
    return found == mark if mark is not None else not psutil.pid_exists(int(found.partition("-")[0]))


def _runs(process: psutil.Process) -> bool:
    """Tell whether a process still does anything; one that ended and waits to be reaped does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _understood(line: bytes) -> Outcome:
    fields: dict[str, Any] = json.loads(line)
    if "cannot_write" in fields:
        raise StoreError(f"The embedding could not be written: {fields['cannot_write']}. Free some space and go on.")
    return Outcome.model_validate_json(line)


def _import_path() -> dict[str, str]:
    """Return the variable that lets a worker import what this process imports, wherever it was started."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))}


def _group_exists(group: int) -> bool:
    """Tell whether a process of the group still runs."""
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == group and _runs(process):
                return True
    return False


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _resident_of_children(pid: int) -> int:
    try:
        return sum(_resident(child.pid) for child in psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return 0
