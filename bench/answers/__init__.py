"""Answers: what users ask of dimensionality reducers, told from the committed results of the studies."""

from __future__ import annotations

from pathlib import Path

from bench.answers import (
    choice,
    cost,
    curves,
    dimensions,
    distances,
    headlines,
    new_points,
    parameters,
    pca_first,
    published,
    repeatability,
    scaling,
    starts,
    unseen,
)
from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.page import numbered, page
from bench.answers.stored import Stored
from bench.tables.document import write_into

__all__ = ["ANSWERS", "Answer", "Stored", "Told", "in_words", "listed", "write"]

TOPICS = (
    choice,
    curves,
    parameters,
    repeatability,
    new_points,
    unseen,
    distances,
    starts,
    dimensions,
    cost,
    scaling,
    pca_first,
    published,
)

ANSWERS: tuple[Answer, ...] = tuple(answer for topic in TOPICS for answer in topic.ANSWERS)


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
