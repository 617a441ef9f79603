"""Which methods are better, worse or equivalent, from made-up values over seeds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bench.analysis.comparisons import (
    Comparison,
    Decision,
    Design,
    compare,
    compare_pairs,
    comparisons_table,
    decide,
    rank,
    ranking,
)
from bench.analysis.quantities import QUANTITIES
from bench.store.values import Values
from tests.bench import results_maker as maker

ACCURACY, TIME = QUANTITIES["knn_accuracy_k10"], QUANTITIES["fit_s"]


def _values(*values: float, seeded: bool = True, first: int = 0) -> Values:
    return Values({(0, seed): value for seed, value in enumerate(values, first)}, seeded=seeded)


def test_shared_seeds_are_compared_in_pairs() -> None:
    a, b = [0.91, 0.85, 0.95, 0.89], [0.90, 0.83, 0.94, 0.88]
    found = compare(ACCURACY, "a", _values(*a), "b", _values(*b))
    assert (found.design, found.n) == (Design.PAIRED, 4)
    assert found.bounds == pytest.approx(tuple(stats.ttest_rel(a, b).confidence_interval(0.95)))
    assert found.direction == 1
    assert stats.ttest_ind(a, b).confidence_interval(0.95).low < 0, "unpaired the seeds would hide it"


def test_only_the_seeds_that_both_have_are_paired() -> None:
    found = compare(ACCURACY, "a", _values(0.5, 0.6, 0.8), "b", _values(0.55, 0.7, 9.0, first=1))
    assert (found.design, found.n) == (Design.PAIRED, 2)
    assert found.bounds == pytest.approx(tuple(stats.ttest_rel([0.6, 0.8], [0.55, 0.7]).confidence_interval(0.95)))
    assert compare(ACCURACY, "a", _values(0.5, 0.6), "b", _values(0.7, 0.9, first=1)).design is Design.NONE


def test_what_ran_without_a_seed_is_compared_unpaired() -> None:
    a, b = [0.91, 0.85, 0.95, 0.89], [0.80, 0.83, 0.74, 0.88]
    found = compare(ACCURACY, "a", _values(*a), "b", _values(*b, seeded=False))
    assert found.design is Design.UNPAIRED
    assert found.bounds == pytest.approx(tuple(stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)))


@pytest.mark.parametrize("seeded", [True, False])
def test_against_a_method_without_seed_variance_the_test_is_of_one_sample(seeded: bool) -> None:
    values = [0.91, 0.85, 0.95]
    found = compare(ACCURACY, "a", _values(*values, seeded=seeded), "pca", _values(0.44, 0.44))
    assert (found.design, found.n) == (Design.ONE_SAMPLE, 2)
    expected = stats.ttest_1samp(values, 0.44).confidence_interval(0.95)
    assert found.bounds == pytest.approx((expected.low - 0.44, expected.high - 0.44))


def test_two_methods_without_seed_variance() -> None:
    found = rank(ACCURACY, {"a": _values(0.4, 0.4), "b": _values(0.4, 0.4), "c": _values(0.3, 0.3)})
    assert found.between("a", "b").decision is Decision.EQUIVALENT
    assert found.between("a", "c").decision is Decision.BETTER
    assert found.between("c", "a").decision is Decision.WORSE
    assert found.best == ("a", "b")


@pytest.mark.parametrize(
    ("key", "low", "high", "decision"),
    [
        (ACCURACY.key, 0.002, 0.008, "equivalent"),  # though it is never 0
        (ACCURACY.key, 0.005, 0.02, "inconclusive"),
        (ACCURACY.key, -0.03, 0.47, "inconclusive"),
        (ACCURACY.key, 0.02, 0.03, "better"),
        (ACCURACY.key, -0.03, -0.02, "worse"),
        ("fit_s", 0.95, 1.05, "equivalent"),
        ("fit_s", 2.0, 3.0, "worse"),
        ("fit_s", 0.3, 0.5, "better"),
        ("fit_s", 1.01, 1.2, "inconclusive"),
        ("stress", -0.03, -0.02, "better"),
        ("silhouette", 0.5, 0.6, "no margin"),
        ("fit_cores", 1.0, 1.1, "no margin"),
    ],
)
def test_the_margin_decides_and_not_the_power(key: str, low: float, high: float, decision: str) -> None:
    assert decide(QUANTITIES[key], low, high) == decision


def test_few_seeds_leave_much_open() -> None:
    found = rank(ACCURACY, {"a": _values(0.5, 0.52, 0.53), "b": _values(0.2, 0.4, 0.25), "c": _values(0.5, 0.5, 0.51)})
    assert (found.best, found.open) == (("a",), ("c", "b"))
    assert found.between("a", "b").bounds[0] < 0 < found.between("a", "b").bounds[1]


def test_methods_of_other_dimensions_are_ranked_apart(tmp_path: Path) -> None:
    values = {"a": (0.5, 0.5), "b": (0.4, 0.4), "c": (0.9, 0.9), "d": (0.8, 0.8), "e": (0.1, 0.1)}
    runs = {name: {"n_components": 10} for name in "cd"}
    results = maker.write(tmp_path, {name: {ACCURACY.key: of} for name, of in values.items()}, runs=runs)
    found = ranking(results, ACCURACY.key)
    assert (list(found.means), found.best, found.bold) == (["a", "b", "e"], ("a",), ("a", "c"))
    assert {one.n_pairs for one in (*found.comparisons, *found.apart[0].comparisons)} == {4}
    assert [results.label(name) for name in "ac"] == ["A", "C, 10-D"]
    assert len(comparisons_table([found])) == 4


def test_no_interval_goes_beyond_the_most_that_two_values_can_differ_by() -> None:
    found = rank(ACCURACY, {"a": _values(0.0, 1.0), "b": _values(0.9, 0.1), "c": _values(0.2, 0.7)}).between("a", "b")
    assert found.bounds == found.bounds_alone == (-1, 1)
    assert found.decision is Decision.INCONCLUSIVE


def test_methods_of_fewer_points_are_ranked_apart(tmp_path: Path) -> None:
    means = {"a": 0.5, "b": 0.4, "c": 0.9, "d": 0.8}
    values = {name: {ACCURACY.key: (mean, mean)} for name, mean in means.items()}
    results = maker.write(tmp_path, values, runs={name: {"n_train": 50} for name in "cd"})
    found = ranking(results, ACCURACY.key)
    assert (list(found.means), found.bold) == (["a", "b"], ("a", "c"))
    assert {one.n_pairs for one in (*found.comparisons, *found.apart[0].comparisons)} == {2}


def test_one_seed_is_not_compared(tmp_path: Path) -> None:
    values = {"a": [0.9], "b": [0.4, 0.41], "c": [0.39, 0.42]}
    found = ranking(maker.write(tmp_path, {v: {ACCURACY.key: of} for v, of in values.items()}), ACCURACY.key)
    assert set(found.means) == {"b", "c"}
    lone = compare(ACCURACY, "a", _values(0.9), "b", _values(0.4, 0.41))
    assert (lone.design, lone.decision, lone.change) == (Design.NONE, "not compared", None)
    assert rank(ACCURACY, {"a": _values(0.9, 0.8)}).best == ()


def test_times_are_compared_as_ratios() -> None:
    slow, fast = np.array([8.0, 8.4, 7.9, 8.1]), np.array([2.0, 2.1, 2.0, 2.0])
    found = rank(TIME, {"slow": _values(*slow), "fast": _values(*fast)})
    pair, turned = found.between("slow", "fast"), found.between("fast", "slow")
    low, high = stats.ttest_1samp(np.log(slow / fast), 0).confidence_interval(0.95)
    assert pair.change == pytest.approx(np.exp(np.log(slow / fast).mean()))
    assert pair.bounds == pytest.approx((np.exp(low), np.exp(high)))
    assert (turned.change, turned.bounds[0]) == pytest.approx((1 / pair.change, 1 / pair.bounds[1]))
    assert found.best == ("fast",)
    assert compare(TIME, "a", _values(0.0, 1.0), "b", _values(1.0, 2.0)).design is Design.NONE


def test_an_interval_holds_for_every_pair_of_the_quantity(tmp_path: Path) -> None:
    values = {"a": (0.90, 0.91, 0.92), "b": (0.85, 0.87, 0.86), "c": (0.1, 0.5, 0.9), "d": (0.2, 0.9, 0.6)}
    results = maker.write(tmp_path, {name: {ACCURACY.key: of} for name, of in values.items()})
    found = ranking(results, ACCURACY.key)
    assert len(found.comparisons) == 6

    def expected(n_pairs: int) -> tuple[float, float]:
        return tuple(stats.ttest_rel(values["a"], values["b"]).confidence_interval(1 - 0.05 / n_pairs))

    assert found.between("a", "b").bounds == pytest.approx(expected(6))
    assert found.between("a", "b").bounds_alone == pytest.approx(expected(1))
    [alone] = compare_pairs(results, [("b", "a")], ACCURACY.key)
    assert (alone.first, (-alone).bounds) == ("b", pytest.approx(expected(1)))
    first, _ = compare_pairs(results, [("a", "b"), ("c", "d")], ACCURACY.key)
    assert first.bounds == pytest.approx(expected(2))


def test_controls_are_not_ranked_unless_they_are_named(tmp_path: Path) -> None:
    results = maker.write(
        tmp_path,
        {"a": {ACCURACY.key: [0.5, 0.6]}, "noise": {ACCURACY.key: [0.1, 0.2]}},
        maker.study_of(variants={"a": {"reducer": "pca"}, "noise": {"reducer": "random_gaussian"}}),
    )
    assert set(ranking(results, ACCURACY.key).means) == {"a"}
    assert set(ranking(results, ACCURACY.key, results.variants).means) == {"a", "noise"}


def test_the_lower_one_is_best_if_lower_is_better_and_none_if_neither_is() -> None:
    two = {"a": _values(1.0, 1.01, 1.02), "b": _values(5.0, 5.01, 5.02)}
    assert rank(TIME, two).best == ("a",)
    assert rank(ACCURACY, two).best == ("b",)
    assert rank(QUANTITIES["fit_cores"], two).best == ()


def test_comparisons_as_a_table() -> None:
    found = rank(ACCURACY, {"a": _values(0.9, 0.9), "b": _values(0.4, 0.4), "c": _values(0.4, 0.4)})
    rows = comparisons_table([found]).to_dict("records")
    assert (rows[0]["column"], rows[0]["first"], rows[0]["second"]) == ("knn_accuracy_k10", "a", "b")
    assert [row["decision"] for row in rows] == ["better", "better", "equivalent"]
    assert {(row["n_pairs"], row["margin"], row["is"]) for row in rows} == {(3, 0.01, "difference")}
    lone = Comparison(ACCURACY, "a", "b", Design.NONE, 1)
    [row] = comparisons_table([replace(found, comparisons=(lone,))]).to_dict("records")
    assert row["decision"] == "not compared" and row["change"] is row["simultaneous_low"] is None
    assert comparisons_table([]).empty


def test_samples_of_the_data_are_compared_in_pairs_and_not_their_seeds() -> None:
    a = {(s, seed): 0.9 + 0.01 * s + 0.002 * seed for s in range(4) for seed in range(2)}
    b = {(s, seed): 0.88 + 0.01 * s + 0.001 * (s + seed) for s in range(4) for seed in range(2)}
    first, second = (Values(of, seeded=False, resampled=True) for of in (a, b))
    found = compare(ACCURACY, "a", first, "b", second)
    means = [[np.mean([of[s, 0], of[s, 1]]) for s in range(4)] for of in (a, b)]
    assert (found.design, found.n, found.units) == (Design.PAIRED_BY_SAMPLE, 4, "samples")
    assert found.bounds == pytest.approx(tuple(stats.ttest_rel(*means).confidence_interval(0.95)))
    one = compare(ACCURACY, "a", replace(first, by_run={(0, 0): 0.9, (0, 1): 0.8}), "b", second)
    assert one.design is Design.NONE, "one sample of the data says nothing of others"


def test_costs_on_a_sample_are_geometric_means() -> None:
    a = Values({(0, 0): 1.0, (0, 1): 4.0, (1, 0): 3.0, (1, 1): 3.0}, resampled=True)
    b = Values({run: 1.0 for run in a.by_run}, resampled=True)
    assert compare(TIME, "a", a, "b", b).change == pytest.approx((2 * 3) ** 0.5)


def test_a_method_that_no_seed_changes_is_one_run_and_a_fixed_number() -> None:
    same = {(0, seed): (0, 0) for seed in range(1, 5)}
    fixed = Values({(0, seed): 0.44 for seed in range(5)}, same_as=same)
    values = [0.91, 0.85, 0.95]
    found = compare(ACCURACY, "a", _values(*values), "pca", fixed)
    assert (found.design, found.n) == (Design.ONE_SAMPLE, 3)
    expected = stats.ttest_1samp(values, 0.44).confidence_interval(0.95)
    assert found.bounds == pytest.approx((expected.low - 0.44, expected.high - 0.44))
    both = compare(ACCURACY, "pca", fixed, "other", replace(fixed, by_run={run: 0.40 for run in fixed.by_run}))
    assert (both.n, both.decision, both.bounds) == (1, "better", (pytest.approx(0.04), pytest.approx(0.04)))
    assert compare(ACCURACY, "pca", fixed, "once", _values(0.4)).design is Design.NONE
    assert rank(ACCURACY, {"pca": fixed, "a": _values(*values)}).means == {"a": pytest.approx(0.9033333), "pca": 0.44}
