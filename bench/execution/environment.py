"""The machine and the software of a study: what a reader needs to trust a time, or to measure it again."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path

import psutil

from bench.execution import threads
from bench.store.records import Environment

PROJECT = Path(__file__).parents[2]
"""The folder that contains the package `bench`."""
OWN_FILES = ("bench", "reducers", "constraints.txt")


@cache
def processor() -> str:
    """Return the name of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def fingerprint() -> str:
    """Return a hash of the machine; times of two machines with different ones are not compared silently."""
    parts = (processor(), threads.available(), round(_memory_mib() / 1024), platform.system(), platform.machine())
    return sha256(repr(parts).encode()).hexdigest()[:16]


def host() -> str:
    """Return the name of this computer."""
    return platform.node()


def environment(dataset: str, dataset_fingerprint: str, provenance: str, thread_budget: int) -> Environment:
    """Return the machine as it is now."""
    return Environment(
        processor=processor(),
        cores=threads.available(),
        memory_mib=round(_memory_mib()),
        system=platform.platform(),
        python=platform.python_version(),
        versions={
            name: version
            for name, version in sorted((dist.metadata["Name"], dist.version) for dist in distributions())
            if name
        },
        git_commit=git_commit(),
        thread_budget=thread_budget,
        dataset=dataset,
        dataset_fingerprint=dataset_fingerprint,
        provenance=provenance,
        load_before=load(),
        fingerprint=fingerprint(),
    )


def load() -> float | None:
    """Return the number of processes waiting to run, averaged over the last minute; None where unknown."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def git_commit(project: Path = PROJECT) -> str | None:
    """Return the commit of the project, with "+ changes" if its files differ from it.

    None if the folder is not itself the root of a repository: an installed package that lies inside somebody else's
    repository has no commit.
    """
    try:
        if Path(_git(project, "rev-parse", "--show-toplevel")).resolve() != project.resolve():
            return None
        commit = _git(project, "rev-parse", "HEAD")
        changed = _git(project, "status", "--porcelain", "--", *OWN_FILES)
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{commit} + changes" if changed else commit


def _memory_mib() -> float:
    return float(psutil.virtual_memory().total / 2**20)


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
