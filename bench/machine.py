"""The machine and software of a study: what a reader needs to know to believe a time, or to measure it again."""

from __future__ import annotations

import os
import platform
import subprocess
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict

from bench import threads


class Environment(BaseModel):
    """Where a study ran.

    Attributes
    ----------
    memory_mib : float
        Physical memory in MiB.
    pools : tuple of Pool
        Thread pools as they were read back in the workers, each with the threads it may use.
    load_before, load_after : float or None
        Processes waiting to run, averaged over a minute, before the first run and after the last.
    wall_s, measured_s : float or None
        Seconds that the study took from its data to its last figure, and how many of them were spent inside imports,
        warm-ups, fits, transforms and inverses: the rest is what the harness costs.
    git_commit : str or None
        Commit of the project, with "+ changes" where files differed from it.
    fingerprint : str
        Hash of what makes times comparable: processor, cores, memory, system.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    processor: str
    cores: int
    memory_mib: float
    system: str
    python: str
    versions: dict[str, str]
    git_commit: str | None
    thread_budget: int
    pools: tuple[threads.Pool, ...] = ()
    dataset: str
    dataset_fingerprint: str
    provenance: str
    load_before: float | None
    load_after: float | None = None
    wall_s: float | None = None
    measured_s: float | None = None
    fingerprint: str


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
        git_commit=_git_commit(),
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


def _memory_mib() -> float:
    return float(psutil.virtual_memory().total / 2**20)


def _git_commit() -> str | None:
    project = Path(__file__).parents[1]
    try:
        commit = _git(project, "rev-parse", "HEAD")
        changed = _git(project, "status", "--porcelain", "--", "bench", "reducers", "constraints.txt")
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{commit} + changes" if changed else commit


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
