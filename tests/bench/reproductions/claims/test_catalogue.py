from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.statistics import interval
from bench.reproductions.claims.catalogue import Decided, Measured, Range, Verdict, claims
from bench.reproductions.claims.pictures import Dots
from bench.reproductions.claims.roles import greatest, mean, minus, over
from bench.store.values import Values

HOLDS, FAILS, UNDECIDED = Verdict.HOLDS, Verdict.FAILS, Verdict.UNDECIDED


def values(*numbers: float) -> Values:
    return Values({(0, seed): number for seed, number in enumerate(numbers)})


@pytest.mark.parametrize(
    ("numbers", "least", "most", "verdict"),
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
    numbers: tuple[float, ...], least: float, most: float, verdict: Verdict
) -> None:
    assert Range(quantity="q", least=least, most=most).verdict(interval(numbers)) is verdict


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=9), st.floats(-1, 1))
def test_a_bound_and_its_opposite_are_never_both_met_nor_both_missed(numbers: list[float], bound: float) -> None:
    found = interval(numbers)
    assert found is not None
    verdicts = {Range(quantity="q", **{side: bound}).verdict(found) for side in ("least", "most")}
    if found.low == found.high == bound:
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
        ((), UNDECIDED),
    ],
)
def test_a_claim_needs_all_its_criteria(parts: tuple[Verdict, ...], verdict: Verdict) -> None:
    of = {HOLDS: values(1.0, 1.0, 1.0), FAILS: values(0.0, 0.0, 0.0), UNDECIDED: values(0.0, 1.0, 0.5)}
    counts = tuple(Range(quantity=str(number), least=0.5) for number in range(len(parts)))
    claim = claims()["gradient"].model_copy(update={"counts": counts})
    quantities = {str(number): of[part] for number, part in enumerate(parts)}
    assert Decided(claim, Measured(quantities, Dots("q", {}))).verdict is verdict


def test_pairs_are_of_runs_that_both_have() -> None:
    one = Values({(0, 0): 3.0, (0, 1): 5.0, (1, 1): 6.0, (0, 3): 7.0})
    other = Values({(0, 1): 2.0, (0, 2): 4.0, (0, 3): 0.0})
    assert minus(one, other).by_run == {(0, 1): 3.0, (0, 3): 7.0}
    assert over(one, other).by_run == {(0, 1): 2.5}, "nothing is divided by 0"
    assert greatest(one, other).by_run == {(0, 1): 5.0, (0, 3): 7.0}
    assert mean([one, other]).by_run == {(0, 1): 3.5, (0, 3): 3.5}
    assert mean([]).by_run == {}
    assert minus(values(3, 5), 1).by_run == {(0, 0): 2, (0, 1): 4}
    assert over(values(3, 5), 2).by_run == {(0, 0): 1.5, (0, 1): 2.5}
