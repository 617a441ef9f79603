"""The tables of a study and its findings as one document, for each form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Group
from rich.text import Text

from bench.errors import StoreError
from bench.findings import Advice, Finding
from bench.tables.markdown import escaped, to_markdown
from bench.tables.model import Table
from bench.tables.terminal import TerminalTable


def markdown(
    title: str,
    headline: Sequence[Table],
    findings: Sequence[Finding],
    advice: Sequence[Advice],
    over_points: Sequence[Table],
    families: Sequence[Table],
) -> str:
    """Return the headline, what it says in words, what held-out points say of it, and every table of a family."""
    said = "\n".join(f"- {escaped(finding.sentence)}" for finding in findings)
    needs = "\n".join(f"- {escaped(line.sentence)}" for line in advice)
    parts = [
        f"# {escaped(title)}",
        headline_markdown(headline),
        f"## In words\n\n{said}" if said else "",
        f"## What to take\n\n{needs}" if needs else "",
        "## Over held-out points\n\n" + "\n".join(map(to_markdown, over_points)) if over_points else "",
        "## Every score\n\n" + "\n".join(map(to_markdown, families)) if families else "",
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def headline_markdown(headline: Sequence[Table]) -> str:
    """Return the tables that README shows."""
    return "\n".join(map(to_markdown, headline)).strip()


def terminal(title: str, headline: Sequence[Table], findings: Sequence[Finding]) -> Group:
    """Return the headline and what it says in words, for a terminal."""
    said = [Text(f"- {finding.sentence}") for finding in findings]
    return Group(Text(title, style="bold"), Text(""), *map(TerminalTable, headline), *said)


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
