"""What the page's tables show beside their numbers: bars on a shared axis, ranks with ties, and every run in full."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.quantities import Quantity
from bench.output.tables.model import Cell, Row, Table
from bench.store.arrays import array_name
from bench.store.records import Status
from bench.store.results import NOT_AVAILABLE, Results
from bench.store.values import Kind
from bench.units import seconds_as_text

DECADES = 1.5
"""A column of costs that spans more powers of ten has a logarithmic axis."""
BEYOND = 0.12
"""Share of the span of the values by which an axis reaches beyond them; a wider interval is cut and marked."""


@dataclass(frozen=True)
class Bar:
    """An interval as a line and a value as a dot, in per cent of a cell's width."""

    low: float
    middle: float
    high: float
    cut: bool


@dataclass(frozen=True)
class Shown:
    """A cell with its bar and its rank among the methods, as `1` or `2–4`."""

    cell: Cell
    bar: Bar | None
    rank: str


@dataclass(frozen=True)
class ShownTable:
    """A table as the page writes it.

    Attributes
    ----------
    rows : tuple of (Row, list of Shown)
        Each row with its cells.
    families : tuple of (str, int)
        Headings over neighbouring columns, each with how many columns.
    logarithmic : tuple of str
        Titles of the columns whose bars are on a logarithmic axis.
    """

    table: Table
    rows: tuple[tuple[Row, list[Shown]], ...]
    families: tuple[tuple[str, int], ...]
    logarithmic: tuple[str, ...]


def shown(table: Table) -> ShownTable:
    """Return a table with bars and ranks."""
    columns: list[list[Shown]] = []
    logarithmic: list[str] = []
    for i, quantity in enumerate(table.columns):
        cells = [row.cells[i] for row in table.rows]
        drawn, is_logarithmic = bars(cells, quantity.is_ratio)
        of_rows = ranks(quantity, {row.key: row.cells[i] for row in table.rows if row.kind is not Kind.REFERENCE})
        of_column = zip(cells, drawn, table.rows, strict=True)
        columns.append([Shown(cell, bar, of_rows.get(row.key, "")) for cell, bar, row in of_column])
        logarithmic += [quantity.title] if is_logarithmic else []
    families = tuple((name, len(list(group))) for name, group in groupby(one.family for one in table.columns))
    rows = tuple((row, [column[i] for column in columns]) for i, row in enumerate(table.rows))
    return ShownTable(table, rows, families, tuple(logarithmic))


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

    def bar(cell: Cell) -> Bar | None:
        if cell.value is None:
            return None
        start, end = _ends(cell)
        at = 100 * (scaled([start, cell.value, end]) - low + beyond) / (high - low + 2 * beyond)
        inside = np.clip(at, 0, 100)
        return Bar(float(inside[0]), float(inside[1]), float(inside[2]), bool((inside != at).any()))

    return [bar(cell) for cell in cells], logarithmic


def ranks(quantity: Quantity, column: dict[str, Cell]) -> dict[str, str]:
    """Return the ranks that each method may have: methods whose intervals overlap share them.

    The table itself says which are best, from more than these intervals; that is not contradicted.
    """
    cells = {key: cell for key, cell in column.items() if cell.value is not None}
    if not quantity.better or len(cells) < 2:
        return {}
    sign = 1 if quantity.better == "higher" else -1
    ends = {key: sorted(sign * end for end in _ends(cell)) for key, cell in cells.items()}
    n_best, found = sum(cell.best for cell in cells.values()), {}
    for key, cell in cells.items():
        first = 1 + sum(other[0] > ends[key][1] for other in ends.values())
        last = len(cells) - sum(other[1] < ends[key][0] for other in ends.values())
        if cell.best:
            first, last = 1, min(last, n_best)
        elif n_best:
            first = max(first, 2)
        found[key] = str(first) if first >= last else f"{first}–{last}"
    return found


def runs(results: Results, variant: str) -> dict[str, Any]:
    """Return all that is known of a variant's runs: what was asked, each run in numbers, and how to repeat them."""
    rows, spec = results.runs_of(variant).to_dict("records"), results.variant(variant)
    header = (
        "seed, ended, import, cold start, fit, CPU in fit, fit_transform, same again, transform, peak memory, threads"
    )
    study = shlex.quote(f"results/{results.folder.name}/study.toml")
    names = {array_name("log", variant, (row["sample"], row["seed"])): row["seed"] for row in rows}
    return {
        "key": variant,
        "label": results.label(variant),
        "reducer": spec.reducer,
        "params": [(name, repr(value)) for name, value in spec.params.items()],
        "header": header.split(", "),
        "rows": [_run(row) for row in rows],
        "pools": ", ".join(
            sorted({pool.replace(":", "") for row in rows for pool in row["pools"].split("; ") if pool})
        ),
        "notes": list(dict.fromkeys(note for row in rows for note in row["notes"].split("; ") if note)),
        "log": "\n\n".join(
            f"seed {seed}:\n{results.arrays[name]}" for name, seed in names.items() if name in results.arrays
        ),
        "command": f"python -m bench run {study} --reducers {shlex.quote(variant)} --out results/again",
    }


def _ends(cell: Cell) -> tuple[float, float]:
    """Return both ends of a cell's interval; a value without an interval is its own ends."""
    assert cell.value is not None
    return cell.value if cell.low is None else cell.low, cell.value if cell.high is None else cell.high


def _run(row: dict[Any, Any]) -> list[str]:
    seed = f"{row['seed']}" + ("" if pd.isna(row["random_state"]) else f" ({row['random_state']:.0f})")
    transductive = row["status"] == Status.OK.value and row["n_test"] and pd.isna(row["transform_s"])
    return [
        f"sample {row['sample']}, {seed}" if row["sample"] else seed,
        row["status"].replace("_", " ") + (f": {row['reason']}" if row["reason"] else ""),
        *(_seconds(row[f"{name}_s"]) for name in ("import", "cold_start", "fit", "fit_cpu", "fit_transform")),
        "–" if pd.isna(row["repeatable"]) else "to the bit" if row["repeatable"] else "not the same",
        NOT_AVAILABLE["transform_s"] if transductive else _seconds(row["transform_s"]),
        "–" if pd.isna(row["peak_mib"]) else f"{row['peak_mib']:,.0f} MiB",
        f"{row['threads']}",
    ]


def _seconds(seconds: float) -> str:
    return "–" if pd.isna(seconds) else seconds_as_text(seconds)
