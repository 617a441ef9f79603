"""What a study of 10 million points costs, `results/scale/`: steps measured with so many points, and a page."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from bench.analysis.extrapolation import COLUMNS, SCORE_COLUMNS, TARGET
from bench.errors import StoreError, StudyError
from bench.execution import steps
from bench.execution.steps import ANCHORS
from bench.output.scale import FOLDER, PAGE, SCORES, STEPS, page, table
from bench.store import disk
from bench.store.tables import to_csv

MIN_POINTS = 10_000
"""Points with fewer of which the steps are not worth measuring: what each of them costs anyway is most of it."""
WHAT = ["n", "anchors", "step", "machine"]
"""Columns that tell a row of steps from another; one that is measured again replaces the former."""


def measure(results: Path, n: int, began: Callable[[str], None] = lambda step: None) -> list[Path]:
    """Measure loading, a fit of PCA and scoring with `n` points of a seed, add them to the tables, and return these.

    Parameters
    ----------
    results : Path
        The folder of all results.
    began : function
        Called with the name of each step as it begins.

    Raises
    ------
    StudyError
        If there are too few or too many points.
    StoreError
        If there is no room for the points, or a table cannot be read or written.
    WorkerError
        If the process that is measured ended before it was done.
    """
    if not MIN_POINTS <= n <= TARGET:
        raise StudyError(f"Got --measure {n}, but expected {MIN_POINTS:,} to {TARGET:,} points.")
    needed, free = 8 * n * steps.N_FEATURES, shutil.disk_usage(tempfile.gettempdir()).free
    if needed > free:
        raise StoreError(
            f"Got {free / 2**30:.1f} GiB free in {tempfile.gettempdir()}, but expected {needed / 2**30:.1f} GiB for "
            f"{n:,} points. Make room, or set TMPDIR."
        )
    rows = list(steps.measured(n, min(ANCHORS, n), began))
    of_steps = pd.DataFrame([row for row in rows if "step" in row], columns=list(COLUMNS))
    of_scores = pd.DataFrame([row for row in rows if "score" in row], columns=list(SCORE_COLUMNS))
    paths = []
    for name, found, what in ((STEPS, of_steps, WHAT), (SCORES, of_scores, list(SCORE_COLUMNS[:7]))):
        path = results / FOLDER / name
        former = table(path)
        joined = found if former is None else pd.concat([former, found], ignore_index=True)
        kept = joined.drop_duplicates(what, keep="last").sort_values("n", kind="stable")
        disk.write(path, to_csv(kept).encode())
        paths.append(path)
    return paths


def write(results: Path) -> Path:
    """Write the page from all that was measured, and return where; StoreError if it cannot be written."""
    path = results / FOLDER / PAGE
    disk.write(path, page(results).encode())
    return path
