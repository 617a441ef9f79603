"""Ours beside theirs, cell by cell, and what experiments say of the differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.reading import Reading
from bench.replication.measures import Measures
from bench.replication.published import PAIRS, THEIRS, Experiment, Pair
from reducers import HISTORY_COLUMNS

TIGHT = 0.02
"""PCA has neither a seed nor a choice: it agrees where no measure differs by more."""
CLOSE = 0.03
"""A larger difference of another method wants an explanation."""
ERRORS = 0.1
"""Errors of reconstruction, all below 0.06, are held to this part of either."""


@dataclass(frozen=True)
class Cell:
    """One measure of one of our variants beside the published one."""

    pair: Pair
    measure: str
    ours: float
    theirs: float

    @property
    def difference(self) -> float:
        """Ours minus theirs."""
        return self.ours - self.theirs

    @property
    def limit(self) -> float:
        """The largest difference that needs no explanation."""
        return (TIGHT if self.pair.variant == "pca" else CLOSE) * (ERRORS if self.measure == "mse" else 1)

    @property
    def is_close(self) -> bool:
        """Whether the difference is within it, as far as four published decimals tell."""
        return abs(self.difference) <= self.limit + 5e-5


@dataclass(frozen=True)
class Found:
    """The measures of each variant that has a run that ended well: of its first one."""

    reading: Reading
    measures: Mapping[str, Measures]

    def cells(self) -> Iterator[Cell]:
        """Yield the cells that both tables have, in their order."""
        for pair in PAIRS:
            for key, theirs in THEIRS[pair.theirs].items():
                ours = self.value(pair.variant, key)
                if ours is not None:
                    yield Cell(pair, key, ours, theirs)

    def value(self, variant: str, measure: str) -> float | None:
        """Return a measure of a variant; None where it has none."""
        return self.measures[variant].values.get(measure) if variant in self.measures else None

    def effect(self, experiment: Experiment, measure: str) -> float | None:
        """Return what an experiment does to a measure; None where it was not made."""
        before, after = self.value(experiment.before, measure), self.value(experiment.after, measure)
        return None if before is None or after is None else after - before

    def spread(self, variants: Sequence[str], measure: str) -> float | None:
        """Return how far apart a measure of several variants lies; None where fewer than two have it."""
        values = [value for value in (self.value(variant, measure) for variant in variants) if value is not None]
        return max(values) - min(values) if len(values) > 1 else None

    def verdict(self, cell: Cell) -> str:
        """Return whether ours and theirs are close, or what experiments say of their difference."""
        if cell.is_close:
            return "close"
        left = min((left for _, left in self.tried(cell)), default=abs(cell.difference))
        return "explained" if left <= min(cell.limit, abs(cell.difference) / 2) else "not explained"

    def tried(self, cell: Cell) -> Iterator[tuple[str, float]]:
        """Yield what was tried to explain a difference, and how much of it that leaves."""
        least = abs(cell.difference)
        experiment = cell.pair.experiment
        effect = self.effect(experiment, cell.measure) if experiment else None
        if experiment and effect is not None:
            left = abs(cell.difference + effect)
            least = min(least, left)
            yield f"{experiment.what} ({self.between(experiment)}) moves it by {signed(effect)}", left
        if cell.measure == "v_measure":
            clusters = self.measures[cell.pair.variant].clustering
            left = max(clusters.lowest - cell.theirs, cell.theirs - clusters.highest, 0.0)
            least = min(least, left)
            ends = f"from {plain(clusters.lowest)} to {plain(clusters.highest)}"
            yield f"runs of k-means with as good a silhouette reach {ends}", left
        by_chance = self.spread(cell.pair.chance, cell.measure)
        if by_chance is not None:
            left = max(least - by_chance, 0.0)
            yield f"{len(cell.pair.chance)} runs that differ by chance alone lie up to {plain(by_chance)} apart", left

    def between(self, experiment: Experiment) -> str:
        """Return the labels of the two runs of an experiment."""
        return f"{self.reading.label(experiment.before)} → {self.reading.label(experiment.after)}"

    def losses(self, variant: str) -> list[float]:
        """Return the loss of each epoch of a variant's training, in nats a sample; none where it did not end well."""
        if variant not in self.measures:
            return []
        history = self.reading.arrays(self.reading.well(variant)[0])["extra_history"]
        return [float(loss) for loss in history[:, HISTORY_COLUMNS.index("loss")]]


def plain(value: float) -> str:
    """Return a value with the decimals that were published."""
    return f"{value:.4f}".replace("-", "−")


def signed(value: float, digits: int = 4) -> str:
    """Return a value with its sign."""
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")  # no minus before nothing
