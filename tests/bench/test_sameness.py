from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench import sameness
from bench.datasets import Dataset
from bench.reading import Reading, read
from bench.scores import Case, Original
from bench.store import Store
from bench.study import Study, Variant
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

VARIANTS = {
    "one-thread": Variant(reducer="pca", threads=1),
    "two-threads": Variant(reducer="pca", threads=2),
    "again": Variant(reducer="pca", threads=2),
    "unlike": Variant(reducer="pca", params={"whiten": True}),
    "unseeded": Variant(reducer="pca", seeded=False),
}


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset(80, 30)


@pytest.fixture
def case(dataset: Dataset) -> Case:
    rng = np.random.RandomState(0)
    return Case(Original(dataset), rng.standard_normal((80, 2)), rng.standard_normal((30, 2)))


def moved(case: Case, how: object) -> Case:
    assert callable(how) and case.Z_test is not None
    return Case(case.original, how(case.Z), how(case.Z_test))


def test_the_same_embedding_is_the_same(case: Case) -> None:
    found = sameness.compare(case, moved(case, np.copy))
    assert found.keys() == {"fit", "test"}
    for same in found.values():
        assert same.bit_equal
        assert same.displacement == same.largest_displacement == 0
        assert same.aligned_displacement == pytest.approx(0, abs=1e-12)
        assert same.shared_neighbours == 1


def test_a_turned_embedding_is_displaced_and_yet_the_same(case: Case) -> None:
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    for same in sameness.compare(case, moved(case, lambda Z: 3 * Z @ turn + 5)).values():
        assert not same.bit_equal
        assert same.displacement > 1
        assert same.aligned_displacement == pytest.approx(0, abs=1e-9)
        assert same.shared_neighbours == 1


def test_displacement_is_in_radii_and_neighbours_are_counted(case: Case) -> None:
    once = case.Z.copy()
    once[7] += [3, 4]
    one_away = sameness.compare(case, Case(case.original, once))["fit"]
    assert not one_away.bit_equal and one_away.displacement == 0
    away = moved(case, lambda Z: Z + np.array([0.3, 0.4]))
    radius = np.sqrt(np.mean(((case.Z - case.Z.mean(axis=0)) ** 2).sum(axis=1)))
    assert sameness.compare(case, away)["test"].displacement == pytest.approx(0.5 / radius)
    assert one_away.largest_displacement == pytest.approx(5 / radius)
    rng = np.random.RandomState(1)
    stranger = moved(case, lambda Z: rng.standard_normal(Z.shape))
    found = sameness.compare(case, stranger)

    def near(Z: np.ndarray, queries: np.ndarray, itself: bool) -> list[set[int]]:
        distances = np.linalg.norm(queries[:, None] - Z, axis=2)
        return [set(row[int(itself) :][:15]) for row in distances.argsort(axis=1)]

    for split, itself in (("fit", True), ("test", False)):
        a, b = (near(one.Z, one.Z if itself else one.Z_test, itself) for one in (case, stranger))
        expected = np.mean([len(x & y) / 15 for x, y in zip(a, b, strict=True)])
        assert found[split].shared_neighbours == pytest.approx(expected)
        assert found[split].aligned_displacement == pytest.approx(1.2, abs=0.3)


def read_back(path: Path, dataset: Dataset, variants: dict[str, Variant]) -> Reading:
    store = Store(path)
    store.write("study.toml", Study(name="s", dataset="clouds", variants=variants).to_toml())
    for name, variant in variants.items():
        for seed in range(2):
            one = maker.record(name, seed, dataset, thread_budget=variant.threads or 1)
            maker.keep(store, one, dataset, shift=0.5 if name == "one-thread" else 0.0)
    return read(store, dataset)


def test_pairs_are_of_variants_that_should_be_the_same(tmp_path: Path, dataset: Dataset) -> None:
    table = sameness.table(read_back(tmp_path, dataset, VARIANTS))
    found = {(row["differs"], row["first"], row["second"]) for _, row in table.iterrows()}
    assert found == {
        ("threads", "one-thread", "two-threads"),
        ("threads", "one-thread", "again"),
        ("process", "two-threads", "again"),
        ("seed", "one-thread", "one-thread"),
    }
    assert len(table) == (3 * 2 + 1) * 2
    assert table[table["differs"] == "process"]["bit_equal"].all()
    elsewhere = table[(table["differs"] == "threads") & (table["split"] == "fit")]
    assert not elsewhere["bit_equal"].any()
    assert (elsewhere["first_seed"] == elsewhere["second_seed"]).all()
    assert (elsewhere["displacement"] > elsewhere["aligned_displacement"] + 0.1).all()


def test_a_study_without_such_variants_has_no_table(tmp_path: Path, dataset: Dataset) -> None:
    table = sameness.table(read_back(tmp_path, dataset, {name: VARIANTS[name] for name in ("again", "unlike")}))
    assert table.empty
