"""Tables, figures and report of made-up records; and what is kept without their runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.datasets import Dataset
from bench.errors import StoreError
from bench.output import figures, manifest
from bench.output import publish as module
from bench.output.publish import COMPARED, Published, publish
from bench.output.report.build import Report
from bench.store.records import Status
from bench.store.results import Results
from bench.store.store import Store
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module", autouse=True)
def _program_that_stays_the_same() -> Iterator[None]:
    """Somebody may edit the program while its tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest, "PROGRAM", ())
        yield


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(80, 30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Path:
    records = [maker.record("good", seed, dataset) for seed in range(3)]
    slow = [maker.successful(2.0 + 0.1 * seed, transductive=True) for seed in range(2)]
    records += [maker.record("stays", seed, dataset, outcome) for seed, outcome in enumerate(slow)]
    records += [maker.record("half", 0, dataset)]
    records += [maker.record("half", 1, dataset, maker.failed(Status.CRASHED, "ended by signal SIGSEGV"))]
    records += [maker.record("gone", 0, dataset, maker.failed(Status.TIMEOUT, "took longer than the limit of 3.0 s"))]
    return maker.folder(tmp_path_factory.mktemp("results"), dataset, records, drawn=True).folder


@pytest.fixture(scope="module")
def published(folder: Path, dataset: Dataset) -> Published:
    return publish(Results(folder), lambda: dataset)


@pytest.fixture(scope="module")
def summary(folder: Path, published: Published) -> pd.DataFrame:
    return pd.read_csv(folder / "summary.csv").set_index("variant")


def test_every_file_is_there(folder: Path, published: Published) -> None:
    names = {str(path.relative_to(folder)) for path in published.paths}
    assert names >= {"summary.csv", "headline.csv", "comparisons.csv"}
    assert names >= {"summary.md", "summary.tex", "figures/embeddings.png", "report.html"}
    assert all(path.stat().st_size > 100 for path in published.paths)
    assert published.needs_runs == ()


def test_the_summary_is_of_the_scores(summary: pd.DataFrame, folder: Path) -> None:
    good, scores = summary.loc["good"], pd.read_csv(folder / "scores.csv")
    assert float(good["fit_s"]) == pytest.approx(1.01, rel=1e-4)
    mine = scores[(scores.variant == "good") & (scores.score == "knn_accuracy") & (scores.split == "train")]
    assert float(good["knn_accuracy_k5"]) == pytest.approx(mine[mine.k == 5].value.mean())
    assert pd.isna(summary.loc["stays", "knn_accuracy_k10_test"])
    assert "knn_accuracy_k10_test" in summary.loc["stays", "reasons"]
    assert 0.9 < float(summary.loc["pixels", "knn_accuracy_k5"]) <= 1


def test_the_page_says_what_must_be_known(folder: Path, published: Published) -> None:
    text = (folder / "summary.md").read_text()
    assert "1 of 2 runs failed: crashed: ended by signal SIGSEGV." in text
    assert "1 of 1 runs failed: timeout: took longer than the limit of 3.0 s." in text
    assert "80 training points, 30 test points; 1 to 3 runs of each method, 1 thread allowed." in text
    assert text.startswith("# Clouds\n\n**Quality and cost**")
    assert text.index("## Findings") < text.index("## Over test points") < text.index("## All scores")


def test_the_headline_says_what_the_summary_says(folder: Path, summary: pd.DataFrame) -> None:
    narrow = pd.read_csv(folder / "headline.csv").set_index("variant")
    assert set(narrow.index) == set(summary.index)
    assert len(narrow.columns) < 50
    for column in ("knn_accuracy_k10", "fit_s", "fit_s_high"):
        assert float(narrow.loc["good", column]) == pytest.approx(float(summary.loc["good", column]))
    assert "transductive: knn_accuracy_k10_test transform_s" in narrow.loc["stays", "reasons"]


def test_every_comparison_is_written_down(folder: Path, published: Published) -> None:
    pairs = pd.read_csv(folder / "comparisons.csv")
    assert set(pairs["column"]) <= {*COMPARED}
    assert {*pairs["first"], *pairs["second"]} == {"good", "stays"}, "only these have two seeds"
    time = pairs.set_index("column").loc["fit_s"]
    assert (time["is"], time["design"], time["n"]) == ("ratio", "paired over seeds", 2)
    assert time["change"] == pytest.approx(np.sqrt(1.00 * 1.01 / 2.0 / 2.1))


def test_the_headline_goes_between_the_markers(tmp_path: Path, folder: Path, published: Published) -> None:
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- headline: x -->\nyesterday\n<!-- end of headline -->\nafter\n")
    published.write_into(page)
    text = page.read_text()
    assert text.startswith("before\n<!-- headline: x -->\n\n**Quality and cost**")
    assert text.endswith("\n\n<!-- end of headline -->\nafter\n")
    between = text.partition("-->")[2].partition("<!--")[0].strip()
    assert between in (folder / "summary.md").read_text()
    assert "yesterday" not in between
    page.write_text("no markers")
    with pytest.raises(StoreError, match="expected the markers"):
        published.write_into(page)


def test_the_committed_files_alone_give_the_same_bytes(
    tmp_path: Path, folder: Path, published: Published, dataset: Dataset
) -> None:
    clone = tmp_path / folder.name
    shutil.copytree(folder, clone, ignore=shutil.ignore_patterns("runs", "references", "figures", "summary*"))
    again = publish(Results(clone), lambda: dataset)
    assert again.needs_runs == ()
    assert [path.name for path in again.paths] == [path.name for path in published.paths]
    for path in published.paths:
        assert (clone / path.relative_to(folder)).read_bytes() == path.read_bytes(), path.name


def test_what_needs_the_runs_is_kept_and_named(
    tmp_path: Path, folder: Path, published: Published, dataset: Dataset
) -> None:
    clone = tmp_path / "older"
    shutil.copytree(folder, clone, ignore=shutil.ignore_patterns("runs", "arrays.npz"))
    kept = ("report.html", "test_accuracy.csv", "figures/embeddings.png")
    before = {name: (clone / name).read_bytes() for name in kept}
    again = publish(Results(clone), lambda: dataset)
    figures, report = again.needs_runs
    assert "'embeddings'" in figures and report == "report.html"
    assert {name: (clone / name).read_bytes() for name in kept} == before
    assert "## Over test points" in (clone / "summary.md").read_text()


def test_what_has_not_changed_is_not_written_again(folder: Path, published: Published, dataset: Dataset) -> None:
    written = {path: path.stat().st_mtime_ns for path in published.paths}
    again = publish(Results(folder), lambda: dataset, force=False)
    assert not again.are_new
    assert set(again.paths) == set(published.paths)
    assert (again.headline, again.findings) == (published.headline, published.findings)
    assert {path: path.stat().st_mtime_ns for path in again.paths} == written


def test_a_figure_that_is_no_more_is_removed_and_pages_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = {"embeddings": b"dots", "costs": b"bars"}

    def files(drawing: figures.Drawing, _: Results) -> dict[str, bytes]:
        return {f"{drawing.name}.png": drawn[drawing.name]} if drawing.name in drawn else {}

    monkeypatch.setattr(figures.Drawing, "files", files)
    monkeypatch.setattr(module.report, "build", lambda *_, picture, **__: Report(picture, ()))
    results = maker.write(tmp_path, {"good": {}}, arrays={"data/name": np.array("clouds")})
    store = Store(tmp_path)

    def page(of: Results) -> list[Path]:
        return [store.write("page.md", of.title)]

    first = publish(results, lambda: None, [page], force=False)
    assert first.paths[-2:] == [tmp_path / "page.md", tmp_path / "report.html"]
    assert not publish(results, lambda: None, [page], force=False).are_new
    own = [store.write(f"figures/{name}", b"someone's own") for name in ("report.png", "embeddings.pdf", "costs.gif")]
    drawn.clear()
    drawn["embeddings"] = b"other dots"
    assert publish(results, lambda: None).are_new
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"embeddings.png"} | {path.name for path in own}
    assert (tmp_path / "report.html").read_bytes() == b"other dots"


