"""Tables as Markdown and LaTeX: one template a format, filled from the same model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bench.output.tables.model import HEADINGS, Table, header_lines

FOLDER = Path(__file__).parent
SUPERSCRIPT = str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
HEADER_WIDTH = 11
"""Letters in a line above a column of LaTeX."""
PREAMBLE = "% Needs \\usepackage[T1]{fontenc} and \\usepackage{booktabs}.\n"

_LATEX = {
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


def superscript(letters: Sequence[str]) -> str:
    """Return marks of footnotes as small raised letters.

    >>> superscript(["a", "b"])
    'ᵃᵇ'
    """
    return "".join(letters).translate(SUPERSCRIPT)


def escaped(text: str) -> str:
    r"""Return text that Markdown shows as it is, also in a cell of a table.

    >>> escaped("a|b <i>")
    'a\\|b &lt;i>'
    """
    return re.sub(r"([\\|*`])", r"\\\1", " ".join(text.split())).replace("<", "&lt;")


def escaped_latex(text: str) -> str:
    r"""Return text that LaTeX sets as it is.

    >>> escaped_latex("100 % of_it")
    '100 \\% of\\_it'
    """
    return "".join(_LATEX.get(letter, letter) for letter in " ".join(text.split()))


@dataclass(frozen=True)
class Format:
    """How tables are written.

    Attributes
    ----------
    template : str
        File beside this one.
    escape, mark : function
        Text, and letters of footnotes, as the format writes them.
    max_columns : int
        A wider table comes in pieces.
    """

    template: str
    escape: Callable[[str], str]
    mark: Callable[[Sequence[str]], str]
    max_columns: int

    def render(self, table: Table) -> str:
        """Return a table with title, caption and footnotes."""

        def notes(piece: Table, *, first: bool = True) -> list[str]:
            """Return the footnotes of a piece; those of the whole table belong to the first one."""
            pointed = piece.pointed()
            return [
                f"{self.mark([mark]) if mark else ''} {self.escape(note)}".strip()
                for position, (mark, note) in enumerate(zip(table.marks, table.notes, strict=True))
                if position in pointed or (first and not mark)
            ]

        return self._template.render(
            table=table,
            pieces=table.pieces(self.max_columns),
            notes=notes,
            mark=lambda positions: self.mark(table.marked(positions)),
            headings=HEADINGS,
            header_width=HEADER_WIDTH,
        )

    @cached_property
    def _template(self) -> Template:
        environment = Environment(
            # Other brackets than usual: LaTeX is full of braces.
            variable_start_string="<<",
            variable_end_string=">>",
            block_start_string="<%",
            block_end_string="%>",
            comment_start_string="<#",
            comment_end_string="#>",
            loader=FileSystemLoader(FOLDER),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters |= {"escaped": self.escape, "minus": _minus, "header_lines": header_lines}
        return environment.get_template(self.template)


def _raised_latex(letters: Sequence[str]) -> str:
    return rf"\textsuperscript{{{','.join(letters)}}}" if letters else ""


def _minus(text: str) -> str:
    """Return LaTeX with minus signs where a hyphen stood for them."""
    return re.sub(r"-(?=\d)", "$-$", text)


MARKDOWN = Format("table.md.jinja", escaped, superscript, 6)
LATEX = Format("table.tex.jinja", escaped_latex, _raised_latex, 5)


def to_markdown(table: Table) -> str:
    """Return a table as Markdown."""
    return MARKDOWN.render(table)


def to_latex(tables: Iterable[Table]) -> str:
    """Return tables as LaTeX, each as floats of a few columns."""
    return PREAMBLE + "\n".join(map(LATEX.render, tables))
