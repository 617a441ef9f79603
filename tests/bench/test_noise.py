from __future__ import annotations

import numpy as np

from bench import noise
from bench.samples import samples
from bench.study import Study, Variant, read
from tests.bench import results_maker as maker
from tests.conftest import make_dataset


def test_twins_differ_in_their_names_only() -> None:
    variants = {
        "a": Variant(reducer="pca", label="A"),
        "b": Variant(reducer="pca", label="B"),
        "c": Variant(reducer="pca", params={"svd_solver": "full"}),
        "d": Variant(reducer="umap", seeded=False),
    }
    assert noise.twins(Study(dataset="digits", variants=variants)) == [("a", "b")]
    assert noise.twins(read("noise").resolved()) == [("autoencoder-a", "autoencoder-b")]
    assert noise.twins(read("default").resolved()) == []


def test_twins_are_rarely_told_apart_and_others_are() -> None:
    rng = np.random.RandomState(0)
    apart = 0
    for _ in range(1_000):
        a, b = rng.standard_normal((2, 6))
        apart += noise.floors({"t": a.tolist()}, {"t": b.tolist()})[0].told_apart
    assert 25 <= apart <= 80, "one in twenty was expected"
    [far] = noise.floors({"t": [1.0, 1.1, 0.9]}, {"t": [2.0, 2.1, 1.9]})
    assert far.told_apart
    assert far.resolvable < 0.3


def test_what_was_measured_once_has_no_floor() -> None:
    assert noise.floors({"t": [1.0]}, {"t": [1.0, 2.0]}) == []
    assert noise.floors({"t": [1.0, 2.0]}, {}) == []


def test_the_floors_of_twins_are_a_table() -> None:
    accuracy = {("knn_accuracy", 10): [0.90, 0.91, 0.92]}
    reading = maker.reading(make_dataset(), {"a": accuracy, "b": accuracy})
    study = Study(dataset="digits", variants={name: Variant(reducer="pca") for name in "abc"})
    [table] = noise.tables(study, samples(reading))
    assert [column.title for column in table.columns][:2] == ["a", "b"]
    rows = {row.key: row for row in table.rows}
    assert rows["knn_accuracy_k10"].cells[0].text == "0.91"
    assert rows["knn_accuracy_k10"].cells[-1].text == "no"
    assert "fit_s" in rows
    assert "fit_cores" not in rows and "cold_start_s" not in rows, "these are no cost that every run pays anew"
