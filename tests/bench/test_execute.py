"""Which runs are scored, and against which points."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from bench import execute, judge
from bench.datasets import Dataset
from bench.reading import Reading, read
from bench.store import Store
from bench.study import Study, Variant
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

VARIANTS = {
    "all": Variant(reducer="pca"),
    "also": Variant(reducer="pca"),
    "few": Variant(reducer="pca", n=30),
    "without": Variant(reducer="pca", without="b"),
    "unscored": Variant(reducer="pca", n=40, scores=False),
}


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(80, 30)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Reading:
    store = Store(tmp_path_factory.mktemp("selections"))
    store.write("study.toml", Study(name="s", dataset="clouds", variants=VARIANTS).to_toml())
    for name, variant in VARIANTS.items():
        selected = dataset.select(variant.n, variant.without)
        maker.keep(store, maker.record(name, 0, selected), selected)
    execute._score(store, dataset, Console(file=io.StringIO()))
    return read(store, dataset)


def test_every_run_is_scored_against_the_points_it_was_fitted_on(
    reading: Reading, dataset: Dataset, tmp_path: Path
) -> None:
    for name in ("all", "few", "without"):
        variant = VARIANTS[name]
        selected = dataset.select(variant.n, variant.without)
        alone = Store(tmp_path / name)
        alone.folder.mkdir()
        record = maker.keep(alone, maker.record(name, 0, selected), selected)
        judge.judge(alone, selected, [record], lambda _: None, references=False)
        assert list(reading.runs(name)[0].values) == judge.verdict(alone, record)


def test_what_is_not_to_be_scored_is_not(reading: Reading) -> None:
    assert reading.runs("unscored")[0].values == []


def test_references_are_of_all_points(reading: Reading, dataset: Dataset, tmp_path: Path) -> None:
    whole = maker.folder(tmp_path / "whole", dataset, [maker.record("all", 0, dataset)])
    assert reading.references == judge.reference(whole)


def test_a_reading_knows_the_points_of_each_variant(reading: Reading, dataset: Dataset) -> None:
    assert reading.fitted("all") is dataset
    assert np.array_equal(reading.fitted("few").X, dataset.X[:30])
    assert "b" not in {dataset.classes[label] for label in reading.fitted("without").y}


def test_figures_show_variants_of_all_points_or_those_that_are_named(reading: Reading) -> None:
    assert reading.pictured.variants == ("all", "also")
    named = replace(reading, study=reading.study.model_copy(update={"figures": ("also",)}))
    assert named.pictured.variants == ("also",)


def test_where_nothing_is_scored_there_are_no_references_either(dataset: Dataset, tmp_path: Path) -> None:
    store = Store(tmp_path)
    variants = {"unscored": VARIANTS["unscored"]}
    store.write("study.toml", Study(name="s", dataset="clouds", variants=variants).to_toml())
    maker.keep(store, maker.record("unscored", 0, dataset), dataset)
    execute._score(store, dataset, Console(file=io.StringIO()))
    assert not (tmp_path / "references").exists()
