"""One thread budget for every library: set before they are imported, set again after, read back, recorded."""

from __future__ import annotations

import os
import sys

from bench.store.records import Pool

ENVIRONMENT = tuple(
    f"{library}_THREADS"
    for library in ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "BLIS_NUM", "VECLIB_MAXIMUM", "NUMEXPR_NUM", "NUMBA_NUM")
)

SPIN_TURNS = 1_000
"""How often a waiting thread of GNU OpenMP checks for the others before it gives up its core.

By default it is several hundred times that. If one other program computes on the machine, the waiting threads then hold
the cores that the awaited thread needs, and a fit of many small parallel steps takes tens of times as long. The price
is a slightly longer fit on a quiet machine. GOMP_SPINCOUNT and OMP_WAIT_POLICY of the user take precedence.
"""


def available() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def environment(budget: int) -> dict[str, str]:
    """Return the environment variables that set the budget for libraries yet to be imported."""
    waiting = {} if {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & os.environ.keys() else {"GOMP_SPINCOUNT": str(SPIN_TURNS)}
    return dict.fromkeys(ENVIRONMENT, str(budget)) | waiting


def set_budget(budget: int) -> None:
    """Set the budget in every library that is imported by now, by its own call."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(budget)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(budget)
    if "numba" in sys.modules:
        sys.modules["numba"].set_num_threads(budget)


def read_back() -> list[Pool]:
    """Return every thread pool that exists in this process, with the threads it may use."""
    from threadpoolctl import threadpool_info

    pools = {
        Pool(f"{pool['internal_api']} {pool['version'] or ''}".strip(), pool["num_threads"])
        for pool in threadpool_info()
    }
    if "torch" in sys.modules:
        pools.add(Pool("torch", sys.modules["torch"].get_num_threads()))
    if "numba" in sys.modules:
        pools.add(Pool("numba", sys.modules["numba"].get_num_threads()))
    return sorted(pools, key=lambda pool: pool.library)
