"""Runs that fall into two groups are said to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.analysis.caveats import Mark, caveats
from bench.analysis.layouts import all_layouts, least_gap, looked_at, widest_gaps
from bench.metrics.statistics import two_groups
from bench.store.results import Results
from tests.bench import results_maker as maker

ACCURACY = "knn_accuracy_k10_test"
TWO = [0.912, 0.9255, 0.911, 0.924, 0.9131, 0.926, 0.9152, 0.9114, 0.9142, 0.9251]
ONE = [0.912, 0.914, 0.913, 0.916, 0.911, 0.917, 0.915, 0.9135, 0.9125, 0.918]
NEAR = [0.4985, 0.49948, 0.49952, 0.50048, 0.50052, 0.5015, 0.505615, 0.506315, 0.506915, 0.507615]
"""Two groups with a gap of 4.2 standard deviations: 1 % of normal samples have one of 3.9."""
PROJECT = Path(__file__).parents[3]


def test_two_layouts_are_a_caveat_of_the_number(tmp_path: Path) -> None:
    results = maker.write(tmp_path, {"two": {ACCURACY: TWO}, "one": {ACCURACY: ONE}})
    [(variant, [found])] = all_layouts(results).items()
    assert (variant, found.text) == ("two", "0.911 to 0.915 (6 seeds), 0.924 to 0.926 (4)")
    [caveat] = [one for one in caveats(results) if one.mark is Mark.TWO_LAYOUTS]
    assert (caveat.rows, caveat.columns) == (("two",), (ACCURACY,))
    assert caveat.text.endswith(f"10-NN accuracy, test {found.text}.")


def test_the_more_is_looked_at_the_wider_is_a_gap_that_counts(tmp_path: Path) -> None:
    alone = maker.write(tmp_path / "alone", {"near": {ACCURACY: NEAR}})
    assert list(all_layouts(alone)) == ["near"]
    others = {f"other-{place}": {ACCURACY: ONE} for place in range(40)}
    among = maker.write(tmp_path / "among", {"near": {ACCURACY: NEAR}, **others, "few": {ACCURACY: ONE[:5]}})
    assert len(looked_at(among)) == 41, "five values are never two groups"
    assert all_layouts(among) == {}


@pytest.mark.parametrize("n", [6, 10, 30])
def test_of_studies_of_normal_values_one_in_a_hundred_has_two_groups(n: int) -> None:
    gaps = widest_gaps(np.random.RandomState(1).standard_normal((60_000, n)))
    assert 0.005 < (gaps.reshape(-1, 20).max(axis=1) > least_gap(n, 20)).mean() < 0.012


@pytest.mark.parametrize("values", [TWO, NEAR])
def test_a_gap_is_that_between_the_two_groups(values: list[float]) -> None:
    groups = two_groups(values)
    assert groups is not None
    low, high = groups
    within = sum(len(of) * of.var() for of in groups) / (len(values) - 2)
    assert widest_gaps(np.array([values]))[0] == pytest.approx((high[0] - low[-1]) / within**0.5)
    assert widest_gaps(np.array([[0.1] * 3 + [0.2] * 3]))[0] > 1e6


def test_runs_on_several_samples_of_the_data_are_not_looked_at(tmp_path: Path) -> None:
    runs = [(place // 2, place % 2) for place in range(10)]
    values = {
        "data": {ACCURACY: dict(zip(runs, sorted(TWO), strict=True))},
        "seed": {ACCURACY: dict(zip(runs, TWO, strict=True))},
    }
    results = maker.write(tmp_path, values, maker.study_of(*values, samples=5, seeds=2))
    assert looked_at(results) == {} and all_layouts(results) == {}


def test_the_published_umap_has_two_layouts() -> None:
    results = Results(PROJECT / "results/full")
    found = all_layouts(results)
    assert "opentsne" not in found
    if not results.is_resampled:  # the study with ten seeds
        assert ACCURACY in [one.key for one in found["umap"]]


def test_a_method_that_no_seed_changes_is_one_run(tmp_path: Path) -> None:
    values = {"fixed": {ACCURACY: [0.4, 0.4, 0.4]}, "other": {ACCURACY: [0.4, 0.5, 0.45]}}
    [caveat] = [one for one in caveats(maker.write(tmp_path, values)) if one.mark is Mark.ONE_RUN]
    assert caveat.rows == ("fixed",)
    assert caveat.text.startswith("1 distinct run: every seed gives the same embedding.")
