from __future__ import annotations

from math import inf, nan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.metrics.power import runs_needed
from bench.metrics.statistics import interval
from bench.reproductions.claims.catalogue import Claim, Criterion, Decided, Origin, Result, claims, posts
from bench.reproductions.claims.pictures import Dots

HOLDS, FAILS, PARTLY, OPEN = Result.HOLDS, Result.FAILS, Result.PARTLY, Result.OPEN
CRITERIA = [
    pytest.param(criterion, id=f"{claim.key}: {text}")
    for claim in claims().values()
    for text, criterion in claim.criteria.items()
]


@pytest.mark.parametrize(
    ("numbers", "least", "most", "expected"),
    [
        ((0.10, 0.11, 0.12), 0.02, inf, HOLDS),
        ((0.00, 0.01, -0.01), 0.1, inf, FAILS),
        ((0.00, 0.05, 0.10), 0.02, inf, OPEN),
        ((0.10, 0.11, 0.12), -inf, 0.02, FAILS),
        ((2, 2, 2), 2, 2, HOLDS),
        ((1, 1, 1), 2, 2, FAILS),
        ((2, 1, 2), 2, 2, OPEN),
        ((0.70, 0.71, 0.72), 0.6, 0.8, HOLDS),
        ((0.5,), 0.0, 1.0, OPEN),
        ((), 0.0, 1.0, OPEN),
    ],
)
def test_a_criterion_is_decided_by_its_whole_interval(
    numbers: tuple[float, ...], least: float, most: float, expected: Result
) -> None:
    assert Criterion(range=(least, most)).result(interval(numbers)) is expected


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_criterion_has_two_sides(criterion: Criterion) -> None:
    for border, inward in zip(criterion.range, (1, -1), strict=True):
        if abs(border) < inf:
            step = 1e-3 * inward if criterion.range[0] < criterion.range[1] else 0.0
            assert criterion.result(interval([border + step] * 2)) is HOLDS
            assert criterion.result(interval([border - 1e-3 * inward] * 2)) is FAILS
            assert criterion.result(interval([border - 1e-3, border, border + 1e-3])) is OPEN


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=9), st.floats(-1, 1))
def test_a_bound_and_its_opposite_are_never_both_met_nor_both_missed(numbers: list[float], bound: float) -> None:
    found = interval(numbers)
    assert found is not None
    results = {Criterion(range=ends).result(found) for ends in ((bound, inf), (-inf, bound))}
    if found.low == found.high == bound:
        assert results == {HOLDS}
    else:
        assert results in ({HOLDS, FAILS}, {OPEN}, {HOLDS, OPEN})


def decided(*parts: Result, enough: bool = False) -> Decided:
    of = {HOLDS: [1.0, 1.0, 1.0], FAILS: [0.0, 0.0, 0.0], OPEN: [0.0, 1.0, 0.5]}
    criteria = {str(number): Criterion(range=(0.5, inf)) for number in range(len(parts))}
    claim = claims()["gradient"].model_copy(update={"criteria": criteria, "any": enough})
    return Decided(claim, {str(n): pd.Series(of[part]) for n, part in enumerate(parts)}, Dots("q", pd.DataFrame()))


@pytest.mark.parametrize(
    ("parts", "all_count", "any_counts"),
    [
        ((HOLDS, HOLDS), HOLDS, HOLDS),
        ((HOLDS, OPEN), OPEN, HOLDS),
        ((FAILS, OPEN), OPEN, OPEN),
        ((FAILS, FAILS), FAILS, FAILS),
        ((HOLDS, FAILS), PARTLY, HOLDS),
        ((HOLDS, OPEN, FAILS), PARTLY, HOLDS),
        ((OPEN,), OPEN, OPEN),
    ],
)
def test_a_claim_follows_from_its_criteria(parts: tuple[Result, ...], all_count: Result, any_counts: Result) -> None:
    assert decided(*parts).result is all_count
    assert decided(*parts, enough=True).result is any_counts


def test_a_claim_without_a_quantity_was_not_measured() -> None:
    one = decided(HOLDS, HOLDS)
    part = Decided(one.claim, {"0": one.quantities["0"], "1": one.quantities["1"] * nan}, one.picture)
    for found in (part, Decided(one.claim, {}, None)):
        assert (found.result, found.said) == (OPEN, "open: not measured in this form")
    assert (one.result, one.said) == (HOLDS, "holds")


def test_only_runs_that_have_both_of_a_pair_count() -> None:
    one, other = pd.Series([nan, 3.0, 5.0, 6.0, 7.0]), pd.Series([1.0, nan, 2.0, 3.0, 0.0])
    quantities = {"difference": one - other, "ratio": one / other, "none": one * nan}
    intervals = Decided(claims()["gradient"], quantities, Dots("q", pd.DataFrame())).intervals
    difference, ratio = intervals["difference"], intervals["ratio"]
    assert difference is not None and ratio is not None
    assert (difference.mean, difference.n) == (pytest.approx(13 / 3), 3)
    assert (ratio.mean, ratio.n) == (2.25, 2), "nothing is divided by 0"
    assert intervals["none"] is None


def test_the_posts_draw_fourteen_conclusions_and_there_are_four_posts() -> None:
    assert list(posts()) == [1, 2, 3, 4]
    by_origin = {origin: [c for c in claims().values() if c.origin is origin] for origin in Origin}
    assert {origin: len(of) for origin, of in by_origin.items()} == {
        Origin.POST: 14,
        Origin.OURS: 6,
        Origin.LITERATURE: 1,
    }
    assert [claim.key for claim in by_origin[Origin.OURS]] == [
        *("cause", "missed", "missing-half", "sampled", "flips", "head"),
    ]
    assert {claim.post for claim in by_origin[Origin.POST]} == set(posts())


def test_seeds_follow_from_the_pilot_and_the_margin() -> None:
    pilot = interval([0.1, 0.2, 0.3, 0.4, 0.5])
    assert pilot is not None and pilot.low is not None and pilot.high is not None
    criterion = Criterion(range=(0.1, inf), margin=0.1, pilot=(pilot.low, pilot.high))
    assert criterion.seeds_needed == runs_needed(0.025**0.5, 0.1) > 10
    assert Criterion(range=(0, 0)).seeds_needed is None
    claim = claims()["gradient"]
    assert claim.seeds_needed == 10
    assert claim.model_copy(update={"criteria": {"": criterion}}).seeds_needed == criterion.seeds_needed


@pytest.mark.parametrize("claim", claims().values(), ids=lambda claim: claim.key)
def test_a_claim_is_quoted_in_a_line_and_complete(claim: Claim) -> None:
    assert "\n" not in claim.quote and len(claim.quote) < 120
    assert claim.question.endswith(".") and not claim.title.endswith(".")
    assert claim.post in posts() or claim.origin is Origin.LITERATURE
    assert claim.criteria and (claim.changed.endswith(".") or not claim.changed)
    for criterion in claim.criteria.values():
        assert (criterion.margin is None) == (criterion.range[0] == criterion.range[1])
        assert criterion.pilot is None or criterion.pilot[0] < criterion.pilot[1]
