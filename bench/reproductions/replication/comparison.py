"""Ours compared with theirs, cell by cell, and what experiments say of the differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bench.metrics.power import one_more
from bench.metrics.statistics import Interval, is_constant, unpaired
from bench.reproductions.replication.published import Pair, published
from bench.store.results import Results

ROUNDING = 5e-5
"""Half of the last published decimal."""


class Verdict(StrEnum):
    """What is said of a published value."""

    INSIDE = "inside"
    """It lies in the 95 % prediction interval of ours: consistent with run-to-run variation."""
    EXPLAINED = "explained"
    """It lies outside, and inside once the effect of an experiment is added that is larger than the noise."""
    UNEXPLAINED = "unexplained"
    ONE_RUN = "one run"
    """Ours is one run, or a deterministic method: there is no interval."""


@dataclass(frozen=True)
class Cell:
    """One measure of one of our variants, and the published one."""

    pair: Pair
    measure: str
    ours: Interval
    """Mean of our runs with the 95 % prediction interval of one more."""
    theirs: float
    effects: Mapping[str, Interval]
    """What experiments do to the measure, by what they change."""

    @property
    def difference(self) -> float:
        """Ours minus theirs."""
        return self.ours.mean - self.theirs

    @property
    def size(self) -> float:
        """How large the difference is, whatever its sign."""
        return abs(self.difference)

    @property
    def explanations(self) -> list[str]:
        """What experiments change whose effect is larger than the noise and accounts for the difference."""
        return [what for what, effect in self.effects.items() if is_effect(effect) and self._includes(effect.mean)]

    @property
    def verdict(self) -> Verdict:
        """What is said of the published value."""
        if self.ours.low is None:
            return Verdict.ONE_RUN
        if self._includes():
            return Verdict.INSIDE
        return Verdict.EXPLAINED if self.explanations else Verdict.UNEXPLAINED

    def _includes(self, shift: float = 0.0) -> bool:
        low, high = self.ours.low, self.ours.high
        if low is None or high is None:
            return False
        return low + shift - ROUNDING <= self.theirs <= high + shift + ROUNDING


class Comparison:
    """Our measures compared with theirs; a measure is one of the published table or any quantity of ours."""

    def __init__(self, results: Results) -> None:
        self.results = results

    def alike(self, role: str) -> list[str]:
        """Return the variants with a role and a successful run, those with a seed first."""
        found = [v for v in self.results.select(**published().ours[role]) if self.results.ok(v)]
        return sorted(found, key=lambda variant: not self.results.variant(variant).seeded)

    def label(self, role: str) -> str:
        """Return the label of the variant with a role."""
        return self.results.label(self.alike(role)[0])

    def values(self, role: str, measure: str) -> list[float]:
        """Return a measure of all runs of the variants with a role; of equal ones only one."""
        known = published().measures
        quantity = known[measure].quantity if measure in known else measure
        of_variants = [self.results.values(variant, quantity).by_run.values() for variant in self.alike(role)]
        found = [value for values in of_variants for value in values]
        if not found:
            found = [self._kept[key] for v in self.alike(role) if (key := (v, measure)) in self._kept]
        return found[:1] if found and is_constant(found) else found

    @cached_property
    def _kept(self) -> Mapping[tuple[str, str], float]:
        """What `replication.csv` keeps of one run by variant and measure, where no table has the measures."""
        if self.results.has("measures") or not self.results.has("replication"):
            return {}
        kept = self.results.frame("replication")
        return {(v, m): float(ours) for v, m, ours in kept[["variant", "measure", "ours"]].itertuples(index=False)}

    @cached_property
    def cells(self) -> list[Cell]:
        """Every measure that both have, of each of our variants."""
        return [
            Cell(pair, measure, ours, theirs, self.effects(pair.experiments, measure))
            for pair in published().pairs
            for measure, theirs in published().theirs[pair.theirs].items()
            if (ours := one_more(self.values(pair.ours, measure))) is not None
        ]

    @cached_property
    def counted(self) -> list[Cell]:
        """The published cells, each compared once: with the first of our variants that has it."""
        first: dict[tuple[str, str], Cell] = {}
        for cell in self.cells:
            first.setdefault((cell.pair.theirs, cell.measure), cell)
        return list(first.values())

    def effects(self, experiments: Sequence[str], measure: str) -> dict[str, Interval]:
        """Return what experiments do to a measure, by what they change; those that were not made are left out."""
        made = {published().experiments[key].what: self.effect(key, measure) for key in experiments}
        return {what: effect for what, effect in made.items() if effect is not None}

    def effect(self, experiment: str, measure: str) -> Interval | None:
        """Return the change of the mean with its 95 % interval; None if there are not two runs to tell the noise by.

        Where there is one run after the change, it is compared with the prediction interval of one more run before.
        """
        made = published().experiments[experiment]
        before, after = self.values(made.before, measure), self.values(made.after, measure)
        if (change := unpaired(after, before)) is not None:
            return Interval(change.estimate, *change.bounds(), n=len(before) + len(after))
        expected = one_more(before)
        if len(after) != 1 or expected is None or expected.low is None or expected.high is None:
            return None
        [new] = after
        return Interval(new - expected.mean, new - expected.high, new - expected.low, n=len(before) + 1)

    def between(self, experiment: str) -> str:
        """Return the labels of the two variants of an experiment."""
        made = published().experiments[experiment]
        return f"{self.label(made.before)} → {self.label(made.after)}"


def is_effect(effect: Interval) -> bool:
    """Return whether an effect is larger than the noise: its interval excludes 0."""
    return effect.low is not None and effect.high is not None and (effect.low > 0 or effect.high < 0)


def plain(value: float) -> str:
    """Return a value with the decimals that were published."""
    return f"{value:.4f}".replace("-", "−")


def signed(value: float, digits: int = 4) -> str:
    """Return a value with its sign."""
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")  # no minus before zero
