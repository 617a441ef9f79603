"""Two factors of two levels each: what each of them changes, and whether one changes what the other does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.analysis.comparisons import Comparison, compare, together
from bench.analysis.quantities import Quantity
from bench.store.values import Values


@dataclass(frozen=True)
class Effects:
    """Effects over seeds, with 95 % intervals that hold for all three at once.

    `first` and `second` are main effects: what the second level of a factor changes, averaged over the levels of the
    other factor. Their sum is the difference between the cell with both second levels and the one with both first
    levels. `interaction` is how much more the first factor changes at the second level of the second factor.
    """

    first: Comparison
    second: Comparison
    interaction: Comparison


def effects(quantity: Quantity, cells: Mapping[tuple[int, int], Values]) -> Effects:
    """Return the effects of two factors on a score; cells are by the levels of the first and of the second, 0 or 1."""

    def combined(**weights: float) -> Values:
        """Return a weighted sum of cells in each run that all of them have."""
        of = {(int(name[1]), int(name[2])): weight for name, weight in weights.items()}
        runs = set.intersection(*(set(values.by_run) for values in cells.values()))
        sums = {run: sum(w * cells[cell].by_run[run] for cell, w in of.items()) for run in sorted(runs)}
        every = list(cells.values())
        return Values(sums, "", all(one.seeded for one in every), all(one.resampled for one in every))

    pairs = (
        (combined(c10=0.5, c11=0.5), combined(c00=0.5, c01=0.5)),
        (combined(c01=0.5, c11=0.5), combined(c00=0.5, c10=0.5)),
        (combined(c11=1.0, c01=-1.0), combined(c10=1.0, c00=-1.0)),
    )
    return Effects(*together([compare(quantity, "1", with_it, "0", without) for with_it, without in pairs]))
