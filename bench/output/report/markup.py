"""What the page's tables show beside their numbers: bars on a shared axis, links of notes, and every run in full."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.output.tables.model import Cell, Row, Table
from bench.store.arrays import array_name
from bench.store.machines import SHARED
from bench.store.records import Status
from bench.store.results import NOT_AVAILABLE, Results
from bench.units import seconds_as_text

WIDE = 8
"""Columns that fit side by side on a screen and on paper."""
DECADES = 1.5
"""A column of costs that spans more powers of ten has a logarithmic axis."""
BEYOND = 0.12
"""Share of the span of the values by which an axis reaches beyond them; a wider interval is cut and marked."""
SECONDS = {
    "import_s": "import",
    "cold_start_s": "cold start",
    "fit_s": "fit",
    "fit_cpu_s": "CPU in fit",
    "fit_transform_s": "fit_transform",
    "transform_s": "transform",
}
"""Times of a run, and what they are called."""


@dataclass(frozen=True)
class Bar:
    """An interval as a line and a value as a dot, in per cent of a cell's width."""

    low: float
    middle: float
    high: float
    cut: bool


@dataclass(frozen=True)
class Shown:
    """A cell with its bar."""

    cell: Cell
    bar: Bar | None


@dataclass(frozen=True)
class ShownTable:
    """A table, or the first or another piece of a `whole` one.

    Attributes
    ----------
    families : tuple of (str, int)
        Families of columns with their widths.
    logarithmic : tuple of str
        Titles of the columns whose bars have a logarithmic axis.
    notes : tuple of (str, str, str)
        Letter, text, and the first place that points at it; without a letter it is of the whole table.
    """

    table: Table
    whole: Table
    is_first: bool
    rows: tuple[tuple[Row, tuple[Shown, ...]], ...]
    families: tuple[tuple[str, int], ...]
    logarithmic: tuple[str, ...]
    notes: tuple[tuple[str, str, str], ...]


def pieces(table: Table) -> list[ShownTable]:
    """Return a table in pieces that fit on a screen and on paper."""
    return [shown(piece, table, is_first=not i) for i, piece in enumerate(table.pieces(WIDE))]


def shown(table: Table, whole: Table | None = None, is_first: bool = True) -> ShownTable:
    """Return a table with bars; of a piece of one, the notes have the letters of the whole."""
    whole, places = whole or table, pointers(table)
    columns, logarithmic = [], []
    for i, quantity in enumerate(table.columns):
        cells = [row.cells[i] for row in table.rows]
        drawn, is_logarithmic = bars(cells, quantity.is_ratio)
        columns.append(list(map(Shown, cells, drawn)))
        logarithmic += [quantity.title] if is_logarithmic else []
    families = tuple((name, len(list(group))) for name, group in groupby(one.family for one in table.columns))
    rows = tuple(zip(table.rows, zip(*columns, strict=True), strict=True))
    notes = tuple(
        (mark, note, places.get(i, ""))
        for i, (mark, note) in enumerate(zip(whole.marks, whole.notes, strict=True))
        if i in places or (is_first and not mark)
    )
    return ShownTable(table, whole, is_first, rows, families, tuple(logarithmic), notes)


def bars(cells: Sequence[Cell], is_ratio: bool) -> tuple[list[Bar | None], bool]:
    """Return the bars of a column on one axis, and whether that is logarithmic; no bars if there is nothing to compare.

    Parameters
    ----------
    is_ratio : bool
        Whether ratios tell more than differences.
    """
    known = np.array([cell.value for cell in cells if cell.value is not None])
    if len(np.unique(known)) < 2:
        return [None] * len(cells), False
    logarithmic = bool(is_ratio and known.min() > 0 and np.log10(known.max() / known.min()) > DECADES)

    def scaled(values: Any) -> Any:
        return np.log10(np.maximum(values, 1e-12)) if logarithmic else np.asarray(values, dtype=float)

    low, high = scaled([known.min(), known.max()])
    beyond = BEYOND * (high - low)
    found: list[Bar | None] = []
    for cell in cells:
        if cell.value is None:
            found.append(None)
            continue
        start, end = _ends(cell)
        at = 100 * (scaled([start, cell.value, end]) - low + beyond) / (high - low + 2 * beyond)
        inside = np.clip(at, 0, 100)
        left, middle, right = map(float, inside)
        found.append(Bar(left, middle, right, cut=bool((inside != at).any())))
    return found, logarithmic


def pointers(table: Table) -> dict[int, str]:
    """Return of each note that is pointed at the first place that does, as ROW-COLUMN; column 0 holds the labels."""
    found: dict[int, str] = {}
    for i, row in enumerate(table.rows):
        for j, notes in enumerate((row.notes, *(cell.notes for cell in row.cells))):
            for note in notes:
                found.setdefault(note, f"{i}-{j}")
    return found


def runs(results: Results, variant: str) -> dict[str, Any]:
    """Return all that is known of a variant's runs: what was asked, each run in numbers, and how to repeat them."""
    rows, spec = results.runs_of(variant).to_dict("records"), results.variant(variant)
    above = results.folder.parent  # of a study over several datasets their folders lie in its own
    inside = above.name if (above / "study.toml").is_file() else ""
    study = shlex.quote(f"{Path('results', inside, results.folder.name)}/study.toml")
    logs = []
    for row in rows:
        log = results.arrays.get(array_name("log", variant, (row["sample"], row["seed"])))
        logs += [] if log is None else [f"seed {row['seed']}:\n{log}"]
    pools = {pool.replace(":", "") for row in rows for pool in row["pools"].split("; ") if pool}
    return {
        "key": variant,
        "label": results.label(variant),
        "reducer": spec.reducer,
        "params": [(name, repr(value)) for name, value in spec.params.items()],
        "rows": [_run(row, results.machine_numbers if results.has_machines else {}) for row in rows],
        "pools": ", ".join(sorted(pools)),
        "notes": list(dict.fromkeys(note for row in rows for note in row["notes"].split("; ") if note)),
        "log": "\n\n".join(logs),
        "command": f"python -m bench run {study} --reducers {shlex.quote(variant)} --out results/again",
    }


def _ends(cell: Cell) -> tuple[float, float]:
    """Return both ends of a cell's interval; a value without an interval is its own ends."""
    assert cell.value is not None
    return cell.value if cell.low is None else cell.low, cell.value if cell.high is None else cell.high


def _run(row: dict[Any, Any], machines: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of a run, by what stands above them; the machine only where `machines` has a name for it."""
    seed = f"{row['seed']}" + ("" if pd.isna(row["random_state"]) else f" ({row['random_state']:.0f})")
    times = {name: "–" if pd.isna(row[key]) else seconds_as_text(row[key]) for key, name in SECONDS.items()}
    if not row.get("timed", True):
        times = dict.fromkeys(times, SHARED)
    elif row["status"] == Status.OK.value and row["n_test"] and pd.isna(row["transform_s"]):
        times["transform"] = NOT_AVAILABLE["transform_s"]
    return {
        "seed": f"sample {row['sample']}, {seed}" if row["sample"] else seed,
        "ended": row["status"].replace("_", " ") + (f": {row['reason']}" if row["reason"] else ""),
        **times,
        "same again": "–" if pd.isna(row["repeatable"]) else "to the bit" if row["repeatable"] else "not the same",
        "peak memory": "–" if pd.isna(row["peak_mib"]) else f"{row['peak_mib']:,.0f} MiB",
        "threads": f"{row['threads']}",
        **({"machine": machines.get(row["machine"], "elsewhere")} if machines else {}),
    }
