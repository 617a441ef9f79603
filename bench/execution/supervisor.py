"""The supervisor: a small process between a study and a worker, which leaves nothing of the worker behind.

It is started as `python -I -S supervisor.py LIFE NAME=VALUE COMMAND ...`. LIFE is one end of a pair of sockets, the
study has the other. It starts the command, the worker, in a session of its own and with one more environment variable,
the mark of what a study may end; it bears no mark itself. It writes the worker's process id to LIFE. As
child subreaper it adopts every orphan below it, whatever the orphan did to its session and its environment. It ends all
of them when the worker ends, when SIGTERM comes, or when the other end of LIFE is closed. The kernel closes that of a
study that is killed. Then it writes `CLEAR` to LIFE and ends as the worker did.

Linux only. It imports nothing of this package, so that it starts in some 20 ms.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from contextlib import suppress

GRACE_S = 2.0
"""Seconds between asking a process to end and ending it."""

CLEAR = b"none is left\n"
"""Its last word: every process below it has ended."""

HEARD = (signal.SIGCHLD, signal.SIGTERM)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36


def works_here() -> bool:
    """Return whether this system can adopt orphans and list the children of a process."""
    return sys.platform == "linux" and os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children")


def children_of(pid: int) -> list[int]:
    """Return the children of a process, those that ended and wait to be reaped included; none if it is gone."""
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                found += map(int, file.read().split())
    except OSError:
        pass  # a thread, or the process, ended meanwhile
    return found


def descendants_of(pid: int) -> list[int]:
    """Return the children of a process, their children, and so on."""
    found = children_of(pid)
    for child in found:
        found += children_of(child)
    return found


def main() -> None:
    """Start the worker, wait for its end or for a sign to end it, leave nothing of it, and end as it did."""
    life, mark, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    os.set_inheritable(life, False)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    for number in HEARD:
        signal.signal(number, lambda *_: None)
    worker = _start(command, mark)
    _close_all_but(0, 1, 2, life, woken, wake)
    _say(life, b"%d\n" % worker)
    ended: dict[int, int] = {}
    while _some_are_left(ended) and worker not in ended:
        ready, _, _ = select.select([life, woken], [], [])
        if life in ready or signal.SIGTERM in os.read(woken, 4_096):
            break
    _end_all(ended)
    _say(life, CLEAR)
    _end_as(ended[worker])


def _start(command: list[str], mark: str) -> int:
    """Start the worker, which dies with this process, and return its id."""
    this = os.getpid()
    # What comes before the worker has its own ears is kept for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    worker = os.fork()
    if worker:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
        return worker
    try:
        for number in HEARD:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
        os.setsid()
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == this:
            name, _, value = mark.partition("=")
            os.execve(command[0], command, {**os.environ, name: value})
    finally:
        os._exit(127)


def _close_all_but(*kept: int) -> None:
    """Close what belongs to the worker: while a pipe of its is open here, nobody sees that it closed it."""
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        if descriptor not in kept:
            with suppress(OSError):  # the one that listed them is closed already
                os.close(descriptor)


def _some_are_left(ended: dict[int, int]) -> bool:
    """Note how each child ended that ended by now, and return whether there are others."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if not pid:
            return True
        ended.setdefault(pid, status)


def _end_all(ended: dict[int, int]) -> None:
    """Ask every descendant to end, then end them until none is left."""
    told: set[int] = set()
    deadline = time.monotonic() + GRACE_S
    while _some_are_left(ended):
        if time.monotonic() < deadline:
            new = set(descendants_of(os.getpid())) - told
            for pid in new:
                _signal(pid, signal.SIGTERM)
                _signal(pid, signal.SIGCONT)  # one that is stopped hears nothing before
            told |= new
        else:
            # Their children become this process's own, and it alone reaps them: no id can mean another process.
            for pid in children_of(os.getpid()):
                _signal(pid, signal.SIGKILL)
        time.sleep(0.001)


def _end_as(status: int) -> None:
    """End with the exit status of the worker, or by the signal that ended it, without a core file of this process."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        _prctl(PR_SET_DUMPABLE, 0)
        with suppress(OSError, ValueError):  # SIGKILL has no handler
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code if code >= 0 else 128 - code)


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _say(life: int, words: bytes) -> None:
    with suppress(OSError):  # the study may be gone
        os.write(life, words)


def _prctl(option: int, value: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main()
