from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.statistics import interval

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def test_nothing_says_nothing_and_one_value_has_no_interval() -> None:
    assert interval([]) is None
    one = interval([0.5])
    assert one is not None
    assert (one.median, one.low, one.high, one.n) == (0.5, None, None, 1)


def test_few_values_have_students_interval() -> None:
    values = [1.0, 2.0, 4.0]
    found = interval(values)
    assert found is not None
    expected = stats.t.interval(0.95, 2, loc=np.mean(values), scale=stats.sem(values))
    assert (found.low, found.high) == pytest.approx(expected)
    assert found.median == 2


@pytest.mark.parametrize("n", [6, 9, 10, 17, 25])
def test_the_interval_of_many_values_covers_the_median_as_often_as_it_says(n: int) -> None:
    samples = np.random.RandomState(n).exponential(size=(6_000, n))
    found = [interval(sample) for sample in samples]
    share = np.mean([one.low <= np.log(2) <= one.high for one in found])
    three_standard_errors = 3 * np.sqrt(0.95 * 0.05 / len(samples))
    assert 0.95 - three_standard_errors <= share < 1


def test_bounds_are_cut_where_the_quantity_ends() -> None:
    found = interval([0.99, 1.0, 0.98], lowest=0, highest=1)
    assert found is not None
    assert found.high == 1


@given(st.lists(NUMBERS, min_size=2, max_size=30))
def test_the_median_lies_in_its_interval(values: list[float]) -> None:
    found = interval(values)
    assert found is not None
    assert found.low <= found.median <= found.high


@given(NUMBERS, st.integers(2, 20))
def test_equal_values_have_an_interval_without_width(value: float, n: int) -> None:
    found = interval([value] * n)
    assert found is not None
    assert found.low == pytest.approx(value)
    assert found.high == pytest.approx(value)
