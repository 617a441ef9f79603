"""The example notebook: what it shows is what it computes, and it can be read where it cannot be run."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbformat import NotebookNode

from tests.example import NOTEBOOK, executed, shown

TEXT = NOTEBOOK.read_text(encoding="utf-8")
MAX_BYTES = 1_000_000
"""GitHub shows no larger notebook."""


@pytest.fixture(scope="module")
def stored() -> NotebookNode:
    return nbformat.from_dict(nbformat.reads(TEXT, as_version=4))


@pytest.mark.whole
def test_its_outputs_are_what_it_computes(stored: NotebookNode) -> None:
    """If results/default has changed, `make example` writes them again."""
    assert shown(executed()) == shown(stored)


def test_github_can_show_it(stored: NotebookNode) -> None:
    assert len(TEXT.encode()) < MAX_BYTES
    nbformat.validate(stored)
    assert [cell.execution_count for cell in stored.cells if cell.cell_type == "code"] == [*range(1, 9)]


def test_tables_and_figures_are_seen(stored: NotebookNode) -> None:
    seen = [what for _, what in shown(stored)]
    assert seen.count("image/png") == 2, "one of the study, and one that the reader draws"
    assert sum("<table" in what for what in seen) == 5
    assert not [what for what in seen if "Error" in what or "Warning" in what]


def test_it_says_nothing_of_the_machine_it_ran_on() -> None:
    assert not re.findall(r"/(?:home|root|tmp|work|Users)/", TEXT)
