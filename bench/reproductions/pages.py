"""What the pages have in common: templates, and how a page is marked whose measures no table holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.store.results import Results
from bench.store.store import Store

MARK = "> **Kept from an earlier run.** "


def render(template: str, **facts: Any) -> str:
    """Return a Markdown page.

    Parameters
    ----------
    template : str
        Name of a file of this package, such as `claims/claims.md.jinja`.
    """
    # Markdown, not HTML: nothing is escaped.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    return environment.get_template(template).render(facts).strip() + "\n"


def is_kept(results: Results, page: str) -> bool:
    """Return whether a page can only be kept: it is there, and no table has its measures."""
    return (results.folder / page).is_file() and not results.has("measures")


def mark_as_kept(results: Results, page: str) -> None:
    """Begin a page with one line that says from which runs it is; a second time changes nothing.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    text = (results.folder / page).read_text(encoding="utf-8")
    if not text.startswith(MARK):
        line = f"{MARK}It shows the runs of {_when(results)}. A later study measures it again.\n\n"
        Store(results.folder).write(page, line + text)


def _when(results: Results) -> str:
    """Return the day of the last run, and the commit of the project if it is known."""
    last = pd.to_datetime(results.runs["started"], utc=True).max()
    day = "an unknown date" if pd.isna(last) else f"{last:%Y-%m-%d}"
    commit = results.environment.git_commit if results.environment else None
    return f"{day} (commit {commit[:9]})" if commit else day
