"""The tables of a study and its findings as one document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Group
from rich.text import Text

from bench.errors import StoreError
from bench.output.tables.model import Table
from bench.output.tables.render import escaped, to_markdown
from bench.output.tables.terminal import TerminalTable


def markdown(
    title: str,
    headline: Sequence[Table],
    findings: Sequence[str],
    advice: Sequence[str],
    over_points: Sequence[Table],
    families: Sequence[Table],
) -> str:
    """Return the headline, findings and advice, accuracies over test points, and every table of a family."""
    sections = {
        "Findings": [f"- {escaped(sentence)}\n" for sentence in findings],
        "What to take": [f"- {escaped(sentence)}\n" for sentence in advice],
        "Over test points": ["\n".join(map(to_markdown, over_points))],
        "All scores": ["\n".join(map(to_markdown, families))],
    }
    parts = [f"# {escaped(title)}", headline_markdown(headline)]
    parts += [f"## {heading}\n\n{text}".strip() for heading, lines in sections.items() if (text := "".join(lines))]
    return "\n\n".join(parts) + "\n"


def headline_markdown(headline: Sequence[Table]) -> str:
    """Return the tables that README shows."""
    return "\n".join(map(to_markdown, headline)).strip()


def terminal(title: str, headline: Sequence[Table], findings: Sequence[str]) -> Group:
    """Return the headline and the findings for a terminal."""
    lines = [Text(f"- {sentence}") for sentence in findings]
    return Group(Text(title, style="bold"), Text(""), *map(TerminalTable, headline), *lines)


def write_into(file: Path, text: str, marker: str = "headline") -> None:
    """Replace what stands between two markers of a file: `<!-- headline -->`, say, and `<!-- end of headline -->`.

    Raises
    ------
    StoreError
        If the file has no such markers.
    """
    whole = file.read_text(encoding="utf-8")
    start, end = (re.search(rf"<!-- {words}.*?-->", whole) for words in (marker, f"end of {marker}"))
    if start is None or end is None:
        raise StoreError(f"Got {file}, but expected the markers <!-- {marker} --> and <!-- end of {marker} -->.")
    file.write_text(f"{whole[: start.end()]}\n\n{text}\n\n{whole[end.start() :]}", encoding="utf-8")
