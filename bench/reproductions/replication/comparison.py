"""Ours compared with theirs, cell by cell, and what experiments say of the differences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.reproductions.replication.published import Experiment, Pair, published
from bench.store.results import Results

ERRORS = 0.1
"""Errors of reconstruction, all below 0.06, are held to this part of a pair's limit."""


@dataclass(frozen=True)
class Cell:
    """One measure of one of our variants, and the published one."""

    pair: Pair
    measure: str
    ours: float
    theirs: float

    @property
    def difference(self) -> float:
        """Ours minus theirs."""
        return self.ours - self.theirs

    @property
    def size(self) -> float:
        """How large the difference is, whatever its sign."""
        return abs(self.difference)

    @property
    def limit(self) -> float:
        """The largest difference that needs no explanation."""
        return self.pair.limit * (ERRORS if self.measure == "mse" else 1)

    @property
    def is_close(self) -> bool:
        """Whether the difference is within it, as far as four published decimals tell."""
        return self.size <= self.limit + 5e-5


@dataclass(frozen=True)
class Comparison:
    """Our measures, each of the first successful run of a variant, compared with theirs."""

    results: Results

    def alike(self, role: str) -> tuple[str, ...]:
        """Return the variants with a role and a successful run, those with a seed first."""
        found = [v for v in self.results.select(**published().ours[role]) if self.results.ok(v)]
        return tuple(sorted(found, key=lambda variant: not self.results.variant(variant).seeded))

    def label(self, role: str) -> str:
        """Return the label of the variant with a role."""
        return self.results.label(self.alike(role)[0])

    def value(self, role: str, quantity: str) -> float | None:
        """Return a quantity of the variant with a role; None where it has none."""
        return next(iter(self._values(role, quantity)[:1]), None)

    def _values(self, role: str, quantity: str) -> list[float | None]:
        first = [(variant, self.results.run_ids(variant)[0]) for variant in self.alike(role)]
        return [self.results.values(variant, quantity).by_run.get(run) for variant, run in first]

    def cells(self) -> Iterator[Cell]:
        """Yield the cells that both tables have, in their order."""
        for pair in published().pairs:
            for measure, theirs in published().theirs[pair.theirs].items():
                ours = self.value(pair.ours, published().measures[measure].quantity)
                if ours is not None:
                    yield Cell(pair, measure, ours, theirs)

    def effect(self, experiment: Experiment, measure: str) -> float | None:
        """Return what an experiment does to a measure; None where it was not made."""
        quantity = published().measures[measure].quantity
        before, after = self.value(experiment.before, quantity), self.value(experiment.after, quantity)
        return None if before is None or after is None else after - before

    def spread(self, role: str, measure: str) -> float | None:
        """Return how far apart a measure lies of variants that differ by chance alone; None with fewer than two."""
        values = self._values(role, published().measures[measure].quantity)
        known = [value for value in values if value is not None]
        return max(known) - min(known) if len(known) > 1 else None

    def verdict(self, cell: Cell) -> str:
        """Return whether ours and theirs are close, or what experiments say of their difference."""
        if cell.is_close:
            return "close"
        left = min((left for _, left in self.tried(cell)), default=cell.size)
        return "explained" if left <= min(cell.limit, cell.size / 2) else "not explained"

    def tried(self, cell: Cell) -> Iterator[tuple[str, float]]:
        """Yield what was tried to explain a difference, and how much of it remains."""
        least, pair = cell.size, cell.pair
        experiment = published().experiments[pair.experiment] if pair.experiment else None
        effect = self.effect(experiment, cell.measure) if experiment else None
        if experiment and effect is not None:
            left = abs(cell.difference + effect)
            least = min(least, left)
            yield f"{experiment.what} ({self.between(experiment)}) changes it by {signed(effect)}", left
        ends = [self.value(pair.ours, f"kmeans_by_silhouette:{end}") for end in ("lowest", "highest")]
        if cell.measure == "v_measure" and ends[0] is not None and ends[1] is not None:
            left = max(ends[0] - cell.theirs, cell.theirs - ends[1], 0.0)
            least = min(least, left)
            yield f"runs of k-means with as good a silhouette reach from {plain(ends[0])} to {plain(ends[1])}", left
        by_chance = self.spread(pair.chance, cell.measure) if pair.chance else None
        if by_chance is not None:
            left = max(least - by_chance, 0.0)
            runs = f"{len(self.alike(pair.chance))} runs that differ by chance alone"
            yield f"{runs} are up to {plain(by_chance)} apart", left

    def between(self, experiment: Experiment) -> str:
        """Return the labels of the two variants of an experiment."""
        return f"{self.label(experiment.before)} → {self.label(experiment.after)}"

    def losses(self, role: str) -> list[float]:
        """Return the loss of each epoch of a variant's training, in nats a sample; none where it is not known."""
        found: list[float] = []
        while (loss := self.value(role, f"training_loss:{len(found) + 1}")) is not None:
            found.append(loss)
        return found


def plain(value: float) -> str:
    """Return a value with the decimals that were published."""
    return f"{value:.4f}".replace("-", "−")


def signed(value: float, digits: int = 4) -> str:
    """Return a value with its sign."""
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")  # no minus before zero
