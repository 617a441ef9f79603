from __future__ import annotations

from pathlib import Path

import pytest

from bench.analysis.across_datasets import counts
from bench.errors import StoreError
from bench.output import across_datasets
from bench.output.tables import across_datasets as tables
from bench.output.tables.model import Cell, Table
from bench.store import sums
from bench.store.records import Status
from bench.store.results import Results
from tests.bench import results_maker as maker
from tests.bench.analysis.test_across_datasets import around, better, over, with_classes_of

KEY, ACCURACY, TEST_ACCURACY = "knn_recall_k15", "knn_accuracy_k10", "knn_accuracy_k10_test"


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Three datasets: on the second the methods are the other way round, on the third one of them failed."""
    first = {
        KEY: around(0.5),
        ACCURACY: around(0.9),
        TEST_ACCURACY: around(0.8),
        "m:x": [0.5, 0.6],
        "m_of_data:x": [0.9, 0.9],
    }
    second = {KEY: around(0.4), ACCURACY: around(0.7)}
    found = over(
        tmp_path,
        {
            "x": {"a": first, "b": second, "pixels": {ACCURACY: 0.8}, "pca-50": {KEY: 0.6, ACCURACY: 0.85}},
            "y": {"a": second, "b": first, "pixels": {ACCURACY: 0.95}},
            "z": {"a": first, "b": {}},
        },
        better(["a"], ["b"]),
    )
    failed = [maker.failed(Status.TIMEOUT, "took longer")]
    study = found.study.on("z").only(["a", "b"])
    maker.write(tmp_path / "z", {"a": first, "b": {}}, study, outcomes={"b": failed})
    return Results(tmp_path)


def _cells(table: Table, row: str) -> dict[str, Cell]:
    [found] = [one for one in table.rows if one.key == row]
    return {column.key: cell for column, cell in zip(table.columns, found.cells, strict=True)}


def test_a_quantity_has_a_column_a_dataset_and_bold_is_the_best_of_each(results: Results) -> None:
    table = tables.of_quantity(results, KEY)
    assert table is not None and [column.title for column in table.columns] == ["x", "y", "z"]
    a, b, reference = (_cells(table, row) for row in ("a", "b", "pca-50"))
    assert (a["x"].best, b["x"].best, a["y"].best, b["y"].best) == (True, False, False, True)
    assert (a["x"].text, a["x"].interval) == ("0.500", "[0.497, 0.503]")
    assert (b["z"].text, b["z"].interval) == ("n/a", "(timeout)") and not a["z"].best
    assert reference["x"].text == "0.600" and not reference["y"].text
    assert tables.of_quantity(results, "stress") is None


def test_scores_of_labels_have_their_gain_over_the_unreduced_data(results: Results) -> None:
    found = {table.key: table for table in tables.families(results)}
    gain = found[f"{ACCURACY}-gain"]
    assert (_cells(gain, "a")["x"].text, _cells(gain, "a")["x"].interval) == ("0.100", "[0.097, 0.103]")
    assert _cells(gain, "a")["y"].text == "-0.250"
    assert [column.key for column in gain.columns] == ["x", "y"], "of the last one the data were not scored"
    assert all(row.key in ("a", "b") for row in gain.rows) and not any(c.best for row in gain.rows for c in row.cells)
    assert f"{KEY}-gain" not in found and "fit_s" not in found


def test_a_method_of_other_points_has_no_gain_and_the_cell_says_why(results: Results, tmp_path: Path) -> None:
    values = {"a": {ACCURACY: around(0.9)}, "b": {ACCURACY: around(0.7)}, "pixels": {ACCURACY: 0.8}}
    maker.write(tmp_path / "x", values, results.datasets["x"].study, runs={"b": {"n_train": 500}})
    found = {table.key: table for table in tables.families(Results(tmp_path))}
    cell = _cells(found[f"{ACCURACY}-gain"], "b")["x"]
    assert (cell.text, cell.interval) == ("n/a", "(other points)")


def test_a_measure_has_the_unreduced_data_as_a_row(results: Results) -> None:
    [table] = [table for table in tables.families(results) if table.key == "m:x"]
    assert table.title == "m x" and _cells(table, "a")["x"].value == pytest.approx(0.55)
    assert _cells(table, "pixels")["x"].text == "0.900"


def test_where_classes_are_small_the_column_says_that_one_neighbour_votes(tmp_path: Path) -> None:
    values = {row: {ACCURACY: around(0.1), "knn_accuracy_k1": around(level)} for row, level in (("a", 0.9), ("b", 0.8))}
    results = over(tmp_path, {"faces": values, "others": values})
    with_classes_of(results.datasets["faces"], 8)
    table = tables.of_quantity(Results(tmp_path), ACCURACY)
    assert table is not None and [column.title for column in table.columns] == ["faces, 1-NN accuracy", "others"]
    assert [cell.text for cell in _cells(table, "a").values()] == ["0.900", "0.100"]
    datasets = tables.of_datasets(Results(tmp_path), {})
    assert _cells(datasets, "faces")[f"best-{ACCURACY}"] == Cell("A", "0.900, 1-NN accuracy")


def test_the_table_of_datasets_names_the_best_and_what_is_missing(results: Results) -> None:
    table = tables.of_datasets(results, {})
    assert _cells(table, "x")["training points"].text == "1,000"
    assert [_cells(table, name)[f"best-{KEY}"].text for name in "xyz"] == ["A", "B", "n/a"]
    table = tables.of_datasets(results, {"y": "not here"})
    assert _cells(table, "y")["training points"].text == "none" and table.notes == ("y: not here",)


def test_ranks_are_said_to_decide_nothing(results: Results) -> None:
    table = tables.mean_ranks(results)
    assert [column.title for column in table.columns] == ["15-NN recall, on 2", "10-NN accuracy, on 2"]
    assert _cells(table, "a")[f"rank-{KEY}"].text == "1.5" and "decides nothing" in table.caption


def test_the_page_says_what_holds_where_and_what_labels_scores_are_not(results: Results) -> None:
    made = across_datasets.publish(results.folder, {})
    page = (results.folder / "summary.md").read_text()
    assert made.findings == ("one: holds on 1 of 2 datasets; worse on y.",) and f"- {made.findings[0]}\n" in page
    assert "| one | 15-NN recall | 1 | 0 | 0 | 1 | 2 |" in page
    assert "Scores of labels are not compared between datasets" in page
    assert [table.key for table in made.headline] == ["hypotheses", "ranks"]
    assert across_datasets.main_table(results).key == "hypotheses"
    assert across_datasets.main_table(results, ACCURACY).key == ACCURACY
    with pytest.raises(StoreError, match="has no stress on any dataset"):
        across_datasets.main_table(results, "stress")


def test_all_rows_have_their_dataset_and_a_reason_stays(results: Results) -> None:
    folder = results.folder
    (folder / "y" / "runs.csv").unlink()
    across_datasets.publish(folder, {"y": "no data; `get them`"})
    summary = Results(folder).summary
    assert list(summary["dataset"]) == ["x"] * 4 + ["z"] * 2 + ["y"]
    assert summary.columns[0] == "dataset" and summary["reason"].iat[-1] == "no data; `get them`"
    assert not sums.faults(folder) and "x/runs.csv" not in (folder / "SHA256SUMS").read_text()
    before = (folder / "summary.csv").read_bytes()
    across_datasets.publish(folder, {})
    assert (folder / "summary.csv").read_bytes() == before
    (folder / "summary.csv").write_text("dataset\n")
    across_datasets.publish(folder, {})
    assert Results(folder).summary["reason"].iat[-1] == "not measured yet"


def test_a_study_of_which_no_dataset_can_be_had_has_a_page(tmp_path: Path) -> None:
    results = over(tmp_path, {"x": {"a": {KEY: [1.0]}}})
    (tmp_path / "x" / "runs.csv").unlink()
    made = across_datasets.publish(tmp_path, {"x": "gone"})
    assert [table.key for table in made.headline] == ["datasets"] and "x: gone" in (tmp_path / "summary.md").read_text()
    with pytest.raises(StoreError, match="has no results on any dataset"):
        across_datasets.main_table(Results(tmp_path))
    assert counts(results) == []
