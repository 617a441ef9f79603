"""What a score changes with: data, seeds and test points, from simulated runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.analysis.variance import COLUMNS, of_points, of_scores, variance_table
from bench.output.tables.variance import split_of_variance
from bench.store.test_set import KEY
from tests.bench import results_maker as maker


def _simulated(rng: np.random.RandomState, data: float, seed: float, n_points: int = 400) -> np.ndarray:
    """Return on which points runs on six samples with two seeds are correct: points differ in how hard they are."""
    hardness = rng.uniform(0.55, 0.95, n_points)
    shift = data * rng.standard_normal((6, 1, 1)) + seed * rng.standard_normal((6, 2, 1))
    found: np.ndarray = rng.uniform(size=(6, 2, n_points)) < hardness + shift
    return found


@pytest.mark.parametrize(("data", "seed"), [(0.03, 0.01), (0.0, 0.03), (0.04, 0.0)])
def test_the_sources_of_simulated_runs_are_found(data: float, seed: float) -> None:
    rng = np.random.RandomState(0)
    every = [of_points(_simulated(rng, data, seed)) for _ in range(300)]
    found = [np.mean([getattr(one, name) ** 2 for one in every]) ** 0.5 for name in ("data", "seed")]
    # Variances that are cut at 0 leave some where there is none.
    for estimated, true in zip(found, (data, seed), strict=True):
        assert estimated == pytest.approx(true, abs=0.006) if true else estimated < 0.016
    p = 0.75
    assert np.mean([one.points for one in every if one.points]) == pytest.approx((p * (1 - p) / 400) ** 0.5, rel=0.05)


def test_chance_on_the_points_alone_is_due_to_points() -> None:
    rng = np.random.RandomState(1)
    bits = _simulated(rng, 0.0, 0.0)
    split, plain = of_points(bits), of_scores(bits.mean(axis=2))
    assert split.points is not None and split.points > 0.02
    assert split.seed < plain.seed, "two runs that are the same but for chance on 400 points differ in their accuracy"


def test_without_points_variance_between_samples_is_less_that_of_their_seeds() -> None:
    rng = np.random.RandomState(0)
    every = [of_scores(0.03 * rng.standard_normal((6, 1)) + 0.02 * rng.standard_normal((6, 2))) for _ in range(2_000)]
    found = [np.mean([getattr(one, name) ** 2 for one in every]) ** 0.5 for name in ("data", "seed")]
    assert found == pytest.approx([0.03, 0.02], rel=0.03)
    fixed = of_scores(np.array([[0.5, 0.5], [0.5, 0.5]]))
    assert (fixed.data, fixed.seed, fixed.points) == (0.0, 0.0, None)


def test_a_study_with_samples_and_seeds_has_a_table(tmp_path: Path) -> None:
    rng = np.random.RandomState(0)
    bits = _simulated(rng, 0.03, 0.01, 500)
    runs = [(sample, seed) for sample in range(6) for seed in range(2)]
    values = {
        "a": {KEY: {run: float(bits[run].mean()) for run in runs}, "knn_accuracy_k10": {run: 0.5 for run in runs}},
        "b": {"knn_accuracy_k10": {run: 0.5 + 0.01 * run[0] for run in runs[:-1]}},
    }
    arrays = {f"correct/a/{s}-{seed}": np.packbits(bits[s, seed]) for s, seed in runs}
    study = maker.study_of("a", "b", samples=6, seeds=2)
    results = maker.write(tmp_path, values, study, arrays=arrays)
    table = variance_table(results).set_index(["column", "variant"])
    assert tuple(table.reset_index()[list(COLUMNS)]) == COLUMNS
    assert table.loc[(KEY, "a"), "n_points"] == 500
    assert table.loc[(KEY, "a"), "sd_points"] == pytest.approx(of_points(bits).points)
    assert table.loc[("knn_accuracy_k10", "a"), "sd_data"] == 0
    assert table.loc[("knn_accuracy_k10", "b"), "n_samples"] == 5, "one lacks a seed"
    [shown] = split_of_variance(results, variance_table(results))
    assert [column.title for column in shown.columns] == [
        *(f"10-NN accuracy, test, {source}" for source in ("other data", "another seed", "other test points")),
        *(f"10-NN accuracy, {source}" for source in ("other data", "another seed")),
    ]
    assert "over 6 samples of the data, 2 seeds each" in shown.caption
    assert [cell.text for cell in shown.rows[1].cells[:3]] == ["n/a"] * 3


@pytest.mark.parametrize("fields", [{}, {"samples": 3, "seeds": 1}])
def test_without_samples_or_without_seeds_there_is_none(tmp_path: Path, fields: dict[str, int]) -> None:
    by_run = {(s, seed): 0.5 for s in range(fields.get("samples", 1)) for seed in range(fields.get("seeds", 3))}
    results = maker.write(tmp_path, {"a": {KEY: by_run}}, maker.study_of("a", **fields))
    assert variance_table(results).empty
    assert split_of_variance(results, None) == []
