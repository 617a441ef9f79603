"""The catalogue of claims: what was said, what would count, and the rule that gives the result.

`catalogue.toml` names the quantities that decide a claim and the range in which each lies if the claim is true. The
ranges were written down before the measurement. A criterion is decided by the 95 % interval of its quantity over seeds:

- inside the range: it is met;
- outside of it: it is not met;
- across its border: it is open.

A claim holds where all its criteria are met, fails where none is, holds partly where some are and some are not, and is
open otherwise. Where any of them is enough, it holds with one and fails with none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd

from bench.metrics.power import runs_needed
from bench.metrics.statistics import Interval, interval, student
from bench.reproductions.claims.pictures import Picture
from bench.store.records import Frozen

PILOT_SEEDS = 5
FEWEST_SEEDS = 10
NOT_MEASURED = "not measured in this form"


class Result(StrEnum):
    """What the measurements say of a claim, or of one of its criteria."""

    HOLDS = "holds"
    FAILS = "fails"
    PARTLY = "partly"
    OPEN = "open"


class Origin(StrEnum):
    """Who says so."""

    POST = "the post"
    OURS = "our diagnosis"
    LITERATURE = "literature"


class Post(Frozen):
    """A post, and what its pictures were trained with."""

    title: str
    author: str
    images: int
    epochs: int


class Criterion(Frozen):
    """A quantity's range if the claim is true, and what the number of seeds follows from."""

    range: tuple[float, float]
    margin: float | None = None
    pilot: tuple[float, float] | None = None

    @property
    def seeds_needed(self) -> int | None:
        """How many seeds decide an effect as large as the margin; None if the pilot does not say."""
        if self.pilot is None or self.margin is None:
            return None
        half = (self.pilot[1] - self.pilot[0]) / 2
        return runs_needed(half * sqrt(PILOT_SEEDS) / student(PILOT_SEEDS - 1), self.margin)

    def result(self, found: Interval | None) -> Result:
        """Return whether an interval lies in the range, out of it, or across its border."""
        least, most = self.range
        if found is None or found.low is None or found.high is None:
            return Result.OPEN
        if least <= found.low and found.high <= most:
            return Result.HOLDS
        return Result.FAILS if found.high < least or found.low > most else Result.OPEN


class Claim(Frozen):
    """Something that was said, and how it is decided; the fields are explained in `catalogue.toml`."""

    key: str
    title: str
    origin: Origin
    post: int = 0
    own_budget: bool = True
    quote: str
    question: str
    needs: tuple[str, ...]
    any: bool = False
    changed: str = ""
    criteria: Mapping[str, Criterion]

    @property
    def seeds_needed(self) -> int:
        """How many seeds its criteria need by the pilot, at least ten."""
        return max(FEWEST_SEEDS, *(criterion.seeds_needed or 0 for criterion in self.criteria.values()))


@cache
def claims() -> Mapping[str, Claim]:
    """Return the claims by key, in the order of the catalogue."""
    return {key: Claim.model_validate({"key": key} | entry) for key, entry in _catalogue()["claims"].items()}


@cache
def posts() -> Mapping[int, Post]:
    """Return the posts by number."""
    return {int(number): Post.model_validate(entry) for number, entry in _catalogue()["posts"].items()}


def _catalogue() -> dict[str, dict[str, dict[str, object]]]:
    return tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Decided:
    """A claim with what was measured of it: quantities by their text, with a value a run or NaN.

    Without a picture it was not measured.
    """

    claim: Claim
    quantities: Mapping[str, pd.Series]
    picture: Picture | None

    @cached_property
    def intervals(self) -> dict[str, Interval | None]:
        """Mean over runs with the 95 % interval, of each quantity."""
        return {text: interval(values[np.isfinite(values)]) for text, values in self.quantities.items()}

    @property
    def is_measured(self) -> bool:
        """Whether every quantity that decides has a value."""
        return self.picture is not None and all(self.intervals.get(text) for text in self.claim.criteria)

    @property
    def criteria(self) -> dict[str, Result]:
        """The quantities that decide, and whether each criterion is met."""
        return {text: criterion.result(self.intervals.get(text)) for text, criterion in self.claim.criteria.items()}

    @property
    def result(self) -> Result:
        """The result for the claim."""
        results = set(self.criteria.values())
        if not self.is_measured:
            return Result.OPEN
        if self.claim.any and Result.HOLDS in results:
            return Result.HOLDS
        if {Result.HOLDS, Result.FAILS} <= results:
            return Result.PARTLY
        return results.pop() if len(results) == 1 else Result.OPEN

    @property
    def said(self) -> str:
        """The result in words."""
        return self.result.value if self.is_measured else f"{Result.OPEN.value}: {NOT_MEASURED}"
