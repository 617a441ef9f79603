"""What counts as one value of an interval: a distinct run, or a sample of the data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.store.values import ALL_SEEDS, Values
from tests.bench import results_maker as maker

BY_RUN = {(0, 0): 1.0, (0, 1): 4.0, (1, 0): 2.0, (1, 1): 2.0}


def test_a_run_counts_for_itself_unless_there_are_samples_of_the_data() -> None:
    assert Values(BY_RUN).units() == BY_RUN
    assert Values(BY_RUN, resampled=True).units() == {(0,): 2.5, (1,): 2.0}
    assert Values(BY_RUN, resampled=True).units(is_ratio=True) == {(0,): pytest.approx(2.0), (1,): pytest.approx(2.0)}
    assert Values({(0, 0): 0.0, (0, 1): 2.0}, resampled=True).units(is_ratio=True) == {(0,): 1.0}, "0 has no logarithm"


def test_runs_of_the_same_embedding_count_once() -> None:
    same = {(0, 1): (0, 0), (0, 2): (0, 0)}
    fixed = Values({(0, 0): 0.5, (0, 1): 0.5, (0, 2): 0.5}, same_as=same)
    assert fixed.units() == {(0, 0): 0.5}
    assert fixed.is_fixed and fixed.is_comparable and len(fixed) == 3
    partly = Values({(0, 0): 0.5, (0, 1): 0.5, (0, 3): 0.8}, same_as=same)
    assert partly.units() == {(0, 0): 0.5, (0, 3): 0.8}
    assert not partly.is_fixed
    by_sample = Values({(0, 0): 0.5, (0, 1): 0.5, (0, 3): 0.8}, same_as=same, resampled=True)
    assert by_sample.units() == {(0,): pytest.approx(0.65)}
    assert Values({(0, 1): 0.5, (0, 2): 0.5}, same_as=same).units() == {(0, 1): 0.5}, "the first may have no value"


def test_one_run_is_neither_fixed_nor_comparable() -> None:
    one = Values({(0, 0): 0.5})
    assert not one.is_fixed and not one.is_comparable
    assert not Values({(0, 0): 0.5, (0, 1): 0.6}, resampled=True).is_comparable, "one sample of the data"


def test_runs_are_the_same_if_all_their_scores_are(tmp_path: Path) -> None:
    values = {
        "fixed": {"knn_accuracy_k10": [0.5, 0.5, 0.5], "silhouette": [0.1, 0.1, 0.1], "fit_s": [1.0, 2.0, 4.0]},
        "nearly": {"knn_accuracy_k10": [0.5, 0.5, 0.5], "silhouette": [0.1, 0.1, 0.1 + 1e-12]},
        "silent": {"knn_accuracy_k10": ["n/a (collapsed)"] * 3},
    }
    results = maker.write(tmp_path, values)
    assert [results.distinct_runs(name) for name in values] == [1, 2, 3]
    assert results.values("fixed", "knn_accuracy_k10").is_fixed
    assert len(results.values("fixed", "fit_s").units()) == 3, "each of their times was measured"


def test_a_reference_has_a_value_on_each_sample_of_the_data(tmp_path: Path) -> None:
    values = {"a": {"knn_accuracy_k10": BY_RUN}}
    results = maker.write(tmp_path, values, maker.study_of("a", samples=2, seeds=2))
    scores = results.frame("scores")
    pixels = scores.iloc[:2].assign(variant="pixels", sample=[0, 1], seed=None, value=[0.25, 1.25])
    pd.concat([scores.astype(object), pixels.astype(object)]).to_csv(tmp_path / "scores.csv", index=False)
    results = maker.Results(tmp_path)
    assert results.values("pixels", "knn_accuracy_k10").by_run == {(0, ALL_SEEDS): 0.25, (1, ALL_SEEDS): 1.25}
    assert results.values("pixels", "knn_accuracy_k10").units() == {(0,): 0.25, (1,): 1.25}
    assert results.single("pixels", "knn_accuracy_k10") == (0.75, "")
    assert results.over == "over 2 samples of the data, 2 seeds each"
