"""Reproductions: what posts claim and what a paper published, compared with what is measured here.

Each page is a function of `Results` alone; its quantities are the measures that its study names.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bench.reproductions.claims import page as claims
from bench.reproductions.replication import page as replication
from bench.store.results import Results
from bench.store.store import Store

MARK = "> **Kept from an earlier run.** "


def write(results: Results) -> list[Path]:
    """Write the pages that a study has measures for; a page that can only be kept is marked as such.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    for page in needs_runs(results):
        _mark_as_kept(results, page)
    return claims.write(results) + replication.write(results)


def needs_runs(results: Results) -> list[str]:
    """Return the pages that can only be kept: no table has their measures."""
    pages = ("claims.md", "replication.md")
    return [page for page in pages if (results.folder / page).is_file() and not results.has("measures")]


def _mark_as_kept(results: Results, page: str) -> None:
    """Begin a page with one line that says from which runs it is; a second time changes nothing."""
    text = (results.folder / page).read_text(encoding="utf-8")
    if text.startswith(MARK):
        return
    last = pd.to_datetime(results.runs["started"], utc=True).max()
    day = "an unknown date" if pd.isna(last) else f"{last:%Y-%m-%d}"
    commit = results.environment.git_commit if results.environment else None
    when = f"{day} (commit {commit[:9]})" if commit else day
    line = f"{MARK}It shows the runs of {when}. A later study measures it again.\n\n"
    Store(results.folder).write(page, line + text)
