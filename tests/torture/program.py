"""The program as a process: run, watched from outside, and ended with all that it left."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from tests.conftest import make_dataset

ROOT = Path(__file__).parents[2]
PR_SET_CHILD_SUBREAPER = 36
TO_VANISH_S = 10.0
"""What a killed program started has this long to end by itself."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int | None
    """Exit status or negative signal; None if it took too long."""
    output: str
    """What it printed, on both streams."""
    printed: int
    """How many bytes that was."""
    left: list[str]
    """Processes that outlived it, which were ended."""

    @property
    def last_words(self) -> str:
        """The last line that it printed."""
        return next((line.strip() for line in reversed(self.output.splitlines()) if line.strip()), "")[:300]


class Place:
    """A folder for one study: its data, its results, its temporary files. In this context it exists."""

    def __init__(self, rows: int = 750) -> None:
        self.rows = rows

    def __enter__(self) -> Place:
        self.folder = Path(tempfile.mkdtemp(prefix="torture-"))
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.data = self.folder / "clouds.npz"
        clouds = make_dataset(self.rows, 0)
        np.savez(self.data, X=clouds.X, y=clouds.y)
        self.out = self.folder / "out"
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, settings: str, variants: dict[str, str]) -> Path:
        """Write a study of these reducers and return its path."""
        text = f'dataset = "{self.data}"\nthreads = 1\n{settings}\n'
        text += "".join(f'[variants.{name}]\nreducer = "{spec}"\nlabel = "{name}"\n' for name, spec in variants.items())
        path = self.folder / "study.toml"
        path.write_text(text)
        return path

    def run(self, arguments: list[str], limit_s: float, module: str = "bench") -> Ended:
        """Run the program in a session of its own, and end what it leaves.

        This process adopts what it leaves, whatever that did to hide itself.
        """
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        printed = self.folder / "printed"
        cache = os.environ.get("XDG_CACHE_HOME", str(self.folder / "cache"))
        own = {"TMPDIR": str(self.temporary), "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": cache} | ONE_THREAD
        with printed.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=os.environ | own,
                start_new_session=True,
            )
        code: int | None = None
        try:
            code = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        left = end_descendants(TO_VANISH_S)
        size = printed.stat().st_size
        with printed.open("rb") as file:
            file.seek(max(0, size - 200_000))
            return Ended(code, file.read().decode("utf-8", errors="replace"), size, left)


def end_descendants(patience_s: float) -> list[str]:
    """Wait for all descendants of this process to end, then end those that do not, and return their commands."""
    deadline = time.monotonic() + patience_s
    while (alive := _descendants()) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = [_command_of(process) for process in alive]
    deadline = time.monotonic() + 10
    while (alive := _descendants()) and time.monotonic() < deadline:
        for process in alive:
            with suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)
    return left


def _descendants() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.status() == psutil.STATUS_ZOMBIE:
                with suppress(ChildProcessError):
                    os.waitpid(process.pid, os.WNOHANG)
            else:
                found.append(process)
    return found


def _command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())[:100] or process.name()
    except psutil.Error:
        return "a process"
