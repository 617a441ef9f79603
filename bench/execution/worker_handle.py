"""A worker process as its parent handles it: started, asked, watched, and ended with all that it started."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, Self

from bench.errors import CannotWriteError, WorkerError
from bench.execution import threads
from bench.execution.processes import GRACE_S, MARK, end_left_behind, group_exists, resident, resident_of_children
from bench.execution.worker import Fit, Repeat, Start
from bench.store.records import Outcome, Status
from bench.units import seconds_as_text

WATCH_EVERY_S = 0.05
COUNT_CHILDREN_EVERY_S = 1.0
TAIL_BYTES = 8_192


class Interrupt:
    """In this context the first Ctrl-C or SIGTERM only sets a flag; `check` raises it. A second one acts at once."""

    def __init__(self) -> None:
        self._requested = False
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._previous[number] = signal.signal(number, self._request)
        return self

    def __exit__(self, *_: object) -> None:
        while self._previous:
            signal.signal(*self._previous.popitem())

    def check(self) -> None:
        """Raise KeyboardInterrupt if an interruption has been requested."""
        if self._requested:
            raise KeyboardInterrupt

    def _request(self, number: int, frame: FrameType | None) -> None:
        self._requested = True
        self.__exit__()


class WorkerHandle:
    """A worker process in a session of its own, so that a signal to its group reaches all that it started.

    Each request to it may take `timeout_s` seconds, and `memory` bytes may be resident.
    """

    def __init__(self, start: Start, data_folder: Path, interrupt: Interrupt, *, timeout_s: float, memory: int) -> None:
        self.start, self.data_folder, self.interrupt = start, data_folder, interrupt
        self.timeout_s, self.memory = timeout_s, memory
        self.mark = f"{os.getpid()}-{uuid.uuid4().hex}"
        self._tail = bytearray()
        self._pending = b""
        self._closed = False

    def launch(self) -> Outcome:
        """Start the process, wait until it is ready, and return how that went.

        Raises WorkerError if the process cannot be started at all.
        """
        request_read, self._requests = os.pipe()
        self._replies, reply_write = os.pipe()
        command = [sys.executable, "-m", "bench.execution.worker"]
        command += [str(request_read), str(reply_write), str(self.data_folder)]
        # A worker imports what this process imports, wherever it was started.
        paths = filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])
        own = {"PYTHONPATH": os.pathsep.join(paths), MARK: self.mark}
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(request_read, reply_write),
                start_new_session=True,
                env=os.environ | threads.environment(self.start.threads) | own,
            )
        except OSError as error:
            raise WorkerError(f"Got no worker process from {command[0]}: {error}.") from error
        finally:
            os.close(request_read)
            os.close(reply_write)
        assert self._process.stdout is not None
        self._output = self._process.stdout.fileno()
        self._selector = selectors.DefaultSelector()
        for descriptor in (self._replies, self._output):
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ)
        return self._ask(self.start)

    def run(self, request: Fit | Repeat) -> Outcome:
        """Run the reducer once and return how that went; a worker that passed a limit or died is gone afterwards.

        Raises CannotWriteError if the embedding could not be written.
        """
        self._tail.clear()
        return self._ask(request)

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
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal_number)
            deadline = time.monotonic() + GRACE_S
            while (remains := self._process.poll() is None or group_exists(group)) and time.monotonic() < deadline:
                self._read_output()
                time.sleep(0.01)
            if not remains:
                break
        end_left_behind(self.mark)
        self._selector.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        for descriptor in (self._requests, self._replies):
            with suppress(OSError):
                os.close(descriptor)

    def _ask(self, request: Start | Fit | Repeat) -> Outcome:
        deadline = time.monotonic() + self.timeout_s
        with suppress(BrokenPipeError):
            os.write(self._requests, (json.dumps(asdict(request)) + "\n").encode())
        outcome = self._await(deadline) or self._cause_of_death()
        if outcome.status in (Status.TIMEOUT, Status.OUT_OF_MEMORY, Status.CRASHED):
            self.close()
        return outcome

    def _await(self, deadline: float) -> Outcome | None:
        """Return the reply, or the limit that was passed; None if the process ended instead."""
        counted_at, grandchildren = 0.0, 0
        while True:
            self.interrupt.check()
            for key, _ in self._selector.select(timeout=WATCH_EVERY_S):
                if key.fd == self._output:
                    self._read_output()
                elif reply := self._read_reply():
                    return reply
            now = time.monotonic()
            if now > deadline:
                reason = f"took longer than the limit of {seconds_as_text(self.timeout_s)}"
                return Outcome(status=Status.TIMEOUT, reason=reason)
            if self._process.poll() is not None:
                return self._read_reply()
            if now - counted_at > COUNT_CHILDREN_EVERY_S:
                counted_at, grandchildren = now, resident_of_children(self._process.pid)
            held = resident(self._process.pid) + grandchildren
            if held > self.memory:
                reason = f"held {held / 2**20:,.0f} MiB, more than the limit of {self.memory / 2**20:,.0f} MiB"
                return Outcome(status=Status.OUT_OF_MEMORY, reason=reason)

    def _read_output(self) -> None:
        """Take what was printed and keep its end; a worker that prints without end never waits for this process."""
        try:
            chunk = os.read(self._output, 1 << 16)
        except OSError:
            return
        if not chunk:
            with suppress(KeyError):
                self._selector.unregister(self._output)
        self._tail += chunk
        del self._tail[:-TAIL_BYTES]

    def _read_reply(self) -> Outcome | None:
        """Return the reply once its line is whole."""
        with suppress(BlockingIOError):
            self._pending += os.read(self._replies, 1 << 16)
        line, newline, rest = self._pending.partition(b"\n")
        if not newline:
            return None
        self._pending = rest
        cause = json.loads(line).get("cannot_write")
        if cause is not None:
            raise CannotWriteError(f"The embedding could not be written: {cause}. Free some space and run again.")
        return Outcome.model_validate_json(line)

    def _cause_of_death(self) -> Outcome:
        for _ in range(64):
            self._read_output()
        code = self._process.wait()
        if code >= 0:
            return Outcome(status=Status.CRASHED, reason=f"the process ended by itself with exit status {code}")
        name = signal.Signals(-code).name
        hint = " (perhaps the system ran out of memory)" if name == "SIGKILL" else ""
        return Outcome(status=Status.CRASHED, reason=f"the process was ended by signal {name}{hint}")
