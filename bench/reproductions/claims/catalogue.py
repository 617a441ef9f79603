"""The catalogue of claims: what was said, what would count, and the rule that gives the verdict.

`catalogue.toml` names the quantities that decide a claim and the range in which each lies if the claim is true. The
ranges were written down before anything was measured. The verdict follows from the 95 % interval of each quantity over
seeds, by one rule for all claims:

- inside the range: the criterion is met;
- outside of it: it is not met;
- across its border: this sample does not decide it.

A claim holds where all its criteria are met, does not hold where one is not met, and is undecided otherwise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from bench.metrics.statistics import Interval, interval
from bench.reproductions.claims.pictures import Picture
from bench.store.records import Frozen


class Verdict(StrEnum):
    """What the measurements say of a claim."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNDECIDED = "undecided at this sample"


class Claim(Frozen):
    """Something that was said, and how it is decided; the fields are explained in `catalogue.toml`."""

    key: str
    title: str
    source: str
    quote: str
    question: str
    needs: tuple[str, ...]
    expected: Verdict | None = None
    counts: Mapping[str, tuple[float, float]]
    lessons: Mapping[Verdict, str]


@cache
def claims() -> Mapping[str, Claim]:
    """Return the claims by key, in the order of the catalogue."""
    entries = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))
    return {key: Claim.model_validate({"key": key} | entry) for key, entry in entries.items()}


def verdict(found: Interval | None, least: float, most: float) -> Verdict:
    """Return whether an interval lies in a range, out of it, or across its border."""
    if found is None or found.low is None or found.high is None:
        return Verdict.UNDECIDED
    if least <= found.low and found.high <= most:
        return Verdict.HOLDS
    return Verdict.FAILS if found.high < least or found.low > most else Verdict.UNDECIDED


@dataclass(frozen=True)
class Decided:
    """A claim with what was measured of it: quantities by their text, with a value a run or NaN."""

    claim: Claim
    quantities: Mapping[str, pd.Series]
    picture: Picture

    @cached_property
    def intervals(self) -> dict[str, Interval | None]:
        """Mean over runs with the 95 % interval, of each quantity."""
        return {text: interval(values[np.isfinite(values)]) for text, values in self.quantities.items()}

    @property
    def criteria(self) -> dict[str, Verdict]:
        """The quantities that decide and were measured, and whether each criterion is met."""
        counted = {text: ends for text, ends in self.claim.counts.items() if text in self.intervals}
        return {text: verdict(self.intervals[text], *ends) for text, ends in counted.items()}

    @property
    def verdict(self) -> Verdict:
        """The verdict on the claim."""
        verdicts = set(self.criteria.values())
        if Verdict.FAILS in verdicts:
            return Verdict.FAILS
        return Verdict.HOLDS if verdicts == {Verdict.HOLDS} else Verdict.UNDECIDED

    @property
    def is_surprise(self) -> bool:
        """Whether the verdict is against what was expected."""
        return self.claim.expected is not None and self.verdict not in (self.claim.expected, Verdict.UNDECIDED)

    @property
    def lesson(self) -> str:
        """What is learned from the verdict."""
        return self.claim.lessons.get(self.verdict, "An interval lies across the border of its range.")
