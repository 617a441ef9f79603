"""Samples: the values of a quantity over the seeds of each variant, which everything said of a study rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from bench.reading import Reading
from bench.tables.frames import COSTS, column_name, runs_table


@dataclass(frozen=True)
class Sample:
    """One quantity of one variant.

    Attributes
    ----------
    values : mapping of int to float
        One value a seed, of the runs that ended well and have one.
    reason : str
        Why there is none: `n/a (transductive)`; empty where there are values, or nothing is known.
    seeded : bool
        Whether the seed fixed what the method did. Without, runs of two variants with one seed have nothing in common.
    """

    values: Mapping[int, float] = field(default_factory=dict)
    reason: str = ""
    seeded: bool = True

    def __len__(self) -> int:
        return len(self.values)


Samples = Mapping[str, Mapping[str, Sample]]
"""Samples by variant, and by the name of their column in `summary.csv`."""


def samples(reading: Reading) -> Samples:
    """Return every sample of a study."""
    return {variant: _of_variant(reading, variant) for variant in reading.variants}


def _of_variant(reading: Reading, variant: str) -> dict[str, Sample]:
    well = reading.well(variant)
    values: dict[str, dict[int, float]] = {}
    reasons: dict[str, str] = {}
    costs = runs_table(well)
    for place, item in enumerate(well):
        for cost in COSTS:
            if pd.notna(costs[cost][place]):
                values.setdefault(cost, {})[item.record.seed] = float(costs[cost][place])
        if not item.record.outcome.can_transform:
            reasons["transform_s"] = "n/a (transductive)"
        if not item.record.outcome.can_invert:
            reasons["inverse_s"] = "n/a (no inverse)"
        for value in item.values:
            column = column_name(value.score, value.split, value.k)
            if value.value is None:
                reasons.setdefault(column, value.reason)
            elif not value.part:
                values.setdefault(column, {})[item.record.seed] = value.value
    seeded = all(item.record.random_state is not None for item in well)
    return {
        column: Sample(values.get(column, {}), "" if column in values else reasons[column], seeded)
        for column in dict.fromkeys((*values, *reasons))
    }
