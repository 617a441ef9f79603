"""Tables and figures, made from made-up records."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench import results
from bench.datasets import Dataset
from bench.errors import StoreError
from bench.records import Status
from bench.report.build import Report
from bench.results import COMPARED, Results, publish
from bench.store import Store
from bench.study import Study, Variant
from tests.bench import results_maker as maker
from tests.conftest import make_dataset


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(80, 30)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Store:
    records = [maker.record("good", seed, dataset) for seed in range(3)]
    records += [maker.record("stays", s, dataset, maker.well(2.0 + 0.1 * s, transductive=True)) for s in range(2)]
    records += [maker.record("half", 0, dataset)]
    records += [maker.record("half", 1, dataset, maker.ill(Status.CRASHED, "ended by signal SIGSEGV"))]
    records += [maker.record("gone", 0, dataset, maker.ill(Status.TIMEOUT, "took longer than the limit of 3.0 s"))]
    return maker.folder(tmp_path_factory.mktemp("results"), dataset, records)


@pytest.fixture(scope="module")
def published(store: Store, dataset: Dataset) -> Results:
    return publish(store, dataset)


@pytest.fixture(scope="module")
def summary(store: Store, published: Results) -> pd.DataFrame:
    return pd.read_csv(store.folder / "summary.csv").set_index("variant")


def test_every_file_is_there(store: Store, published: Results) -> None:
    names = {str(path.relative_to(store.folder)) for path in published.paths}
    assert names >= {"runs.csv", "scores.csv", "summary.csv", "headline.csv", "comparisons.csv"}
    assert names >= {"held_out_accuracy.csv", "held_out_comparisons.csv"}
    assert names >= {"summary.md", "summary.tex", "figures/embeddings.png", "report.html"}
    # The variants differ in name alone.
    assert "sameness.csv" in names
    assert all(path.stat().st_size > 100 for path in published.paths)


def test_the_summary_has_medians_and_intervals(summary: pd.DataFrame, store: Store) -> None:
    good = summary.loc["good"]
    assert (good["n_runs"], good["n_ok"], good["status"]) == (3, 3, "ok")
    assert float(good["fit_s"]) == pytest.approx(1.01)
    assert good["fit_s_low"] < 1.01 < good["fit_s_high"]
    scores = pd.read_csv(store.folder / "scores.csv")
    mine = scores[(scores.variant == "good") & (scores.score == "knn_accuracy") & (scores.split == "fit")]
    assert float(good["knn_accuracy_k5"]) == pytest.approx(mine[mine.k == 5].value.median())


def test_the_summary_begins_with_who_it_is_and_how_many_runs_ended_well(store: Store, published: Results) -> None:
    columns = pd.read_csv(store.folder / "summary.csv").columns
    assert list(columns[:5]) == ["variant", "label", "reducer", "n_runs", "n_ok"]


def test_a_failure_is_a_row_with_a_reason_and_no_number(summary: pd.DataFrame) -> None:
    gone, half = summary.loc["gone"], summary.loc["half"]
    assert (gone["status"], gone["reason"]) == ("timeout", "took longer than the limit of 3.0 s")
    assert gone[["fit_s", "knn_accuracy_k5", "silhouette"]].isna().all()
    assert (half["n_runs"], half["n_ok"], half["status"]) == (2, 1, "crashed")
    assert not pd.isna(half["fit_s"])


def test_held_out_columns_of_a_transductive_method_say_so(summary: pd.DataFrame, store: Store) -> None:
    assert summary.loc["stays", "knn_accuracy_k10_test"] == "n/a (transductive)"
    assert summary.loc["stays", "silhouette_test"] == "n/a (transductive)"
    assert "n/a (transductive)" in (store.folder / "summary.md").read_text()


def test_the_data_themselves_are_a_reference_row(summary: pd.DataFrame) -> None:
    assert 0.9 < float(summary.loc["pixels", "knn_accuracy_k5"]) <= 1


def test_the_summary_says_what_must_be_known(store: Store, published: Results) -> None:
    text = (store.folder / "summary.md").read_text()
    assert "1 of 2 runs did not end well: crashed: ended by signal SIGSEGV." in text
    assert "1 of 1 runs did not end well: timeout: took longer than the limit of 3.0 s." in text
    assert "80 points fitted, 30 held out; 1 to 3 runs of each method, 1 thread allowed." in text
    assert text.startswith("# Clouds\n\n**Quality**")
    assert text.index("## In words") < text.index("## Over held-out points") < text.index("## Every score")


def test_the_narrow_table_says_what_the_wide_one_says(store: Store, summary: pd.DataFrame) -> None:
    narrow = pd.read_csv(store.folder / "headline.csv").set_index("variant")
    assert set(narrow.index) == set(summary.index)
    assert len(narrow.columns) < 50
    for column in ("knn_accuracy_k10", "fit_s", "fit_s_high"):
        assert float(narrow.loc["good", column]) == pytest.approx(float(summary.loc["good", column]))
    assert narrow.loc["stays", "silhouette_test"] == "n/a (transductive)"
    assert narrow.loc["shuffled-labels", "kind"] == "control"


def test_every_comparison_is_written_down(store: Store, published: Results) -> None:
    pairs = pd.read_csv(store.folder / "comparisons.csv")
    assert set(pairs["column"]) <= {*COMPARED}
    assert {*pairs["first"], *pairs["second"]} == {"good", "stays"}, "only these have two seeds"
    time = pairs.set_index("column").loc["fit_s"]
    assert (time["is"], time["design"], time["n"]) == ("ratio", "paired over seeds", 2)
    assert time["change"] == pytest.approx(np.sqrt(1.00 * 1.01 / 2.0 / 2.1))


def test_the_headline_goes_between_the_markers(tmp_path: Path, store: Store, published: Results) -> None:
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- headline: x -->\nyesterday\n<!-- end of headline -->\nafter\n")
    published.write_into(page)
    text = page.read_text()
    assert text.startswith("before\n<!-- headline: x -->\n\n**Quality**")
    assert text.endswith("\n\n<!-- end of headline -->\nafter\n")
    between = text.partition("-->")[2].partition("<!--")[0].strip()
    assert between in (store.folder / "summary.md").read_text()
    assert "yesterday" not in between
    page.write_text("no markers")
    with pytest.raises(StoreError, match="expected the markers"):
        published.write_into(page)


def test_two_reports_of_one_store_are_the_same_bytes(store: Store, published: Results, dataset: Dataset) -> None:
    before = {path: path.read_bytes() for path in published.paths}
    assert {path: path.read_bytes() for path in publish(store, dataset).paths} == before


def test_what_has_not_changed_is_not_written_again(store: Store, published: Results, dataset: Dataset) -> None:
    written = {path: path.stat().st_mtime_ns for path in published.paths}
    again = publish(store, dataset, anew=False)
    assert not again.are_new
    assert again.paths == published.paths
    assert (again.headline, again.findings) == (published.headline, published.findings)
    assert {path: path.stat().st_mtime_ns for path in again.paths} == written


def test_what_a_figure_is_made_of_changed_and_a_figure_is_no_more(
    tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = [("embeddings.png", b"dots"), ("costs.svg", b"bars")]
    monkeypatch.setattr(results.figures, "files", lambda reading: draws)
    monkeypatch.setattr(results.report, "build", lambda *_, picture, **__: Report(picture, ()))
    store = maker.folder(tmp_path, dataset, [maker.record("good", 0, dataset)])
    assert publish(store, dataset, anew=False).are_new
    assert not publish(store, dataset, anew=False).are_new
    own = [store.write(f"figures/{name}", b"someone's own") for name in ("report.png", "embeddings.pdf", "costs.gif")]
    maker.keep(store, maker.record("good", 0, dataset, label="Better"), dataset)
    draws[:] = [("embeddings.png", b"other dots")]
    assert publish(store, dataset, anew=False).are_new
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"embeddings.png"} | {path.name for path in own}
    assert (tmp_path / "report.html").read_bytes() == b"other dots"


def test_without_labels_there_are_figures_and_scores(tmp_path: Path) -> None:
    unlabelled = make_dataset(80, 30, labels=False)
    store = maker.folder(tmp_path, unlabelled, [maker.record("good", 0, unlabelled)])
    published = publish(store, unlabelled)
    summary = pd.read_csv(tmp_path / "summary.csv").set_index("variant")
    assert summary.loc["good", "silhouette"] == "n/a (no labels)"
    assert float(summary.loc["good", "trustworthiness_k5"]) > 0.5
    assert (tmp_path / "figures" / "embeddings.svg") in published.paths


def test_of_methods_at_several_numbers_of_points_there_is_how_they_grow_and_no_embedding(
    tmp_path: Path, dataset: Dataset
) -> None:
    store = Store(tmp_path)
    variants = {f"a-{n}": Variant(reducer="pca", n=n, series="A", scores=False) for n in (40, 60, 80)}
    store.write("study.toml", Study(name="s", dataset="clouds", variants=variants).to_toml())
    store.write("report.html", "of another study")
    for name, variant in variants.items():
        part = dataset.select(variant.n)
        maker.keep(store, maker.record(name, 0, part), part)
    published = {str(path.relative_to(tmp_path)) for path in publish(store, dataset).paths}
    assert {name for name in published if "/" in name} == {"figures/scaling.png", "figures/scaling.svg"}
    assert "scaling.csv" in published and not (tmp_path / "report.html").exists()
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("# s\n\n**Cost**\n\nclouds: 40 to 80 points fitted")
    assert "**Growth with the number of points**" in summary


def test_a_folder_without_runs_is_said(tmp_path: Path, dataset: Dataset) -> None:
    store = Store(tmp_path)
    store.write("study.toml", 'dataset = "clouds"\n[variants.a]\nreducer = "pca"\n')
    with pytest.raises(StoreError, match="at least one run"):
        publish(store, dataset)
