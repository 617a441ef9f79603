"""What tables are made of: the values of a quantity over runs, and what is known of rows and data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

RunId = tuple[int, int]
"""Sample of the data and seed: what tells the runs of one variant apart, and pairs those of two."""


class Kind(StrEnum):
    """What a row of a table is, in the order of a table."""

    METHOD = "method"
    CONTROL = "control"
    REFERENCE = "reference"


@dataclass(frozen=True)
class Values:
    """One quantity of one variant.

    Attributes
    ----------
    by_run : mapping of RunId to float
        One value a successful run that has one.
    reason : str
        Why there is none: `n/a (transductive)`; empty if there are values, or nothing is known.
    seeded : bool
        Whether the seed fixed what the method did. Otherwise runs of two variants with one seed are not paired.
    """

    by_run: Mapping[RunId, float] = field(default_factory=dict)
    reason: str = ""
    seeded: bool = True

    def __len__(self) -> int:
        return len(self.by_run)

    @property
    def array(self) -> np.ndarray:
        """The values, in the order of runs."""
        return np.array(list(self.by_run.values()), dtype=np.float64)


@dataclass(frozen=True)
class DataFacts:
    """What pictures must know of the data.

    Attributes
    ----------
    classes : tuple of str
        Names of the labels.
    image_shape : (int, int) or None
        Height and width in pixels where a row is an image.
    labels : mapping of str to ndarray
        Labels of the points of `train` and `test`, as indices into `classes`; none where the data have none.
    """

    name: str
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    labels: Mapping[str, np.ndarray]
