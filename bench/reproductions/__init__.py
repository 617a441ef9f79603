"""Reproductions: what posts claim and what a paper published, compared with what is measured here.

Each page is a function of `Results` alone; its quantities are the measures that its study names.
"""

from __future__ import annotations

from pathlib import Path

from bench.reproductions.claims import page as claims
from bench.reproductions.replication import page as replication
from bench.store.results import Results


def write(results: Results) -> list[Path]:
    """Write the pages that a study has measures for.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    return claims.write(results) + replication.write(results)
