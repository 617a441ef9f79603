from __future__ import annotations

from math import inf, nan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.metrics.statistics import interval
from bench.reproductions.claims.catalogue import Decided, Verdict, claims, verdict
from bench.reproductions.claims.pictures import Dots

HOLDS, FAILS, UNDECIDED = Verdict.HOLDS, Verdict.FAILS, Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("numbers", "least", "most", "expected"),
    [
        ((0.10, 0.11, 0.12), 0.02, inf, HOLDS),
        ((0.00, 0.01, -0.01), 0.1, inf, FAILS),
        ((0.00, 0.05, 0.10), 0.02, inf, UNDECIDED),
        ((0.10, 0.11, 0.12), -inf, 0.02, FAILS),
        ((2, 2, 2), 2, 2, HOLDS),
        ((1, 1, 1), 2, 2, FAILS),
        ((2, 1, 2), 2, 2, UNDECIDED),
        ((0.70, 0.71, 0.72), 0.6, 0.8, HOLDS),
        ((0.5,), 0.0, 1.0, UNDECIDED),
        ((), 0.0, 1.0, UNDECIDED),
    ],
)
def test_a_criterion_is_decided_by_its_whole_interval(
    numbers: tuple[float, ...], least: float, most: float, expected: Verdict
) -> None:
    assert verdict(interval(numbers), least, most) is expected


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=9), st.floats(-1, 1))
def test_a_bound_and_its_opposite_are_never_both_met_nor_both_missed(numbers: list[float], bound: float) -> None:
    found = interval(numbers)
    assert found is not None
    verdicts = {verdict(found, *ends) for ends in ((bound, inf), (-inf, bound))}
    if found.low == found.high == bound:
        assert verdicts == {HOLDS}
    else:
        assert verdicts in ({HOLDS, FAILS}, {UNDECIDED}, {HOLDS, UNDECIDED})


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((HOLDS, HOLDS), HOLDS),
        ((HOLDS, UNDECIDED), UNDECIDED),
        ((UNDECIDED, FAILS), FAILS),
        ((HOLDS, FAILS), FAILS),
        ((), UNDECIDED),
    ],
)
def test_a_claim_needs_all_its_criteria(parts: tuple[Verdict, ...], expected: Verdict) -> None:
    of = {HOLDS: [1.0, 1.0, 1.0], FAILS: [0.0, 0.0, 0.0], UNDECIDED: [0.0, 1.0, 0.5]}
    counts = {str(number): (0.5, inf) for number in range(len(parts))}
    claim = claims()["gradient"].model_copy(update={"counts": counts})
    quantities = {str(number): pd.Series(of[part]) for number, part in enumerate(parts)}
    assert Decided(claim, quantities, Dots("q", pd.DataFrame())).verdict is expected


def test_only_runs_that_have_both_of_a_pair_count() -> None:
    one, other = pd.Series([nan, 3.0, 5.0, 6.0, 7.0]), pd.Series([1.0, nan, 2.0, 3.0, 0.0])
    quantities = {"difference": one - other, "ratio": one / other, "none": one * nan}
    intervals = Decided(claims()["gradient"], quantities, Dots("q", pd.DataFrame())).intervals
    difference, ratio = intervals["difference"], intervals["ratio"]
    assert difference is not None and ratio is not None
    assert (difference.mean, difference.n) == (pytest.approx(13 / 3), 3)
    assert (ratio.mean, ratio.n) == (2.25, 2), "nothing is divided by 0"
    assert intervals["none"] is None
