"""Memory and files that a run takes, hides, or leaves behind."""

from __future__ import annotations

import mmap
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.torture.hostile.base import Hostile

HOLD = "import mmap, time; m = mmap.mmap(-1, 900 << 20); m.write(b'x' * len(m)); time.sleep(3600)"


class FillsMemory(Hostile):
    """fills memory past the cap"""

    status = "out_of_memory"
    says = "more than the limit of 700 MiB"

    def mischief(self, X):
        blocks = []
        while True:
            blocks.append(np.ones(20 << 20, dtype=np.uint8))
            time.sleep(0.005)


class FillsSharedMemory(Hostile):
    """fills shared memory past the cap"""

    status = "out_of_memory"
    says = "more than the limit of 700 MiB"

    def mischief(self, X):
        block = mmap.mmap(-1, 900 << 20)
        for _ in range(900):
            block.write(b"x" * (1 << 20))
            time.sleep(0.002)
        time.sleep(3600)


class FillsAChild(Hostile):
    """lets a child in a session of its own fill memory past the cap"""

    status = "out_of_memory"

    def mischief(self, X):
        subprocess.Popen([sys.executable, "-c", HOLD], start_new_session=True)
        time.sleep(3600)


class HidesAChild(Hostile):
    """forks twice, calls `setsid`, empties the environment, and lets that process fill memory past the cap"""

    status = "out_of_memory"

    def mischief(self, X):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execve(sys.executable, [sys.executable, "-c", HOLD], {})
            os._exit(0)
        os.wait()
        time.sleep(3600)


class AllocatesAndFrees(Hostile):
    """holds 300 MiB for a moment"""

    status = "ok"
    peak_mib = (290.0, 330.0)

    def mischief(self, X):
        np.ones(300 << 20, dtype=np.uint8)


class MapsAFile(Hostile):
    """reads a mapped file of 300 MiB, which its peak may include and the memory that it holds does not"""

    status = "ok"
    peak_mib = (-20.0, 330.0)

    def mischief(self, X):
        with tempfile.TemporaryFile() as file:
            file.truncate(300 << 20)
            np.memmap(file, np.uint8, "r").sum()


class AsksForTooMuch(Hostile):
    """asks for a petabyte"""

    status = "out_of_memory"
    says = "Unable to allocate"

    def mischief(self, X):
        np.ones(1 << 50, dtype=np.uint8)


class RaisesMemoryError(Hostile):
    """raises `MemoryError` itself"""

    status = "out_of_memory"
    says = "MemoryError"

    def mischief(self, X):
        raise MemoryError("no more")


class LimitsItsMemory(Hostile):
    """limits the address space of its own process to nothing"""

    status = "ok | failed | crashed | out_of_memory"

    def mischief(self, X):
        resource.setrlimit(resource.RLIMIT_AS, (1 << 20, 1 << 20))


class LimitsItsFiles(Hostile):
    """limits its own process to no open files, so that nothing can be written"""

    status = "ok | failed | crashed | invalid"

    def mischief(self, X):
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


class LimitsFileSize(Hostile):
    """limits the size of the files that its process may write to nothing"""

    status = "failed | crashed | invalid"

    def mischief(self, X):
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


class LeavesSharedMemory(Hostile):
    """leaves a file of 20 MiB in /dev/shm"""

    status = "ok"
    notes = "torture-left"
    files = "/dev/shm/torture-left*"

    def mischief(self, X):
        Path("/dev/shm/torture-left").write_bytes(bytes(20 << 20))


class LeavesTemporaryFiles(Hostile):
    """leaves files in the temporary folder"""

    status = "ok"
    notes = "torture-temporary"

    def mischief(self, X):
        Path(tempfile.gettempdir(), "torture-temporary").write_bytes(b"x")


class FillsDescriptors(Hostile):
    """leaves every descriptor that it may have open"""

    status = "ok | failed | crashed"

    def mischief(self, X):
        self.kept = []
        try:
            while True:
                self.kept.append(os.open("/dev/null", os.O_RDONLY))
        except OSError:
            pass
