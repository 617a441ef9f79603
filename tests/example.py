"""The example notebook, run in a kernel as its readers run it: `python -m tests.example` writes its outputs again."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

RESULTS = Path(__file__).parents[1] / "results"
NOTEBOOK = RESULTS / "example.ipynb"
TIMEOUT = 300
"""Seconds that a cell may take."""


def executed() -> NotebookNode:
    """Return the notebook with the outputs that it has now; what it writes goes to a folder that is then removed."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with TemporaryDirectory() as folder:
        (Path(folder) / "default").symlink_to(RESULTS / "default")
        client = NotebookClient(
            notebook, timeout=TIMEOUT, record_timing=False, resources={"metadata": {"path": folder}}
        )
        client.execute(env=os.environ | {"COLUMNS": "100"})
    notebook.metadata["language_info"] = {"name": "python"}  # and not which version, which says nothing to a reader
    return notebook


def shown(notebook: NotebookNode) -> list[tuple[int, str]]:
    """Return what a reader sees below each cell: text or HTML, and of a picture that there is one."""
    found = []
    for place, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            data = output.get("data", {"text/plain": output.get("text", "")})
            kind = next(kind for kind in ("image/png", "text/html", "text/plain") if kind in data)
            found.append((place, kind if kind == "image/png" else data[kind]))
    return found


if __name__ == "__main__":
    nbformat.write(executed(), NOTEBOOK)
