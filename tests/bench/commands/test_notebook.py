"""What a notebook calls and shows."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pytest

import bench
from bench.errors import StoreError, StudyError
from bench.execution import pipeline
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker
from tests.bench.output.tables.test_notebook import HOSTILE, Tags

PROJECT = Path(__file__).parents[3]
VALUES = {"knn_accuracy_k10": [0.8, 0.9], "silhouette": [0.1, 0.2], "fit_s": [1.0, 2.0]}


@pytest.fixture
def results(tmp_path: Path) -> bench.Results:
    maker.write(tmp_path, {"a": VALUES, "b": VALUES})
    return bench.load_results(tmp_path)


def test_a_figure_is_drawn_from_the_tables(results: bench.Results) -> None:
    figure = results.plot("costs")
    assert any("Time and memory" in text.get_text() for text in figure.findobj(plt.Text))
    assert figure._repr_png_().startswith(b"\x89PNG"), "a notebook would show its repr"  # type: ignore[attr-defined]
    with pytest.raises(StudyError, match="Did you mean 'costs'"):
        results.plot("cost")
    with pytest.raises(StoreError, match="has nothing for it"):
        results.plot("training")


def test_figures_open_no_windows(results: bench.Results) -> None:
    results.plot("costs")
    assert plt.get_fignums() == []


def test_the_table_is_that_of_the_page() -> None:
    from bench.output.tables.render import to_markdown

    default = bench.load_results(PROJECT / "results" / "default")
    page = (default.folder / "summary.md").read_text(encoding="utf-8")
    assert to_markdown([default.table().content]).strip() in page


def test_a_table_has_the_quantities_that_are_asked_for(results: bench.Results) -> None:
    assert [column.key for column in results.table("fit_s", "silhouette").content.columns] == ["fit_s", "silhouette"]
    assert results.table("fit_s").content.title == "Cost"
    assert results.table("silhouette").content.title == "Quality"
    assert [row.label for row in results.only(("a",)).table("fit_s").content.rows] == ["A"]
    with pytest.raises(StudyError, match="Did you mean 'silhouette'"):
        results.table("silhouete")
    with pytest.raises(StoreError, match="at least one run"):
        results.only(("nobody",)).table()


def test_a_notebook_shows_title_table_and_embeddings(results: bench.Results) -> None:
    shown = results._repr_html_()
    assert "Quality and cost" in shown and "embeddings" in Tags(shown).text
    assert "img" not in Tags(shown).names, "these results have no embedding"
    pair = bench.load_results(PROJECT / "results" / "default").only(("pca", "umap"))
    shown = pair._repr_html_()
    assert Tags(shown).names.count("img") == 1 and len(shown) < 300_000
    assert "MNIST" in Tags(shown).text or "default" in Tags(shown).text


def test_nothing_in_results_becomes_a_tag(tmp_path: Path) -> None:
    study = Study(
        name="made",
        title=HOSTILE,
        dataset="clouds",
        variants={"a": Variant(reducer="pca", label=HOSTILE), "b": Variant(reducer="pca", label="B")},
    )
    maker.write(tmp_path, {"a": VALUES, "b": VALUES}, study=study)
    found = Tags(bench.load_results(tmp_path)._repr_html_())
    assert "script" not in found.names and "img" not in found.names
    assert found.text.count(HOSTILE) >= 2


def test_results_that_cannot_be_read_say_why_in_a_notebook(results: bench.Results) -> None:
    (results.folder / "runs.csv").write_bytes(b"\x00\xff\xfe")
    assert "is no table" in results._repr_html_()


def test_a_missing_folder_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Did you mean 'default'"):
        bench.load_results("defaul")
    with pytest.raises(StoreError, match=r"no study\.toml"):
        bench.load_results(tmp_path)


def test_the_report_is_copied_if_it_is_there(tmp_path: Path) -> None:
    default = bench.load_results(PROJECT / "results" / "default")
    assert default.report() == default.folder / "report.html"
    copy = default.report(tmp_path / "mine.html")
    assert copy.read_bytes() == (default.folder / "report.html").read_bytes()


def test_a_report_is_written_if_there_is_none(tmp_path: Path) -> None:
    maker.write(tmp_path, {"a": VALUES})
    with pytest.raises(StoreError, match="has no embeddings for a report"):
        bench.load_results(tmp_path).report()


def test_a_run_is_silent_unless_asked_not_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(pipeline, "execute", lambda request, console, *_, **__: calls.append((request, console)))
    bench.run("quick", reducers="pca", out=str(tmp_path / "out"))
    bench.run("quick", reducers=["pca"], out=tmp_path / "out", verbose=True)
    assert [console.quiet for _, console in calls] == [True, False]
    for request, _ in calls:
        assert (list(request.chosen.variants), request.out) == (["pca"], tmp_path / "out")
