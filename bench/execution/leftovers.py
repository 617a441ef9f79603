"""What a run leaves behind besides its result: processes that still run, and files in temporary folders."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import psutil

from bench.execution import scratch
from bench.execution.containment import Contained
from bench.execution.processes import tracks_resources
from bench.execution.scratch import Files
from bench.texts import plain
from bench.units import counted

SHARED_MEMORY = Path("/dev/shm")
SHOWN = 3
"""Names of files in one note."""
LONGEST_NAME = 80
PATIENCE_S = 0.1
"""Processes that end by themselves within this time are not left behind."""


class Leftovers:
    """Watches a contained process and its temporary folder, and names what each request left."""

    def __init__(self, contained: Contained, folder: Path) -> None:
        self.contained, self.folder = contained, folder
        self._processes: set[int] = set()
        self._files: Files = {}
        self._shared = scratch.own_files_in(SHARED_MEMORY)

    def forget(self) -> None:
        """Count the helpers and caches that a process has by now as its own, and not as left by a run.

        Orphans, and what lies in shared memory, count still.
        """
        self._processes = self.contained.others() - self.contained.orphans()
        self._files = scratch.files_below(self.folder)

    def notes(self, *, still_at_work: bool = False) -> list[str]:
        """Return what was left since the last time; orphans are ended, and files removed.

        What is `still_at_work` was not left. Files in shared memory are only named: another program may have made them.
        """
        notes = []
        if not still_at_work and (left := self._left_running()):
            for pid in left & self.contained.orphans():  # children may serve the process again, until it ends itself
                with suppress(psutil.Error):
                    psutil.Process(pid).kill()
            notes.append(f"left {counted(len(left), 'process', 'processes')} running, ended since")
        files, shared = scratch.files_below(self.folder), scratch.own_files_in(SHARED_MEMORY)
        if new := {file: size for file, size in files.items() if file not in self._files}:
            notes.append(f"left {_named(new)} in the temporary folder, removed since")
            for file in new:
                with suppress(OSError):
                    file.unlink()
        if new := {file: size for file, size in shared.items() if file not in self._shared}:
            notes.append(f"{_named(new)} appeared in {SHARED_MEMORY} meanwhile and stayed there")
        self._shared = shared
        return notes

    def _left_running(self) -> set[int]:
        deadline = time.monotonic() + PATIENCE_S
        while (left := self.contained.others() - self._processes) and time.monotonic() < deadline:
            time.sleep(0.01)
        return {pid for pid in left if not tracks_resources(pid)}


def _named(files: Files) -> str:
    """Return how many files there are, how large, and the names of the largest."""
    largest = sorted(files, key=lambda file: (-files[file], file.name))
    names = [plain(file.name.replace("\n", " "), LONGEST_NAME) for file in largest[:SHOWN]]
    names += ["..."] if len(files) > SHOWN else []
    return f"{counted(len(files), 'file')} of {sum(files.values()) / 2**20:,.1f} MiB ({', '.join(names)})"
