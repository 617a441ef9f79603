"""What is read of a results folder, made from made-up records."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.reading import Judged, Reading, read
from bench.records import Status
from bench.scores import Value
from tests.bench import results_maker as maker
from tests.conftest import make_dataset


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(80, 30)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Reading:
    records = [maker.record("good", seed, dataset) for seed in range(3)]
    records += [maker.record("half", 0, dataset)]
    records += [maker.record("half", 1, dataset, maker.ill(Status.CRASHED, "ended by signal SIGSEGV"))]
    records += [maker.record("gone", 0, dataset, maker.ill(Status.TIMEOUT, "took longer than the limit of 3.0 s"))]
    return read(maker.folder(tmp_path_factory.mktemp("results"), dataset, records), dataset)


def test_runs_are_found_by_variant(reading: Reading) -> None:
    assert reading.variants == ("good", "half", "gone")
    assert [len(reading.runs(variant)) for variant in reading.variants] == [3, 2, 1]
    assert [len(reading.well(variant)) for variant in reading.variants] == [3, 1, 0]
    assert reading.title == "Clouds" and reading.label("good") == "GOOD"
    assert reading.environment is not None and reading.environment.dataset == reading.dataset.name


def test_the_run_that_stands_for_a_variant_has_the_median_score(reading: Reading) -> None:
    shown = reading.shown("good")
    scores = sorted(item.score("knn_accuracy", k=10) or 0 for item in reading.well("good"))
    assert shown is not None and shown.score("knn_accuracy", k=10) == scores[1]
    assert reading.shown("gone") is None


@pytest.mark.parametrize(("values", "place"), [([0.5, 0.9, 0.7, 0.1], 0), ([0.5, 0.9, 0.7], 2)])
def test_of_an_even_number_the_lower_middle_stands(
    dataset: Dataset, values: list[float], place: int, tmp_path: Path, reading: Reading
) -> None:
    items = tuple(
        Judged(maker.record("m", seed, dataset), [Value(score="knn_accuracy", split="fit", k=10, value=value)])
        for seed, value in enumerate(values)
    )
    made_up = Reading(reading.store, reading.study, dataset, items, {}, None)
    assert made_up.shown("m") is items[place]


def test_arrays_and_curves_belong_to_the_run(reading: Reading, dataset: Dataset) -> None:
    item = reading.well("good")[0]
    assert reading.arrays(item)["fit"].shape == (len(dataset.X), 2)
    curves = reading.curves(item)
    assert np.shape(curves["r_nx"]) == np.shape(curves["k"])


def test_an_unreadable_environment_is_none(reading: Reading, dataset: Dataset) -> None:
    path = reading.store.folder / "environment.json"
    before = path.read_bytes()
    path.write_bytes(before[:40])
    try:
        assert read(reading.store, dataset).environment is None
    finally:
        path.write_bytes(before)
