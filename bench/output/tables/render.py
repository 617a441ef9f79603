"""Tables as Markdown and LaTeX, one template a format filled from the same model; and a page of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bench.errors import StoreError
from bench.output.tables.model import HEADINGS, Table, header_lines

FOLDER = Path(__file__).parent
SUPERSCRIPT = str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
PREAMBLE = "% Needs \\usepackage[T1]{fontenc} and \\usepackage{booktabs}.\n"

_LATEX = str.maketrans(
    {letter: rf"\{letter}" for letter in "{}&%$#_"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", '"': r"\textquotedbl{}"}
    | {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "[": "{[}", "]": "{]}"}
    | {"↑": r"$\uparrow$", "↓": r"$\downarrow$", "−": "$-$", "×": r"$\times$", "±": r"$\pm$"}
)


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
    return " ".join(text.split()).translate(_LATEX)


@dataclass(frozen=True)
class Format:
    """How tables are written: a template, how text and letters of footnotes are set, and from where on in pieces."""

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
        )

    @cached_property
    def _template(self) -> Template:
        environment = Environment(
            # Other brackets than usual: LaTeX is full of braces.
            variable_start_string="<<",
            variable_end_string=">>",
            block_start_string="<%",
            block_end_string="%>",
            loader=FileSystemLoader(FOLDER),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters |= {"escaped": self.escape, "minus": _minus, "header_lines": header_lines}
        return environment.get_template(self.template)


def _superscript_latex(letters: Sequence[str]) -> str:
    return rf"\textsuperscript{{{','.join(letters)}}}" if letters else ""


def _minus(text: str) -> str:
    return re.sub(r"-(?=\d)", "$-$", text)


MARKDOWN = Format("table.md.jinja", escaped, superscript, 7)
LATEX = Format("table.tex.jinja", escaped_latex, _superscript_latex, 5)


def to_markdown(tables: Iterable[Table]) -> str:
    """Return tables as Markdown."""
    return "\n".join(map(MARKDOWN.render, tables))


def to_latex(tables: Iterable[Table]) -> str:
    """Return tables as LaTeX, each as floats of a few columns."""
    return PREAMBLE + "\n".join(map(LATEX.render, tables))


def page(
    title: str,
    headline: Sequence[Table],
    findings: Sequence[str],
    advice: Sequence[str],
    over_points: Sequence[Table],
    families: Sequence[Table],
    caveats: Sequence[str] = (),
) -> str:
    """Return a page: headline, findings and advice, accuracies over test points, every table of a family, caveats."""
    sections = {
        "Findings": "".join(f"- {escaped(sentence)}\n" for sentence in findings),
        "What to take": "".join(f"- {escaped(sentence)}\n" for sentence in advice),
        "Over test points": to_markdown(over_points),
        "All scores": to_markdown(families),
        "Caveats": "".join(f"- {escaped(sentence)}\n" for sentence in caveats),
    }
    parts = [f"# {escaped(title)}", to_markdown(headline).strip()]
    parts += [f"## {heading}\n\n{text}".strip() for heading, text in sections.items() if text]
    return "\n\n".join(parts) + "\n"


def write_into(file: Path, text: str, marker: str = "headline") -> None:
    """Replace what stands between two markers of a file: `<!-- headline -->`, say, and `<!-- end of headline -->`.

    StoreError if the file has no such markers.
    """
    whole = file.read_text(encoding="utf-8")
    start, end = (re.search(rf"<!-- {words}.*?-->", whole) for words in (marker, f"end of {marker}"))
    if start is None or end is None:
        raise StoreError(f"Got {file}, but expected the markers <!-- {marker} --> and <!-- end of {marker} -->.")
    file.write_text(f"{whole[: start.end()]}\n\n{text}\n\n{whole[end.start() :]}", encoding="utf-8")
