"""A question that users ask, and the answer that stored results give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.answers.stored import Stored
from bench.statistics import Interval


@dataclass(frozen=True)
class Told:
    """What the results say.

    Attributes
    ----------
    sentences : tuple of str
        In plain words, each with its numbers; whether they are true depends on no other outcome than the one read.
    header, rows : tuple
        A small table; empty for none.
    """

    sentences: tuple[str, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Answer:
    """A question, the study that answers it and what is read from its results.

    Attributes
    ----------
    number : int
        Place among the questions.
    study : str
        Name of the study, and of its folder of results.
    shown : str
        File of that folder in which it is seen.
    tell : function
        From the results to what they say.
    """

    number: int
    question: str
    study: str
    shown: str
    tell: Callable[[Stored], Told]

    @property
    def command(self) -> str:
        """What reproduces the numbers."""
        return f"make bench STUDY={self.study}"


def in_words(found: Interval | None, digits: int = 3) -> str:
    """Return a median with its interval.

    >>> in_words(Interval(0.9123, 0.9, 0.92, 10))
    '0.912 [0.900, 0.920]'
    """
    if found is None:
        return "n/a"
    if found.low is None or found.high is None:
        return f"{found.median:.{digits}f}"
    return f"{found.median:.{digits}f} [{found.low:.{digits}f}, {found.high:.{digits}f}]"


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
