"""Tables as Markdown."""

from __future__ import annotations

import re

from bench.tables.model import Cell, Row, Table
from bench.tables.terminal import superscript

MOST_COLUMNS = 6
"""A wider table comes in pieces."""


def to_markdown(table: Table) -> str:
    """Return a table with title, caption and footnotes."""
    width = len(table.columns)
    pieces = [table.narrowed(start, start + MOST_COLUMNS) for start in range(0, width, MOST_COLUMNS)]
    notes = [
        f"- {superscript([mark])} {escaped(note)}" if mark else f"- {escaped(note)}"
        for mark, note in zip(table.marks, table.notes, strict=True)
    ]
    parts = [f"**{escaped(table.title)}**", escaped(table.caption), *(_grid(table, piece) for piece in pieces)]
    return "\n\n".join(part for part in (*parts, "\n".join(notes)) if part) + "\n"


def escaped(text: str) -> str:
    r"""Return text that Markdown shows as it is, also in a cell of a table.

    >>> escaped("a|b <i>")
    'a\\|b &lt;i>'
    """
    return re.sub(r"([\\|*`])", r"\\\1", " ".join(text.split())).replace("<", "&lt;")


def _grid(whole: Table, piece: Table) -> str:
    lines = [[whole.heading, *(escaped(column.header) for column in piece.columns)]]
    lines.append([":--"] + ["--:"] * len(piece.columns))
    for kind, rows in piece.by_kind():
        if kind.heading:
            lines.append([f"*{kind.heading}:*"] + [""] * len(piece.columns))
        lines += [_row(whole, row) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(whole: Table, row: Row) -> list[str]:
    return [escaped(row.label) + superscript(whole.marked(row.notes)), *(_cell(whole, cell) for cell in row.cells)]


def _cell(whole: Table, cell: Cell) -> str:
    number = f"**{cell.text}**" if cell.best else escaped(cell.text)
    return f"{number}{superscript(whole.marked(cell.notes))} {escaped(cell.interval)}".strip()
