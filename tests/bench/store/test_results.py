"""The one model of results, read from a folder with runs and from one with tables alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.errors import StoreError
from bench.store.arrays import FILE, array_name, packed
from bench.store.export import export
from bench.store.records import Status
from bench.store.results import Results
from bench.store.values import Kind
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker
from tests.conftest import make_dataset


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(80, 30)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Results:
    """Return the results of a study with a good method, one that fails at times, and one that always does."""
    records = [maker.record("good", seed, dataset) for seed in range(3)]
    records += [maker.record("half", 0, dataset)]
    records += [maker.record("half", 1, dataset, maker.failed(Status.CRASHED, "ended by signal SIGSEGV"))]
    records += [maker.record("gone", 0, dataset, maker.failed(Status.TIMEOUT, "took longer than the limit of 3.0 s"))]
    store = maker.folder(tmp_path_factory.mktemp("results"), dataset, records)
    export(store)
    return Results(store.folder)


@pytest.fixture
def tables(results: Results, tmp_path: Path) -> Results:
    """Return the same study as it is committed: without runs."""
    shutil.copytree(results.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("runs", "references"))
    return Results(tmp_path / "copy")


def test_runs_are_found_by_variant(tables: Results) -> None:
    assert tables.exists and tables.title == "Clouds"
    assert tables.variants == ("good", "half", "gone")
    assert [len(tables.runs_of(variant)) for variant in tables.variants] == [3, 2, 1]
    assert [len(tables.ok_runs(variant)) for variant in tables.variants] == [3, 1, 0]
    assert tables.ok("good", "half") and not tables.ok("good", "gone") and not tables.ok("nobody")
    assert tables.label("good") == "GOOD" and tables.label("pixels") == "no reduction"
    assert [tables.kind(row) for row in ("good", "shuffled-labels", "lda")] == [
        Kind.METHOD, Kind.CONTROL, Kind.REFERENCE,
    ]  # fmt: skip
    assert tables.environment is not None


def test_values_are_the_same_with_and_without_the_runs(results: Results, tables: Results) -> None:
    for quantity in ("fit_s", "knn_accuracy_k10", "knn_accuracy_k10_test", "silhouette"):
        assert len(results.values("good", quantity)) == 3
        assert results.values("good", quantity) == tables.values("good", quantity)
    assert list(tables.values("good", "fit_s").by_run) == [(0, 0), (0, 1), (0, 2)]
    assert len(tables.values("half", "silhouette")) == 1
    assert len(tables.values("gone", "silhouette")) == 0


def test_a_missing_value_has_its_reason(tables: Results) -> None:
    assert tables.values("good", "inverse_s").reason == "n/a (no inverse)"
    assert tables.values("good", "reconstruction_mse_test").reason == "n/a (no inverse)"
    assert tables.values("good", "nothing_of_the_kind").reason == ""


def test_references_and_scores_over_seeds_are_single_numbers(tables: Results) -> None:
    value, reason = tables.single("pixels", "knn_accuracy_k10")
    assert value is not None and 0 < value <= 1 and reason == ""
    assert tables.single("good", "procrustes_residual")[0] is not None
    assert tables.single("half", "procrustes_residual") == (None, "n/a (one seed)")


def test_the_run_that_is_shown_has_the_median_score(tables: Results) -> None:
    shown = tables.shown("good")
    of_runs = tables.values("good", "knn_accuracy_k10").by_run
    assert shown is not None and of_runs[shown] == sorted(of_runs.values())[1]
    assert tables.deciding("good", shown) == ("10-NN accuracy", of_runs[shown])
    assert tables.shown("gone") is None


@pytest.mark.parametrize(("values", "seed"), [([0.5, 0.9, 0.7, 0.1], 0), ([0.5, 0.9, 0.7], 2)])
def test_of_an_even_number_the_lower_middle_is_shown(tmp_path: Path, values: list[float], seed: int) -> None:
    made = maker.write(tmp_path, {"m": {"knn_accuracy_k10": values}})
    assert made.shown("m") == (0, seed)


def test_an_embedding_comes_from_the_runs_or_from_the_arrays(
    results: Results, tables: Results, dataset: Dataset
) -> None:
    Z = results.embedding("good", seed=1)
    assert Z.shape == (len(dataset.X), 2)
    assert results.embedding("good", 1, "test").shape == (len(dataset.X_test), 2)
    with pytest.raises(StoreError, match="neither the runs nor"):
        tables.embedding("good", 1)
    (tables.folder / FILE).write_bytes(packed({array_name("embedding", "good", (0, 1), "train"): Z}, {}))
    kept = Results(tables.folder).embedding("good", seed=1)
    np.testing.assert_allclose(kept, Z, atol=1e-4)
    with pytest.raises(StoreError, match="gone"):
        tables.embedding("gone")


def test_curves_have_the_score_at_its_k(tables: Results) -> None:
    curve = tables.curves.query("variant == 'good' and seed == 0")
    at_5 = curve[curve["k"] == 5]["trustworthiness"].item()
    assert at_5 == pytest.approx(tables.values("good", "trustworthiness_k5").by_run[0, 0], abs=1e-6)


def test_an_unreadable_environment_is_none(tables: Results) -> None:
    path = tables.folder / "environment.json"
    path.write_bytes(path.read_bytes()[:40])
    assert Results(tables.folder).environment is None


def test_a_missing_or_damaged_table_is_said(tables: Results) -> None:
    with pytest.raises(StoreError, match=r"Got no .*claims\.csv"):
        tables.frame("claims")
    (tables.folder / "runs.csv").write_bytes(b"\x00\xff\xfe")
    with pytest.raises(StoreError, match="is no table"):
        Results(tables.folder).frame("runs")


@pytest.mark.parametrize("name", ["scores", "curves", "comparisons"])
def test_each_column_of_a_table_is_explained(name: str) -> None:
    default = Results(Path(__file__).parents[3] / "results" / "default")
    columns = [column for column in getattr(default, name) if column not in ("variant", "sample", "seed")]
    explained = getattr(Results, name).__doc__
    assert columns and not [column for column in columns if f"`{column}`" not in explained]


def test_variants_are_selected_by_what_they_are(tmp_path: Path) -> None:
    variants = {
        "a": Variant(reducer="umap", label="A", params={"min_dist": 0.1}),
        "b": Variant(reducer="umap", label="B", params={"min_dist": 0.5}, of="a", axis="min_dist"),
        "c": Variant(reducer="umap", label="C", seeded=False),
        "d": Variant(reducer="pca", label="D", n=10, axis="n", series="PCA"),
    }
    study = Study(name="made", dataset="clouds", variants=variants)
    made = maker.write(tmp_path, {name: {"silhouette": [0.1, 0.2]} for name in variants}, study=study)
    assert made.select(reducer="umap") == ("a", "b", "c")
    assert made.select(reducer="umap", seeded=False) == ("c",)
    assert made.select(reducer="umap", of=None, seeded=True) == ("a",)
    assert made.select(min_dist=0.5) == ("b",)
    assert made.select(reducer="umap", min_dist=None) == ("c",)
    assert made.select(series="PCA", n=10) == ("d",)
    assert made.select(preset="post1-vae") == ()
    assert [made.variant(name).value for name in ("b", "d")] == [0.5, 10]


def test_a_part_of_the_variants_is_results_too(tables: Results) -> None:
    some = tables.only(("half",))
    assert some.variants == ("half",)
    assert some.values("half", "silhouette") == tables.values("half", "silhouette")
    assert some.single("pixels", "silhouette") == tables.single("pixels", "silhouette")


def test_a_method_that_is_run_again_is_shown_once(tmp_path: Path) -> None:
    study = Study.model_validate(
        {"name": "made", "dataset": "clouds", "variants": {"a": {"reducer": "pca", "again": ["process", "doubled"]}}}
    ).resolved()
    runs = {"a-doubled": {"n_train": 1_100}}
    made = maker.write(tmp_path, {name: {"silhouette": [0.1]} for name in study.variants}, study, runs=runs)
    assert made.variants == ("a", "a-process", "a-doubled")
    assert made.tabled.variants == made.pictured.variants == ("a",)
    assert [made.is_of_all_points(name) for name in made.variants] == [True, False, False]
    assert made.only(("a-doubled",)).tabled.variants == ()
