"""Answers: what users ask of dimensionality reducers, told from the committed results of the studies."""

from __future__ import annotations

from pathlib import Path

from bench.answers import headlines, scaling
from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.page import numbered, page
from bench.answers.stored import Stored
from bench.tables.document import write_into

__all__ = ["ANSWERS", "Answer", "Stored", "Told", "in_words", "listed", "write"]

ANSWERS: tuple[Answer, ...] = (*scaling.ANSWERS,)


def write(results: Path, into: Path | None = None) -> Path:
    """Write `README.md` of a folder of results, and return its path.

    Parameters
    ----------
    into : Path or None
        A file that is to have the findings between its markers.
    """
    findings = headlines.found(results)
    path = results / "README.md"
    path.write_text(page(results, findings, ANSWERS), encoding="utf-8")
    if into is not None:
        write_into(into, numbered(findings), "findings")
    return path
