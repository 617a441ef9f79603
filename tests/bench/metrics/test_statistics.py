from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.metrics.statistics import (
    RESAMPLES,
    holm,
    interval,
    is_constant,
    mcnemar,
    paired,
    percentiles,
    resampled_difference,
    resampled_means,
    unpaired,
)

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


SAMPLES = st.lists(st.floats(-1e3, 1e3, allow_nan=False).map(lambda v: round(v, 6)), min_size=2, max_size=12)


@given(SAMPLES, st.integers(0, 10_000))
def test_paired_and_unpaired_agree_with_scipy(centres: list[float], seed: int) -> None:
    rng = np.random.RandomState(seed)
    values = centres + rng.standard_normal(len(centres))
    other = values + 0.3 + rng.standard_normal(len(centres))
    for found, theirs in (
        (paired(values, other), stats.ttest_rel(values, other)),
        (unpaired(values, other), stats.ttest_ind(values, other, equal_var=False)),
    ):
        assert found is not None
        assert found.p == pytest.approx(theirs.pvalue, rel=1e-6)
        assert (found.low, found.high) == pytest.approx(tuple(theirs.confidence_interval(0.95)), rel=1e-6, abs=1e-6)
        assert found.low <= found.estimate <= found.high


@given(SAMPLES)
def test_who_comes_first_turns_the_sign_only(values: list[float]) -> None:
    other = list(reversed(values))
    for compare in (paired, unpaired):
        there, back = compare(values, other), compare(other, values)
        assert there is not None and back is not None
        assert there.p == pytest.approx(back.p)
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_what_does_not_vary_is_told_apart_or_the_same() -> None:
    for compare in (paired, unpaired):
        same, other = compare([0.3] * 3, [0.1 + 0.2] * 3), compare([0.3] * 3, [0.4] * 3)
        assert same is not None and other is not None
        assert same.p == 1
        assert (other.p, other.low) == (0, other.high)
        assert compare([1.0], [2.0]) is None


def test_against_a_sample_without_spread_welch_is_the_one_sample_test() -> None:
    values = [0.7, 0.9, 0.8, 0.75]
    found = unpaired(values, [0.5, 0.5, 0.5])
    assert found is not None
    assert found.p == pytest.approx(stats.ttest_1samp(values, 0.5).pvalue)


def test_equal_beyond_rounding() -> None:
    assert is_constant([0.1 + 0.2, 0.3, 0.3])
    assert not is_constant([0.3, 0.3001])
    assert is_constant([0.0, 0.0])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_between_the_value_and_bonferronis(p_values: list[float]) -> None:
    corrected = holm(p_values)
    for p, c in zip(p_values, corrected, strict=True):
        assert p <= c <= min(1.0, p * len(p_values)) + 1e-12
    order = np.argsort(p_values, kind="stable")
    assert np.all(np.diff(np.array(corrected)[order]) >= 0)


def test_holm_by_hand() -> None:
    assert holm([]) == []
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])


def test_of_studies_without_a_difference_few_find_one() -> None:
    rng = np.random.RandomState(0)
    found = 0
    for _ in range(1_000):
        samples = rng.standard_normal((4, 5))
        pairs = [paired(a, b) for i, a in enumerate(samples) for b in samples[i + 1 :]]
        found += min(holm([pair.p for pair in pairs if pair is not None])) < 0.05
    assert found <= 50 + 3 * np.sqrt(1_000 * 0.05 * 0.95)


def _correct(both: int, only_first: int, only_second: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two answers to each point from the four counts of a table."""
    first = np.repeat([True, True, False, False], [both, only_first, only_second, neither])
    return first, np.repeat([True, False, True, False], [both, only_first, only_second, neither])


def test_mcnemar_of_published_tables() -> None:
    # Agresti, Categorical Data Analysis, table 10.1: approval of a prime minister, asked twice.
    found = mcnemar(*_correct(794, 150, 86, 570))
    assert (found.only_first, found.only_second) == (150, 86)
    assert found.p == pytest.approx(2 * stats.norm.sf(64 / np.sqrt(236)), rel=0.25)
    assert found.p == pytest.approx(3.716e-5, rel=1e-3), "the exact test of the R package exact2x2"
    assert mcnemar(*_correct(3, 6, 0, 1)).p == pytest.approx(2 / 2**6)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_mcnemar_looks_only_at_points_that_one_has_correct(answers: list[tuple[bool, bool]]) -> None:
    first, second = np.array(answers).T
    found, turned = mcnemar(first, second), mcnemar(second, first)
    assert (found.only_first, found.only_second, found.p) == (turned.only_second, turned.only_first, turned.p)
    assert found.only_first - found.only_second == first.sum() - second.sum()
    n = found.only_first + found.only_second
    tail = sum(math.comb(n, k) for k in range(min(found.only_first, found.only_second) + 1)) / 2**n
    assert found.p == pytest.approx(min(1.0, 2 * tail))


def test_the_interval_over_points_covers_the_mean_as_often_as_it_says() -> None:
    # Each column is a sample of its own, of points classified correctly by some of three seeds.
    values = np.random.RandomState(0).binomial(3, 0.8, size=(200, 1_000)) / 3
    bounds = np.array([percentiles(column) for column in resampled_means(values, 1).T])
    share = np.mean((bounds[:, 0] <= 0.8) & (bounds[:, 1] >= 0.8))
    assert share == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 1_000))


@pytest.mark.parametrize(("seed", "better"), [(0, 0.0), (1, 0.06), (2, 0.3)])
def test_the_paired_bootstrap_agrees_with_student(seed: int, better: float) -> None:
    rng = np.random.RandomState(seed)
    first = rng.binomial(5, 0.6, size=400) / 5
    second = np.clip(first - rng.binomial(2, better, size=400) / 5 + rng.binomial(1, 0.1, size=400) / 5, 0, 1)
    of_first, of_second = resampled_means(np.stack([first, second], axis=1), seed).T
    found = resampled_difference(of_first, of_second, float(np.mean(first - second)))
    expected = paired(first, second)
    assert expected is not None
    assert (found.low, found.high) == pytest.approx(
        (expected.low, expected.high), abs=0.1 * (expected.high - expected.low)
    )
    assert stats.norm.isf(found.p / 2) == pytest.approx(stats.t.isf(expected.p / 2, 399), rel=0.05)
    turned = resampled_difference(of_second, of_first, -found.estimate)
    assert (turned.low, turned.high, turned.p) == pytest.approx((-found.high, -found.low, found.p))


def test_resamples_are_of_whole_rows_and_the_same_each_time() -> None:
    values = np.random.RandomState(0).uniform(size=(30, 2))
    values[:, 1] = values[:, 0] + 0.25
    means = resampled_means(values, 5)
    assert means.shape == (RESAMPLES, 2)
    assert np.allclose(means[:, 1] - means[:, 0], 0.25), "both columns have the same rows"
    assert np.array_equal(means, resampled_means(values, 5))
    assert means[:, 0].std() == pytest.approx(values[:, 0].std() / np.sqrt(30), rel=0.05)
    same = resampled_difference(means[:, 0], means[:, 0], 0.0)
    assert (same.low, same.high, same.p) == (0, 0, 1)
    always = resampled_difference(means[:, 1], means[:, 0], 0.25)
    assert (always.low, always.high, always.p) == (0.25, 0.25, 0)
