"""Tables in a notebook, and as text where there is none."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from rich.console import Console

from bench.output.tables.model import HEADINGS, Table, header_lines
from bench.output.tables.render import FOLDER, superscript
from bench.output.tables.terminal import MAX_NUMBERS, TerminalTable

WIDTH = 100
"""Letters of a line of text."""


@dataclass(frozen=True, repr=False)
class NotebookTable:
    """A table that a notebook shows as HTML; elsewhere it is text, of all columns or of those of `short`."""

    content: Table
    short: Table | None = None

    def __repr__(self) -> str:
        written = io.StringIO()
        # Otherwise a kernel is recognised, and what is printed is displayed there instead of written.
        console = Console(file=written, width=WIDTH, color_system=None, force_jupyter=False)
        for piece in [self.short] if self.short else self.content.pieces(MAX_NUMBERS):
            console.print(TerminalTable(piece))
        lines = written.getvalue().rstrip().split("\n")
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        return _template().render(
            table=self.content,
            headings=HEADINGS,
            mark=lambda positions: superscript(self.content.marked(positions)),
            notes=list(zip(map(superscript, self.content.marks), self.content.notes, strict=True)),
        )


@cache
def _template() -> Template:
    templates = Environment(
        autoescape=True,
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["header_lines"] = header_lines
    return templates.get_template("table.html.jinja")
