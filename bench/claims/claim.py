"""A claim, the criteria that decide it, and the verdict.

Every criterion names a quantity, measured once a seed, and the range in which it lies if the claim is true. The range
stands in the code beside the claim: what would count is said before anything is measured. From the 95 % interval of
the quantity over seeds follows the verdict, by one rule for all claims:

- inside the range: the criterion is met;
- outside of it: it is not met;
- across its border: this sample does not decide it.

A claim holds where all its criteria are met, does not hold where one is not met, and is undecided otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from bench.claims.evidence import Evidence, Sample
from bench.claims.pictures import Picture
from bench.statistics import Interval, interval

ACCURACY = 0.02
"""Smallest difference in 10-NN accuracy that is of interest: two digits in a hundred."""
SHARE = 0.02
"""Smallest relative difference of a squared error that is of interest."""


class Verdict(StrEnum):
    """What the measurements say of a claim."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNDECIDED = "undecided at this sample"


@dataclass(frozen=True)
class Number:
    """A quantity measured once a seed, for comparison."""

    text: str
    sample: Sample

    @property
    def interval(self) -> Interval | None:
        """Median over seeds with a 95 % interval."""
        return interval(self.sample.values())


@dataclass(frozen=True)
class Criterion(Number):
    """A quantity that lies between `least` and `most` if the claim is true."""

    least: float = -inf
    most: float = inf

    @property
    def verdict(self) -> Verdict:
        """Whether the interval lies in the range, out of it, or across its border."""
        found = self.interval
        if found is None or found.low is None or found.high is None:
            return Verdict.UNDECIDED
        if self.least <= found.low and found.high <= self.most:
            return Verdict.HOLDS
        if found.high < self.least or found.low > self.most:
            return Verdict.FAILS
        return Verdict.UNDECIDED


@dataclass(frozen=True)
class Measured:
    """What the runs say of a claim.

    Attributes
    ----------
    criteria : tuple of Criterion
        What decides it.
    numbers : tuple of Number
        What stands beside it to be read.
    """

    criteria: tuple[Criterion, ...]
    numbers: tuple[Number, ...]
    picture: Picture

    @property
    def verdict(self) -> Verdict:
        """The verdict on the claim."""
        verdicts = [criterion.verdict for criterion in self.criteria]
        if Verdict.FAILS in verdicts:
            return Verdict.FAILS
        return Verdict.UNDECIDED if Verdict.UNDECIDED in verdicts else Verdict.HOLDS


@dataclass(frozen=True)
class Claim:
    """Something that was said, and how it is put to the test.

    Attributes
    ----------
    key : str
        Short name, of its figure too.
    title : str
        The claim in one sentence.
    source : str
        Who said it.
    quote : str
        Their own words, one line at most.
    question : str
        What is asked of the runs, and why that tells.
    needs : tuple of str
        Variants without which nothing can be measured.
    measure : function
        From the stored runs to the criteria and numbers.
    expected : Verdict or None
        What was expected before; None where nothing was.
    lessons : mapping of Verdict to str
        What there is to learn, by verdict.
    """

    key: str
    title: str
    source: str
    quote: str
    question: str
    needs: tuple[str, ...]
    measure: Callable[[Evidence], Measured]
    expected: Verdict | None
    lessons: Mapping[Verdict, str]
