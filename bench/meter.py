"""The meter: wall time, CPU time and peak memory of one call, and nothing but that call."""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

import psutil

T = TypeVar("T")

KERNEL_MARK = "VmHWM"
WHOLE_LIFE = "ru_maxrss"
"""Where the kernel's mark cannot be reset: the peak since the process began, so an upper bound."""

SHORTEST_FOR_OTHERS_S = 0.5
"""The kernel counts the machine's busy time in hundredths of a second; a shorter call says little of others."""

_RESET = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Measurement:
    """What one call cost.

    Attributes
    ----------
    wall_s : float
        Wall time in seconds.
    cpu_s : float
        CPU time of all threads, and of children that ended, in seconds.
    peak_mib : float
        Most resident memory of the process during the call, in MiB.
    baseline_mib : float
        Resident memory just before the call, in MiB.
    other_cores : float or None
        Cores that other processes kept busy meanwhile, on average; None where the call was too short to tell.
    memory_method : str
        `VmHWM`, the kernel's high-water mark reset before the call, or `ru_maxrss`, the peak since the process began.
    """

    wall_s: float
    cpu_s: float
    peak_mib: float
    baseline_mib: float
    other_cores: float | None
    memory_method: str

    @property
    def cores(self) -> float:
        """Cores kept busy on average: CPU time over wall time."""
        return self.cpu_s / self.wall_s if self.wall_s else 0.0


def measure(work: Callable[[], T]) -> tuple[T, Measurement]:
    """Call `work` and return its result with what it cost; the garbage collector rests meanwhile.

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
