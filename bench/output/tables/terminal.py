"""Tables in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich import box, table
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from bench.output.tables.model import HEADINGS, Cell, Row, Table, header_lines
from bench.output.tables.render import superscript

MAX_NUMBERS = 6
"""Columns of numbers that fit into 100 characters, beside the method."""
SPARED = ("silhouette", "shepard_spearman")
"""Columns that are left out first."""
MAX_LABEL = 18
"""A longer label takes two lines, as its cells do."""


def brief(table: Table) -> Table:
    """Return a table with few columns, and of its footnotes those that a number or a row points at, and the last."""
    kept = [place for place, column in enumerate(table.columns) if column.key not in SPARED][:MAX_NUMBERS]
    if len(table.columns) <= MAX_NUMBERS:
        kept = [*range(len(table.columns))]
    rows = [replace(row, cells=tuple(row.cells[place] for place in kept)) for row in table.rows]
    columns = tuple(table.columns[place] for place in kept)
    few = replace(table, columns=columns, rows=tuple(row for row in rows if any(cell.text for cell in row.cells)))
    shown = few.pointed() | {len(table.notes) - 1}
    return replace(few, notes=tuple(note if place in shown else "" for place, note in enumerate(table.notes)))


@dataclass(frozen=True)
class TerminalTable:
    """A table as rich draws it: intervals under their numbers, unless the terminal is too narrow for them."""

    content: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        widths = self._widths(with_intervals=True)
        with_intervals = sum(widths) + len(widths) - 1 <= options.max_width
        yield Text(self.content.title, style="bold")
        yield self._grid(widths if with_intervals else self._widths(with_intervals=False), with_intervals)
        yield from self._below(with_intervals)

    def _widths(self, *, with_intervals: bool) -> list[int]:
        """Return the width of each column: that of its widest cell or of the longest word above it."""
        labels = [line for row in self.content.rows for line in (row.label + "  ", HEADINGS[row.kind] + ":")]
        widths = [min(MAX_LABEL, max(map(len, (self.content.heading, *labels))))]
        for index, column in enumerate(self.content.columns):
            cells = [line for row in self.content.rows for line in self._lines(row.cells[index], with_intervals)]
            widths.append(max(map(len, (*cells, *header_lines(column, 1)))))
        return widths

    def _lines(self, cell: Cell, with_intervals: bool) -> list[str]:
        first = ("*" if cell.best else "") + cell.text + superscript(self.content.marked(cell.notes))
        return [first, cell.interval] if cell.interval and with_intervals else [first]

    def _grid(self, widths: Sequence[int], with_intervals: bool) -> table.Table:
        grid = table.Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
        grid.add_column(self.content.heading, width=widths[0], overflow="fold", vertical="top")
        for column, width in zip(self.content.columns, widths[1:], strict=True):
            lines = "\n".join(header_lines(column, width))
            grid.add_column(Text(lines, justify="right"), width=width, justify="right", no_wrap=True)
        for kind, rows in self.content.by_kind():
            if HEADINGS[kind]:
                grid.add_section()
                grid.add_row(Text(f"{HEADINGS[kind]}:", style="italic"))
            for row in rows:
                grid.add_row(*self._row(row, with_intervals))
        return grid

    def _row(self, row: Row, with_intervals: bool) -> Iterator[Text]:
        yield Text(row.label + superscript(self.content.marked(row.notes)))
        for cell in row.cells:
            first, *rest = self._lines(cell, with_intervals)
            yield Text.assemble((first, "bold" if cell.best else ""), *(("\n" + line, "dim") for line in rest))

    def _below(self, with_intervals: bool) -> Iterator[Text]:
        if self.content.caption:
            bold = any(cell.best for row in self.content.rows for cell in row.cells)
            yield Text(self.content.caption + (" Bold has a * before it." if bold else ""))
        if not with_intervals:
            yield Text("Intervals and reasons are left out: they need a wider terminal.")
        for mark, note in zip(self.content.marks, self.content.notes, strict=True):
            if note:
                yield Text(f"{superscript([mark])} {note}" if mark else note)
        yield Text("")
