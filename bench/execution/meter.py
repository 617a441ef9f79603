"""The meter: wall time, CPU time and peak memory of one call, and nothing but that call."""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

import psutil

from bench.store.records import Measurement

T = TypeVar("T")

KERNEL_MARK = "VmHWM"
WHOLE_LIFE = "ru_maxrss"
"""Used if the kernel's mark cannot be reset: the peak since the process began, so an upper bound."""

SHORTEST_FOR_OTHERS_S = 0.5
"""The kernel counts the machine's busy time in hundredths of a second; a shorter call says little of others."""

_RESET = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


def measure(work: Callable[[], T]) -> tuple[T, Measurement]:
    """Call `work` and return its result with what it cost; the garbage collector is off meanwhile.

    Raises RuntimeError if a tracer or profiler is active, which would be measured too.
    """
    if sys.gettrace() is not None or sys.getprofile() is not None:
        raise RuntimeError("Got an active tracer or profiler, but expected none while the clock runs.")
    collecting = gc.isenabled()
    gc.collect()
    gc.disable()
    method = _reset_peak()
    baseline = _resident_mib()
    children, machine = _children_cpu_s(), _machine_cpu_s()
    try:
        cpu, wall = process_time(), perf_counter()
        result = work()
        wall, cpu = perf_counter() - wall, process_time() - cpu
    finally:
        if collecting:
            gc.enable()
    machine = _machine_cpu_s() - machine
    cpu += _children_cpu_s() - children
    others = max(machine - cpu, 0.0) / wall if wall >= SHORTEST_FOR_OTHERS_S else None
    return result, Measurement(wall, cpu, _peak_mib(method), baseline, others, method)


def _reset_peak() -> str:
    """Reset the kernel's high-water mark of this process and return how the peak is read afterwards."""
    try:
        _RESET.write_text("5")
    except OSError:
        return WHOLE_LIFE
    return KERNEL_MARK


def _peak_mib(method: str) -> float:
    if method == KERNEL_MARK:
        return _status_mib(KERNEL_MARK)
    # Kibibytes on Linux, bytes on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _resident_mib() -> float:
    if _STATUS.exists():
        return _status_mib("VmRSS")
    return float(psutil.Process().memory_info().rss / 2**20)


def _status_mib(field: str) -> float:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 2**10
    raise RuntimeError(f"Got no {field} in {_STATUS}.")


def _machine_cpu_s() -> float:
    """Return the CPU time that all processes have used since the machine began, in seconds."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq", "steal")))


def _children_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
