from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from bench.datasets import Dataset
from bench.datasets.base import order_of_rows
from bench.execution import reproducibility
from bench.store.records import Status
from bench.store.store import Store
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker

QUIET = Console(file=io.StringIO())


@pytest.fixture
def store(tmp_path: Path, dataset: Dataset) -> Store:
    """Return runs of one method on one thread and on two, of another one, and of one without a seed."""
    store = Store(tmp_path)
    variants = {
        "one": Variant(reducer="umap", threads=1),
        "two": Variant(reducer="umap", threads=2),
        "other": Variant(reducer="umap", params={"n_neighbors": 5}),
        "unseeded": Variant(reducer="umap", seeded=False),
    }
    store.write("study.toml", Study(name="s", dataset="clouds", variants=variants).to_toml())
    for name, variant in variants.items():
        for seed in (0, 1):
            one = maker.record(name, seed, dataset, thread_budget=variant.threads or 1)
            maker.keep(store, one, dataset, shift=0.5 if name == "two" else 0.0)
    return store


def test_runs_that_should_be_the_same_are_compared(store: Store, dataset: Dataset) -> None:
    found = reproducibility.table(store, dataset, QUIET)
    pairs = found[found["split"] == "train"]
    columns = ["differs", "first", "first_seed", "second", "second_seed"]
    assert list(pairs[columns].itertuples(index=False, name=None)) == [
        ("threads", "one", 0, "two", 0),
        ("threads", "one", 1, "two", 1),
        ("seed", "one", 0, "one", 1),
    ]
    assert set(found["split"]) == {"train", "test"}
    assert not pairs["bit_equal"].any()
    assert (pairs["aligned_displacement"][:2] < 1e-5).all(), "they differ by a shift alone"
    assert (pairs["displacement"][:2] > 0.1).all()


def test_only_successful_runs_are_compared(store: Store, dataset: Dataset) -> None:
    maker.keep(store, maker.record("two", 0, dataset, maker.failed(Status.TIMEOUT, "late"), thread_budget=2), dataset)
    pairs = [(differs, one.seed, other.seed) for differs, one, other in reproducibility.pairs(store)]
    assert pairs == [("threads", 1, 1), ("seed", 0, 1)]


def test_the_table_is_removed_where_there_is_nothing_to_compare(store: Store, dataset: Dataset) -> None:
    reproducibility.write(store, dataset, QUIET)
    assert (store.folder / "reproducibility.csv").is_file()
    study = store.study()
    store.write("study.toml", study.only(["other"]).to_toml())
    reproducibility.write(store, dataset, QUIET)
    assert not (store.folder / "reproducibility.csv").exists()


def _with_rows(path: Path, dataset: Dataset, n_rows: int | None = None) -> Store:
    """Return runs of one method on points in other rows, with the same position of a point in each of them."""
    store = Store(path)
    variants = {
        "as-it-is": Variant(reducer="pca"),
        "again": Variant(reducer="pca"),
        "permuted": Variant(reducer="pca", rows="permuted"),
        "doubled": Variant(reducer="pca", rows="doubled"),
    }
    store.write("study.toml", Study(name="s", dataset="clouds", variants=variants).to_toml())
    for name, variant in variants.items():
        for seed in (0, 1):
            Z = dataset.X[:, seed : seed + 2][order_of_rows(variant.rows, len(dataset.X))][:n_rows]
            one = maker.record(name, seed, dataset.select(rows=variant.rows))
            partial = store.partial_arrays(name, 0, seed)
            with partial.open("wb") as file:
                np.savez(file, train=Z, test=dataset.X_test[:, seed : seed + 2])
            store.keep(one, partial)
    return store


def test_points_are_compared_wherever_their_rows_are(tmp_path: Path, dataset: Dataset) -> None:
    found = reproducibility.table(_with_rows(tmp_path, dataset), dataset, QUIET)
    same_seed = found[found["differs"] != "seed"]
    assert set(zip(same_seed["differs"], same_seed["first"], same_seed["second"], strict=True)) == {
        ("process", "as-it-is", "again"),
        ("permuted", "as-it-is", "permuted"),
        ("doubled", "as-it-is", "doubled"),
    }
    assert same_seed["bit_equal"].all() and (same_seed["shared_neighbours"] == 1).all()
    other_seed = found[found["differs"] == "seed"]
    assert len(other_seed) == 2 and (other_seed["shared_neighbours"] < 0.9).all()
    of_training = found[found["split"] == "train"]
    assert (of_training[of_training["differs"] != "seed"]["cluster_ari"] == 1).all()
    assert found[found["split"] == "test"]["cluster_ari"].isna().all()


def test_positions_of_other_rows_are_not_compared(tmp_path: Path, dataset: Dataset) -> None:
    found = reproducibility.table(_with_rows(tmp_path, dataset, n_rows=60), dataset, QUIET)
    assert set(found["differs"]) == {"process", "permuted", "seed"}, "60 rows are too few for doubled ones"
