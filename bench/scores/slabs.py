"""Slabs: the rows of a kernel dealt out to threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from numba import get_num_threads


def in_slabs(kernel: Callable[..., None], *arguments: object) -> None:
    """Run `kernel(slab, n_slabs, *arguments)` for every slab at once, each in a thread of its own.

    A kernel takes every `n_slabs`-th row from row `slab` on and holds no lock of Python. There are as many slabs as
    numba may use threads.
    """
    n_slabs = get_num_threads()
    with ThreadPoolExecutor(n_slabs) as pool:
        for done in [pool.submit(kernel, slab, n_slabs, *arguments) for slab in range(n_slabs)]:
            done.result()
