"""A worker process as its parent handles it: started, asked, watched, and ended with all that it started."""

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

from bench.errors import CannotWriteError, WorkerError
from bench.execution import threads
from bench.execution.interrupt import Interrupt
from bench.execution.processes import GRACE_S, MARK, end_left_behind, group_exists, resident, resident_of_children
from bench.execution.worker import Fit, Repeat, Start
from bench.store.records import Outcome, Status
from bench.units import seconds_as_text

WATCH_EVERY_S = 0.05
COUNT_CHILDREN_EVERY_S = 1.0
TAIL_BYTES = 8_192


@dataclass(frozen=True)
class Limits:
    """How long one request may take, in seconds, and how much memory may be resident, in bytes."""

    seconds: float
    memory: int


class WorkerHandle:
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
        command = [sys.executable, "-m", "bench.execution.worker"]
        command += [str(request_read), str(reply_write), str(self.data_folder)]
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
        """Run the reducer once and return how that went; a worker that passed a limit or died is gone afterwards.

        Raises
        ------
        CannotWriteError
            If the embedding could not be written.
        """
        self._tail.clear()
        return self._ask(request, limits)

    @property
    def log_tail(self) -> str:
        """The last lines it printed since the last request."""
        return self._tail.decode("utf-8", errors="replace")

    def close(self) -> None:
        """End the process and everything it started, and make sure of it."""
        if self._closed:
            return
        self._closed = True
        group = self._process.pid
        for signal_number, patience in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, GRACE_S)):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal_number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and (self._process.poll() is None or group_exists(group)):
                self._read_output()
                time.sleep(0.01)
            if self._process.poll() is not None and not group_exists(group):
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
            self.interrupt.check()
            for key, _ in self._selector.select(timeout=WATCH_EVERY_S):
                if key.fd == self._output:
                    self._read_output()
                elif (line := self._read_reply()) is not None:
                    return _outcome_of(line)
            now = time.monotonic()
            if now > deadline:
                return Outcome(
                    status=Status.TIMEOUT, reason=f"took longer than the limit of {seconds_as_text(limits.seconds)}"
                )
            if self._process.poll() is not None:
                line = self._read_reply()
                return _outcome_of(line) if line is not None else None
            if now - counted_at > COUNT_CHILDREN_EVERY_S:
                counted_at, grandchildren = now, resident_of_children(self._process.pid)
            held = resident(self._process.pid) + grandchildren
            if held > limits.memory:
                return Outcome(
                    status=Status.OUT_OF_MEMORY,
                    reason=f"held {held / 2**20:,.0f} MiB, more than the limit of {limits.memory / 2**20:,.0f} MiB",
                )

    def _read_output(self) -> None:
        """Take what was printed and keep its end; a worker that prints without end never waits for this process."""
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
        """Return one whole line of the replies; None if there is none yet."""
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


def _outcome_of(line: bytes) -> Outcome:
    fields: dict[str, Any] = json.loads(line)
    if "cannot_write" in fields:
        cause = fields["cannot_write"]
        raise CannotWriteError(f"The embedding could not be written: {cause}. Free some space and run again.")
    return Outcome.model_validate_json(line)


def _import_path() -> dict[str, str]:
    """Return the variable that lets a worker import what this process imports, wherever it was started."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]))}
