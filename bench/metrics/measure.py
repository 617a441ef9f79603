"""What a measure is: a quantity that only some studies ask for, computed of one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bench.datasets import Dataset
from bench.errors import UndefinedError
from bench.metrics.checks import LARGEST
from bench.metrics.metric import Number
from bench.metrics.reference_space import ReferenceSpace

MAY_HAVE_GAPS = ("extra_history",)
"""Arrays in which NaN has a meaning."""

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Subject:
    """The run that is measured: the data that it was fitted on, and the arrays that it stored.

    Attributes
    ----------
    without : str
        The class that was left out of the training points; empty if none was.
    sibling : function
        Called with the name of a reducer: the arrays of that reducer's run with the same seed, sample and value on the
        same axis; None if there is none, or it is this run.
    """

    space: ReferenceSpace
    arrays: Arrays
    without: str = ""
    sibling: Callable[[str], Arrays | None] = lambda reducer: None

    @property
    def dataset(self) -> Dataset:
        """The data that it was fitted on."""
        return self.space.dataset

    @property
    def Z(self) -> np.ndarray:
        """Embedding of the training points."""
        return self["train"]

    @property
    def y(self) -> np.ndarray:
        """Labels of the training points."""
        return _known(self.dataset.y)

    @property
    def y_test(self) -> np.ndarray:
        """Labels of the test points."""
        return _known(self.dataset.y_test)

    def __getitem__(self, name: str) -> np.ndarray:
        """Return an array that it stored; UndefinedError if there is none of that name, or it is not finite."""
        if name not in self.arrays:
            raise UndefinedError(f"no {name}")
        array = self.arrays[name]
        if name not in MAY_HAVE_GAPS and not float(np.abs(array).max(initial=0)) < LARGEST:
            raise UndefinedError(f"{name} is not finite")
        return array


@dataclass(frozen=True)
class Measure:
    """A quantity of a run.

    Attributes
    ----------
    function : function
        Returns a number, or several by the name of a part; raises `UndefinedError` if there is none.
    version : int
        Raised whenever its value changes.
    """

    key: str
    meaning: str
    function: Callable[[Subject], Number]
    version: int = 1

    def compute(self, subject: Subject) -> dict[str, float]:
        """Return its values by part, which is empty for a single number; nothing if it has no value."""
        try:
            found = self.function(subject)
        except UndefinedError:
            return {}
        parts = found if isinstance(found, Mapping) else {"": found}
        return {part: float(value) for part, value in parts.items() if np.isfinite(value)}


def _known(y: np.ndarray | None) -> np.ndarray:
    if y is None:
        raise UndefinedError("no labels")
    return y
