"""Pairs of methods over test points, decided as pairs over seeds are: from the intervals of `test_comparisons.csv`."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bench.analysis.comparisons import Decision, decide
from bench.analysis.quantities import QUANTITIES
from bench.metrics.statistics import widened
from bench.store.test_set import KEY


@dataclass(frozen=True)
class OverPoints:
    """The first method compared with the second; the interval holds for all pairs of the table at once."""

    first: str
    second: str
    difference: float
    bounds: tuple[float, float]

    @property
    def decision(self) -> Decision:
        """Whether the first is better than the second, worse, or equivalent."""
        return decide(QUANTITIES[KEY], *self.bounds)

    def __neg__(self) -> OverPoints:
        low, high = self.bounds
        return OverPoints(self.second, self.first, -self.difference, (-high, -low))


def comparisons(table: pd.DataFrame) -> list[OverPoints]:
    """Return the pairs of `test_comparisons.csv`, whose own intervals are of each pair alone."""
    columns = ["first", "second", "over_points_low", "difference", "over_points_high"]
    rows = table[columns].itertuples(index=False, name=None)
    return [OverPoints(a, b, size, widened(low, size, high, len(table))) for a, b, low, size, high in rows]
