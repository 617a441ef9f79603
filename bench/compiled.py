"""Compiled code of libraries: kept on disk where they do not keep it themselves, and counted where it is new there."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from typing import Any

log = logging.getLogger(__name__)


def keep() -> None:
    """Let numba keep what it compiles of libraries that are imported by now, so that the next process need not wait.

    Only of installed libraries: their files change together, whereas what is kept of a file that someone works on can
    be older than another file that it calls. Not for timings, which are of libraries as they come.
    """
    for dispatcher in _dispatchers():
        try:
            dispatcher.enable_caching()
        except RuntimeError as error:  # nowhere to write
            log.debug("nothing is kept of %s: %s", dispatcher, error)


def new_on_disk() -> int:
    """Return how many functions this process compiled for the disk, because their libraries found nothing there.

    Only the first process of an installation does; its start takes longer and leaves more in memory than any other's.
    """
    kept = [dispatcher.stats for dispatcher in _dispatchers() if dispatcher.stats.cache_path is not None]
    return sum(1 for stats in kept if stats.cache_misses)


def _dispatchers() -> Iterator[Any]:
    """Yield every function of installed libraries that numba compiles."""
    if "numba" not in sys.modules:
        return
    from numba.core.dispatcher import Dispatcher

    for module in list(sys.modules.values()):
        if "site-packages" not in (getattr(module, "__file__", None) or ""):
            continue
        # Its type alone is looked at: some values warn or import when they are asked for anything.
        yield from (value for value in list(vars(module).values()) if issubclass(type(value), Dispatcher))
