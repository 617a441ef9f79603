"""Standard errors of scores by anchors, from the score store to every table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from bench.analysis.comparisons import ranking
from bench.analysis.quantities import QUANTITIES
from bench.analysis.summary import summary_table
from bench.execution import pipeline
from bench.metrics.statistics import Interval
from bench.output.report.markup import shown
from bench.output.tables import build, gains
from bench.output.tables.model import Cell
from bench.output.tables.notebook import NotebookTable
from bench.output.tables.render import to_latex, to_markdown
from bench.store.results import Results
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

SCORE = "trustworthiness_k5"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    data, path = make_dataset(300, 40), tmp_path_factory.mktemp("by-anchors")
    store = maker.folder(path, data, [maker.record("a", seed, data) for seed in (0, 1)])
    assert "standard_error" not in Results(store.folder).frame("scores"), "all points were compared with all"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pipeline, "load_data_of", lambda *_, **__: data)
        pipeline.rebuild(path, None, Console(quiet=True), lambda results, load_data, force: None, 120)
    assert store.study().anchors == 120
    return Results(path)


def _tables(results: Results) -> dict[str, build.Table]:
    rankings = {key: ranking(results, key) for key in QUANTITIES}
    found = (*build.headline(results, rankings, ()), *build.by_family(results, rankings, ()))
    return {table.key: table for table in found}


def test_the_error_is_the_last_column_of_scores(results: Results) -> None:
    frame = results.frame("scores")
    assert list(frame)[-1] == "standard_error"
    of_runs = frame[(frame["score"] == "trustworthiness") & (frame["k"] == 5) & (frame["variant"] == "a")]
    assert len(of_runs) == 4 and (of_runs.loc[of_runs["split"] == "train", "standard_error"] > 0).all()
    assert (frame.loc[frame["score"] == "davies_bouldin", "standard_error"] == 0).all(), "it looks at all points"
    train = of_runs.loc[of_runs["split"] == "train", "standard_error"]
    assert results.standard_error("a", SCORE) == pytest.approx(train.mean())
    assert results.standard_error("a", "davies_bouldin") is None is results.standard_error("a", "fit_s")


def test_the_error_stands_beside_the_number_in_every_format(results: Results) -> None:
    tables = _tables(results)
    column = [one.key for one in tables["headline"].columns].index(SCORE)
    cell = next(row for row in tables["headline"].rows if row.key == "a").cells[column]
    assert cell.error == results.standard_error("a", SCORE)
    assert cell.interval.startswith("± 0.0") and cell.interval.endswith("]")
    assert f"{cell.text} {cell.interval}" in to_markdown([tables["headline"]])
    assert "$\\pm$ 0.0" in to_latex([tables["headline"]])
    assert cell.interval in NotebookTable(tables["headline"])._repr_html_()
    assert any(one.cell.interval == cell.interval for _, cells in shown(tables["headline"]).rows for one in cells)
    [note] = [note for note in tables["headline"].notes if note.startswith("±")]
    assert "120 points" in note and "intervals over seeds" in note
    assert any(note.startswith("±") for note in tables["all-neighbourhood"].notes)
    assert tables["headline"].caption.endswith("±: standard error of scores by anchors.")
    assert not any(note.startswith("±") for note in tables["all-latent"].notes), "they look at all points"


def test_tables_for_programs_have_the_error_last(results: Results) -> None:
    summary = summary_table(results).set_index("variant")
    assert list(summary).index("reasons") < list(summary).index(f"{SCORE}_standard_error")
    assert summary.loc["a", f"{SCORE}_standard_error"] == results.standard_error("a", SCORE)
    assert "davies_bouldin_standard_error" not in summary
    headline = build.headline_frame([_tables(results)["headline"]])
    assert list(headline)[-1].endswith("_standard_error") and "reasons" not in list(headline)[-2:]


def test_a_gain_has_no_smaller_error_than_its_parts(results: Results) -> None:
    errors = [results.standard_error(row, "silhouette") for row in ("a", gains.REFERENCE)]
    error = gains.error_of_gain(results, "a", "silhouette")
    assert error is not None and all(errors) and error == pytest.approx(float(np.hypot(*(one or 0 for one in errors))))
    assert gains.error_of_gain(results, "a", "davies_bouldin") is None


def test_without_anchors_nothing_changes(results: Results, tmp_path: Path) -> None:
    exact = maker.write(tmp_path, {"a": {SCORE: [0.90, 0.92]}})
    assert exact.standard_error("a", SCORE) is None
    assert not [name for name in summary_table(exact) if name.endswith("_standard_error")]
    assert not any("±" in text for table in _tables(exact).values() for text in (table.caption, *table.notes))
    found = Interval(0.9, 0.88, 0.92, 3)
    with_error = Cell.of(QUANTITIES[SCORE], found, error=0.00213)
    assert with_error.interval == "± 0.002 [0.88, 0.92]"
    assert Cell.of(QUANTITIES[SCORE], found) == replace(with_error, interval="[0.88, 0.92]", error=None)
    assert Cell.of(QUANTITIES["davies_bouldin"], Interval(250.0, None, None, 1), error=31.0).interval == "± 31"
