"""What a metric is: its definition, how to read it, and the values it gives.

One place decides how a column is named (`column_name`) and how a table says that there is no value (`not_available`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "test", "seeds"]
Need = Literal["labels", "original space", "transform", "inverse", "several seeds"]
Number = float | Mapping[str, float]

WIDE_KS = (5, 15, 30, 100)
"""Sizes of the neighbourhood for metrics that compare neighbours."""


def column_name(score: str, split: str, k: int | None) -> str:
    """Return the name of a score's column: scores of test points end in `_test`.

    >>> column_name("knn_accuracy", "test", 5), column_name("stress", "train", None)
    ('knn_accuracy_k5_test', 'stress')
    """
    return score + (f"_k{k}" if k is not None else "") + ("_test" if split == "test" else "")


def not_available(reason: str) -> str:
    """Return how a table says that there is no value, and why.

    >>> not_available("transductive")
    'n/a (transductive)'
    """
    return f"n/a ({reason})"


@dataclass(frozen=True)
class Value:
    """One number: a score of one embedding on one split at one k, or the reason why there is none.

    Attributes
    ----------
    part : str
        Which of several numbers of the score it is, such as a class; empty if there is one number.
    """

    score: str
    split: Split
    k: int | None
    value: float | None
    reason: str = ""
    part: str = ""


@dataclass(frozen=True)
class Metric:
    """What a score means and how it is computed.

    Attributes
    ----------
    key : str
        Name in files and on the command line.
    train, test : function or None
        Called with an `Embedding`, and with k if the metric has one: the score of the training points and of the test
        points; None if it is not defined for them. The two never share a column. A function returns a number, or
        several by name, such as one a class.
    across : function or None
        Called with the embeddings of several seeds, and k: the score over them.
    ks : tuple of int or None
        Sizes of the neighbourhood; (None,) if there is none.
    low, high : float
        Ends of its range.
    higher_is_better : bool or None
        Direction; None if neither end is better.
    best_at : function or None
        The best possible value for k neighbours of n points, if it is not the end of the range.
    chance : str
        Its value for random positions.
    needs : tuple of str
        What it needs besides the embedding.
    several : bool
        Whether it gives several numbers by name; the summary has no column for these.
    scale_free : bool
        Whether the size of the embedding has no influence.
    of_any_shape : bool
        Whether it has a value for an embedding with all points at one position.
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
    train: Callable[..., Number] | None = None
    test: Callable[..., Number] | None = None
    across: Callable[..., float] | None = None
    ks: tuple[int | None, ...] = (None,)
    unit: str = "share"
    low: float = 0.0
    high: float = 1.0
    higher_is_better: bool | None = True
    best_at: Callable[[int, int], float] | None = None
    needs: tuple[Need, ...] = ()
    several: bool = False
    scale_free: bool = True
    of_any_shape: bool = False
    version: int = 1

    @property
    def needs_labels(self) -> bool:
        """Whether it needs labels."""
        return "labels" in self.needs

    @property
    def splits(self) -> tuple[Split, ...]:
        """Splits that it is defined on."""
        functions: dict[Split, object] = {"train": self.train, "test": self.test, "seeds": self.across}
        return tuple(split for split, function in functions.items() if function is not None)

    def best(self, k: int | None = None, n: int | None = None) -> float | None:
        """Return the best possible value for k neighbours of n points; None if neither direction is better."""
        if self.best_at is not None and k is not None and n is not None:
            return self.best_at(k, n)
        return {True: self.high, False: self.low, None: None}[self.higher_is_better]

    def row(self) -> dict[str, str]:
        """Return the definition as text, for a list of metrics."""
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
