"""A worker process as its parent handles it: started, asked, watched, and ended with all that it started."""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

from pydantic import ValidationError

from bench.errors import CannotWriteError
from bench.execution import scratch, threads
from bench.execution.containment import Contained
from bench.execution.leftovers import Leftovers
from bench.execution.processes import glance, held_together
from bench.execution.witness import Witness
from bench.execution.worker import Fit, Repeat, Start
from bench.store.records import Outcome, Status
from bench.units import seconds_as_text

if TYPE_CHECKING:
    from bench.execution.shared_data import SharedData

WORKER = (sys.executable, "-m", "bench.execution.worker")
WATCH_EVERY_S = 0.05
COUNT_OTHERS_EVERY_S = 1.0
TAIL_BYTES = 8_192
LONGEST_MESSAGE = 2**20
ENDED_BY_LIMIT = (Status.TIMEOUT, Status.OUT_OF_MEMORY)
PHASES = frozenset(Outcome(status=Status.OK).costs)
NO_MESSAGE = Outcome(status=Status.CRASHED, reason="sent a reply that is no message")


class Interrupt:
    """In this context the first Ctrl-C, SIGTERM or SIGHUP only sets a flag, which `check` raises.

    A second one acts at once.
    """

    def __init__(self) -> None:
        self._requested = False
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                # Whoever starts a study with nohup wants it to outlive the terminal.
                if signal.getsignal(number) is not signal.SIG_IGN:
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
    """A worker process with everything that it starts, and a temporary folder of its own.

    Each request to it may take `timeout_s` seconds, and it may hold `memory` bytes besides the data. `began` is called
    with the name of each phase as it begins.
    """

    def __init__(
        self,
        start: Start,
        data: SharedData,
        interrupt: Interrupt,
        *,
        timeout_s: float,
        memory: int,
        began: Callable[[str], None] = lambda phase: None,
    ) -> None:
        self.start, self.data, self.interrupt, self.began = start, data, interrupt, began
        self.timeout_s, self.memory = timeout_s, memory
        self._witness = Witness()
        self._tail = bytearray()
        self._pending = b""
        self._resources = ExitStack()

    def launch(self) -> Outcome:
        """Start the process, wait until it is ready, and return how that went.

        Raises
        ------
        WorkerError
            If the process cannot be started at all.
        """
        folder = self._resources.enter_context(scratch.folder())
        request_read, self._requests = self._pipe(own_end=1)
        self._replies, reply_write = self._pipe(own_end=0)
        passed = (request_read, reply_write, *self.data.descriptors)
        try:
            command = [*WORKER, *map(str, passed)]
            self._contained = Contained(command, pass_fds=passed, environment=self._environment(folder))
        finally:
            os.close(request_read)
            os.close(reply_write)
        self._selector = self._resources.enter_context(selectors.DefaultSelector())
        self._resources.callback(self._contained.end, self._read_output)
        self._output = self._contained.stdout.fileno()
        for descriptor in (self._replies, self._output):
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ)
        self._left = Leftovers(self._contained, folder)
        outcome = self._ask(self.start)
        self._left.forget()
        return outcome

    def run(self, request: Fit | Repeat) -> Outcome:
        """Run the reducer once and return how that went; a worker that passed a limit or died is gone afterwards.

        Raises
        ------
        CannotWriteError
            If the embedding could not be written.
        """
        self._tail.clear()
        return self._ask(request)

    @property
    def log_tail(self) -> str:
        """The last lines it printed since the last request."""
        return self._tail.decode("utf-8", errors="replace")

    def close(self) -> None:
        """End the process and everything it started, make sure of it, and remove its temporary folder.

        Raises
        ------
        WorkerError
            If a process cannot be ended.
        """
        self._resources.close()

    def _pipe(self, own_end: int) -> tuple[int, int]:
        pipe = os.pipe()
        self._resources.callback(os.close, pipe[own_end])
        return pipe

    def _environment(self, folder: Path) -> dict[str, str]:
        # A worker imports what this process imports, wherever it was started.
        paths = filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])
        own = {"PYTHONPATH": os.pathsep.join(paths), "TMPDIR": str(folder)}
        # What Torch compiled is kept from one process to the next, and left by none.
        kept = {"TORCHINDUCTOR_CACHE_DIR": f"{tempfile.gettempdir()}/torchinductor_{os.getuid()}"}
        return {**kept, **os.environ, **threads.environment(self.start.threads), **own}

    def _ask(self, request: Start | Fit | Repeat) -> Outcome:
        self._witness = Witness()
        if self._spoke_unasked():
            outcome = NO_MESSAGE
        else:
            with suppress(BrokenPipeError):
                os.write(self._requests, (json.dumps(asdict(request)) + "\n").encode())
            outcome = self._await(time.monotonic() + self.timeout_s) or self._cause_of_death()
        left = self._left.notes(still_at_work=outcome.status in ENDED_BY_LIMIT)
        if outcome.status in (*ENDED_BY_LIMIT, Status.CRASHED):
            self.close()
        return outcome.model_copy(update={"notes": (*outcome.notes, *left)})

    def _await(self, deadline: float) -> Outcome | None:
        """Return the reply, or the limit that was passed; None if the process ended instead."""
        counted_at = 0.0
        while True:
            self.interrupt.check()
            ready = [key.fd for key, _ in self._selector.select(timeout=WATCH_EVERY_S)]
            seen = glance(self._contained.pid, self.data.shared_bytes)
            now = self._witness.look(worker_stopped=seen.stopped)
            if self._output in ready:
                self._read_output()
            if self._replies in ready and (reply := self._read_replies()):
                return reply
            if now > deadline + self._witness.paused_s:
                return Outcome(status=Status.TIMEOUT, reason=self._why_late())
            if self._contained.poll() is not None:
                return self._read_replies()
            held = seen.held
            if now - counted_at > COUNT_OTHERS_EVERY_S:
                counted_at, held = now, self._held(seen.held)
            if held > self.memory:
                reason = f"held {held / 2**20:,.0f} MiB, more than the limit of {self.memory / 2**20:,.0f} MiB"
                return Outcome(status=Status.OUT_OF_MEMORY, reason=reason)

    def _held(self, alone: int) -> int:
        """Return what the process, which holds so much alone, and all that it started hold together."""
        others, data = self._contained.others(), self.data.shared_bytes
        held = alone + sum(glance(pid, data).held for pid in others)
        if held <= self.memory or not others:
            return held
        return max(alone, held_together({self._contained.pid, *others}, data))

    def _why_late(self) -> str:
        stopped_s = self._witness.stopped_s
        stopped = f", {seconds_as_text(stopped_s)} of them stopped by a signal" if stopped_s > WATCH_EVERY_S else ""
        late = f"took longer than the limit of {seconds_as_text(self.timeout_s)}{stopped}"
        # The limit is that of a whole request: only its first phase can have passed it alone.
        match self._witness.phases:
            case [only] if self._witness.is_within(only):
                return f"{only.replace('_', ' ')} {late}"
            case [*_, last]:
                where = "in" if self._witness.is_within(last) else "after"
                return f"{late}, {where} {last.replace('_', ' ')}"
        return late

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

    def _read_replies(self) -> Outcome | None:
        """Take notice of all messages that are there, and return the outcome once it is among them."""
        try:
            for line in self._lines():
                match json.loads(line):
                    case {"began": str(phase)} if phase in PHASES:
                        self._witness.began(phase)
                        self.began(phase)
                    case {"ended": str(phase)} if phase in PHASES:
                        self._witness.ended(phase)
                    case {"cannot_write": str(cause)} if self._witness.has_seen("fit"):
                        raise CannotWriteError(
                            f"The embedding could not be written: {cause}. Free some space and run again."
                        )
                    case _:
                        outcome = Outcome.model_validate_json(line)
                        return NO_MESSAGE if self._spoke_unasked() else self._witness.checked(outcome)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "it"
            return NO_MESSAGE.model_copy(update={"reason": f"{NO_MESSAGE.reason}; {where}: {first['msg']}"})
        except (ValueError, RecursionError):
            return NO_MESSAGE
        return NO_MESSAGE if len(self._pending) > LONGEST_MESSAGE else None

    def _lines(self) -> Iterator[bytes]:
        """Take the whole lines that are there."""
        with suppress(BlockingIOError):
            chunk = os.read(self._replies, 1 << 16)
            self._pending += chunk
            if not chunk:  # closed: from here on it would always be ready
                with suppress(KeyError):
                    self._selector.unregister(self._replies)
        while b"\n" in self._pending:
            line, _, self._pending = self._pending.partition(b"\n")
            yield line

    def _spoke_unasked(self) -> bool:
        """Return whether there is something to read that belongs to no request."""
        with suppress(OSError):
            self._pending += os.read(self._replies, 1 << 16)
        return bool(self._pending)

    def _cause_of_death(self) -> Outcome:
        for _ in range(64):
            self._read_output()
        code = self._contained.wait()
        if code >= 0:
            return Outcome(status=Status.CRASHED, reason=f"the process ended by itself with exit status {code}")
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"number {-code}"
        hint = " (perhaps the system ran out of memory)" if name == "SIGKILL" else ""
        return Outcome(status=Status.CRASHED, reason=f"the process was ended by signal {name}{hint}")
