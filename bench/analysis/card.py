"""Reproducibility cards: how much of an embedding stays when something changes that should change nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from statistics import fmean, variance

import pandas as pd

from bench.metrics.metric import MARGINS, column_name, not_available
from bench.metrics.stability import NEIGHBOURS
from bench.metrics.statistics import Difference, Interval, interval
from bench.store.machines import DIFFERS
from bench.store.records import Status
from bench.store.results import Results
from bench.studies.variant import AGAIN

MARGIN = MARGINS["share"]
"""Share of its neighbours up to which a point keeps all of them."""
SEED, CLUSTERS = "seed", "clusters"


@dataclass(frozen=True)
class Change:
    """Something that changes, and what is compared then."""

    key: str
    title: str
    compared: str


CHANGES = (
    Change(SEED, "another seed", "The first seed with each other one."),
    Change("permuted", "rows in another order", "The same seed, with the training points in another order."),
    Change(
        "doubled",
        "a tenth of the rows doubled",
        "The same seed, with a tenth of the training points a second time, at the end. The first of two counts.",
    ),
    Change("threads", "two threads", "The same seed, with a budget of two threads."),
    Change("process", "another process", "The same seed, in a process of its own."),
    Change(
        "alone",
        "test point alone",
        "The first 10 test points, each transformed alone, with themselves in one batch of all test points.",
    ),
    Change(
        "few",
        "test points in a small batch",
        "The first 100 test points in a batch of their own, with themselves in one batch of all test points.",
    ),
    Change(
        "refit",
        "training points transformed",
        "The first 100 training points by `transform`, with their positions in the fit.",
    ),
    Change(
        CLUSTERS,
        "clusters, another seed",
        "HDBSCAN's clusters of the first seed with those of each other one: the adjusted Rand index, 0 by chance.",
    ),
)
"""The lines of a card, in their order. All but the last are the share of a point's neighbours that stay."""
MACHINE = Change("machine", "another machine", "The same seed, on a machine of another class.")
"""A further line, before the last, of cards in a folder that was merged of several machines."""


@dataclass(frozen=True)
class Line:
    """What one change leaves: a value each seed or pair of seeds, or the reason why there is none."""

    change: Change
    values: tuple[float, ...] = ()
    same_bits: bool | None = None
    """Whether all positions stayed the same to the last bit; None where that is not known."""
    reason: str = ""

    @cached_property
    def interval(self) -> Interval | None:
        """Mean of the values with its 95 % interval."""
        return interval(self.values, -1.0 if self.change.key == CLUSTERS else 0.0, 1.0)

    @property
    def stays(self) -> bool:
        """Whether all is kept for certain, but for the margin."""
        found = self.interval
        return bool(self.same_bits) or (found is not None and found.low is not None and found.low >= 1 - MARGIN)

    @property
    def moves(self) -> bool:
        """Whether more than the margin is lost for certain."""
        found = self.interval
        return not self.stays and found is not None and found.high is not None and found.high < 1 - MARGIN


@dataclass(frozen=True)
class Card:
    """The card of one variant."""

    variant: str
    label: str
    lines: Mapping[str, Line]

    @property
    def as_a_seed(self) -> tuple[Line, ...]:
        """Changes of rows, threads, process or machine that keep no more than another seed does, but for the margin."""
        return tuple(line for line, more in self._compared if more.bounds()[1] <= MARGIN)

    @property
    def open(self) -> tuple[Line, ...]:
        """Those changes of which the seeds do not say whether they keep more than another seed does."""
        return tuple(line for line, more in self._compared if more.bounds()[0] <= MARGIN < more.bounds()[1])

    @cached_property
    def _compared(self) -> list[tuple[Line, Difference]]:
        """Changes that move points, where another seed does, each with how much more stays than with another seed."""
        seed = self.lines[SEED]
        keys = ("permuted", "doubled", "threads", "process", "machine")
        moving = [one for key in keys if (one := self.lines.get(key)) and one.moves] if seed.moves else []
        return [(one, _more_than(one.values, seed.values)) for one in moving]


def cards(results: Results) -> tuple[Card, ...]:
    """Return the card of each variant that the study runs again; of others there is none."""
    again = {spec.of for spec in results.study.variants.values() if spec.axis == AGAIN}
    pairs = results.frame("reproducibility") if again and results.has("reproducibility") else pd.DataFrame()
    changes = (*CHANGES[:-1], MACHINE, CHANGES[-1]) if results.repeated else CHANGES
    return tuple(_card(results, pairs, variant, changes) for variant in results.variants if variant in again)


def table(found: tuple[Card, ...]) -> pd.DataFrame:
    """Return one row a variant and change: mean, lowest and highest value, their number, and whether bits are equal."""
    columns = ["variant", "label", "change", "value", "lowest", "highest", "n", "same_bits", "reason"]
    rows = []
    for card in found:
        for key, line in card.lines.items():
            mean, *ends = (line.interval.mean, min(line.values), max(line.values)) if line.interval else (None,) * 3
            rows.append((card.variant, card.label, key, mean, *ends, len(line.values), line.same_bits, line.reason))
    return pd.DataFrame(rows, columns=columns)


def _card(results: Results, pairs: pd.DataFrame, variant: str, changes: Sequence[Change]) -> Card:
    of_variant = pairs[(pairs["first"] == variant) & (pairs["split"] == "train")] if len(pairs) else pairs
    lines = {change.key: _line(results, of_variant, variant, change) for change in changes}
    return Card(variant, results.label(variant), lines)


def _line(results: Results, pairs: pd.DataFrame, variant: str, change: Change) -> Line:
    if not results.ok(variant):
        failed = results.runs_of(variant)
        return Line(change, reason=str(failed[failed["status"] != Status.OK.value]["reason"].iloc[0]))
    if change.key in ("alone", "few", "refit"):
        split = "train" if change.key == "refit" else "test"
        found = results.values(variant, column_name(f"{change.key}_knn_recall", split, NEIGHBOURS))
        reason = "" if len(found) else found.reason or not_available("not measured")
        return Line(change, tuple(found.by_run.values()), reason=reason)
    of_change = pairs[_differs(pairs, change)] if len(pairs) else pairs
    if of_change.empty:
        return Line(change, reason=not_available("no two runs to compare"))
    if change.key == CLUSTERS:
        values = of_change["cluster_ari"].dropna()
        return Line(change, tuple(values), reason="" if len(values) else not_available("no clusters"))
    return Line(change, tuple(of_change["shared_neighbours"]), bool(of_change["bit_equal"].all()))


def _more_than(values: Sequence[float], of_seeds: Sequence[float]) -> Difference:
    """Return how much larger the mean of some values is than that of pairs of seeds, which all have one seed in common.

    How much that seed matters the pairs cannot say. At most it is all that they vary by.
    """
    variances = variance(values) / len(values) + variance(of_seeds) * (1 + 1 / len(of_seeds))
    return Difference(fmean(values) - fmean(of_seeds), sqrt(variances), len(of_seeds) - 1)


def _differs(pairs: pd.DataFrame, change: Change) -> pd.Series:
    """Return which pairs of embeddings differ in a change; of another machine in whichever it was."""
    if change is MACHINE:
        return pairs["differs"].str.startswith(DIFFERS)
    return pairs["differs"] == (SEED if change.key == CLUSTERS else change.key)
