from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.claims.claim import Criterion, Measured, Verdict
from bench.claims.evidence import greatest, less, minus, over
from bench.claims.pictures import Dots

HOLDS, FAILS, UNDECIDED = Verdict.HOLDS, Verdict.FAILS, Verdict.UNDECIDED


def sample(*values: float) -> dict[int, float]:
    return dict(enumerate(values))


@pytest.mark.parametrize(
    ("values", "least", "most", "verdict"),
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
    values: tuple[float, ...], least: float, most: float, verdict: Verdict
) -> None:
    assert Criterion("q", sample(*values), least, most).verdict is verdict


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=9), st.floats(-1, 1))
def test_a_bound_and_its_opposite_are_never_both_met_nor_both_missed(values: list[float], bound: float) -> None:
    above, below = Criterion("q", sample(*values), least=bound), Criterion("q", sample(*values), most=bound)
    verdicts = {above.verdict, below.verdict}
    if above.interval and above.interval.low == above.interval.high == bound:
        assert verdicts == {HOLDS}
    else:
        assert verdicts in ({HOLDS, FAILS}, {UNDECIDED}, {HOLDS, UNDECIDED})


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ((HOLDS, HOLDS), HOLDS),
        ((HOLDS, UNDECIDED), UNDECIDED),
        ((UNDECIDED, FAILS), FAILS),
        ((HOLDS, FAILS), FAILS),
    ],
)
def test_a_claim_needs_all_its_criteria(parts: tuple[Verdict, ...], verdict: Verdict) -> None:
    values = {HOLDS: (1.0, 1.0, 1.0), FAILS: (0.0, 0.0, 0.0), UNDECIDED: (0.0, 1.0, 0.5)}
    criteria = tuple(Criterion("q", sample(*values[part]), least=0.5) for part in parts)
    assert Measured(criteria, (), Dots("q", {})).verdict is verdict


def test_pairs_are_of_seeds_that_both_have() -> None:
    one, other = {0: 3.0, 1: 5.0, 3: 7.0}, {1: 2.0, 2: 4.0, 3: 0.0}
    assert minus(one, other) == {1: 3.0, 3: 7.0}
    assert over(one, other) == {1: 2.5}, "nothing is divided by 0"
    assert less(one, 1.0) == {0: 2.0, 1: 4.0, 3: 6.0}
    assert greatest(one, other) == {1: 5.0, 3: 7.0}
