"""Tables of made-up numbers: rows, cells, best marks and footnotes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from bench.analysis.caveats import caveats
from bench.analysis.comparisons import ranking
from bench.analysis.quantities import QUANTITIES
from bench.output.tables import build
from bench.output.tables.model import Cell, Row, Table
from bench.output.tables.render import to_latex, to_markdown
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
    return build.headline(results, _rankings(results), caveats(results))


@pytest.fixture(scope="module")
def families(results: Results) -> dict[str, Table]:
    tables = build.by_family(results, _rankings(results), caveats(results))
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
    [table] = headline
    assert [row.key for row in table.rows] == [
        *("a", "b", "poor", "half", "gone"),
        *("noise", "shuffled-labels"),
        *("pixels", "lda"),
    ]
    assert [kind for kind, _ in table.by_kind()] == [Kind.METHOD, Kind.CONTROL, Kind.REFERENCE]
    assert [column.key for column in table.columns] == [*build.QUALITY, *build.COST]


def test_without_labels_quality_is_what_needs_none(tmp_path: Path) -> None:
    scores = {"r_nx_auc": [0.5], "trustworthiness_k5": [0.9], ACCURACY: ["n/a (no labels)"]}
    results = maker.write(tmp_path, {"a": scores}, maker.study_of(variants={"a": {"reducer": "pca"}}))
    table = build.headline(results, _rankings(results), caveats(results))[0]
    assert tuple(column.key for column in table.columns) == (*build.UNLABELLED, *build.COST)
    assert build.quality(results) == build.UNLABELLED
    assert _cell(table, "a", "trustworthiness_k5").text == "0.900"
    assert not any("Labels" in note for note in table.notes)


def test_the_caption_says_of_what_the_numbers_are(headline: tuple[Table, ...]) -> None:
    data = "clouds: 1,000 training points, 500 test points; 1 to 3 runs of each method, 2 threads allowed. Mean"
    assert all(table.caption.startswith(data) for table in headline)


def test_best_is_marked_with_all_that_are_equivalent(headline: tuple[Table, ...]) -> None:
    [table] = headline
    best = {row.key for row in table.rows if _cell(table, row.key, ACCURACY).best}
    assert best == {"a", "half"}, "a control, however high, is none, and what is open is not equivalent"
    assert not any(_cell(table, row.key, TEST).best for row in table.rows), "nobody to compare"
    notes = "\n".join(table.notes)
    assert "Equivalent: within 0.01 or 10% of the time or memory" in notes and "matter: silhouette." in notes
    assert max(map(len, table.notes)) <= 120, "a footnote is a line"


def test_equivalent_methods_are_bold_even_if_they_differ_for_certain(tmp_path: Path) -> None:
    values = {"a": [0.900, 0.901, 0.902], "b": [0.901, 0.902, 0.903], "c": [0.5, 0.9, 0.8], "d": [0.4, 0.4, 0.41]}
    results = maker.write(tmp_path, {name: {ACCURACY: of, "silhouette": of} for name, of in values.items()})
    [table] = build.headline(results, _rankings(results), ())
    assert [_cell(table, name, ACCURACY).best for name in values] == [True, True, False, False]
    assert not any(_cell(table, name, "silhouette").best for name in values), "it has no margin"
    assert _cell(table, "c", ACCURACY).text == "0.7", "its interval bears no more digits"


def test_cells_have_numbers_with_intervals_or_reasons(headline: tuple[Table, ...]) -> None:
    [table] = headline
    a = _cell(table, "a", ACCURACY)
    assert (a.text, a.interval, a.value) == ("0.91", "[0.89, 0.93]", pytest.approx(0.91))
    assert _cell(table, "a", TEST) == Cell("n/a", "(transductive)")
    assert _cell(table, "gone", "silhouette") == Cell("n/a", "(crashed)")
    assert _cell(table, "pixels", "trustworthiness_k5") == Cell("n/a", "(unreduced)")
    assert _cell(table, "lda", "silhouette") == Cell("n/a", "(fitted once)")
    assert _cell(table, "pixels", ACCURACY) == Cell("0.930", "", 0.93)
    assert _cell(table, "pixels", "fit_s") == Cell("")
    assert _cell(table, "b", "silhouette") == Cell("n/a", "(not scored)")
    assert _cell(table, "a", "transform_s").interval == "(transductive)"
    assert _cell(table, "poor", "fit_s").interval == "(not measured)"
    assert _cell(table, "b", "fit_s").text == "4.00"


def test_letters_mark_at_most_three_kinds_of_what_changes_how_a_number_is_read(headline: tuple[Table, ...]) -> None:
    [table] = headline
    assert _notes(table, "half") == ["1 of 3 runs failed: crashed: ended by signal SIGSEGV."]
    assert any("Supervised" in note for note in _notes(table, "lda"))
    assert [note.split(":")[0] for note in _notes(table, "a")] == ["Not repeatable"]
    assert _notes(table, "b", "fit_s") == [], "that a method used one core is said elsewhere"
    assert _notes(table, "half", "peak_mib") == [], "the fourth kind"
    assert len({note[:5] for row in table.rows for note in _notes(table, row.key)}) <= build.MAX_MARKS + 1


def test_what_letters_do_not_mark_stands_below_the_tables_of_costs(families: dict[str, Table]) -> None:
    notes = _notes(families["all-cost"], "half", "peak_mib")
    assert "hold less memory" in notes[0] and notes == _notes(families["all-cost"], "half", "cold_start_s")
    assert not any("Supervised" in note for note in families["all-cost"].notes), "the row is not in this table"


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
    assert "transductive: knn_accuracy_k10_test transform_s" in frame.loc["a", "reasons"]
    assert all(pd.api.types.is_numeric_dtype(frame[column]) for column in (ACCURACY, TEST, "transform_s"))
    assert (frame.loc["half", ACCURACY], frame.loc["half", f"{ACCURACY}_best"]) == (0.91, True)
    assert (frame.loc["noise", "kind"], frame.loc["b", "fit_s"]) == ("control", 4.0)
    assert pd.isna(frame.loc["pixels", f"{ACCURACY}_low"])


def test_a_study_that_scores_nothing_has_costs_only(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("growing")
    results = maker.growing(folder, {"SLOW": {n: maker.successful(1.0) for n in (40, 60)}})
    [cost] = build.headline(results, _rankings(results), ())
    assert (
        cost.title == "Cost"
        and len(cost.columns) == len(build.COST)
        and cost.caption.startswith("clouds: 40 to 60 training points")
    )


def test_letters_go_on_after_the_alphabet() -> None:
    table = Table("t", "T", (), tuple(Row(str(i), "", Kind.METHOD, (), (i,)) for i in range(27)), ("n",) * 27)
    assert table.marks[0] == "a"
    assert table.marks[24:] == ("z", "aa", "ab")
    assert replace(table, rows=()).marks == ("",) * 27


def test_costs_of_other_and_shared_machines_are_missing_for_a_reason(tmp_path: Path) -> None:
    machines = {"a": "x", "b": "y", "c": "x"}
    outcomes = {name: [maker.successful(1.0)] * 2 for name in machines}
    runs = {name: {"machine": machine} for name, machine in machines.items()}
    table = maker.write(
        tmp_path, {name: {ACCURACY: [0.9, 0.8]} for name in machines}, None, outcomes=outcomes, runs=runs
    )
    rows = table.frame("runs")
    rows["timed"] = rows["variant"] != "c"
    rows.loc[~rows["timed"], ["fit_s", "peak_mib"]] = None
    rows.to_csv(tmp_path / "runs.csv", index=False)
    results = Results(tmp_path)
    keys = (ACCURACY, "fit_s", "peak_mib")
    rankings = {key: ranking(results, key) for key in keys}
    assert list(rankings["fit_s"].means) == ["a"] and list(rankings[ACCURACY].means) == ["a", "b", "c"]
    made = build.headline(results, rankings, caveats(results), keys)
    cells = {row.key: row.cells for row in made[0].rows}
    assert cells["a"][1].value == 1.0
    assert cells["b"][1:] == (Cell("n/a", "(other machine)"),) * 2
    assert cells["c"][1:] == (Cell("n/a", "(shared machine)"),) * 2
    for text in (to_markdown(made), to_latex(made)):
        assert text.count("(other machine)") == text.count("(shared machine)") == 2
    reasons = build.headline_frame(made).set_index("variant")["reasons"]
    assert reasons.to_dict() == {"a": "", "b": "other machine: fit_s peak_mib", "c": "shared machine: fit_s peak_mib"}