def test_without_labels_there_are_figures_and_scores(tmp_path: Path) -> None:
    unlabelled = make_dataset(80, 30, labels=False)
    store = maker.folder(tmp_path, unlabelled, [maker.record("good", 0, unlabelled)], drawn=True)
    paths = publish(Results(store.folder), lambda: unlabelled).paths
    summary = pd.read_csv(tmp_path / "summary.csv").set_index("variant")
    assert "no labels: " in summary.loc["good", "reasons"] and "silhouette" in summary.loc["good", "reasons"]
    assert float(summary.loc["good", "trustworthiness_k5"]) > 0.5
    assert (tmp_path / "figures" / "embeddings.svg") in paths


def test_methods_at_several_numbers_of_points_have_growth_and_no_embedding(tmp_path: Path) -> None:
    results = maker.growing(tmp_path, {"A": {n: maker.successful(n / 1_000) for n in (14_000, 20_000, 28_000)}})
    paths = {str(path.relative_to(tmp_path)) for path in publish(results, lambda: None).paths}
    assert {name for name in paths if "/" in name} == {"figures/scaling.png", "figures/scaling.svg"}
    assert "scaling.csv" in paths and "report.html" not in paths
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("# Clouds\n\n**Cost**\n\nclouds: 14,000 to 28,000 training points")
    assert "**Growth with the number of points**" in summary


def test_a_folder_without_runs_is_refused(tmp_path: Path) -> None:
    Store(tmp_path).write("study.toml", 'dataset = "clouds"\n[variants.a]\nreducer = "pca"\n')
    with pytest.raises(StoreError, match="at least one run"):
        publish(Results(tmp_path), lambda: None)
