"""Chunks: the rows of a kernel, divided among threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from numba import get_num_threads


def in_chunks(kernel: Callable[..., None], *arguments: object) -> None:
    """Run `kernel(chunk, n_chunks, *arguments)` for every chunk at once, each in a thread of its own.

    A kernel takes every `n_chunks`-th row from row `chunk` on and does not hold Python's lock. There are as many chunks
    as numba may use threads.
    """
    n_chunks = get_num_threads()
    with ThreadPoolExecutor(n_chunks) as pool:
        for done in [pool.submit(kernel, chunk, n_chunks, *arguments) for chunk in range(n_chunks)]:
            done.result()
