"""How many seeds a decision takes, checked by drawing them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.analysis.power import half_width, n_comparisons, power, seeds_needed
from bench.metrics.statistics import paired
from bench.output.tables.power import seeds_needed as table
from bench.studies.study import Variant
from tests.bench import results_maker as maker


@pytest.mark.parametrize(("n", "n_pairs"), [(5, 1), (14, 28)])
def test_nine_in_ten_intervals_are_as_narrow_as_is_said(n: int, n_pairs: int) -> None:
    rng, most = np.random.RandomState(0), half_width(0.01, n, n_pairs)
    drawn = (paired(*(0.01 * rng.standard_normal((2, n)))) for _ in range(3_000))
    ends = [one.bounds(n_pairs) for one in drawn if one is not None]
    assert np.mean([(high - low) / 2 <= most for low, high in ends]) == pytest.approx(0.9, abs=0.02)


def test_as_many_seeds_as_it_takes_and_not_one_more() -> None:
    n = seeds_needed(0.004, 0.01, 4)
    assert n == 16
    assert half_width(0.004, n, 4) <= 0.005 < half_width(0.004, n - 1, 4)
    assert seeds_needed(0.0, 0.01) == 2
    assert seeds_needed(1.0, 0.01) is None
    assert (seeds_needed(0.004, 0.01, 40) or 0) > n


def test_deviations_are_pooled_over_the_variants_of_a_method(tmp_path: Path) -> None:
    key, variants = "knn_accuracy_k10", {"pca": Variant(reducer="pca"), "umap": Variant(reducer="umap")}
    variants |= {"umap-5": Variant(reducer="umap", params={"n_neighbors": 5}, of="umap", axis="n_neighbors")}
    values: dict[str, list[float]] = {"pca": [0.5] * 3, "umap": [0.90, 0.92, 0.94], "umap-5": [0.80, 0.84, 0.88]}
    study = maker.study_of(variants=variants, seeds=3)
    results = maker.write(tmp_path, {name: {key: of, "fit_s": [1.0, 1.1, 1.2]} for name, of in values.items()}, study)
    found = power(results, key)
    assert n_comparisons(results) == 3, "all pairs, as PCA is not varied"
    assert n_comparisons(results.only(("umap", "umap-5"))) == 1
    assert found["pca"].seeds == 2
    assert found["umap"].deviation == pytest.approx(np.sqrt((0.02**2 + 0.04**2) / 2))
    [shown] = table(results)
    assert [row.label for row in shown.rows] == ["10-NN accuracy (0.01)", "fit (10%)"]
    assert shown.rows[0].cells[1].value == found["umap"].seeds
    assert "over the 3 seeds of these runs" in shown.caption


def test_of_samples_of_the_data_no_seeds_are_asked(tmp_path: Path) -> None:
    by_run = {(s, seed): 0.5 + 0.01 * (s + seed) for s in range(3) for seed in range(2)}
    results = maker.write(tmp_path, {"a": {"silhouette": by_run}}, maker.study_of("a", samples=3, seeds=2))
    assert table(results) == []
