"""Reproductions: what posts claim and what a paper published, compared with what is measured here.

Each page is a function of `Results` alone; its quantities are the measures that its study names. `PAGES` are the
writers: of a study that has nothing for a page they write nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.reproductions import claims, replication
from bench.reproductions.pages import is_kept
from bench.store.results import Results

PAGES: tuple[Callable[[Results], list[Path]], ...] = (claims.write, replication.write)
"""Writers of the pages; each returns what it wrote."""


def needs_runs(results: Results) -> list[str]:
    """Return which pages are kept as they are, because only runs could give their measures."""
    return [page for page in (claims.PAGE, replication.PAGE) if is_kept(results, page)]


__all__ = ["PAGES", "needs_runs"]
