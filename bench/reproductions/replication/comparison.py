"""Ours compared with theirs, cell by cell, and what experiments say of the differences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bench.reproductions.replication.published import Pair, published
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
    tried: tuple[tuple[str, float], ...]
    """What was tried to explain the difference, and how much of it remains."""

    @property
    def difference(self) -> float:
        """Ours minus theirs."""
        return self.ours - self.theirs

    @property
    def size(self) -> float:
        """How large the difference is, whatever its sign."""
        return abs(self.difference)

    @property
    def verdict(self) -> str:
        """Whether the two are close, as far as four published decimals tell, or what is said of their difference."""
        limit = self.pair.limit * (ERRORS if self.measure == "mse" else 1)
        if self.size <= limit + 5e-5:
            return "close"
        left = min((left for _, left in self.tried), default=self.size)
        return "explained" if left <= min(limit, self.size / 2) else "not explained"


class Comparison:
    """Our measures, each of the first successful run of a variant, compared with theirs.

    A measure is one of the published table or any quantity of ours.
    """

    def __init__(self, results: Results) -> None:
        self.results = results

    def alike(self, role: str) -> list[str]:
        """Return the variants with a role and a successful run, those with a seed first."""
        found = [v for v in self.results.select(**published().ours[role]) if self.results.ok(v)]
        return sorted(found, key=lambda variant: not self.results.variant(variant).seeded)

    def label(self, role: str) -> str:
        """Return the label of the variant with a role."""
        return self.results.label(self.alike(role)[0])

    def value(self, role: str, measure: str) -> float | None:
        """Return a measure of the variant with a role; None where it has none."""
        return next(iter(self._values(role, measure)), None)

    def _values(self, role: str, measure: str) -> list[float | None]:
        known = published().measures
        quantity = known[measure].quantity if measure in known else measure
        first = [(variant, self.results.run_ids(variant)[0]) for variant in self.alike(role)]
        return [self.results.values(variant, quantity).by_run.get(run) for variant, run in first]

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells that both tables have, in their order."""
        return [
            Cell(pair, measure, ours, theirs, tuple(self._tried(pair, measure, ours - theirs)))
            for pair in published().pairs
            for measure, theirs in published().theirs[pair.theirs].items()
            if (ours := self.value(pair.ours, measure)) is not None
        ]

    def effect(self, experiment: str, measure: str) -> float | None:
        """Return what an experiment does to a measure; None where it was not made."""
        made = published().experiments[experiment]
        before, after = self.value(made.before, measure), self.value(made.after, measure)
        return None if before is None or after is None else after - before

    def spread(self, role: str, measure: str) -> float | None:
        """Return how far apart a measure lies of variants that differ by chance alone; None with fewer than two."""
        known = [value for value in self._values(role, measure) if value is not None]
        return max(known) - min(known) if len(known) > 1 else None

    def between(self, experiment: str) -> str:
        """Return the labels of the two variants of an experiment."""
        made = published().experiments[experiment]
        return f"{self.label(made.before)} → {self.label(made.after)}"

    def _tried(self, pair: Pair, measure: str, difference: float) -> Iterator[tuple[str, float]]:
        least = abs(difference)
        effect = self.effect(pair.experiment, measure) if pair.experiment else None
        if effect is not None:
            left = abs(difference + effect)
            least = min(least, left)
            what = published().experiments[pair.experiment].what
            yield f"{what} ({self.between(pair.experiment)}) changes it by {signed(effect)}", left
        low, high = (self.value(pair.ours, f"kmeans_by_silhouette:{end}") for end in ("lowest", "highest"))
        if measure == "v_measure" and low is not None and high is not None:
            theirs = published().theirs[pair.theirs][measure]
            left = max(low - theirs, theirs - high, 0.0)
            least = min(least, left)
            yield f"runs of k-means with as good a silhouette reach from {plain(low)} to {plain(high)}", left
        by_chance = self.spread(pair.chance, measure) if pair.chance else None
        if by_chance is not None:
            runs = f"{len(self.alike(pair.chance))} runs that differ by chance alone"
            yield f"{runs} are up to {plain(by_chance)} apart", max(least - by_chance, 0.0)


def plain(value: float) -> str:
    """Return a value with the decimals that were published."""
    return f"{value:.4f}".replace("-", "−")


def signed(value: float, digits: int = 4) -> str:
    """Return a value with its sign."""
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")  # no minus before zero
