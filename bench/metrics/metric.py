"""What a metric is: its definition, how to read it, and the values it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, TypeVar

from bench.metrics.fooled import FOOLED_BY

Split = Literal["train", "test", "seeds"]
Need = Literal["labels", "original space", "transform", "inverse", "several seeds"]
Number = float | Mapping[str, float]
Function = TypeVar("Function", bound=Callable[..., Number])

WIDE_KS = (5, 15, 30, 100)
"""Sizes of the neighbourhood for metrics that compare neighbours."""

MARGINS = {
    # A hundredth of the points, of the variance or of a distance; half of what is called a small correlation (Cohen
    # 1988); twice the standard error of an area by chance, of a thousand points among ten thousand (Mann-Whitney); a
    # tenth of the time or memory, which decides no choice of method or machine.
    "share": 0.01,
    "share of variance": 0.01,
    "relative error": 0.01,
    "correlation": 0.05,
    "area under the ROC curve": 0.02,
    "s": 1.1,
    "MiB": 1.1,
}
"""Largest difference, of times and memory the largest ratio, that makes no difference to a user, by unit."""

ROUNDING = 1e-6
"""How far beyond its range a score may be."""


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

    `part` tells which of several numbers of the score it is, such as a class. `standard_error` is that of a score by
    anchors: 0 if it looks at all points anyway, None if it is not known, or there are no anchors.
    """

    score: str
    split: Split
    k: int | None
    value: float | None
    reason: str = ""
    part: str = ""
    standard_error: float | None = None


@dataclass(frozen=True)
class Metric:
    """What a score means and how it is computed.

    Attributes
    ----------
    function : function
        Called with an `Embedding`, or with those of several seeds; with k, if the metric has one; and with the split,
        if it has several. Returns a number, or several by name, such as one a class.
    splits : tuple of str
        The points that it is defined for. They never share a column.
    best_at : function or None
        The best possible value for k neighbours of n points, if it is not the end of the range.
    chance : str
        Its value for random positions.
    margin : float or None
        The difference up to which two values are equivalent; that of `MARGINS` for the unit, unless it has its own.
        None where no difference can be said to matter: tables then show intervals only.
    several : bool
        Whether it gives several numbers by name; the summary has no column for these.
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
    function: Callable[..., Number]
    splits: tuple[Split, ...] = ("train",)
    ks: tuple[int | None, ...] = (None,)
    unit: str = "share"
    low: float = 0.0
    high: float = 1.0
    higher_is_better: bool | None = True
    margin: float | None = None
    best_at: Callable[[int, int], float] | None = None
    needs: tuple[Need, ...] = ()
    several: bool = False
    scale_free: bool = True
    of_any_shape: bool = False
    version: int = 1

    def best(self, k: int | None = None, n: int | None = None) -> float | None:
        """Return the best possible value for k neighbours of n points; None if neither direction is better."""
        if self.best_at is not None and k is not None and n is not None:
            return self.best_at(k, n)
        return {True: self.high, False: self.low, None: None}[self.higher_is_better]

    @property
    def stated_weakness(self) -> str:
        """Its weakness, and which attacks fool it."""
        attacks = ", ".join(FOOLED_BY.get(self.key, ()))
        return f"{self.weakness} Fooled by: {attacks}." if attacks else self.weakness

    def allows(self, value: float) -> bool:
        """Return whether a value is finite and within the range, rounding aside."""
        return isfinite(value) and self.low - ROUNDING <= value <= self.high + ROUNDING

    def row(self) -> dict[str, str]:
        """Return the definition as text, for a list of metrics."""
        return {
            "score": self.key,
            "label": self.label,
            "family": self.family,
            "defined on": ", ".join(self.splits),
            "k": ", ".join(str(k) for k in self.ks if k is not None),
            "unit": self.unit,
            "range": f"{self.low:g} to {self.high:g}",
            "better": {True: "higher", False: "lower", None: "neither"}[self.higher_is_better],
            "chance": self.chance,
            "equivalent within": "" if self.margin is None else f"{self.margin:g}",
            "needs": ", ".join(self.needs),
            "meaning": self.meaning,
            "weakness": self.stated_weakness,
            "reference": self.reference,
            "version": str(self.version),
        }


DEFINED: list[Metric] = []
"""Every metric whose module is imported."""


def metric(label: str, **fields: Any) -> Callable[[Function], Function]:
    """Return a decorator that defines a metric, `fields` of a `Metric`, by the function that computes it.

    The function's name is the key. The first paragraph of its docstring is the meaning, the second the weakness, unless
    `fields` has one; what follows is for readers of the code.
    """

    def define(function: Function) -> Function:
        paragraphs = [" ".join(paragraph.split()) for paragraph in (function.__doc__ or "").split("\n\n")]
        texts = dict(zip(("meaning", "weakness"), paragraphs, strict=False))
        given = texts | {"margin": MARGINS.get(fields.get("unit", "share"))} | fields
        DEFINED.append(Metric(key=function.__name__, label=label, function=function, **given))
        return function

    return define
