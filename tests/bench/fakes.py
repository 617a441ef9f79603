"""Reducers that misbehave, each in one way. They are calm in a warm-up, so that the run itself meets the fault.

No test imports these classes: they only ever live in a worker, but for a few that harm nobody.
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
    """Sleeps, and prints how long by its own clock: a busy machine wakes it late."""

    def mischief(self, X):
        began = time.perf_counter()
        time.sleep(0.2)
        print(f"slept {time.perf_counter() - began:.4f} s", flush=True)


class Burns(Fake):
    """Computes in many threads, so that it gets its share of busy cores, for 1 s."""

    def mischief(self, X):
        a, end = np.ones((200, 200)), time.monotonic() + 1

        def burn():
            while time.monotonic() < end:
                a @ a

        threads = [threading.Thread(target=burn) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


class WidensPools(Fake):
    def mischief(self, X):
        from threadpoolctl import threadpool_limits

        threadpool_limits(2)


class ShowsWhatItSees(Fake):
    """Prints the arguments of its process, what of them are paths or open descriptors, and its thread budget."""

    def mischief(self, X):
        descriptors = [name for name in sys.argv[3:] if Path(f"/proc/self/fd/{name}").exists()]
        print([Path(name).exists() for name in sys.argv[1:]], descriptors, os.environ["OMP_NUM_THREADS"], flush=True)


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


class Clocked(Fake):
    """Writes down when each of its fits began and ended, by the clock of the machine."""

    def mischief(self, X):
        began = time.monotonic()
        time.sleep(0.2)
        with open(os.environ["CLOCKED"], "a") as file:
            file.write(f"{began} {time.monotonic()}\n")


class Overrides(Fake):
    """Overrides what scikit-learn calls, so that no check of the base class takes place, and returns what it likes."""

    def fit(self, X, y=None):
        self.embedding_ = self.of_training(np.array(X[:, :2]))
        return self

    def fit_transform(self, X, y=None):
        return self.fit(X).embedding_

    def transform(self, X):
        return self.of_new(np.array(X[:, :2]))

    def inverse_transform(self, Z):
        return self.back(np.zeros((len(Z), 5), dtype=np.float32))

    def of_training(self, Z):
        return Z

    def of_new(self, Z):
        return Z

    def back(self, X):
        return X


class FewRows(Overrides):
    def of_training(self, Z):
        return Z[:10]


class ThreeAxes(Overrides):
    def of_training(self, Z):
        return Z[:, :, None]


class OverridesWithNaN(Overrides):
    def of_training(self, Z):
        Z[3] = np.nan
        return Z


class OverridesWithIntegers(Overrides):
    def of_training(self, Z):
        return Z.astype(int).tolist()


class TooLarge(Overrides):
    """Finite as float64 and infinite as float32, as which it is stored."""

    def of_training(self, Z):
        return Z.astype(np.float64) * 1e300


class FewNewRows(Overrides):
    def of_new(self, Z):
        return Z[:3] if len(Z) > 100 else Z


class WrongInverse(Overrides):
    def back(self, X):
        return X[:, :3]


class LongInverse(Overrides):
    """Its squares are too large, though it is not."""

    def back(self, X):
        return X.astype(np.float64) + 1e200


class LazyEmbedding(Overrides):
    """Computes its embedding when it is read."""

    def fit(self, X, y=None):
        self.X_ = X
        return self

    @property
    def embedding_(self):
        if len(self.X_) > WARM_UP_ROWS:
            time.sleep(0.3)
            print("embedding computed", flush=True)
        return np.array(self.X_[:, :2])


class Broken(Exception):
    def __str__(self):
        raise RuntimeError("nothing to say")


class RaisesBroken(Fake):
    def mischief(self, X):
        raise Broken


class RaisesSurrogate(Fake):
    def mischief(self, X):
        raise ValueError("half of a pair: \ud800, red: \x1b[31m")


class RaisesMegabytes(Fake):
    def mischief(self, X):
        raise ValueError("x" * 10_000_000)


class RaisesWithoutOutput(Fake):
    def mischief(self, X):
        os.close(2)
        raise RuntimeError("nobody listens")


class BadExtras(Fake):
    """Offers what cannot be stored, and one thing that can."""

    def _extras(self, X):
        return {
            "history": np.arange(3.0),
            "objects": np.array([object()]),
            "ragged": [[1.0], [1.0, 2.0]],
            "anomaly_score": np.full(len(X), np.nan),
            "../../escaped": np.zeros(3),
            "fine": np.arange(3),
        }


class LargeExtras(Fake):
    def _extras(self, X):
        return {"first": np.zeros(50 * 2**20, np.uint8), "second": np.zeros(50 * 2**20, np.uint8)}


class ExtrasAreAList(Fake):
    def _extras(self, X):
        return [np.zeros(3)]


class NoFile(Fake):
    """Keeps its process from writing what it returned, though the reply says that all went well."""

    def mischief(self, X):
        sys.modules["bench.execution.capture"].save = lambda path, arrays: None


class DamagedFile(Fake):
    def mischief(self, X):
        sys.modules["bench.execution.capture"].save = lambda path, arrays: Path(path).write_bytes(b"PK" + bytes(99))


class ForeignFile(Fake):
    """Writes a file that holds other arrays than those that were checked."""

    def mischief(self, X):
        few = {"train": np.zeros((10, 2), np.float32)}
        sys.modules["bench.execution.capture"].save = lambda path, arrays: np.savez(path, **few)


class FifoForFile(Fake):
    """Leaves what would keep a reader waiting for ever."""

    def mischief(self, X):
        sys.modules["bench.execution.capture"].save = lambda path, arrays: os.mkfifo(path)


class LimitsFiles(Fake):
    """Lets its process write no file any more, which is its own fault and no full disk."""

    def mischief(self, X):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


class WritesThePoints(Fake):
    """Writes to the points by their address."""

    def mischief(self, X):
        import ctypes

        ctypes.memset(X.ctypes.data, 0, X.nbytes)


class OpensTheData(Fake):
    """Opens the files that its process has mapped once more, for writing, and fills them with noise."""

    def mischief(self, X):
        maps = [
            line.split()[0] for line in Path("/proc/self/maps").read_text().splitlines() if "reducers-bench" in line
        ]
        print(f"{len(maps)} maps", flush=True)
        for name in maps:
            low, high = (int(end, 16) for end in name.split("-"))
            with open(f"/proc/self/map_files/{low:x}-{high:x}", "r+b", buffering=0) as file:
                file.write(os.urandom(1024))


class WritesTheFile(Fake):
    """Fills the file of the training points with noise, wherever the test says that it lies."""

    def mischief(self, X):
        with open(os.environ["DATA_FILE"], "r+b") as file:
            file.write(os.urandom(X.nbytes))


class WritesTheFileLater(Fake):
    """Does so while another process runs, which is `Waits`."""

    def _fit(self, X, rng):
        def write():
            while not Path(os.environ["DATA_FILE"] + ".asked").exists():
                time.sleep(0.01)
            with open(os.environ["DATA_FILE"], "r+b") as file:
                file.write(os.urandom(1024))
            Path(os.environ["DATA_FILE"] + ".written").touch()

        if len(X) <= WARM_UP_ROWS:
            threading.Thread(target=write, daemon=True).start()
        return super()._fit(X, rng)


class Waits(Fake):
    def mischief(self, X):
        Path(os.environ["DATA_FILE"] + ".asked").touch()
        while not Path(os.environ["DATA_FILE"] + ".written").exists():
            time.sleep(0.01)


class Remembers(Fake):
    """Fits once, and gives what it remembers from then on."""

    fitted = {}

    def mischief(self, X):
        if (key := X[:, 0].tobytes()) not in Remembers.fitted:
            time.sleep(0.5)
            Remembers.fitted[key] = True


class SlowAtFirst(Fake):
    """Takes long for its first fit of all processes, for a reason outside of it."""

    def mischief(self, X):
        if not (mark := Path(os.environ["SLOW_AT_FIRST"])).exists():
            mark.touch()
            time.sleep(0.5)


class KnowsItsWarmUp(Fake):
    """Compares the rows of its warm-up with those of the run."""

    warmed = None

    def _fit(self, X, rng):
        if len(X) <= WARM_UP_ROWS and KnowsItsWarmUp.warmed is None:
            KnowsItsWarmUp.warmed = X
        return super()._fit(X, rng)

    def mischief(self, X):
        warmed = KnowsItsWarmUp.warmed
        shared = (warmed[:, None] == X).all(axis=2).any()
        inside = (warmed >= X.min(axis=0)).all() and (warmed <= X.max(axis=0)).all()
        print(f"warm-up: {warmed.shape} {warmed.dtype} shared={shared} inside={inside}", flush=True)
