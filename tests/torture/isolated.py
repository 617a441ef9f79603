"""A call in a process of its own, so that whatever it does is an answer: a crash and an endless loop, too."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil

from tests.torture.found import Found

MEMORY = 4 * 2**30
LONGEST_LINE = 3_000
MOST_LINES = 11
ACCEPTED = "accepted"


def answer_of(work: Callable[[], str], limit_s: float) -> tuple[str, float]:
    """Return the text that `work` returns, or how its process ended, and the seconds that it took.

    The process is forked, so that everything is imported already; it may have a few gigabytes more than this one.
    """
    began = time.monotonic()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            signal.alarm(int(limit_s) + 1)
            held = psutil.Process().memory_info().vms
            resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
            text = work()
            with os.fdopen(writing, "w", errors="backslashreplace") as file:
                file.write(text[:20_000])
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, errors="replace") as file:
        text = file.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        text = (
            f"took longer than {limit_s:g} s" if number == signal.SIGALRM else f"ended by {signal.Signals(number).name}"
        )
    elif os.WEXITSTATUS(status):
        text = f"ended with exit status {os.WEXITSTATUS(status)}"
    return text, time.monotonic() - began


def compared(answer: str, wanted: str) -> tuple[str, str]:
    """Return whether a file was refused or accepted, and what is not as expected.

    `answer` is `refused|MESSAGE`, `accepted|WHAT IS WRONG WITH IT`, or how the process ended; `wanted` is a part of the
    message, or `accepted`.
    """
    what, _, text = answer.partition("|")
    is_right = answer == "accepted|" if wanted == ACCEPTED else what == "refused" and wanted in text
    lines = text.splitlines()
    if not is_right:
        return what, answer[:300]
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE or not line.isprintable() for line in lines):
        return what, f"a message of {len(text)} characters: {text[:100]!r}"
    return what, ""


def answers(
    kind: str,
    files: str,
    wanted: Mapping[str, str],
    answer: Callable[[str, Path], str],
    accepts: str,
    kept: str,
    limit_s: float,
) -> Iterator[Found]:
    """Hand over one file after the other, given by name with what is wanted, each in a process of its own."""
    for name, expected in wanted.items():
        with tempfile.TemporaryDirectory(prefix="torture-") as folder:
            got, _ = answer_of(lambda: answer(name, Path(folder)), limit_s)  # noqa: B023 - called at once
        what, problem = compared(got, expected)
        did = accepts if what == ACCEPTED else "refuses it in a sentence"
        yield Found(kind, what, name, f"{files}, {what}", expected, did, kept, problem)
