"""Times that are too short: by accident, such as lazy work, or on purpose."""

from __future__ import annotations

import gc
import math
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np

from tests.torture.hostile.base import Hostile, Overrides

SEEDS = 3


class Lazy(Overrides):
    """computes `embedding_` when it is first read"""

    status = "ok"
    fit_s = (0.9, 5.0)

    @property
    def embedding_(self):
        if self.is_real and self.late is None:
            time.sleep(1)
            self.late = self.first
        return self.first

    @embedding_.setter
    def embedding_(self, Z):
        self.first, self.late = Z, None


class Remembers(Hostile):
    """remembers its first fit of one second, by its data, on the class"""

    status = "ok"
    notes = "fresh process | first fit | memory | remember"
    fit_s = (0.9, 5.0)

    known = {}

    def mischief(self, X):
        key = X.tobytes()
        if key not in self.known:
            time.sleep(1)
            self.known[key] = np.array(X[:, :2])
        return self.known[key]


class StopsTheClock(Hostile):
    """replaces `time.perf_counter` and `time.monotonic` by zero"""

    status = "ok | invalid"
    fit_s = (1.9, 5.0)

    def mischief(self, X):
        time.perf_counter = time.monotonic = lambda: 0.0
        time.sleep(2)


class SlowsTheMeter(Hostile):
    """makes the clock of the meter a thousand times slower"""

    status = "invalid"
    says = "as seen from outside"

    def mischief(self, X):
        clock = time.perf_counter
        began = clock()
        sys.modules["bench.execution.meter"].perf_counter = lambda: began + (clock() - began) / 1000
        time.sleep(3)


class NegativeTime(Hostile):
    """makes the meter claim times below zero"""

    status = "invalid | crashed"

    def mischief(self, X):
        times = iter([-5.0, -9.0, -20.0, -30.0, -40.0, -50.0])
        sys.modules["bench.execution.meter"].perf_counter = lambda: next(times, -60.0)


class TimeOfNaN(Hostile):
    """makes the meter claim NaN"""

    status = "invalid | crashed"

    def mischief(self, X):
        sys.modules["bench.execution.meter"].perf_counter = lambda: math.nan


class Traces(Hostile):
    """leaves a tracer running"""

    status = "failed | ok"
    keeps_fit = True

    def mischief(self, X):
        sys.settrace(lambda *_: None)


class Profiles(Hostile):
    """leaves a profiler running"""

    status = "failed | ok"
    keeps_fit = True

    def mischief(self, X):
        sys.setprofile(lambda *_: None)


class TurnsTheCollector(Hostile):
    """turns the garbage collector on, with a threshold of one, and leaves cycles"""

    status = "ok"

    def mischief(self, X):
        gc.enable()
        gc.set_threshold(1)
        self.cycle = [self]


class SlowCollector(Hostile):
    """registers a callback that makes each collection take 50 ms"""

    status = "ok"

    def mischief(self, X):
        gc.callbacks.append(lambda *_: time.sleep(0.05))


class SlowToCreate(Hostile):
    """takes half a second to be created"""

    status = "ok"

    def __init__(self, n_components=2, random_state=None):
        time.sleep(0.5)
        super().__init__(n_components, random_state)


class LeavesItToAThread(Hostile):
    """leaves a thread that spoils the embedding and the data later"""

    status = "ok"
    notes = "thread"

    def mischief(self, X):
        Z = np.array(X[:, :2])

        def spoil():
            time.sleep(0.3)
            Z[:] = 7

        threading.Thread(target=spoil, daemon=True).start()
        return Z


class StopsForAWhile(Hostile):
    """is stopped for two seconds, as by a debugger or a suspended machine"""

    status = "ok"
    notes = "stopped for"

    def mischief(self, X):
        subprocess.Popen(["sh", "-c", f"sleep 2; kill -CONT {os.getpid()}"], start_new_session=True)
        os.kill(os.getpid(), signal.SIGSTOP)


class StopsForGood(Hostile):
    """stops itself and is never continued"""

    status = "timeout"
    says = "stopped"

    def mischief(self, X):
        os.kill(os.getpid(), signal.SIGSTOP)


class SetsTimers(Hostile):
    """leaves a timer that interrupts whatever runs"""

    status = "ok | failed | crashed"

    def mischief(self, X):
        signal.signal(signal.SIGALRM, lambda *_: None)
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
