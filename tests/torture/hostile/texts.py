"""Texts that a reducer raises or prints: they end up in tables, pages and terminals."""

from __future__ import annotations

import logging
import os
import sys
import warnings

from tests.torture.hostile.base import Hostile

CONTROL = "\x1b[31mred\x1b]0;title\x07\x1b[2J\x00\x08\r\x9b31m"
MARKUP = "</script><script>alert(1)</script><img src=x onerror=alert(2)>[red]x[/] | a | b |\n\n# heading \\input{x} $$"


class RaisesMegabytes(Hostile):
    """raises a message of 10 MB"""

    status = "failed"
    says = "characters more"

    def mischief(self, X):
        raise RuntimeError("x" * 10_000_000)


class RaisesLines(Hostile):
    """raises a message of 100,000 lines"""

    status = "failed"
    says = "characters more"

    def mischief(self, X):
        raise RuntimeError("x\n" * 100_000)


class RaisesControls(Hostile):
    """raises escape sequences of terminals"""

    status = "failed"
    says = "RuntimeError"

    def mischief(self, X):
        raise RuntimeError(CONTROL)


class RaisesMarkup(Hostile):
    """raises HTML, Markdown, LaTeX and markup of the terminal"""

    status = "failed"
    says = "RuntimeError"

    def mischief(self, X):
        raise RuntimeError(MARKUP)


class RaisesSurrogates(Hostile):
    """raises text that is no Unicode"""

    status = "failed"
    says = "RuntimeError"

    def mischief(self, X):
        raise RuntimeError("\ud800 and \udfff")


class BrokenText(Exception):
    """Cannot be shown."""

    def __str__(self):
        raise ValueError("no text")

    __repr__ = __str__


class RaisesBroken(Hostile):
    """raises an exception whose `__str__` raises"""

    status = "failed"
    says = "BrokenText"

    def mischief(self, X):
        raise BrokenText


class ExitingText(Exception):
    """Ends the process when it is shown."""

    def __str__(self):
        sys.exit(7)

    __repr__ = __str__


class RaisesExiting(Hostile):
    """raises an exception whose `__str__` exits"""

    status = "failed | crashed"

    def mischief(self, X):
        raise ExitingText


class NumberText(Exception):
    """Is shown as a number."""

    def __str__(self):
        return 7


class RaisesNumbers(Hostile):
    """raises an exception whose `__str__` returns no text"""

    status = "failed"
    says = "NumberText"

    def mischief(self, X):
        raise NumberText


class RaisesLongNames(Hostile):
    """raises a class with a name of a megabyte"""

    status = "failed"

    def mischief(self, X):
        raise type("X" * 1_000_000, (Exception,), {})


class RaisesNamedMarkup(Hostile):
    """raises a class whose name is markup"""

    status = "failed"

    def mischief(self, X):
        raise type("<img src=x onerror=alert(3)>\x1b[31m", (Exception,), {})


class RaisesRings(Hostile):
    """raises exceptions that are the cause of each other"""

    status = "failed"
    says = "first"

    def mischief(self, X):
        first, second = RuntimeError("first"), RuntimeError("second")
        first.__cause__, second.__cause__ = second, first
        raise first


class RaisesGroups(Hostile):
    """raises a thousand exceptions at once"""

    status = "failed"
    says = "ExceptionGroup"

    def mischief(self, X):
        raise ExceptionGroup("many", [RuntimeError("x" * 1000) for _ in range(1000)])


class PrintsControls(Hostile):
    """prints escape sequences and bytes that are no text"""

    status = "ok"

    def mischief(self, X):
        os.write(1, CONTROL.encode() + bytes(range(256)))
        os.write(2, MARKUP.encode())


class PrintsMegabytes(Hostile):
    """prints 100 MB without one line break"""

    status = "ok"

    def mischief(self, X):
        for _ in range(100):
            os.write(1, b"x" * 1_000_000)


class ClosesItsOutput(Hostile):
    """closes its output"""

    status = "ok"

    def mischief(self, X):
        os.close(1)
        os.close(2)


class ReplacesItsOutput(Hostile):
    """replaces `sys.stdout` and `sys.stderr` by something else"""

    status = "ok"

    def mischief(self, X):
        sys.stdout = sys.stderr = object()


class WarnsAsErrors(Hostile):
    """turns warnings into errors, NumPy's included"""

    status = "ok"

    def mischief(self, X):
        import numpy as np

        warnings.simplefilter("error")
        np.seterr(all="raise")


class Logs(Hostile):
    """replaces the handlers of `logging` by one that raises"""

    status = "ok"

    def mischief(self, X):
        class Raises(logging.Handler):
            def emit(self, record):
                raise RuntimeError("no log")

        logging.root.handlers[:] = [Raises()]
        logging.root.setLevel(0)


class CountsWithWords(Hostile):
    """has an `n_iter_` that is no number"""

    status = "ok"

    def mischief(self, X):
        self.n_iter_, self.n_epochs = "many", 3


class CountsWithTraps(Hostile):
    """has an `n_iter_` that raises when it is read"""

    status = "ok"

    @property
    def n_iter_(self):
        raise RuntimeError("not to be read")
