"""Which methods differ significantly, from made-up values over seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bench.analysis.comparisons import Design, compare, compare_pairs, comparisons_table, rank, ranking
from bench.analysis.quantities import QUANTITIES
from bench.store.values import Values
from tests.bench import results_maker as maker

ACCURACY, TIME = QUANTITIES["knn_accuracy_k10"], QUANTITIES["fit_s"]


def _values(*values: float, seeded: bool = True, first: int = 0) -> Values:
    return Values({(0, seed): value for seed, value in enumerate(values, first)}, seeded=seeded)


def test_shared_seeds_are_compared_in_pairs() -> None:
    a, b = [0.91, 0.85, 0.95, 0.89], [0.90, 0.83, 0.94, 0.88]
    found = compare("a", _values(*a), "b", _values(*b))
    assert (found.design, found.n) == (Design.PAIRED, 4)
    assert found.p == pytest.approx(stats.ttest_rel(a, b).pvalue)
    assert found.p < 0.05 < 0.5 < stats.ttest_ind(a, b).pvalue, "unpaired the seeds would hide it"


def test_only_the_seeds_that_both_have_are_paired() -> None:
    found = compare("a", _values(0.5, 0.6, 0.8), "b", _values(0.55, 0.7, 9.0, first=1))
    assert (found.design, found.n) == (Design.PAIRED, 2)
    assert found.p == pytest.approx(stats.ttest_rel([0.6, 0.8], [0.55, 0.7]).pvalue)
    assert compare("a", _values(0.5, 0.6), "b", _values(0.7, 0.9, first=1)).design is Design.NONE


def test_what_ran_without_a_seed_is_compared_unpaired() -> None:
    a, b = [0.91, 0.85, 0.95, 0.89], [0.80, 0.83, 0.74, 0.88]
    found = compare("a", _values(*a), "b", _values(*b, seeded=False))
    assert found.design is Design.UNPAIRED
    assert found.p == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)


@pytest.mark.parametrize("seeded", [True, False])
def test_against_a_method_without_seed_variance_the_test_is_of_one_sample(seeded: bool) -> None:
    values = [0.91, 0.85, 0.95]
    found = compare("a", _values(*values, seeded=seeded), "pca", _values(0.44, 0.44))
    assert (found.design, found.n) == (Design.ONE_SAMPLE, 2)
    assert found.p == pytest.approx(stats.ttest_1samp(values, 0.44).pvalue)


def test_two_methods_without_seed_variance() -> None:
    found = rank(ACCURACY, {"a": _values(0.4, 0.4), "b": _values(0.4, 0.4), "c": _values(0.3, 0.3)})
    assert found.between("a", "b").equal
    assert found.between("a", "c").significant
    assert found.best == ("a", "b")


def test_one_seed_is_not_compared(tmp_path: Path) -> None:
    values = {"a": [0.9], "b": [0.4, 0.41], "c": [0.39, 0.42]}
    found = ranking(maker.write(tmp_path, {v: {ACCURACY.key: of} for v, of in values.items()}), ACCURACY.key)
    assert set(found.medians) == {"b", "c"}
    lone = compare("a", _values(0.9), "b", _values(0.4, 0.41))
    assert (lone.design, lone.result) == (Design.NONE, "not compared")
    assert not lone.significant and not lone.equal
    assert rank(ACCURACY, {"a": _values(0.9, 0.8)}).best == ()


def test_times_are_compared_as_ratios() -> None:
    slow, fast = np.array([8.0, 8.4, 7.9, 8.1]), np.array([2.0, 2.1, 2.0, 2.0])
    found = rank(TIME, {"slow": _values(*slow), "fast": _values(*fast)})
    pair, turned = found.between("slow", "fast"), found.between("fast", "slow")
    low, high = stats.ttest_1samp(np.log(slow / fast), 0).confidence_interval(0.95)
    assert pair.change == pytest.approx(np.exp(np.log(slow / fast).mean()))
    assert (pair.low, pair.high) == pytest.approx((np.exp(low), np.exp(high)))
    assert (turned.change, turned.low) == pytest.approx((1 / pair.change, 1 / pair.high))
    assert found.best == ("fast",)
    assert compare("a", _values(0.0, 1.0), "b", _values(1.0, 2.0), is_ratio=True).design is Design.NONE


def test_holm_counts_every_pair_of_the_quantity(tmp_path: Path) -> None:
    values = {"a": (0.90, 0.91, 0.92), "b": (0.85, 0.87, 0.86), "c": (0.1, 0.5, 0.9), "d": (0.2, 0.9, 0.6)}
    results = maker.write(tmp_path, {name: {ACCURACY.key: of} for name, of in values.items()})
    found = ranking(results, ACCURACY.key)
    assert len(found.comparisons) == 6
    smallest = min(found.comparisons, key=lambda pair: pair.p)
    assert smallest.p_holm == pytest.approx(min(1.0, 6 * smallest.p))
    [alone] = compare_pairs(results, [("b", "a")], ACCURACY.key)
    assert (alone.first, alone.p_holm) == ("b", pytest.approx(found.between("a", "b").p))
    first, _ = compare_pairs(results, [("a", "b"), ("c", "d")], ACCURACY.key)
    assert first.p_holm == pytest.approx(2 * found.between("a", "b").p)


def test_controls_are_not_ranked_unless_they_are_named(tmp_path: Path) -> None:
    results = maker.write(
        tmp_path,
        {"a": {ACCURACY.key: [0.5, 0.6]}, "noise": {ACCURACY.key: [0.1, 0.2]}},
        maker.study_of(variants={"a": {"reducer": "pca"}, "noise": {"reducer": "random_gaussian"}}),
    )
    assert set(ranking(results, ACCURACY.key).medians) == {"a"}
    assert set(ranking(results, ACCURACY.key, results.variants).medians) == {"a", "noise"}


def test_the_lower_one_is_best_if_lower_is_better_and_none_if_neither_is() -> None:
    two = {"a": _values(1.0, 1.01, 1.02), "b": _values(5.0, 5.01, 5.02)}
    assert rank(TIME, two).best == ("a",)
    assert rank(ACCURACY, two).best == ("b",)
    assert rank(QUANTITIES["fit_cores"], two).best == ()


def test_comparisons_as_a_table() -> None:
    found = rank(ACCURACY, {"a": _values(0.9, 0.9), "b": _values(0.4, 0.4), "c": _values(0.4, 0.4)})
    rows = comparisons_table([found]).to_dict("records")
    assert (rows[0]["column"], rows[0]["first"], rows[0]["second"]) == ("knn_accuracy_k10", "a", "b")
    assert [row["result"] for row in rows] == [*["significantly different"] * 2, "no significant difference"]
    assert comparisons_table([]).empty
