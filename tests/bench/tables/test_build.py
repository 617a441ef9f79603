"""Tables of made-up numbers: rows, cells, best marks and footnotes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.reading import Reading
from bench.records import Status
from bench.scores import Value
from bench.tables import build
from bench.tables.columns import COLUMNS, SCORE_COLUMNS, number
from bench.tables.model import Cell, Kind, Row, Table
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

ACCURACY = ("knn_accuracy", 10)
HELD_OUT = ("knn_accuracy_test", 10)


@pytest.fixture
def reading() -> Reading:
    good = [0.90, 0.91, 0.92]
    samples = {
        "noise": {ACCURACY: [0.95, 0.95, 0.95]},
        "a": {ACCURACY: good, HELD_OUT: ["n/a (transductive)"] * 3},
        "b": {ACCURACY: [0.91, 0.91, 0.91], HELD_OUT: [0.8, 0.81, 0.82]},
        "poor": {ACCURACY: [0.30, 0.31, 0.32]},
        "half": {ACCURACY: good},
        "gone": {},
    }
    lone = maker.ill(Status.CRASHED, "ended by signal SIGSEGV")
    one_core = maker.well(4.0, fit=maker.cost(4.0), notes=("stopped early after 12 epochs",))
    outcomes = {
        "a": [maker.well(2.0 + 0.01 * seed, transductive=True, repeatable=False) for seed in range(3)],
        "b": [one_core] * 3,
        "half": [maker.well(1.0, new_on_disk=40), lone, maker.well(1.0)],
        "gone": [lone],
    }
    references = {
        "pixels": [Value("knn_accuracy", "fit", 10, 0.93)],
        "shuffled-labels": [Value("knn_accuracy", "fit", 10, 0.1)],
        "lda": [Value("knn_accuracy", "fit", 10, 0.6)],
    }
    fields = {name: {"thread_budget": 2} for name in samples} | {"noise": {"reducer": "random_gaussian"}}
    return maker.reading(make_dataset(), samples, outcomes, references, **fields)


def _rows(table: Table) -> dict[str, Row]:
    return {row.key: row for row in table.rows}


def _cell(table: Table, row: str, column: str) -> Cell:
    return _rows(table)[row].cells[[c.key for c in table.columns].index(column)]


def _notes(table: Table, row: str, column: str | None = None) -> list[str]:
    notes = _rows(table)[row].notes if column is None else _cell(table, row, column).notes
    return [table.notes[note] for note in notes]


def test_controls_and_references_stand_apart_in_the_order_of_the_study(reading: Reading) -> None:
    quality, cost = build.headline(build.tabulate(reading))
    assert [row.key for row in quality.rows] == [
        *("a", "b", "poor", "half", "gone"),
        *("noise", "shuffled-labels"),
        *("pixels", "lda"),
    ]
    assert [kind for kind, _ in quality.by_kind()] == [Kind.METHOD, Kind.CONTROL, Kind.REFERENCE]
    assert [row.key for row in cost.rows] == ["a", "b", "poor", "half", "gone", "noise"]


def test_best_is_marked_with_all_that_cannot_be_told_apart_from_it(reading: Reading) -> None:
    quality, cost = build.headline(build.tabulate(reading))
    best = {row.key for row in quality.rows if _cell(quality, row.key, "knn_accuracy_k10").best}
    assert best == {"a", "b", "half"}, "a control, however high, is none"
    assert not any(_cell(cost, row.key, "fit_cores").best for row in cost.rows), "no end is better"
    assert not any(_cell(quality, row.key, "knn_accuracy_k10_test").best for row in quality.rows), "nobody to compare"


def test_cells_have_numbers_with_intervals_or_reasons(reading: Reading) -> None:
    quality, cost = build.headline(build.tabulate(reading))
    a = _cell(quality, "a", "knn_accuracy_k10")
    assert (a.text, a.interval, a.value) == ("0.910", "[0.885, 0.935]", 0.91)
    held_out = _cell(quality, "a", "knn_accuracy_k10_test")
    assert (held_out.text, held_out.interval, held_out.value) == ("n/a", "(transductive)", None)
    assert _cell(quality, "gone", "silhouette") == Cell("n/a", "(crashed)")
    assert _cell(quality, "pixels", "trustworthiness_k5") == Cell("n/a", "(unreduced)")
    assert _cell(quality, "pixels", "knn_accuracy_k10") == Cell("0.930", "", 0.93)
    assert _cell(quality, "b", "silhouette") == Cell("n/a", "(not scored)")
    assert _cell(cost, "a", "transform_s").interval == "(transductive)"
    assert _cell(cost, "b", "fit_s").text == "4.00"


def test_footnotes_stand_where_they_belong(reading: Reading) -> None:
    quality, cost = build.headline(build.tabulate(reading))
    assert _notes(quality, "half") == ["1 of 3 runs did not end well: crashed: ended by signal SIGSEGV."]
    assert any("Supervised control" in note for note in _notes(quality, "lda"))
    assert [note.split(":")[0] for note in _notes(quality, "a")] == ["Transductive", "Not repeatable"]
    assert _notes(cost, "b", "fit_s")[:2] == [
        "Stopped early after 12 epochs.",
        "Kept one core busy, though 2 threads were allowed; some methods give up their threads for a seed, and it "
        "had one.",
    ]
    assert _notes(cost, "b", "peak_mib") == []
    assert _notes(cost, "half", "peak_mib") == _notes(cost, "half", "cold_start_s")
    assert "holds less memory: HALF." in _notes(cost, "half", "peak_mib")[0]
    assert _notes(cost, "half", "fit_s") == []
    assert not any("Stopped early" in note for note in quality.notes)
    assert not any("Supervised" in note for note in cost.notes), "the row is not in this table"
    seeds = _notes(quality, "a", "knn_accuracy_k10")
    assert any(
        note.startswith("3 seeds do not settle the second decimal of every score; it would take:") for note in seeds
    )


def test_every_pointer_of_every_table_finds_its_note(reading: Reading) -> None:
    found = build.tabulate(reading)
    for table in (*build.headline(found), *build.by_family(found)):
        pointed = {note for row in table.rows for notes in (row.notes, *(c.notes for c in row.cells)) for note in notes}
        assert all(table.marks[note] for note in pointed)
        assert all(bool(mark) == (place in pointed) for place, mark in enumerate(table.marks))
        assert all(len(row.cells) == len(table.columns) for row in table.rows)


def test_the_full_tables_have_every_column_with_a_number_once(reading: Reading) -> None:
    tables = build.by_family(build.tabulate(reading))
    keys = [column.key for table in tables for column in table.columns]
    assert len(keys) == len(set(keys))
    assert {"knn_accuracy_k10", "knn_accuracy_k10_test", "fit_s", "cold_start_s"} <= set(keys)
    assert "silhouette" not in keys, "nobody has one here"
    assert {column.family for table in tables for column in table.columns} <= build.FAMILY_TITLES.keys()


def test_a_reference_without_a_number_in_a_table_has_no_row_there_and_a_method_has(reading: Reading) -> None:
    tables = {table.key: table for table in build.by_family(build.tabulate(reading))}
    assert set(_rows(tables["all-labels"])) >= {"pixels", "lda", "gone"}
    assert set(_rows(tables["all-cost"])) == {"a", "b", "poor", "half", "gone", "noise"}


def test_every_family_has_a_title_and_every_column_a_unit_and_meaning() -> None:
    assert {column.family for column in COLUMNS.values()} == build.FAMILY_TITLES.keys()
    assert all(column.unit and column.meaning and column.weakness for column in COLUMNS.values())
    assert all(("held-out" in column.title) == key.endswith("_test") for key, column in SCORE_COLUMNS.items())


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("fit_s", 12.34, "12.3"),
        ("fit_s", 9.96, "10.0"),
        ("fit_s", 1.234, "1.23"),
        ("fit_s", 0.0994, "0.099"),
        ("fit_s", 0.00123, "0.0012"),
        ("fit_s", 0.0, "0.0000"),
        ("peak_mib", 1669.4, "1669"),
        ("fit_cores", 1.96, "2.0"),
        ("silhouette", -0.0004, "0.000"),
        ("silhouette", -0.0006, "-0.001"),
        ("calinski_harabasz", 1234.5678, "1235"),
        ("calinski_harabasz", 123.46, "123.5"),
    ],
)
def test_rounding(column: str, value: float, text: str) -> None:
    assert number(COLUMNS[column], value) == text


def test_letters_go_on_after_the_alphabet() -> None:
    table = Table("t", "T", (), tuple(Row(str(i), "", Kind.METHOD, (), (i,)) for i in range(27)), ("n",) * 27)
    assert table.marks[0] == "a"
    assert table.marks[24:] == ("z", "aa", "ab")
    assert replace(table, rows=()).marks == ("",) * 27
