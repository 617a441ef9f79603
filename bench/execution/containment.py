"""A contained process: started with a supervisor above it, so that it is weighed and ended with all that it starts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import psutil

from bench.errors import WorkerError
from bench.execution import processes, supervisor
from bench.execution.supervisor import CLEAR, GRACE_S

START_S = 60.0
"""Seconds that a supervisor may take to start the process, which are some hundredths on a quiet machine."""


class Contained:
    """A process in a session of its own, with every process that it starts.

    On Linux a supervisor adopts whatever leaves the process, and ends it. Elsewhere what it starts is found again by
    its session and by a mark in its environment, as long as it keeps one of both.
    """

    def __init__(self, command: Sequence[str], *, pass_fds: Sequence[int], environment: Mapping[str, str]) -> None:
        """Start the process.

        Raises
        ------
        WorkerError
            If it cannot be started.
        """
        self.is_supervised = supervisor.works_here()
        self._mark = processes.new_mark()
        self._life, far = socket.socketpair()
        started = command
        if self.is_supervised:
            # The next study ends what bears the mark of one that is gone: the supervisor, still at work, bears none.
            mark = f"{processes.MARK}={self._mark}"
            started = [sys.executable, "-I", "-S", supervisor.__file__, str(far.fileno()), mark, *command]
            pass_fds = (*pass_fds, far.fileno())
        else:
            environment = {**environment, processes.MARK: self._mark}
        try:
            self._popen = subprocess.Popen(
                started,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=pass_fds,
                start_new_session=True,
                env=environment,
            )
        except OSError as error:
            self._life.close()
            raise WorkerError(f"Got no worker process from {command[0]}: {error}.") from error
        finally:
            far.close()
        assert self._popen.stdout is not None
        self.stdout = self._popen.stdout
        self.pid = self._id_from_supervisor() if self.is_supervised else self._popen.pid

    def poll(self) -> int | None:
        """Return the exit status of the process, negative if a signal ended it; None while it or its heirs run."""
        return self._popen.poll()

    def wait(self) -> int:
        """Return the exit status of the process once it ended."""
        return self._popen.wait()

    def others(self) -> set[int]:
        """Return the ids of all processes below this one, orphans included, that do not just wait to be reaped."""
        found = supervisor.descendants_of(self._popen.pid) if self.is_supervised else []
        if not self.is_supervised:
            with suppress(psutil.Error):
                found = [child.pid for child in psutil.Process(self.pid).children(recursive=True)]
        return {pid for pid in found if pid != self.pid and processes.is_running(pid)}

    def orphans(self) -> set[int]:
        """Return those of them whose parent is gone."""
        adopted = supervisor.children_of(self._popen.pid) if self.is_supervised else []
        return {pid for pid in adopted if pid != self.pid and processes.is_running(pid)}

    def end(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """End the process and everything that it started, and make sure of it; `meanwhile` is called now and then.

        Raises
        ------
        WorkerError
            If a process cannot be ended.
        """
        is_clear = self._end_by_supervisor(meanwhile) if self.is_supervised else self._end_group(meanwhile)
        if not is_clear:
            processes.end_left_behind(self._mark)
        self._life.close()
        self.stdout.close()

    def _id_from_supervisor(self) -> int:
        self._life.settimeout(START_S)
        try:
            return int(self._life.recv(64).partition(b"\n")[0])
        except (OSError, ValueError) as error:
            self._popen.kill()
            self._popen.wait()
            self._life.close()
            self.stdout.close()
            raise WorkerError(f"Got no worker process from its supervisor: {error}. Run again.") from error

    def _end_by_supervisor(self, meanwhile: Callable[[], None]) -> bool:
        """Let the supervisor end everything, and return whether it said that it did."""
        with suppress(OSError):
            os.kill(self._popen.pid, signal.SIGCONT)  # it may have been stopped
            self._life.shutdown(socket.SHUT_WR)
        if not self._ended_within(3 * GRACE_S, meanwhile):
            # Something is not ended even by SIGKILL.
            for pid in (*self.others(), self._popen.pid):
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self._popen.wait()
        with suppress(OSError):
            return self._life.recv(64).endswith(CLEAR)
        return False

    def _end_group(self, meanwhile: Callable[[], None]) -> bool:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)
            if self._ended_within(GRACE_S, meanwhile):
                break
        return False

    def _ended_within(self, seconds: float, meanwhile: Callable[[], None]) -> bool:
        deadline = time.monotonic() + seconds
        while self.poll() is None or (not self.is_supervised and processes.group_exists(self.pid)):
            if time.monotonic() > deadline:
                return False
            meanwhile()
            time.sleep(0.002)
        return True
