"""Tables of made-up numbers: rows, cells, best marks and footnotes."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from bench.analysis.caveats import caveats
from bench.analysis.comparisons import ranking
from bench.analysis.quantities import QUANTITIES
from bench.output.tables import build
from bench.output.tables.model import Cell, Row, Table
from bench.store.records import Status
from bench.store.results import Results
from bench.store.values import Kind
from tests.bench import results_maker as maker

ACCURACY, TEST = "knn_accuracy_k10", "knn_accuracy_k10_test"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    good = [0.90, 0.91, 0.92]
    lone = maker.failed(Status.CRASHED, "ended by signal SIGSEGV")
    one_core = maker.successful(4.0, fit=maker.cost(4.0), notes=("stopped early after 12 epochs",))
    variants = {name: {"reducer": "pca", "label": name.upper()} for name in ("a", "b", "poor", "half", "gone")}
    return maker.write(
        tmp_path_factory.mktemp("results"),
        {
            "noise": {ACCURACY: [0.95, 0.95, 0.95]},
            "a": {ACCURACY: good, TEST: ["n/a (transductive)"] * 3},
            "b": {ACCURACY: [0.91, 0.91, 0.91], TEST: [0.8, 0.81, 0.82]},
            "poor": {ACCURACY: [0.30, 0.31, 0.32]},
            "half": {ACCURACY: [0.90, None, 0.92]},
            "gone": {},
            "pixels": {ACCURACY: 0.93},
            "shuffled-labels": {ACCURACY: 0.1},
            "lda": {ACCURACY: 0.6},
        },
        maker.study_of(variants={"noise": {"reducer": "random_gaussian", "label": "NOISE"}} | variants),
        outcomes={
            "a": [maker.successful(2.0 + 0.01 * seed, transductive=True, repeatable=False) for seed in range(3)],
            "b": [one_core] * 3,
            "half": [maker.successful(1.0, new_on_disk=40), lone, maker.successful(1.0)],
            "gone": [lone],
        },
        runs={variant: {"threads": 2} for variant in ("noise", *variants)},
    )


@pytest.fixture(scope="module")
def headline(results: Results) -> tuple[Table, ...]:
    return build.headline(results, _rankings(results), caveats(results, build.QUALITY))


@pytest.fixture(scope="module")
def families(results: Results) -> dict[str, Table]:
    tables = build.by_family(results, _rankings(results), caveats(results, build.QUALITY))
    return {table.key: table for table in tables}


def _rankings(results: Results) -> build.Rankings:
    return {key: ranking(results, key) for key in QUANTITIES}


def _rows(table: Table) -> dict[str, Row]:
    return {row.key: row for row in table.rows}


def _cell(table: Table, row: str, column: str) -> Cell:
    return _rows(table)[row].cells[[c.key for c in table.columns].index(column)]


def _notes(table: Table, row: str, column: str | None = None) -> list[str]:
    notes = _rows(table)[row].notes if column is None else _cell(table, row, column).notes
    return [table.notes[note] for note in notes]


def test_controls_and_references_stand_apart_in_the_order_of_the_study(headline: tuple[Table, ...]) -> None:
    quality, cost = headline
    assert [row.key for row in quality.rows] == [
        *("a", "b", "poor", "half", "gone"),
        *("noise", "shuffled-labels"),
        *("pixels", "lda"),
    ]
    assert [kind for kind, _ in quality.by_kind()] == [Kind.METHOD, Kind.CONTROL, Kind.REFERENCE]
    assert [row.key for row in cost.rows] == ["a", "b", "poor", "half", "gone", "noise"]


def test_the_caption_says_of_what_the_numbers_are(headline: tuple[Table, ...]) -> None:
    data = "clouds: 1,000 training points, 500 test points; 1 to 3 runs of each method, 2 threads allowed. Median"
    assert all(table.caption.startswith(data) for table in headline)


def test_best_is_marked_with_all_that_do_not_differ_significantly(headline: tuple[Table, ...]) -> None:
    quality, cost = headline
    best = {row.key for row in quality.rows if _cell(quality, row.key, ACCURACY).best}
    assert best == {"a", "b", "half"}, "a control, however high, is none"
    assert not any(_cell(cost, row.key, "fit_cores").best for row in cost.rows), "no end is better"
    assert not any(_cell(quality, row.key, TEST).best for row in quality.rows), "nobody to compare"


def test_cells_have_numbers_with_intervals_or_reasons(headline: tuple[Table, ...]) -> None:
    quality, cost = headline
    a = _cell(quality, "a", ACCURACY)
    assert (a.text, a.interval, a.value) == ("0.910", "[0.885, 0.935]", 0.91)
    assert _cell(quality, "a", TEST) == Cell("n/a", "(transductive)")
    assert _cell(quality, "gone", "silhouette") == Cell("n/a", "(crashed)")
    assert _cell(quality, "pixels", "trustworthiness_k5") == Cell("n/a", "(unreduced)")
    assert _cell(quality, "lda", "silhouette") == Cell("n/a", "(fitted once)")
    assert _cell(quality, "pixels", ACCURACY) == Cell("0.930", "", 0.93)
    assert _cell(quality, "b", "silhouette") == Cell("n/a", "(not scored)")
    assert _cell(cost, "a", "transform_s").interval == "(transductive)"
    assert _cell(cost, "poor", "fit_s").interval == "(not measured)"
    assert _cell(cost, "b", "fit_s").text == "4.00"


def test_footnotes_stand_where_they_belong(headline: tuple[Table, ...]) -> None:
    quality, cost = headline
    assert _notes(quality, "half") == ["1 of 3 runs failed: crashed: ended by signal SIGSEGV."]
    assert any("Supervised" in note for note in _notes(quality, "lda"))
    assert [note.split(":")[0] for note in _notes(quality, "a")] == ["Transductive", "Not repeatable"]
    assert _notes(cost, "b", "fit_s") == [
        "Stopped early after 12 epochs.",
        "Kept one core busy, though 2 threads were allowed; some methods use one thread only if they are given a seed, "
        "as here.",
    ]
    assert _notes(cost, "b", "peak_mib") == []
    assert _notes(cost, "half", "peak_mib") == _notes(cost, "half", "cold_start_s")
    assert "hold less memory: HALF." in _notes(cost, "half", "peak_mib")[0]
    assert _notes(cost, "half", "fit_s") == []
    assert not any("Stopped early" in note for note in quality.notes)
    assert not any("Supervised" in note for note in cost.notes), "the row is not in this table"
    seeds = _notes(quality, "a", ACCURACY)
    assert any(note.startswith("With 3 seeds the 95 % interval is wider than 0.01 for these scores") for note in seeds)


def test_every_pointer_of_every_table_finds_its_note(headline: tuple[Table, ...], families: dict[str, Table]) -> None:
    for table in (*headline, *families.values()):
        assert all(bool(mark) == (note in table.pointed()) for note, mark in enumerate(table.marks))
        assert all(len(row.cells) == len(table.columns) for row in table.rows)


def test_the_full_tables_have_every_quantity_with_a_number_once(families: dict[str, Table]) -> None:
    keys = [column.key for table in families.values() for column in table.columns]
    assert len(keys) == len(set(keys))
    assert {ACCURACY, TEST, "fit_s", "cold_start_s"} <= set(keys)
    assert "silhouette" not in keys, "nobody has one here"


def test_a_reference_without_a_number_in_a_table_has_no_row_there_and_a_method_has(families: dict[str, Table]) -> None:
    assert set(_rows(families["all-labels"])) >= {"pixels", "lda", "gone"}
    assert set(_rows(families["all-cost"])) == {"a", "b", "poor", "half", "gone", "noise"}


def test_the_headline_as_a_frame_has_a_row_a_method(headline: tuple[Table, ...]) -> None:
    frame = build.headline_frame(headline).set_index("variant")
    assert list(frame.index) == [row.key for row in headline[0].rows]
    assert frame.loc["a", TEST] == "n/a (transductive)"
    assert (frame.loc["a", ACCURACY], frame.loc["a", f"{ACCURACY}_best"]) == (0.91, True)
    assert (frame.loc["noise", "kind"], frame.loc["b", "fit_s"]) == ("control", 4.0)
    assert pd.isna(frame.loc["pixels", f"{ACCURACY}_low"])


def test_a_study_that_scores_nothing_has_costs_only(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("growing")
    results = maker.growing(folder, {"SLOW": {n: maker.successful(1.0) for n in (40, 60)}})
    [cost] = build.headline(results, _rankings(results), ())
    assert cost.key == "cost" and cost.caption.startswith("clouds: 40 to 60 training points")


def test_letters_go_on_after_the_alphabet() -> None:
    table = Table("t", "T", (), tuple(Row(str(i), "", Kind.METHOD, (), (i,)) for i in range(27)), ("n",) * 27)
    assert table.marks[0] == "a"
    assert table.marks[24:] == ("z", "aa", "ab")
    assert replace(table, rows=()).marks == ("",) * 27
