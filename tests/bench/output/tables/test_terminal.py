from __future__ import annotations

import io

from rich.console import Console

from bench.analysis.quantities import QUANTITIES
from bench.output.tables.model import Cell, Row, Table
from bench.output.tables.terminal import MAX_NUMBERS, TerminalTable, brief
from bench.store.values import Kind

KEYS = ("knn_accuracy_k10", "knn_accuracy_k10_test", "silhouette", "trustworthiness_k5", "fit_s", "transform_s")


def _table(*keys: str) -> Table:
    columns = tuple(QUANTITIES[key] for key in keys)
    row = Row("a", "A method", Kind.METHOD, tuple(Cell("0.123", notes=(1,)) for _ in keys))
    bare = Row("pixels", "no reduction", Kind.REFERENCE, tuple(Cell("") for _ in keys))
    return Table("headline", "Quality and cost", columns, (row, bare), ("of all", "of a number", "Protocol x."))


def test_a_table_has_few_columns_and_the_footnotes_that_it_points_at() -> None:
    shown = brief(_table(*KEYS, "peak_mib"))
    assert [column.key for column in shown.columns] == [key for key in (*KEYS, "peak_mib") if key != "silhouette"]
    assert len(shown.columns) == MAX_NUMBERS
    assert [row.key for row in shown.rows] == ["a"]
    assert shown.notes == ("", "of a number", "Protocol x.")
    out = io.StringIO()
    Console(file=out, width=100).print(TerminalTable(shown))
    assert max(map(len, out.getvalue().splitlines())) <= 100
    assert "of all" not in out.getvalue() and "of a number" in out.getvalue()


def test_a_narrow_table_keeps_its_columns() -> None:
    assert brief(_table("silhouette", "fit_s")).columns == _table("silhouette", "fit_s").columns
