"""Extrapolation: what costs would be with many more points than were measured, and how far that is off.

`scaling` predicts nothing beyond twice as many points as were measured. Who plans a study of millions asks for a
hundred times as many. What is said here goes on from the most points that were measured, by the exponent that `scaling`
found, and its interval is that of the exponent alone: it knows of no algorithm that changes and no memory that runs
out. Where its ends are farther apart than a factor of `MAX_SPREAD`, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from bench.analysis.quantities import Quantity
from bench.analysis.scaling import FIT, MEMORY, TRANSFORM, Law, Series
from bench.analysis.summary import interval_of
from bench.metrics.statistics import Interval
from bench.store.results import Results

TARGET = 10_000_000
"""Points for which costs are extrapolated."""
MAX_SPREAD = 10.0
"""How many times the lower end the upper end of an interval may be."""
COLUMNS = (
    "n", "n_features", "anchors", "step", "seconds", "anonymous_mib", "threads", "processor", "machine",
    "started",
)  # fmt: skip
"""Of the table of the steps of `bench.execution.steps`: `anonymous_mib` is the most memory that was held meanwhile,
mapped files apart."""
SCORE_COLUMNS = ("n", "n_features", "anchors", "method", "score", "k", "split", "value", "standard_error", "reason")
"""Of the table of the scores that are computed meanwhile."""


@dataclass(frozen=True)
class Reach:
    """A cost with the most points that were measured, and what it would be with `target` points."""

    n: int
    value: float
    law: Law | None = None
    reason: str = ""
    """Why there is no law."""
    target: int = TARGET

    @property
    def is_measured(self) -> bool:
        """Whether the target itself was measured."""
        return self.n == self.target

    @property
    def at_target(self) -> Interval | None:
        """The cost with `target` points, with the interval that the exponent has; None where too little is known."""
        if self.is_measured:
            return Interval(self.value, None, None, 1)
        if self.law is None or self.spread > MAX_SPREAD:
            return None
        mean, low, high = (self.value * self.factor**power for power in self._powers)
        return Interval(mean, low, high, 0)

    @property
    def factor(self) -> float:
        """How many times as many points the target has."""
        return self.target / self.n

    @property
    def spread(self) -> float:
        """How many times the lower end of the interval the upper one is."""
        return self.factor ** (self.law.high - self.law.low) if self.law else float("inf")

    @property
    def why_not(self) -> str:
        """Why nothing is said of the target; empty if something is."""
        if self.at_target is not None:
            return ""
        return self.reason or f"uncertain by more than a factor of {MAX_SPREAD:g}"

    @property
    def _powers(self) -> tuple[float, float, float]:
        assert self.law is not None
        return self.law.exponent, self.law.low, self.law.high


@dataclass(frozen=True)
class Mapped:
    """A method that was fitted on some points and has mapped the others: mean seconds of both."""

    method: str
    n_fitted: int
    n_mapped: int
    fit_s: float
    map_s: float
    target: int = TARGET

    @property
    def at_target(self) -> float:
        """Seconds for the target's points, of which as many are fitted; each of the others takes as long as here."""
        return self.fit_s + self.map_s * (self.target - self.n_fitted) / self.n_mapped


def mapped(results: Results) -> Iterator[Mapped]:
    """Yield what mapping took in a study that maps what it does not fit, of methods that did both."""
    for variant in results.methods if results.study.map else ():
        fit, transform = (interval_of(results, variant, one.key) for one in (FIT, TRANSFORM))
        if fit and transform:
            first = results.ok_runs(variant).iloc[0]
            yield Mapped(results.label(variant), int(first["n_train"]), int(first["n_test"]), fit.mean, transform.mean)


def reach(one: Series, quantity: Quantity, target: int = TARGET) -> Reach | None:
    """Return how far a cost of a method reaches; None if it was measured with no number of points."""
    costs = one.costs(quantity)
    if costs.empty:
        return None
    n, law = int(costs.index.max()), one.law(quantity)
    return Reach(n, float(costs[n]), law, "" if law else one.no_law(quantity), target)


def in_proportion(n: int, value: float, target: int = TARGET) -> Reach:
    """Return how far a cost reaches that each point adds the same to."""
    return Reach(n, value, Law(1.0, 1.0, 1.0, 1.0, 1_000 * value / n, n, n), target=target)


def reaches(found: Sequence[Series]) -> Iterator[tuple[Series, Reach, Reach | None]]:
    """Yield time and memory of the fit of each method, as far as they reach; those without a time are left out."""
    for one in found:
        if time := reach(one, FIT):
            yield one, time, reach(one, MEMORY)


def steps_of(table: pd.DataFrame, target: int = TARGET) -> dict[str, Reach]:
    """Return how far each step on one class of machines reaches: from the most points of its rows, up to the target.

    Each looks at every point once, so that it is in proportion to their number.
    """
    known = table[table["n"] <= target].sort_values("n", kind="stable")
    last = known.drop_duplicates("step", keep="last").set_index("step")
    return {step: in_proportion(int(last["n"][step]), float(last["seconds"][step]), target) for step in last.index}
