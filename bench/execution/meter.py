"""The meter: wall time, CPU time and peak memory of one call, and nothing but that call.

Memory is what the process itself holds: what is resident, less mapped files and the data that it was handed. The
kernel's high-water mark covers the total alone, so the peak is that mark less the smaller of what was mapped before and
after the call. Files that the call itself maps, such as libraries that it imports, are part of the peak.
"""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

import psutil

from bench.store.records import Measurement

T = TypeVar("T")

KERNEL_MARK = "VmHWM less mapped"
WHOLE_LIFE = "ru_maxrss"
"""Used if the kernel's mark cannot be reset: the peak of the total since the process began, so an upper bound."""

SHORTEST_FOR_OTHERS_S = 0.5
"""The kernel counts the machine's busy time in hundredths of a second; a shorter call says little of others."""

_RESET = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


def measure(
    work: Callable[[], T], handed_in: int = 0, mark: Callable[[str], None] = lambda moment: None
) -> tuple[T, Measurement]:
    """Call `work` and return its result with what it cost; the garbage collector is off meanwhile.

    Parameters
    ----------
    work
        What is measured.
    handed_in
        Bytes of the shared memory of this process that are data which it was given.
    mark
        Called with "began" and "ended" just before and after the clock runs.

    Returns
    -------
    result
        What `work` returned.
    Measurement
        What it cost.

    Raises
    ------
    RuntimeError
        If a tracer or profiler is active, which would be measured too.
    """
    if sys.gettrace() is not None or sys.getprofile() is not None:
        raise RuntimeError("Got an active tracer or profiler, but expected none while the clock runs.")
    collecting = gc.isenabled()
    gc.collect()
    gc.disable()
    children = _children_cpu_s()
    method = _reset_peak()
    before, machine = _memory(handed_in), _machine_cpu_s()
    mark("began")
    try:
        cpu, wall = process_time(), perf_counter()
        result = work()
        wall, cpu = perf_counter() - wall, process_time() - cpu
    finally:
        mark("ended")
        if collecting:
            gc.enable()
    machine, after = _machine_cpu_s() - machine, _memory(handed_in)
    cpu += max(_children_cpu_s() - children, 0.0)  # less than before where one of them got another parent
    others = max(machine - cpu, 0.0) / wall if wall >= SHORTEST_FOR_OTHERS_S else None
    if method == KERNEL_MARK:
        peak, baseline = after.peak - min(before.mapped, after.mapped), before.resident - before.mapped
    else:
        peak, baseline = _peak_of_whole_life(), before.resident
    return result, Measurement(wall, cpu, max(peak, 0.0), max(baseline, 0.0), after.mapped, others, method)


@dataclass(frozen=True)
class _Memory:
    """Memory of this process in MiB."""

    resident: float
    mapped: float
    """Mapped files and the data that it was handed; 0 where the system does not tell."""
    peak: float
    """Most that was resident since the mark was reset; 0 where there is no mark."""


def _memory(handed_in: int) -> _Memory:
    found = _status()
    if not found:
        return _Memory(float(psutil.Process().memory_info().rss / 2**20), 0.0, 0.0)
    data = min(handed_in / 2**20, found.get("RssShmem", 0.0))
    return _Memory(found["VmRSS"], found.get("RssFile", 0.0) + data, found.get("VmHWM", 0.0))


def _reset_peak() -> str:
    """Reset the kernel's high-water mark of this process and return how the peak is read afterwards."""
    try:
        _RESET.write_text("5")
    except OSError:
        return WHOLE_LIFE
    return KERNEL_MARK if {"VmHWM", "RssFile", "RssShmem"} <= _status().keys() else WHOLE_LIFE


def _peak_of_whole_life() -> float:
    # Kibibytes on Linux, bytes on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _status() -> dict[str, float]:
    """Return the sizes in MiB that Linux keeps of this process; none elsewhere."""
    if not _STATUS.exists():
        return {}
    lines = (line.split() for line in _STATUS.read_text().splitlines() if line.startswith(("Vm", "Rss")))
    return {name.rstrip(":"): int(kibibytes) / 2**10 for name, kibibytes, _ in lines}


def _machine_cpu_s() -> float:
    """Return the CPU time that all processes have used since the machine began, in seconds."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq", "steal")))


def _children_cpu_s() -> float:
    """Return the CPU time of all processes below this one, those that have ended and those that still run."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = usage.ru_utime + usage.ru_stime
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            used += sum(child.cpu_times()[:4])  # user, system, and the same of what it started and that has ended
    return used
