"""Chunks: the rows of a kernel, divided among threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from numba import get_num_threads


def in_chunks(kernel: Callable[..., None], *arguments: object) -> None:
    """Run `kernel(chunk, n_chunks, *arguments)` for every chunk at once, each in a thread of its own.

    A kernel takes every `n_chunks`-th row from row `chunk` on and does not hold Python's lock. There are as many chunks
    as numba may use threads.
    """
    with threads() as run:
        run(kernel, *arguments)


@contextmanager
def threads() -> Iterator[Callable[..., None]]:
    """Hold a thread a chunk, for many short kernels one after another; each is run as by `in_chunks`."""
    n_chunks = get_num_threads()
    with ThreadPoolExecutor(n_chunks) as pool:

        def run(kernel: Callable[..., None], *arguments: object) -> None:
            for done in [pool.submit(kernel, chunk, n_chunks, *arguments) for chunk in range(n_chunks)]:
                done.result()

        yield run
