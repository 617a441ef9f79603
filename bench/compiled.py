"""Compiled code of libraries, kept on disk where they do not keep it themselves."""

from __future__ import annotations

import logging
import sys

log = logging.getLogger(__name__)


def keep() -> None:
    """Let numba keep what it compiles of libraries that are imported by now, so that the next process need not wait.

    Only of installed libraries: their files change together, whereas what is kept of a file that someone works on can
    be older than another file that it calls. Not for timings, which are of libraries as they come.
    """
    if "numba" not in sys.modules:
        return
    from numba.core.dispatcher import Dispatcher

    for module in list(sys.modules.values()):
        if "site-packages" not in (getattr(module, "__file__", None) or ""):
            continue
        for value in list(vars(module).values()):
            # Its type alone is looked at: some values warn or import when they are asked for anything.
            if issubclass(type(value), Dispatcher):
                try:
                    value.enable_caching()
                except RuntimeError as error:  # nowhere to write
                    log.debug("nothing is kept of %s: %s", value, error)
