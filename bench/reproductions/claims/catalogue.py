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
from math import inf
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bench.analysis.statistics import Interval, interval
from bench.reproductions.claims.pictures import Picture
from bench.store.values import Values

FILE = Path(__file__).with_name("catalogue.toml")


class Verdict(StrEnum):
    """What the measurements say of a claim."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNDECIDED = "undecided at this sample"


class Range(BaseModel):
    """A quantity that decides, and where it lies if the claim is true."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantity: str
    least: float = -inf
    most: float = inf

    def verdict(self, found: Interval | None) -> Verdict:
        """Return whether an interval lies in the range, out of it, or across its border."""
        if found is None or found.low is None or found.high is None:
            return Verdict.UNDECIDED
        if self.least <= found.low and found.high <= self.most:
            return Verdict.HOLDS
        if found.high < self.least or found.low > self.most:
            return Verdict.FAILS
        return Verdict.UNDECIDED


class Claim(BaseModel):
    """Something that was said, and how it is decided; the fields are explained in `catalogue.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    title: str
    source: str
    quote: str
    question: str
    needs: tuple[str, ...]
    expected: Verdict | None = None
    counts: tuple[Range, ...]
    lessons: Mapping[Verdict, str]


@cache
def claims() -> Mapping[str, Claim]:
    """Return the claims by key, in the order of the catalogue."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {key: Claim.model_validate({"key": key} | entry) for key, entry in entries.items()}


@dataclass(frozen=True)
class Measured:
    """What the runs say of a claim.

    Attributes
    ----------
    quantities : mapping of str to Values
        What was measured, by its text: what decides, and what is given for comparison.
    """

    quantities: Mapping[str, Values]
    picture: Picture


@dataclass(frozen=True)
class Decided:
    """A claim with what was measured of it."""

    claim: Claim
    measured: Measured

    @cached_property
    def intervals(self) -> Mapping[str, Interval | None]:
        """Median over runs with the 95 % interval, of each quantity."""
        return {text: interval(values.array) for text, values in self.measured.quantities.items()}

    @property
    def criteria(self) -> dict[Range, Verdict]:
        """The ranges whose quantity was measured, and whether each is met."""
        counted = (one for one in self.claim.counts if one.quantity in self.intervals)
        return {one: one.verdict(self.intervals[one.quantity]) for one in counted}

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
