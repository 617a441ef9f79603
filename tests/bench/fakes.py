"""Reducers that misbehave, each in one way. They are calm in a warm-up, so that the run itself meets the fault.

No test imports these classes: they only ever live in a worker.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from reducers.base import Reducer

WARM_UP_ROWS = 512


class Fake(Reducer):
    """A reducer that keeps two columns, after having done its mischief."""

    def __init__(self, n_components: int = 2, random_state: int | None = None) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        if len(X) > WARM_UP_ROWS:
            result = self.mischief(X)
            if result is not None:
                return result
        return self._transform(X)

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return np.array(X[:, : self.n_components])

    def mischief(self, X: np.ndarray) -> np.ndarray | None:
        """Do what this fake is for; what is returned stands for the embedding."""
        return None


class Calm(Fake):
    """The neighbour that must come to no harm."""


class Sleeps(Fake):
    def mischief(self, X):
        time.sleep(0.2)


class Burns(Fake):
    def mischief(self, X):
        a = np.ones((700, 700))
        threads = [threading.Thread(target=lambda: [a @ a for _ in range(60)]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


class WidensPools(Fake):
    def mischief(self, X):
        from threadpoolctl import threadpool_limits

        threadpool_limits(2)


class ShowsItsFolder(Fake):
    """Prints all that it can see of the data."""

    def mischief(self, X):
        print(sorted(path.name for path in Path(sys.argv[3]).iterdir()), os.environ["OMP_NUM_THREADS"], flush=True)


class Allocates(Fake):
    def mischief(self, X):
        block = np.ones(300 * 2**20, dtype=np.uint8)
        block[::4096] = 2


class Hangs(Fake):
    def mischief(self, X):
        time.sleep(3600)


class HangsAndPrints(Fake):
    def mischief(self, X):
        while True:
            print("still at it", flush=True)
            time.sleep(0.001)


class IgnoresSigterm(Fake):
    def mischief(self, X):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(3600)


class LeavesGrandchildren(Fake):
    """Hangs, with one child in its group and one in a session of its own, both deaf to SIGTERM."""

    def mischief(self, X):
        deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)"
        for new_session in (False, True):
            subprocess.Popen([sys.executable, "-c", deaf], start_new_session=new_session)
        time.sleep(3600)


class Segfaults(Fake):
    def mischief(self, X):
        print("about to crash", flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)


class Exits(Fake):
    def mischief(self, X):
        os._exit(3)


class Raises(Fake):
    def mischief(self, X):
        raise RuntimeError("no luck")


class RaisesInTransform(Fake):
    def _transform(self, X):
        if len(X) < WARM_UP_ROWS:
            raise RuntimeError("no luck with new points")
        return super()._transform(X)


class ReturnsNaN(Fake):
    def mischief(self, X):
        Z = np.zeros((len(X), 2))
        Z[7] = np.nan
        return Z


class ReturnsWrongShape(Fake):
    def mischief(self, X):
        return np.zeros((len(X), 3))


class ReturnsIntegers(Fake):
    def mischief(self, X):
        return np.zeros((len(X), 2), dtype=np.int64)


class ReturnsComplex(Fake):
    def mischief(self, X):
        return np.zeros((len(X), 2), dtype=np.complex128)


class ReturnsAList(Fake):
    def mischief(self, X):
        return [[0.0, 0.0] for _ in X]


class MutatesInput(Fake):
    def mischief(self, X):
        X[:] = 0


class FillsMemory(Fake):
    def mischief(self, X):
        blocks = []
        while True:
            blocks.append(np.ones(20 * 2**20, dtype=np.uint8))
            time.sleep(0.005)


class PrintsMegabytes(Fake):
    def mischief(self, X):
        for _ in range(50):
            print("x" * 100_000)
        print("the end", flush=True)


class ClosesStdout(Fake):
    def mischief(self, X):
        os.close(1)
        os.close(2)


class ChangesFolder(Fake):
    def mischief(self, X):
        os.chdir("/")


class SeedsGlobalGenerators(Fake):
    def mischief(self, X):
        np.random.seed(0)
        random.seed(0)


class Wanders(Fake):
    """Draws from where no seed reaches."""

    def mischief(self, X):
        return X[:, :2] + float.fromhex(os.urandom(4).hex()) * 1e-9


class TiresAfterOnce(Fake):
    """Fits well the first time and never again."""

    fits = 0

    def mischief(self, X):
        TiresAfterOnce.fits += 1
        if TiresAfterOnce.fits > 1:
            raise RuntimeError("once was enough")


class LeavesThreads(Fake):
    def mischief(self, X):
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()


class TakesALockAndDies(Fake):
    """Dies holding a lock that its threads and its interpreter's shutdown would wait for."""

    def mischief(self, X):
        lock = threading.Lock()
        lock.acquire()
        threading.Thread(target=lock.acquire).start()
        os.kill(os.getpid(), signal.SIGKILL)


class Slow(Fake):
    """Takes long enough to be interrupted, even in the middle of it."""

    def mischief(self, X):
        time.sleep(0.15)
