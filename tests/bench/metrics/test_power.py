from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from bench.metrics.power import MAX_RUNS, POWER, one_more, runs_needed


@pytest.mark.parametrize(("deviation", "margin"), [(0.02, 0.02), (0.1, 0.05), (0.034, 0.02)])
def test_as_many_runs_find_an_effect_as_often_as_said(deviation: float, margin: float) -> None:
    n = runs_needed(deviation, margin)
    rng = np.random.RandomState(0)

    def found(n: int) -> float:
        samples = rng.normal(margin, deviation, (20_000, n))
        half = stats.t.ppf(0.975, n - 1) * samples.std(axis=1, ddof=1) / sqrt(n)
        return float((samples.mean(axis=1) > half).mean())

    assert found(n) > POWER - 0.01
    assert found(n - 1) < POWER + 0.01


def test_more_variation_needs_more_runs_and_none_needs_two() -> None:
    needed = [runs_needed(deviation, 0.02) for deviation in (0.0, 0.01, 0.02, 0.05)]
    assert needed == sorted(set(needed)) and needed[0] == 2
    assert runs_needed(0.02, 0.02, power=0.95) > needed[2]
    assert runs_needed(1.0, 1e-6) == MAX_RUNS


def test_the_prediction_interval_is_that_of_the_textbook() -> None:
    values = [0.91, 0.93, 0.88, 0.90, 0.95]
    found = one_more(values)
    mean, deviation, n = np.mean(values), np.std(values, ddof=1), len(values)
    expected = stats.t.interval(0.95, n - 1, loc=mean, scale=deviation * sqrt(1 + 1 / n))
    assert found is not None
    assert (found.low, found.high) == pytest.approx(expected)
    assert (found.mean, found.n) == (pytest.approx(mean), n)


def test_a_prediction_interval_holds_one_more_value_19_times_of_20() -> None:
    rng = np.random.RandomState(1)
    inside = 0
    for _ in range(2_000):
        *before, after = rng.standard_normal(6)
        found = one_more(before)
        assert found is not None and found.low is not None and found.high is not None
        inside += found.low <= after <= found.high
    assert 0.935 < inside / 2_000 < 0.965


def test_one_value_predicts_nothing() -> None:
    assert one_more([]) is None
    one = one_more([0.5])
    assert one is not None and (one.mean, one.low, one.high, one.n) == (0.5, None, None, 1)
