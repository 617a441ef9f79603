"""Accuracies over test points: which methods are included, and whether points and seeds are kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from bench.analysis.over_test_points import comparisons
from bench.metrics.statistics import mcnemar
from bench.store.results import Results
from bench.store.tables import to_csv
from bench.store.test_set import KEY, over_points
from bench.studies.study import Study
from tests.bench import results_maker as maker

N_TEST = 400


def points(share: float, seed: int) -> np.ndarray:
    """Return the points that are easiest: two methods are wrong on much the same ones."""
    easy = np.random.RandomState(0).uniform(size=N_TEST) + 0.1 * np.random.RandomState(1 + seed).uniform(size=N_TEST)
    return easy <= np.quantile(easy, share)


def results_of(
    folder: Path, correct: Mapping[str, Sequence[np.ndarray]], study: Study | None = None, **runs: Mapping[str, object]
) -> Results:
    """Return the results of a study whose runs classify these points correctly."""
    accuracies = {variant: [float(one.mean()) for one in of_seeds] for variant, of_seeds in correct.items()}
    bits = {
        f"correct/{variant}/0-{seed}": np.packbits(one)
        for variant, of_seeds in correct.items()
        for seed, one in enumerate(of_seeds)
    }
    values = {variant: {KEY: of, "knn_accuracy_k10": of} for variant, of in accuracies.items()}
    fields = {variant: {"n_test": N_TEST, **runs.get(variant, {})} for variant in correct}
    return maker.write(folder, values, study, runs=fields, arrays=bits)


def test_seeds_are_averaged_and_the_shown_ones_tested(tmp_path: Path) -> None:
    correct = {
        "a": [points(0.80, 0), points(0.90, 1), points(0.85, 2)],
        "b": [points(0.70, 3), points(0.60, 4), points(0.64, 5)],
        "c": [points(0.65, 6), points(0.64, 7), points(0.66, 8)],
    }
    found = over_points(results_of(tmp_path, correct))
    assert found is not None
    pairs = found[1]
    assert list(zip(pairs["first"], pairs["second"], strict=True)) == [("a", "b"), ("a", "c"), ("b", "c")]
    ab = pairs.iloc[0]
    assert ab["difference"] == pytest.approx(np.mean(correct["a"]) - np.mean(correct["b"]))
    assert ab["over_points_low"] < ab["difference"] < ab["over_points_high"]
    assert (ab["shown_seed_first"], ab["shown_seed_second"]) == (2, 2), "the seeds with the median accuracy"
    test = mcnemar(correct["a"][2], correct["b"][2])
    assert (ab["only_first"], ab["only_second"], ab["mcnemar_p"]) == (test.only_first, test.only_second, test.p)
    alone, at_once = ab["over_points_low"], comparisons(pairs)[0]
    assert [one.decision for one in comparisons(pairs)][:2] == ["better", "better"]
    assert at_once.bounds[0] < alone, "it holds for all three pairs"
    assert (-at_once).bounds == (-at_once.bounds[1], -at_once.bounds[0]) and (-at_once).decision == "worse"
    assert set(pairs["column"]) == {KEY} and set(pairs["n_points"]) == {N_TEST}


def test_accuracies_are_means_over_points_and_seeds_in_the_order_of_the_study(tmp_path: Path) -> None:
    study = maker.study_of(variants={"good": {"reducer": "pca"}, "control": {"reducer": "random_projection"}})
    correct = {"good": [points(0.5, 0), points(0.7, 1)], "control": [points(0.1, 2)]}
    found = over_points(results_of(tmp_path, correct, study))
    assert found is not None
    accuracies, pairs = found
    assert accuracies["variant"].tolist() == ["good", "control"]
    assert accuracies["kind"].tolist() == ["method", "control"]
    assert accuracies["n_seeds"].tolist() == [2, 1] and set(accuracies["n_points"]) == {N_TEST}
    assert pairs.empty, "a control is not compared"
    good = accuracies.iloc[0]
    assert good["mean"] == pytest.approx(0.6)
    assert good["over_points_low"] < good["mean"] < good["over_points_high"]


def test_pairing_sees_what_two_intervals_hide(tmp_path: Path) -> None:
    all_of_b_and_some = points(0.7, 0) | (np.arange(N_TEST) % 20 == 0)
    found = over_points(results_of(tmp_path, {"a": [all_of_b_and_some], "b": [points(0.7, 0)]}))
    assert found is not None
    one, other = (row for _, row in found[0].iterrows())
    assert other["over_points_high"] > one["mean"] > other["mean"] > one["over_points_low"]
    [pair] = found[1].to_dict("records")
    assert pair["over_points_low"] > 0 and pair["only_second"] == 0


def test_what_was_fitted_on_fewer_points_has_no_row(tmp_path: Path) -> None:
    results = results_of(tmp_path, {"a": [points(0.7, 0)], "few": [points(0.5, 0)]}, few={"n_train": 30})
    found = over_points(results)
    assert found is not None
    assert found[0]["variant"].tolist() == ["a"]


def test_without_single_predictions_nothing_is_known(tmp_path: Path) -> None:
    assert over_points(maker.write(tmp_path, {"a": {KEY: [0.5, 0.6]}})) is None


def test_without_an_accuracy_there_is_nothing_to_compare(tmp_path: Path) -> None:
    found = over_points(maker.write(tmp_path, {"a": {KEY: ["n/a (no labels)"]}}))
    assert found is not None
    assert found[0].empty and found[1].empty


@pytest.mark.parametrize("study", ["default", "full"])
def test_the_committed_tables_come_out_again(study: str) -> None:
    folder = Path(__file__).parents[3] / "results" / study
    found = over_points(Results(folder))
    assert found is not None
    for name, table in zip(("test_accuracy.csv", "test_comparisons.csv"), found, strict=True):
        assert to_csv(table) == (folder / name).read_text()
