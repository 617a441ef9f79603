"""Which methods can be told apart, from made-up values over seeds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bench.comparisons import Design, compare, frame, standing
from bench.samples import Sample, samples
from bench.tables.columns import COLUMNS
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

ACCURACY, TIME = COLUMNS["knn_accuracy_k10"], COLUMNS["fit_s"]


def _sample(*values: float, seeded: bool = True, first: int = 0) -> Sample:
    return Sample(dict(enumerate(values, first)), seeded=seeded)


def test_shared_seeds_are_compared_in_pairs() -> None:
    a, b = [0.91, 0.85, 0.95, 0.89], [0.90, 0.83, 0.94, 0.88]
    found = compare("a", _sample(*a), "b", _sample(*b))
    assert (found.design, found.n) == (Design.PAIRED, 4)
    assert found.p == pytest.approx(stats.ttest_rel(a, b).pvalue)
    assert found.p < 0.05 < 0.5 < stats.ttest_ind(a, b).pvalue, "unpaired the seeds would hide it"


def test_only_the_seeds_that_both_have_are_paired() -> None:
    found = compare("a", _sample(0.5, 0.6, 0.8), "b", _sample(0.55, 0.7, 9.0, first=1))
    assert (found.design, found.n) == (Design.PAIRED, 2)
    assert found.p == pytest.approx(stats.ttest_rel([0.6, 0.8], [0.55, 0.7]).pvalue)
    assert compare("a", _sample(0.5, 0.6), "b", _sample(0.7, 0.9, first=1)).design is Design.NONE


def test_what_ran_without_a_seed_is_compared_unpaired() -> None:
    a, b = [0.91, 0.85, 0.95, 0.89], [0.80, 0.83, 0.74, 0.88]
    found = compare("a", _sample(*a), "b", _sample(*b, seeded=False))
    assert found.design is Design.UNPAIRED
    assert found.p == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)


@pytest.mark.parametrize("seeded", [True, False])
def test_against_a_method_without_seed_variance_the_test_is_of_one_sample(seeded: bool) -> None:
    values = [0.91, 0.85, 0.95]
    found = compare("a", _sample(*values, seeded=seeded), "pca", _sample(0.44, 0.44))
    assert (found.design, found.n) == (Design.ONE_SAMPLE, 2)
    assert found.p == pytest.approx(stats.ttest_1samp(values, 0.44).pvalue)


def test_two_methods_without_seed_variance() -> None:
    found = standing(ACCURACY, {"a": _sample(0.4, 0.4), "b": _sample(0.4, 0.4), "c": _sample(0.3, 0.3)})
    assert found.between("a", "b").tied
    assert found.between("a", "c").told_apart
    assert found.best == ("a", "b")


def test_one_seed_has_no_verdict_and_does_not_compete() -> None:
    found = standing(ACCURACY, {"a": _sample(0.9), "b": _sample(0.4, 0.41), "c": _sample(0.39, 0.42)})
    assert set(found.medians) == {"b", "c"}
    lone = compare("a", _sample(0.9), "b", _sample(0.4, 0.41))
    assert lone.design is Design.NONE
    assert not lone.told_apart and not lone.tied
    assert standing(ACCURACY, {"a": _sample(0.9), "b": _sample(0.4)}).best == ()
    assert standing(ACCURACY, {"a": _sample(0.9, 0.8)}).best == ()


def test_times_are_compared_as_ratios() -> None:
    slow, fast = np.array([8.0, 8.4, 7.9, 8.1]), np.array([2.0, 2.1, 2.0, 2.0])
    found = standing(TIME, {"slow": _sample(*slow), "fast": _sample(*fast)})
    pair, turned = found.between("slow", "fast"), found.between("fast", "slow")
    low, high = stats.ttest_1samp(np.log(slow / fast), 0).confidence_interval(0.95)
    assert pair.change == pytest.approx(np.exp(np.log(slow / fast).mean()))
    assert (pair.low, pair.high) == pytest.approx((np.exp(low), np.exp(high)))
    assert (turned.change, turned.low) == pytest.approx((1 / pair.change, 1 / pair.high))
    assert found.best == ("fast",)
    assert compare("a", _sample(0.0, 1.0), "b", _sample(1.0, 2.0), is_ratio=True).design is Design.NONE


def test_holm_counts_every_pair_of_the_column() -> None:
    values = {"a": (0.90, 0.91, 0.92), "b": (0.85, 0.87, 0.86), "c": (0.1, 0.5, 0.9), "d": (0.2, 0.9, 0.6)}
    found = standing(ACCURACY, {name: _sample(*of) for name, of in values.items()})
    assert len(found.comparisons) == 6
    smallest = min(found.comparisons, key=lambda pair: pair.p)
    assert smallest.p_holm == pytest.approx(min(1.0, 6 * smallest.p))
    assert standing(ACCURACY, {n: _sample(*values[n]) for n in "ab"}).between("a", "b").p_holm == pytest.approx(
        found.between("a", "b").p
    )


def test_the_lower_one_is_best_where_lower_is_better_and_none_where_neither_is() -> None:
    two = {"a": _sample(1.0, 1.01, 1.02), "b": _sample(5.0, 5.01, 5.02)}
    assert standing(TIME, two).best == ("a",)
    assert standing(ACCURACY, two).best == ("b",)
    assert standing(COLUMNS["fit_cores"], two).best == ()


def test_comparisons_as_a_frame() -> None:
    found = standing(ACCURACY, {"a": _sample(0.9, 0.9), "b": _sample(0.4, 0.4)})
    [row] = frame([found]).to_dict("records")
    assert (row["column"], row["first"], row["second"], row["verdict"]) == ("knn_accuracy_k10", "a", "b", "told apart")
    assert frame([]).empty


def test_samples_hold_values_by_seed_and_reasons() -> None:
    reading = maker.reading(
        make_dataset(),
        {
            "a": {("knn_accuracy", 10): [0.5, 0.6], ("silhouette_test", None): ["n/a (transductive)"] * 2},
            "free": {("knn_accuracy", 10): [0.5]},
        },
        {"a": [maker.well(1.0, transductive=True), maker.ill(maker.Status.FAILED, "x")]},
        free={"random_state": None},
    )
    found = samples(reading)
    assert found["a"]["knn_accuracy_k10"].values == {0: 0.5}, "the second run failed"
    assert found["a"]["fit_s"].values == {0: 1.0}
    assert found["a"]["silhouette_test"].reason == "n/a (transductive)"
    assert found["a"]["transform_s"].reason == "n/a (transductive)"
    assert found["a"]["knn_accuracy_k10"].seeded and not found["free"]["knn_accuracy_k10"].seeded
