"""Findings: what a practitioner would not have known, in ten sentences at most."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.answers.stored import Stored

MOST = 10

Finding = Callable[[Stored], str]
"""From the results of a study to a sentence with its number and interval."""

FINDINGS: tuple[tuple[str, Finding], ...] = ()
"""What is found, each with the study that it is read from, the most useful first."""


def found(results: Path) -> list[str]:
    """Return the findings of the studies that have been run, each with the command that reproduces it."""
    stored = {study: Stored(results / study) for study, _ in FINDINGS}
    return [f"{tell(stored[study])} (`make bench STUDY={study}`)" for study, tell in FINDINGS if stored[study].exists][
        :MOST
    ]
