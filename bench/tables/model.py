"""A table for people, before it has a form: terminal, Markdown, LaTeX and HTML are all written from this."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a row is."""

    METHOD = "method"
    CONTROL = "control"
    """A row that shows how low a score can be: random positions, shuffled labels."""
    REFERENCE = "reference"
    """A row that is no embedding, or one that has seen the labels."""


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
        Whether nothing in the column is better beyond doubt.
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
    """Rows of methods, columns of quantities, and footnotes."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
