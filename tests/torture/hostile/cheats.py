"""Attempts on the data that all workers share, and on the program around the reducer: no other reducer is harmed."""

from __future__ import annotations

import ctypes
import locale
import mmap
import os
import random
import shutil
import stat
import sys
from pathlib import Path

import numpy as np

from tests.torture.hostile.base import Hostile

SEEDS = 2
MS_ALL = 7


def data_descriptors():
    """Yield the descriptors of everything that is no pipe, socket or terminal."""
    for name in os.listdir("/proc/self/fd"):
        try:
            if int(name) > 2 and stat.S_ISREG(os.stat(f"/proc/self/fd/{name}").st_mode):
                yield int(name)
        except OSError:
            continue


def data_files():
    """Yield all paths by which the data might be had."""
    for argument in sys.argv[1:]:
        path = Path(argument)
        yield from path.glob("**/*.npy") if path.is_dir() else [path] if path.is_file() else []
    for line in Path("/proc/self/maps").read_text().splitlines():
        path = Path(line.split(maxsplit=5)[-1])
        if path.suffix == ".npy" and path.is_file():
            yield path
    yield from (Path(f"/proc/self/fd/{descriptor}") for descriptor in data_descriptors())


class OverwritesTheData(Hostile):
    """opens every file of the data for writing and writes noise"""

    status = "ok | invalid"

    def mischief(self, X):
        for path in data_files():
            try:
                with open(path, "r+b") as file:
                    file.seek(128)
                    file.write(os.urandom(4096))
            except OSError:
                continue


class WritesToDescriptors(Hostile):
    """writes noise to the descriptors of the data"""

    status = "ok | invalid"

    def mischief(self, X):
        for descriptor in data_descriptors():
            try:
                os.pwrite(descriptor, os.urandom(4096), 128)
            except OSError:
                continue


class MapsTheDataForWriting(Hostile):
    """maps the data for writing, shared, and writes noise"""

    status = "ok | invalid"

    def mischief(self, X):
        for path in data_files():
            try:
                with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
                    mapped[128:4224] = os.urandom(4096)
            except (OSError, ValueError):
                continue


class UnprotectsTheData(Hostile):
    """asks the kernel to make the pages of its input writable and writes zeros"""

    status = "ok | invalid | crashed"

    def mischief(self, X):
        page = X.ctypes.data & ~4095
        if ctypes.CDLL(None).mprotect(ctypes.c_void_p(page), ctypes.c_size_t(4096), 3) == 0:
            ctypes.memset(X.ctypes.data, 0, 1000)


class WritesThroughMemory(Hostile):
    """writes to its input through /proc/self/mem"""

    status = "ok | invalid | crashed | failed"

    def mischief(self, X):
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(X.ctypes.data)
            memory.write(b"\x00" * 1000)


class CutsTheData(Hostile):
    """cuts the files of the data to nothing"""

    status = "ok | invalid"

    def mischief(self, X):
        for path in data_files():
            try:
                os.truncate(path, 0)
            except OSError:
                continue


class DeletesTheData(Hostile):
    """deletes the files of the data and takes their permissions"""

    status = "ok | invalid"

    def mischief(self, X):
        for path in data_files():
            if not str(path).startswith("/proc"):
                path.chmod(0)
                path.unlink()


class WritesToItsInput(Hostile):
    """writes to its input"""

    status = "failed"
    says = "read-only"

    def mischief(self, X):
        X[:] = 0


class MakesItsInputWritable(Hostile):
    """makes its input writable, as NumPy allows"""

    status = "ok | failed"

    def mischief(self, X):
        X.setflags(write=True)
        X[:] = 0


class ClosesTheData(Hostile):
    """closes the descriptors of the data"""

    status = "ok"

    def mischief(self, X):
        for descriptor in data_descriptors():
            os.close(descriptor)


class ChangesFolder(Hostile):
    """changes the folder of its process"""

    status = "ok"

    def mischief(self, X):
        os.chdir("/")


class RemovesItsFolder(Hostile):
    """stands in a folder that it deletes"""

    status = "ok"

    def mischief(self, X):
        os.makedirs("/tmp/torture-gone", exist_ok=True)
        os.chdir("/tmp/torture-gone")
        shutil.rmtree("/tmp/torture-gone")


class MasksFiles(Hostile):
    """sets a umask under which nobody can read what is written"""

    status = "ok"

    def mischief(self, X):
        os.umask(0o777)


class EmptiesTheEnvironment(Hostile):
    """empties its environment"""

    status = "ok"

    def mischief(self, X):
        os.environ.clear()


class SpeaksAnotherLanguage(Hostile):
    """sets another locale"""

    status = "ok"

    def mischief(self, X):
        for name in ("de_DE.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_ALL, name)
            except locale.Error:
                continue


class SeedsGenerators(Hostile):
    """seeds the global generators"""

    status = "ok"

    def mischief(self, X):
        np.random.seed(0)
        random.seed(0)


class RecursesLittle(Hostile):
    """allows a recursion of 60 calls only"""

    status = "ok | failed | crashed"
    keeps_fit = True

    def mischief(self, X):
        sys.setrecursionlimit(60)


class LooksAway(Hostile):
    """replaces `numpy.isfinite` by one that is always content, and returns NaN"""

    status = "invalid"

    def mischief(self, X):
        np.isfinite = lambda values, *_, **__: np.ones(np.shape(values), dtype=bool)
        return np.full((len(X), 2), np.nan)


class BreaksJson(Hostile):
    """replaces `json.dumps`"""

    status = "ok | crashed"

    def mischief(self, X):
        import json

        json.dumps = lambda *_, **__: "nothing"


class BreaksOpen(Hostile):
    """replaces `open` by one that always fails"""

    status = "ok | failed | crashed | invalid"

    def mischief(self, X):
        import builtins

        def refuse(*_, **__):
            raise OSError("not today")

        builtins.open = refuse


class BreaksModules(Hostile):
    """removes modules that are in use"""

    status = "ok | failed | crashed"

    def mischief(self, X):
        for name in ("json", "numpy.lib.npyio", "pydantic", "traceback"):
            sys.modules[name] = None


class LeavesRubbish(Hostile):
    """writes files into the folder of the results"""

    status = "ok"

    def mischief(self, X):
        frame = sys._getframe()
        while frame is not None:
            for value in list(frame.f_locals.values()):
                if isinstance(getattr(value, "output", None), str):
                    folder = Path(value.output).parent
                    (folder / "seed-99.json").write_text("{}")
                    (folder / "seed-0.json.d").mkdir(exist_ok=True)
                    (folder / "seed-x.json").unlink(missing_ok=True)
                    (folder / "seed-x.json").symlink_to("/nowhere")
                    return
            frame = frame.f_back
