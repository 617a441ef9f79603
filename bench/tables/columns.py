"""Columns: every quantity that a table can show, with what a reader needs to understand it."""

from __future__ import annotations

from bench.scores import SCORES, Score
from bench.scores.score import Split
from bench.tables.frames import column_name
from bench.tables.model import Column

BETTER = {True: "higher", False: "lower", None: ""}
RATIO_UNITS = ("s", "MiB")
"""Units of quantities that are compared by their ratio: twice the time is the same news at a second and at an hour."""

COST_COLUMNS = {
    column.key: column
    for column in (
        Column(
            key="fit_s",
            title="fit",
            family="cost",
            unit="s",
            better="lower",
            meaning="Wall time of fit on the fitted points, warm: import and first call are apart.",
            weakness="Of this machine, and of each library's own defaults.",
        ),
        Column(
            key="fit_cpu_s",
            title="fit, CPU time",
            family="cost",
            unit="s",
            better="lower",
            meaning="CPU time of all threads in the fit.",
            weakness="Threads that wait for each other in a loop count as busy.",
        ),
        Column(
            key="fit_cores",
            title="cores busy in fit",
            family="cost",
            unit="cores",
            meaning="CPU time over wall time of the fit.",
            weakness="Threads that wait for each other in a loop count as busy.",
        ),
        Column(
            key="fit_transform_s",
            title="fit_transform",
            family="cost",
            unit="s",
            better="lower",
            meaning="Wall time of fit_transform with the first seed, once more, on a reducer of its own.",
            weakness="Measured once a method.",
        ),
        Column(
            key="transform_s",
            title="transform",
            family="cost",
            unit="s",
            better="lower",
            meaning="Wall time of placing all held-out points among the fitted ones.",
            weakness="Of all held-out points together, not of one.",
        ),
        Column(
            key="inverse_s",
            title="inverse transform",
            family="cost",
            unit="s",
            better="lower",
            meaning="Wall time of the way back from the embedding of the held-out points to the data.",
            weakness="Of all held-out points together, not of one.",
        ),
        Column(
            key="cold_start_s",
            title="cold start",
            family="cost",
            unit="s",
            better="lower",
            meaning="A method's first call in a new process, on few rows, compilation included; in no other column.",
            weakness="Measured once a process; compiled code may have been found in a cache on disk.",
        ),
        Column(
            key="import_s",
            title="import",
            family="cost",
            unit="s",
            better="lower",
            meaning="Wall time of importing the method and its libraries in a new process.",
            weakness="Measured once a process; fast where the files are in the system's cache already.",
        ),
        Column(
            key="peak_mib",
            title="peak memory in fit",
            family="cost",
            unit="MiB",
            better="lower",
            meaning="Most memory that the process held during the fit, libraries and data included.",
            weakness="Libraries and what a cold start left behind count too.",
        ),
        Column(
            key="baseline_mib",
            title="memory before fit",
            family="cost",
            unit="MiB",
            meaning="Memory that the process held just before the fit: libraries, data, what a cold start left behind.",
            weakness="Says nothing of the fit.",
        ),
    )
}


def score_column(score: Score, split: Split, k: int | None) -> Column:
    """Return the column of a score; held-out points say so in its title."""
    title = score.label + (f", k = {k}" if k is not None else "") + (", held-out" if split == "test" else "")
    return Column(
        key=column_name(score.key, split, k),
        title=title,
        family=score.family,
        unit=score.unit,
        better=BETTER[score.higher_is_better],
        meaning=score.meaning,
        weakness=score.weakness,
    )


SCORE_COLUMNS = {
    column.key: column
    for score in SCORES.values()
    if not score.several
    for split in score.splits
    for column in (score_column(score, split, k) for k in score.ks)
}

COLUMNS = SCORE_COLUMNS | COST_COLUMNS
"""Every column by its name in `summary.csv`, by family."""

_BOUNDS = {
    column_name(score.key, split, k): (score.low, score.high)
    for score in SCORES.values()
    for split in score.splits
    for k in score.ks
}


def bounds(column: Column) -> tuple[float, float]:
    """Return what the column's quantity cannot pass."""
    return _BOUNDS.get(column.key, (0.0, float("inf")))


def number(column: Column, value: float) -> str:
    """Return a number as tables show it: always the same digits for the same value.

    >>> number(COST_COLUMNS["fit_s"], 0.0123), number(SCORE_COLUMNS["silhouette"], -0.0001)
    ('0.012', '0.000')
    """
    digits = _digits(column, abs(value))
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _digits(column: Column, size: float) -> int:
    if column.unit == "MiB":
        return 0
    if column.unit == "cores":
        return 1
    if column.unit == "s":
        # Two figures of every duration below ten seconds, and no more than its clock and its noise bear.
        return next(digits for digits, least in ((1, 9.95), (2, 0.0995), (3, 0.00995), (4, -1.0)) if size >= least)
    if size >= 99.95:
        return 0 if size >= 999.5 else 1
    return 3
