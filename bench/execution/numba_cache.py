"""Compiled code of libraries: kept on disk if they do not keep it themselves, and counted if it is new there."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from typing import Any

log = logging.getLogger(__name__)


def keep() -> None:
    """Let numba keep what it compiles of all libraries imported by now, so that the next process need not wait.

    This is for installed libraries only: their files change together, while the cached code of a file under development
    can be older than another file that it calls. It is not for timings, which measure libraries as they are.
    """
    for dispatcher in _dispatchers():
        try:
            dispatcher.enable_caching()
        except RuntimeError as error:  # nowhere to write
            log.debug("nothing is kept of %s: %s", dispatcher, error)


def new_on_disk() -> int:
    """Return how many functions this process compiled and wrote to disk, because their libraries found nothing there.

    Only the first process of an installation does so; it starts more slowly and holds more memory than later ones.
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
        # Only the type is checked: some values warn or import when any attribute is read.
        yield from (value for value in list(vars(module).values()) if issubclass(type(value), Dispatcher))
