"""Accuracies over held-out points: who takes part, and whether points and seeds are kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import judge
from bench.datasets import Dataset
from bench.held_out import COLUMN, HeldOut, accuracies_frame, held_out, pairs_frame
from bench.reading import Reading, read
from bench.records import Record
from bench.statistics import mcnemar
from bench.tables.build import tabulate
from bench.tables.markdown import to_markdown
from bench.tables.over_points import MOST, tables
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

N_TEST = 400


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(60, N_TEST)


def _points(share: float, seed: int) -> np.ndarray:
    """Return points of which the easiest are right: two methods are wrong on much the same ones."""
    easy = np.random.RandomState(0).uniform(size=N_TEST) + 0.1 * np.random.RandomState(1 + seed).uniform(size=N_TEST)
    return easy <= np.quantile(easy, share)


def _reading(
    dataset: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    right: Mapping[str, list[np.ndarray]],
    **of_variant: dict[str, object],
) -> Reading:
    """Return what is read of a study whose seeds tell these points right."""
    accuracies = {variant: [float(one.mean()) for one in of_seeds] for variant, of_seeds in right.items()}
    scores = {
        variant: {("knn_accuracy_test", 10): values, ("knn_accuracy", 10): values}
        for variant, values in accuracies.items()
    }

    def of_run(_: object, record: Record, n_test: int) -> np.ndarray:
        assert n_test == N_TEST
        return right[record.variant][record.seed]

    monkeypatch.setattr(judge, "right", of_run)
    return maker.reading(dataset, scores, **of_variant)


def test_the_mean_over_points_is_that_of_the_stored_scores(tmp_path: Path, dataset: Dataset) -> None:
    records = [maker.record("good", seed, dataset) for seed in range(2)]
    records += [maker.record("stays", 0, dataset, maker.well(1.0, transductive=True))]
    records += [maker.record("control", 0, dataset, reducer="random_projection")]
    records += [maker.record("gone", 0, dataset, maker.ill(maker.Status.CRASHED, "x"))]
    mislabelled = np.where(np.arange(N_TEST) % 5, dataset.y_test, 0)
    dataset = replace(dataset, y_test=mislabelled)
    reading = read(maker.folder(tmp_path, dataset, records), dataset)
    found = held_out(reading)
    assert [one.variant for one in found.accuracies] == ["good", "control"]
    assert (found.n_points, found.accuracies[0].n_seeds, found.pairs) == (N_TEST, 2, ())
    scores = [item.score("knn_accuracy", "test", 10) for item in reading.well("good")]
    assert found.accuracies[0].mean == pytest.approx(np.mean(scores))
    assert found.accuracies[0].low < found.accuracies[0].mean < found.accuracies[0].high
    assert list(accuracies_frame(found, reading)["kind"]) == ["method", "control"]


def test_seeds_are_averaged_and_the_shown_ones_tested(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    right = {
        "a": [_points(0.80, 0), _points(0.90, 1), _points(0.85, 2)],
        "b": [_points(0.70, 3), _points(0.60, 4), _points(0.64, 5)],
        "c": [_points(0.65, 6), _points(0.64, 7), _points(0.66, 8)],
    }
    found = held_out(_reading(dataset, monkeypatch, right))
    [ab, ac, bc] = found.pairs
    assert (ab.first.variant, ab.second.variant, bc.second.variant) == ("a", "b", "c")
    assert ab.difference.estimate == pytest.approx(np.mean(right["a"]) - np.mean(right["b"]))
    assert ab.difference.low < ab.difference.estimate < ab.difference.high
    assert (ab.first.shown, ab.second.shown) == (2, 2), "the seeds with the median accuracy"
    assert ab.shown == mcnemar(right["a"][2], right["b"][2])
    assert ab.told_apart and ac.told_apart and not bc.told_apart
    assert min(ab.p_holm, ac.p_holm) == pytest.approx(3 * min(ab.difference.p, ac.difference.p))
    assert min(ab.shown_p_holm, ac.shown_p_holm) == pytest.approx(3 * min(ab.shown.p, ac.shown.p))
    row = pairs_frame(found).iloc[2]
    assert (row["column"], row["verdict"], row["n_points"]) == (COLUMN.key, "cannot be told apart", N_TEST)


def test_pairing_sees_what_two_intervals_hide(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    all_of_b_and_some = _points(0.7, 0) | (np.arange(N_TEST) % 20 == 0)
    found = held_out(_reading(dataset, monkeypatch, {"a": [all_of_b_and_some], "b": [_points(0.7, 0)]}))
    one, other = found.accuracies
    assert other.high > one.mean > other.mean > one.low
    assert found.pairs[0].told_apart and found.pairs[0].shown.only_second == 0


def test_what_was_fitted_on_fewer_points_has_no_row(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = _reading(dataset, monkeypatch, {"a": [_points(0.7, 0)], "few": [_points(0.5, 0)]})
    few = reading.study.variants["few"].model_copy(update={"n": 30})
    reading.study.variants["few"] = few
    assert [one.variant for one in held_out(reading).accuracies] == ["a"]


def _page(reading: Reading) -> tuple[HeldOut, str]:
    found = held_out(reading)
    [table] = tables(found, tabulate(reading))
    return found, to_markdown(table)


def test_the_words_tell_points_from_seeds(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    right = {
        # Its seeds are far apart: the points are sure of the mean, the seeds are not.
        "wide": [_points(0.5, 0), _points(0.99, 1), _points(0.8, 2)],
        "low": [_points(0.50, 3), _points(0.51, 4), _points(0.49, 5)],
        "same": [_points(0.50, 6), _points(0.52, 7), _points(0.49, 8)],
        "floor": [_points(0.1, 9)],
    }
    reading = _reading(dataset, monkeypatch, right, floor={"reducer": "random_projection"})
    found, text = _page(reading)
    assert len(found.pairs) == 3 and len(found.accuracies) == 4
    assert " ahead of LOW on these points, but over seeds they cannot be told apart." in text
    assert "- SAME and LOW cannot be told apart on these points, nor over seeds: 0.003 [" in text
    assert "- 0 of 3 pairs are told apart on these points, undisputed by seeds." in text
    assert text.index("| SAME | 3 |") < text.index("*controls (floor):*") < text.index("| FLOOR | 1 | 0.100 [")


def test_of_many_pairs_only_some_are_named(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    right = {f"m{i}": [_points(0.5, 2 * i), _points(0.5, 2 * i + 1)] for i in range(7)}
    found, text = _page(_reading(dataset, monkeypatch, right))
    doubts = [pair for pair in found.pairs if not pair.told_apart]
    assert len(doubts) == 21
    assert text.count("cannot be told apart on these points") == MOST
    assert f"{21 - MOST} more pairs that are in doubt stand in held_out_comparisons.csv." in text


def test_without_labels_there_is_nothing_to_compare(tmp_path: Path) -> None:
    unlabelled = make_dataset(60, 20, labels=False)
    reading = read(maker.folder(tmp_path, unlabelled, [maker.record("good", 0, unlabelled)]), unlabelled)
    found = held_out(reading)
    assert (found.accuracies, found.pairs, tables(found, tabulate(reading))) == ((), (), [])
    assert accuracies_frame(found, reading).empty and pairs_frame(found).empty
