"""Processes that a reducer starts, hides, stops or kills: none of them outlives its run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np

from tests.torture.hostile.base import Hostile

SLEEP = ["sleep", "3600"]


class ForksTwice(Hostile):
    """forks twice, calls `setsid`, empties the environment, and leaves that process"""

    status = "ok"

    def mischief(self, X):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execve("/bin/sleep", SLEEP, {})
            os._exit(0)
        os.wait()


class ForksManyTimes(Hostile):
    """leaves two hundred processes"""

    status = "ok"

    def mischief(self, X):
        for _ in range(200):
            if os.fork() == 0:
                os.setsid()
                os.execv("/bin/sleep", SLEEP)


class RunsAway(Hostile):
    """leaves a process that replaces itself by a new one every 10 ms"""

    status = "ok"

    def mischief(self, X):
        if os.fork() == 0:
            while True:
                os.setsid()
                time.sleep(0.01)
                if os.fork():
                    os._exit(0)


class LeavesDeafProcesses(Hostile):
    """leaves processes that ignore every signal they can, one in a group and one in a session of its own"""

    status = "ok"

    def mischief(self, X):
        deaf = (
            "import signal, time\nfor n in signal.valid_signals():\n"
            " try: signal.signal(n, signal.SIG_IGN)\n except (OSError, ValueError): pass\ntime.sleep(3600)"
        )
        for new_session in (False, True):
            subprocess.Popen([sys.executable, "-c", deaf], start_new_session=new_session)
        time.sleep(0.5)


class LeavesStoppedProcesses(Hostile):
    """leaves stopped processes"""

    status = "ok"

    def mischief(self, X):
        for _ in range(3):
            child = subprocess.Popen(SLEEP, start_new_session=True)
            child.send_signal(signal.SIGSTOP)


class HoldsThePipe(Hostile):
    """exits, while a child keeps its pipes open"""

    status = "crashed"
    says = "exit status 0"

    def mischief(self, X):
        if os.fork() == 0:
            os.setsid()
            time.sleep(3600)
        os._exit(0)


class ReturnsTwice(Hostile):
    """forks, and both processes return from the fit"""

    status = "ok | crashed | invalid"

    def mischief(self, X):
        os.fork()


class KillsItsParent(Hostile):
    """kills the process that watches it"""

    status = "crashed"

    def mischief(self, X):
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(3600)


class TerminatesItsParent(Hostile):
    """terminates the process that watches it"""

    status = "crashed"

    def mischief(self, X):
        os.kill(os.getppid(), signal.SIGTERM)
        time.sleep(3600)


class StopsItsParent(Hostile):
    """stops the process that watches it"""

    status = "ok | crashed | timeout"

    def mischief(self, X):
        os.kill(os.getppid(), signal.SIGSTOP)


class InterruptsItsParent(Hostile):
    """sends Ctrl-C to the process that watches it"""

    status = "ok | crashed"

    def mischief(self, X):
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(0.5)


class KillsItsGroup(Hostile):
    """kills its process group"""

    status = "crashed"
    says = "SIGKILL"

    def mischief(self, X):
        os.killpg(0, signal.SIGKILL)


class KillsItself(Hostile):
    """kills itself holding a lock"""

    status = "crashed"
    says = "SIGKILL"

    def mischief(self, X):
        lock = threading.Lock()
        lock.acquire()
        threading.Thread(target=lock.acquire).start()
        os.kill(os.getpid(), signal.SIGKILL)


class Hangs(Hostile):
    """hangs"""

    status = "timeout"
    says = "longer than the limit"

    def mischief(self, X):
        time.sleep(3600)


class HangsAndPrints(Hostile):
    """hangs while printing"""

    status = "timeout"

    def mischief(self, X):
        while True:
            print("still at it", flush=True)
            time.sleep(0.001)


class HangsDeaf(Hostile):
    """hangs with all signals blocked"""

    status = "timeout"

    def mischief(self, X):
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        time.sleep(3600)


class HangsInC(Hostile):
    """hangs in compiled code that never lets Python run"""

    status = "timeout"

    def mischief(self, X):
        sum(range(1 << 60))


class HangsInTransform(Hostile):
    """hangs in `transform`"""

    status = "timeout"

    def mischief(self, X):
        self.is_real = True

    def _transform(self, X):
        if getattr(self, "is_real", False) and len(X) < 512:
            time.sleep(3600)
        return super()._transform(X)


class BecomesAnother(Hostile):
    """replaces itself by another program"""

    status = "timeout"

    def mischief(self, X):
        os.execv("/bin/sleep", SLEEP)


class BecomesNothing(Hostile):
    """replaces itself by a program that ends at once"""

    status = "crashed"
    says = "exit status 0"

    def mischief(self, X):
        os.execv("/bin/true", ["true"])


class ManyThreads(Hostile):
    """computes with 64 threads on a budget of one"""

    status = "ok"

    def mischief(self, X):
        a = np.ones((300, 300))
        threads = [threading.Thread(target=lambda: [a @ a for _ in range(5)]) for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


class ThreadsForEver(Hostile):
    """leaves a thread that computes for ever and keeps the process from ending"""

    status = "ok"
    notes = "left 1 thread"

    def mischief(self, X):
        def spin():
            while True:
                time.sleep(0.001)

        threading.Thread(target=spin).start()


class YieldsAlways(Hostile):
    """lowers its own priority and keeps to one core"""

    status = "ok"

    def mischief(self, X):
        os.nice(19)
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
