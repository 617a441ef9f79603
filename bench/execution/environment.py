"""The machine and the software of a study: what a reader needs to trust a time, or to measure it again."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from functools import cache
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path

import psutil

from bench.execution import threads
from bench.store.records import Environment, Machine
from bench.studies.plan import MEASUREMENT
from bench.texts import plain

PROJECT = Path(__file__).parents[2]
OWN_FILES = ("bench", "reducers", "constraints.txt")
KERNELS = (
    "ATEN_CPU_CAPABILITY", "BLIS_ARCH_TYPE", "MKL_CBWR", "MKL_DEBUG_CPU_TYPE", "MKL_ENABLE_INSTRUCTIONS",
    "NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES", "NUMBA_CPU_FEATURES", "NUMBA_CPU_NAME",
    "NUMBA_ENABLE_AVX", "ONEDNN_MAX_CPU_ISA", "OPENBLAS_CORETYPE",
)  # fmt: skip
"""Variables by which libraries are told what a processor can do."""


def processor() -> str:
    """Return the name and generation of the processor, and what is set of the kernels that libraries take on it."""
    return ", ".join((_processor(), *kernels()))


@cache
def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    named = name_in(cpuinfo.read_text()) if cpuinfo.is_file() else ""
    return named or platform.processor() or platform.machine()


def kernels() -> list[str]:
    """Return the variables that are set by which libraries take other kernels than the processor's own.

    They change times, and the last digits of results, as another processor would.
    """
    return [f"{name}={plain(os.environ[name])}" for name in KERNELS if os.environ.get(name)]


def name_in(cpuinfo: str) -> str:
    """Return the name and generation of the first processor that Linux lists.

    Virtual machines hide the number behind a name such as "AMD EPYC". The generation decides which instructions
    libraries use, and with them the speed and the last digits of their results.
    """
    fields = dict(
        re.findall(r"^(model name|cpu family|model|stepping)\s*:\s*(.*\S)", cpuinfo.partition("\n\n")[0], re.M)
    )
    name = fields.pop("model name", "")
    generation = ", ".join(
        f"{field} {fields[field]}" for field in ("cpu family", "model", "stepping") if field in fields
    )
    return f"{name} ({generation})" if name and generation else name


def fingerprint() -> str:
    """Return a hash of the machine; times of two machines with different ones are not compared silently."""
    memory_gib = round(psutil.virtual_memory().total / 2**30)
    parts = (processor(), threads.available(), memory_gib, platform.system(), platform.machine())
    return sha256(repr(parts).encode()).hexdigest()[:16]


def machine() -> Machine:
    """Return what is known of this machine's class."""
    return Machine(
        processor=processor(),
        cores=threads.available(),
        memory_mib=round(psutil.virtual_memory().total / 2**20),
        system=platform.platform(),
    )


def environment(dataset: str, dataset_fingerprint: str, provenance: str, thread_budget: int) -> Environment:
    """Return the machine as it is now."""
    return Environment(
        **machine().model_dump(),
        python=platform.python_version(),
        versions=_versions(),
        git_commit=git_commit(),
        thread_budget=thread_budget,
        dataset=dataset,
        dataset_fingerprint=dataset_fingerprint,
        provenance=provenance,
        load_before=load(),
        fingerprint=fingerprint(),
        measurement=MEASUREMENT,
    )


@cache
def _versions() -> dict[str, str]:
    """Return the versions of all installed distributions; each would read its metadata again when asked for one."""
    found = (distribution.metadata for distribution in distributions())
    return dict(sorted((each["Name"], each["Version"]) for each in found if each["Name"]))


def load() -> float | None:
    """Return the number of processes waiting to run, averaged over the last minute; None where unknown."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def git_commit(project: Path = PROJECT) -> str | None:
    """Return the commit of the project, with "+ changes" if its files differ from it.

    None if the folder is not itself the root of a repository: an installed package that lies inside somebody else's
    repository has no commit.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(project), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != project.resolve():
            return None
        commit, changed = git("rev-parse", "HEAD"), git("status", "--porcelain", "--", *OWN_FILES)
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{commit} + changes" if changed else commit
