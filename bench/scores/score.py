"""What a score is: its record, and the value it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.scores.case import Case

Split = Literal["fit", "test", "seeds"]
Need = Literal["labels", "original space", "transform", "inverse", "several seeds"]
Number = float | Mapping[str, float]
Function = Callable[[Case, int | None], Number]
AcrossSeeds = Callable[[Sequence[Case], int | None], float]

WIDE_KS = (5, 15, 30, 100)
"""Sizes of the neighbourhood of scores that compare neighbours."""


class UndefinedError(Exception):
    """The score has no value here; the message is the reason, in few words."""


@dataclass(frozen=True)
class Score:
    """What a score is and how to read it.

    Attributes
    ----------
    key : str
        Name in files and on the command line.
    fit, test : function or None
        Its value on the fitted points and on the held-out points; None where it is not defined for them. The two
        never share a column. A function gives a number, or several by name, such as one a class.
    across : function or None
        Its value over the embeddings of several seeds.
    ks : tuple of int or None
        Sizes of the neighbourhood; (None,) where there is none.
    unit : str
        What its numbers are.
    low, high : float
        Ends of its range.
    higher_is_better : bool or None
        Direction; None where neither end is better.
    chance : str
        Its value for points thrown at random.
    needs : tuple of str
        What it looks at beside the embedding.
    several : bool
        Whether it gives several numbers by name, which no summary has room for.
    version : int
        Raised whenever its value changes.
    """

    key: str
    label: str
    family: str
    meaning: str
    weakness: str
    reference: str
    chance: str
    fit: Function | None = None
    test: Function | None = None
    across: AcrossSeeds | None = None
    ks: tuple[int | None, ...] = (None,)
    unit: str = "share"
    low: float = 0.0
    high: float = 1.0
    higher_is_better: bool | None = True
    needs: tuple[Need, ...] = ()
    several: bool = False
    version: int = 1

    @property
    def needs_labels(self) -> bool:
        """Whether it looks at the labels."""
        return "labels" in self.needs

    @property
    def splits(self) -> tuple[Split, ...]:
        """Where it is defined."""
        functions: dict[Split, object] = {"fit": self.fit, "test": self.test, "seeds": self.across}
        return tuple(split for split, function in functions.items() if function is not None)

    def row(self) -> dict[str, str]:
        """Return the record in words, for a list of scores."""
        better = {True: "higher", False: "lower", None: "neither"}[self.higher_is_better]
        return {
            "score": self.key,
            "label": self.label,
            "family": self.family,
            "defined on": ", ".join(self.splits),
            "k": ", ".join(str(k) for k in self.ks if k is not None),
            "unit": self.unit,
            "range": f"{self.low:g} to {self.high:g}",
            "better": better,
            "chance": self.chance,
            "needs": ", ".join(self.needs),
            "meaning": self.meaning,
            "weakness": self.weakness,
            "reference": self.reference,
            "version": str(self.version),
        }


@dataclass(frozen=True)
class Value:
    """One number: a score of one embedding on one split at one k, or the reason why there is none.

    Attributes
    ----------
    part : str
        Which of several numbers of the score it is, such as a class; empty where there is one.
    """

    score: str
    split: Split
    k: int | None
    value: float | None
    reason: str = ""
    part: str = ""
