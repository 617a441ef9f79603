"""Tables as LaTeX, with booktabs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bench.tables.model import Cell, Column, Row, Table

MOST_COLUMNS = 5
"""A wider table comes in pieces, each as wide as a page of an article bears."""
HEADER_WIDTH = 11
PREAMBLE = "% Needs \\usepackage[T1]{fontenc} and \\usepackage{booktabs}.\n"

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "[": "{[}",
    "]": "{]}",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "−": "$-$",
    "×": r"$\times$",
}


def to_latex(tables: Iterable[Table]) -> str:
    """Return tables, each as floats of a few columns."""
    return PREAMBLE + "\n".join(_float(table, start) for table in tables for start in _starts(table))


def escaped(text: str) -> str:
    r"""Return text that LaTeX sets as it is.

    >>> escaped("100 % of_it")
    '100 \\% of\\_it'
    """
    return "".join(_ESCAPES.get(letter, letter) for letter in " ".join(text.split()))


def _starts(table: Table) -> range:
    return range(0, len(table.columns), MOST_COLUMNS)


def _float(table: Table, start: int) -> str:
    piece = table.narrowed(start, start + MOST_COLUMNS)
    part = f", part {start // MOST_COLUMNS + 1}" if len(_starts(table)) > 1 else ""
    label = f"tab:{table.key}" + (f"-{start // MOST_COLUMNS + 1}" if part else "")
    lines = [
        r"\begin{table}[htbp]",
        r"\centering\footnotesize\setlength{\tabcolsep}{2pt}",
        rf"\caption{{{escaped(f'{table.title}{part}')}}}",
        rf"\label{{{label}}}",
        rf"\begin{{tabular}}{{@{{}}l*{{{len(piece.columns)}}}{{r}}@{{}}}}",
        r"\toprule",
        " & ".join([escaped(table.heading), *map(_header, piece.columns)]) + r" \\",
        *_body(table, piece),
        r"\bottomrule",
        r"\end{tabular}",
        *_below(table, piece, with_caption=start == 0),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _header(column: Column) -> str:
    lines = r"\\".join(map(escaped, column.header_lines(HEADER_WIDTH)))
    return rf"\scriptsize\shortstack[r]{{{lines}}}"


def _body(table: Table, piece: Table) -> Iterator[str]:
    for kind, rows in piece.by_kind():
        yield r"\midrule"
        if kind.heading:
            yield rf"\multicolumn{{{len(piece.columns) + 1}}}{{@{{}}l}}{{\itshape {escaped(kind.heading)}:}} \\"
        for row in rows:
            yield from _row(table, row)


def _row(table: Table, row: Row) -> Iterator[str]:
    """Yield the numbers of a row and, below them, their intervals."""
    below = any(cell.interval for cell in row.cells)
    numbers = [escaped(row.label) + _marks(table, row.notes), *(_number(table, cell) for cell in row.cells)]
    yield " & ".join(numbers) + (r" \\*" if below else r" \\")
    if below:
        intervals = [rf"\tiny {_minus(cell.interval)}" if cell.interval else "" for cell in row.cells]
        yield " & ".join(["", *intervals]) + r" \\"


def _number(table: Table, cell: Cell) -> str:
    text = _minus(cell.text)
    return (rf"\textbf{{{text}}}" if cell.best else text) + _marks(table, cell.notes)


def _minus(text: str) -> str:
    """Return a number or interval with minus signs where a hyphen stood for them."""
    return re.sub(r"-(?=\d)", "$-$", escaped(text))


def _marks(table: Table, notes: Sequence[int]) -> str:
    return rf"\textsuperscript{{{','.join(table.marked(notes))}}}" if notes else ""


def _below(table: Table, piece: Table, *, with_caption: bool) -> Iterator[str]:
    """Yield the caption and those footnotes that this piece of the table points at."""
    pointing = [notes for row in piece.rows for notes in (row.notes, *(cell.notes for cell in row.cells))]
    notes = [
        (rf"\textsuperscript{{{mark}}} " if mark else "") + escaped(note)
        for place, (mark, note) in enumerate(zip(table.marks, table.notes, strict=True))
        if any(place in some for some in pointing) or (with_caption and not mark)
    ]
    lines = ([escaped(table.caption)] if with_caption and table.caption else []) + notes
    if lines:
        yield r"\par\smallskip\begin{minipage}{\linewidth}\footnotesize\raggedright"
        yield "\\par\n".join(lines)
        yield r"\end{minipage}"
