"""Tables as HTML: plain, escaped, and readable where nothing runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from bench.tables.model import Cell, Column, Kind, Row, Table


def to_html(table: Table) -> str:
    """Return a `table` with its footnotes below.

    Cells carry their number in `data-v`, and the ends of the interval in `data-low` and `data-high`, for scripts that
    sort and draw; cells without a number have none of these. Rows of one kind share a `tbody`.
    """
    caption = f"<strong>{escape(table.title)}</strong>" + (f" {escape(table.caption)}" if table.caption else "")
    lines = [
        f'<table id="{escape(table.key)}">',
        f"<caption>{caption}</caption>",
        f'<thead><tr><th scope="col">{escape(table.heading)}</th>{"".join(map(_header, table.columns))}</tr></thead>',
        *(_body(table, kind, rows) for kind, rows in table.by_kind()),
        "</table>",
    ]
    notes = "".join(_notes(table))
    return "\n".join(lines) + (f'\n<ul class="notes">{notes}</ul>' if notes else "") + "\n"


def _header(column: Column) -> str:
    arrow = f'<span title="{column.better} is better">{column.arrow}</span>' if column.arrow else ""
    unit = f'<span class="unit">({escape(column.unit)})</span>' if column.unit else ""
    title = f"{column.meaning} {column.weakness}".strip()
    words = " ".join(filter(None, (escape(column.title), arrow, unit)))
    return f'<th scope="col" data-key="{escape(column.key)}" title="{escape(title)}">{words}</th>'


def _body(table: Table, kind: Kind, rows: Sequence[Row]) -> str:
    span = len(table.columns) + 1
    title = f'<tr><th scope="rowgroup" colspan="{span}">{escape(kind.heading)}</th></tr>\n' if kind.heading else ""
    return f'<tbody class="{kind.value}">\n{title}' + "\n".join(_row(table, row) for row in rows) + "\n</tbody>"


def _row(table: Table, row: Row) -> str:
    label = escape(row.label) + _marks(table, row.notes)
    cells = "".join(_cell(table, cell) for cell in row.cells)
    return f'<tr data-key="{escape(row.key)}"><th scope="row">{label}</th>{cells}</tr>'


def _cell(table: Table, cell: Cell) -> str:
    sizes = {"v": cell.value, "low": cell.low, "high": cell.high}
    data = "".join(f' data-{name}="{size!r}"' for name, size in sizes.items() if size is not None)
    number = f"<strong>{escape(cell.text)}</strong>" if cell.best else escape(cell.text)
    interval = f' <span class="interval">{escape(cell.interval)}</span>' if cell.interval else ""
    return f"<td{data}>{number}{_marks(table, cell.notes)}{interval}</td>"


def _marks(table: Table, notes: Sequence[int]) -> str:
    letters = [f'<a href="#{escape(table.key)}-{mark}">{mark}</a>' for mark in table.marked(notes)]
    return f"<sup>{' '.join(letters)}</sup>" if letters else ""


def _notes(table: Table) -> Iterator[str]:
    for mark, note in zip(table.marks, table.notes, strict=True):
        if mark:
            yield f'<li id="{escape(table.key)}-{mark}"><sup>{mark}</sup> {escape(note)}</li>'
        else:
            yield f"<li>{escape(note)}</li>"
