"""A table for people, before it has a format: terminal, Markdown, LaTeX and the report are rendered from this."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, groupby, product
from math import floor, log10

from bench.analysis.quantities import ARROWS, Quantity, shown
from bench.metrics.statistics import Interval
from bench.store.values import Kind
from bench.units import fixed

LETTERS = "abcdefghijklmnoprstuvwxyz"
"""Marks of footnotes: those letters that Unicode has in superscript."""
HEADINGS = {Kind.METHOD: "", Kind.CONTROL: "controls (floor)", Kind.REFERENCE: "references"}
"""What stands above the rows of a kind."""


@dataclass(frozen=True)
class Cell:
    """A number with its 95 % interval, or that there is none with the reason; the same to sort and draw by.

    `best` says whether it is the best of its column, or equivalent to the best; `notes` are the positions, from 0, of
    the table's notes that concern this number. A score by anchors has its standard `error`, which stands before the
    interval.
    """

    text: str
    interval: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    best: bool = False
    notes: tuple[int, ...] = ()
    error: float | None = None

    @classmethod
    def of(cls, quantity: Quantity, found: Interval, best: bool = False, error: float | None = None) -> Cell:
        """Return a number with its interval, if it has one, and with the standard error of a score by anchors."""
        text, interval = shown(quantity, found)
        if error is not None:
            interval = f"± {fixed(error, max(0, -floor(log10(error))))} {interval}".strip()
        return cls(text, interval, found.mean, found.low, found.high, best, error=error)

    @classmethod
    def missing(cls, reason: str) -> Cell:
        """Return a cell without a number; the reason is as `not_available` writes it."""
        text, _, why = reason.partition(" ")
        return cls(text, why)


@dataclass(frozen=True)
class Row:
    """A method, or what it is compared with; a cell a column."""

    key: str
    label: str
    kind: Kind
    cells: tuple[Cell, ...]
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows of methods, columns of quantities, and footnotes: rows and cells point at theirs, the others are of all.

    `caption` says what the numbers are of and how to read them; `heading` stands above the labels of the rows.
    """

    key: str
    title: str
    columns: tuple[Quantity, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    caption: str = ""
    heading: str = "method"

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """Letter of each note, by which cells and rows point at it; empty if it concerns the whole table."""
        letters = chain(LETTERS, map("".join, product(LETTERS, repeat=2)))
        pointed = self.pointed()
        return tuple(next(letters) if note in pointed else "" for note in range(len(self.notes)))

    def pointed(self) -> set[int]:
        """Return the positions of the notes that a row or cell points at."""
        return {note for row in self.rows for notes in (row.notes, *(c.notes for c in row.cells)) for note in notes}

    @property
    def has_errors(self) -> bool:
        """Whether there are scores by anchors, with a standard error."""
        return any(cell.error is not None for row in self.rows for cell in row.cells)

    def marked(self, notes: Sequence[int]) -> tuple[str, ...]:
        """Return the letters of some notes."""
        return tuple(self.marks[note] for note in notes)

    def by_kind(self) -> Iterator[tuple[Kind, list[Row]]]:
        """Yield the rows of each kind together."""
        return ((kind, list(rows)) for kind, rows in groupby(self.rows, lambda row: row.kind))

    def pieces(self, width: int) -> list[Table]:
        """Return the table in pieces of at most so many columns, each with all notes."""
        found = []
        for start in range(0, len(self.columns), width):
            part = slice(start, start + width)
            rows = tuple(replace(row, cells=row.cells[part]) for row in self.rows)
            found.append(replace(self, columns=self.columns[part], rows=rows))
        return found


def header_lines(column: Quantity, width: int) -> list[str]:
    """Return title, arrow and unit in lines of about `width`; words stay whole, and each part begins a line."""
    *first, last = column.title.split(", ")
    parts = [*first, f"{last} {ARROWS[column.better]}".strip(), *([f"({column.unit})"] if column.unit else [])]
    return [line for part in parts for line in textwrap.wrap(part, width, break_long_words=False)]
