from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.metrics.statistics import (
    RESAMPLES,
    Difference,
    interval,
    is_constant,
    mcnemar,
    paired,
    percentiles,
    resampled_means,
    two_groups,
    unpaired,
    widened,
)

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def test_nothing_says_nothing_and_one_value_has_no_interval() -> None:
    assert interval([]) is None
    one = interval([0.5])
    assert one is not None
    assert (one.mean, one.low, one.high, one.n) == (0.5, None, None, 1)


@pytest.mark.parametrize("values", [[1.0, 2.0, 4.0], [0.1, 0.5, 0.4, 0.2, 0.9, 0.3, 0.3]])
def test_values_have_students_interval_of_the_mean(values: list[float]) -> None:
    found = interval(values)
    assert found is not None
    expected = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    assert (found.mean, found.low, found.high) == pytest.approx((np.mean(values), *expected))


def test_of_ratios_it_is_the_geometric_mean_and_the_interval_of_the_logarithms() -> None:
    values = [0.001, 0.004, 0.016]
    found, plain = interval(values, lowest=0, is_ratio=True), interval([0.0, *values], lowest=0, is_ratio=True)
    assert found is not None and plain is not None
    expected = stats.t.interval(0.95, 2, loc=np.log(0.004), scale=stats.sem(np.log(values)))
    assert (found.mean, found.low, found.high) == pytest.approx((0.004, *np.exp(expected)))
    assert plain.mean == pytest.approx(sum(values) / 4), "a zero has no logarithm"
    wide = interval([1e-300, 1e300], is_ratio=True)
    assert wide is not None and wide.high is not None and np.isfinite(wide.high)


@pytest.mark.parametrize("n", [2, 3, 10])
def test_the_interval_covers_the_mean_as_often_as_it_says(n: int) -> None:
    samples = np.random.RandomState(n).standard_normal(size=(6_000, n))
    found = [interval(sample) for sample in samples]
    share = np.mean([one.low <= 0 <= one.high for one in found])
    assert share == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / len(samples)))


def test_bounds_are_cut_where_the_quantity_ends() -> None:
    found = interval([0.99, 1.0, 0.98], lowest=0, highest=1)
    assert found is not None
    assert found.high == 1


@given(st.lists(NUMBERS, min_size=2, max_size=30))
def test_the_mean_lies_in_its_interval(values: list[float]) -> None:
    found = interval(values)
    assert found is not None
    assert found.low <= found.mean <= found.high


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
        for n in (1, 21):
            expected = tuple(theirs.confidence_interval(1 - 0.05 / n))
            assert found.bounds(n) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(SAMPLES)
def test_who_comes_first_turns_the_sign_only(values: list[float]) -> None:
    other = list(reversed(values))
    for compare in (paired, unpaired):
        there, back = compare(values, other), compare(other, values)
        assert there is not None and back is not None
        assert there.bounds() == pytest.approx((-back).bounds())


def test_what_does_not_vary_has_a_point_for_an_interval() -> None:
    for compare in (paired, unpaired):
        same, other = compare([0.3] * 3, [0.1 + 0.2] * 3), compare([0.3] * 3, [0.4] * 3)
        assert same is not None and other is not None
        assert same == Difference(0.0, 0.0, same.degrees) and same.bounds(100) == (0, 0)
        assert other.bounds(100) == pytest.approx((-0.1, -0.1))
        assert compare([1.0], [2.0]) is None


def test_against_a_sample_without_spread_welch_is_the_one_sample_test() -> None:
    values = [0.7, 0.9, 0.8, 0.75]
    found = unpaired(values, [0.5, 0.5, 0.5])
    assert found is not None
    expected = stats.ttest_1samp(values, 0.5).confidence_interval(0.95)
    assert found.bounds() == pytest.approx((expected.low - 0.5, expected.high - 0.5))


def test_equal_beyond_rounding() -> None:
    assert is_constant([0.1 + 0.2, 0.3, 0.3])
    assert not is_constant([0.3, 0.3001])
    assert is_constant([0.0, 0.0])


@given(st.floats(-1, 1), st.floats(0.001, 1), st.integers(1, 200))
def test_an_interval_of_several_comparisons_is_wider(estimate: float, error: float, n: int) -> None:
    low, high = Difference(estimate, error, 9).bounds(n)
    fewer = Difference(estimate, error, 9).bounds()
    assert low <= fewer[0] < estimate < fewer[1] <= high
    normal = Difference(estimate, error, 1e9)
    assert widened(normal.bounds()[0], estimate, normal.bounds()[1], n) == pytest.approx(normal.bounds(n), abs=1e-6)


def test_of_studies_few_have_an_interval_that_misses() -> None:
    rng = np.random.RandomState(0)
    missed = 0
    for _ in range(1_000):
        samples = rng.standard_normal((4, 5))
        pairs = [paired(a, b) for i, a in enumerate(samples) for b in samples[i + 1 :]]
        bounds = [pair.bounds(len(pairs)) for pair in pairs if pair is not None]
        missed += any(low > 0 or high < 0 for low, high in bounds)
    assert missed <= 50 + 3 * np.sqrt(1_000 * 0.05 * 0.95)


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
    found, expected = percentiles(of_first - of_second), paired(first, second)
    assert expected is not None
    low, high = expected.bounds()
    assert found == pytest.approx((low, high), abs=0.1 * (high - low))


def test_resamples_are_of_whole_rows_and_the_same_each_time() -> None:
    values = np.random.RandomState(0).uniform(size=(30, 2))
    values[:, 1] = values[:, 0] + 0.25
    means = resampled_means(values, 5)
    assert means.shape == (RESAMPLES, 2)
    assert np.allclose(means[:, 1] - means[:, 0], 0.25), "both columns have the same rows"
    assert np.array_equal(means, resampled_means(values, 5))
    assert means[:, 0].std() == pytest.approx(values[:, 0].std() / np.sqrt(30), rel=0.05)


@pytest.mark.parametrize("n", [6, 7, 10, 20, 30, 60])
def test_of_normal_samples_one_in_a_hundred_at_most_is_taken_for_two_groups(n: int) -> None:
    samples = np.random.RandomState(n).standard_normal(size=(4_000, n))
    share = np.mean([two_groups(sample) is not None for sample in samples])
    assert share <= 0.01 + 3 * np.sqrt(0.01 * 0.99 / len(samples))
    assert share > 0.002 or n > 30, "a threshold that nothing passes finds nothing"


@given(st.lists(NUMBERS, max_size=20))
def test_groups_are_the_values_parted_at_one_place(values: list[float]) -> None:
    found = two_groups(values)
    if found is not None:
        assert np.concatenate(found).tolist() == sorted(values)
        assert min(map(len, found)) >= 2 and len(values) >= 6


def test_two_layouts_are_parted_and_few_equal_or_lone_values_are_not() -> None:
    layouts = [0.911, 0.926, 0.912, 0.924, 0.913, 0.925, 0.912, 0.924]
    assert two_groups(layouts) is not None
    assert two_groups(layouts[:5]) is None
    assert two_groups([0.5] * 8) is None
    assert two_groups([0.1, 0.11, 0.12, 0.11, 0.1, 0.13, 0.12, 9.0]) is None, "one value is no group"
    exact = two_groups([0.1] * 3 + [0.2] * 3)
    assert exact is not None and [len(group) for group in exact] == [3, 3]
