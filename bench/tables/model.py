"""A table for people, before it has a form: terminal, Markdown, LaTeX and HTML are all written from this."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import groupby, product

LETTERS = "abcdefghijklmnoprstuvwxyz"
"""Marks of footnotes: those letters that Unicode has in superscript."""


class Kind(StrEnum):
    """What a row is."""

    METHOD = "method"
    CONTROL = "control"
    """A row that shows how low a score can be: random positions, shuffled labels."""
    REFERENCE = "reference"
    """A row that is no embedding, or one that has seen the labels."""

    @property
    def heading(self) -> str:
        """What stands above rows of its kind; empty above the methods."""
        titles = {Kind.CONTROL: "controls (floor)", Kind.REFERENCE: "references"}
        return titles.get(self, "")


@dataclass(frozen=True)
class Column:
    """A quantity, with all that a reader needs to understand its numbers.

    Attributes
    ----------
    key : str
        Name of the column in `summary.csv`.
    title : str
        What stands above it, without arrow and unit.
    family : str
        Heading that it shares with others.
    unit : str
        Unit of its numbers; empty where they have none.
    better : {"higher", "lower", ""}
        Which direction is better; empty where neither is.
    meaning, weakness : str
        One line each.
    """

    key: str
    title: str
    family: str
    unit: str = ""
    better: str = ""
    meaning: str = ""
    weakness: str = ""

    @property
    def arrow(self) -> str:
        """An arrow to the better end; empty where there is none."""
        return {"higher": "↑", "lower": "↓"}.get(self.better, "")

    def header_lines(self, width: int) -> list[str]:
        """Return title, arrow and unit in lines of about `width`; words stay whole, and each part begins a line."""
        *first, last = self.title.split(", ")
        parts = [*first, f"{last} {self.arrow}".strip(), *([f"({self.unit})"] if self.unit else [])]
        return [line for part in parts for line in textwrap.wrap(part, width, break_long_words=False)]

    @property
    def header(self) -> str:
        """What stands above the column: title, arrow and unit."""
        return " ".join(filter(None, (self.title, self.arrow, f"({self.unit})" if self.unit else "")))


@dataclass(frozen=True)
class Cell:
    """A number with its interval, or the reason why there is none.

    Attributes
    ----------
    text : str
        The number as it is shown, or `n/a`.
    interval : str
        Its 95 % interval as it is shown, or the reason why there is no number.
    value, low, high : float or None
        The same, to sort and draw by.
    best : bool
        Whether it is the best of its column, or cannot be told apart from the best.
    notes : tuple of int
        Places in the table's notes, from 0, of what must be known beside the number.
    """

    text: str
    interval: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    best: bool = False
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Row:
    """A method, or what it is read against; a cell a column."""

    key: str
    label: str
    kind: Kind
    cells: tuple[Cell, ...]
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows of methods, columns of quantities, and footnotes.

    Attributes
    ----------
    caption : str
        What the numbers are of and how to read them.
    notes : tuple of str
        What must be known beside the numbers. Cells and rows point at those that concern them; those that nothing
        points at concern the whole table.
    heading : str
        What stands above the labels of the rows.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    caption: str = ""
    heading: str = "method"

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """Letter of each note, by which cells and rows point at it; empty where it concerns the whole table."""
        pointed = {note for row in self.rows for notes in (row.notes, *(c.notes for c in row.cells)) for note in notes}
        letters = iter(name for length in (1, 2) for name in map("".join, product(LETTERS, repeat=length)))
        return tuple(next(letters) if place in pointed else "" for place in range(len(self.notes)))

    def marked(self, notes: Sequence[int]) -> tuple[str, ...]:
        """Return the letters of some notes."""
        return tuple(self.marks[note] for note in notes)

    def by_kind(self) -> Iterator[tuple[Kind, list[Row]]]:
        """Yield the rows of each kind together."""
        for kind, rows in groupby(self.rows, lambda row: row.kind):
            yield kind, list(rows)

    def narrowed(self, start: int, stop: int) -> Table:
        """Return the table with some of its columns; its notes and their letters stay."""
        rows = tuple(replace(row, cells=row.cells[start:stop]) for row in self.rows)
        return replace(self, columns=self.columns[start:stop], rows=rows)
