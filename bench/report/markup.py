"""What the page's tables show beside their numbers: bars on a shared axis, places with their ties, runs in full."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log10

from bench.meter import Measurement
from bench.reading import Reading
from bench.records import Record
from bench.tables.model import Cell, Column, Kind, Row, Table
from bench.units import seconds_in_words

UNBOUNDED = ("s", "MiB")
"""Units of quantities that have no upper end."""
DECADES = 1.5
"""A column of these that spans more powers of ten has a logarithmic axis."""
BEYOND = 0.12
"""Share of the span of the values by which an axis reaches beyond them; a wider interval is cut and marked."""


@dataclass(frozen=True)
class Axis:
    """The scale that all bars of a column share."""

    low: float
    high: float
    logarithmic: bool

    def at(self, value: float) -> float:
        """Return where a value lies, in per cent, at most a little outside."""
        return 100 * min(max((self._scaled(value) - self.low) / (self.high - self.low), 0), 1)

    def reaches(self, value: float) -> bool:
        """Return whether a value lies on the axis."""
        return self.low <= self._scaled(value) <= self.high

    def _scaled(self, value: float) -> float:
        return log10(max(value, 1e-12)) if self.logarithmic else value


@dataclass(frozen=True)
class Bar:
    """An interval as a line and a value as a dot, in per cent of a cell's width."""

    low: float
    middle: float
    high: float
    cut: bool


@dataclass(frozen=True)
class Shown:
    """A cell with its bar and its place among the methods, as `1` or `2–4`."""

    cell: Cell
    bar: Bar | None
    place: str


@dataclass(frozen=True)
class ShownRow:
    """A row with its cells as they are shown."""

    row: Row
    cells: tuple[Shown, ...]


@dataclass(frozen=True)
class ShownTable:
    """A table as the page writes it.

    Attributes
    ----------
    families : tuple of (str, int)
        Headings over neighbouring columns, each with how many columns.
    logarithmic : tuple of str
        Titles of the columns whose bars are on a logarithmic axis.
    """

    table: Table
    rows: tuple[ShownRow, ...]
    families: tuple[tuple[str, int], ...]
    logarithmic: tuple[str, ...]


def shown(table: Table) -> ShownTable:
    """Return a table with bars and places."""
    columns = [[row.cells[place] for row in table.rows] for place in range(len(table.columns))]
    axes = [axis(cells, column.unit in UNBOUNDED) for cells, column in zip(columns, table.columns, strict=True)]
    places = [_places(column, table.rows, place) for place, column in enumerate(table.columns)]
    rows = tuple(
        ShownRow(
            row,
            tuple(
                Shown(cell, bar(cell, axes[place]), places[place].get(row.key, ""))
                for place, cell in enumerate(row.cells)
            ),
        )
        for row in table.rows
    )
    families = tuple((name, len(list(group))) for name, group in groupby(column.family for column in table.columns))
    logarithmic = [column.title for column, one in zip(table.columns, axes, strict=True) if one and one.logarithmic]
    return ShownTable(table, rows, families, tuple(logarithmic))


def axis(cells: Sequence[Cell], unbounded: bool) -> Axis | None:
    """Return the axis of a column; None where there is nothing to compare.

    Parameters
    ----------
    unbounded : bool
        Whether the quantity has no upper end, so that ratios tell more than differences.
    """
    values = [cell.value for cell in cells if cell.value is not None]
    if len(set(values)) < 2:
        return None
    logarithmic = unbounded and min(values) > 0 and log10(max(values) / min(values)) > DECADES
    ends = [log10(end) if logarithmic else end for end in (min(values), max(values))]
    beyond = BEYOND * (ends[1] - ends[0])
    return Axis(ends[0] - beyond, ends[1] + beyond, logarithmic)


def bar(cell: Cell, scale: Axis | None) -> Bar | None:
    """Return a cell's bar on its column's axis."""
    if scale is None or cell.value is None:
        return None
    low, high = (cell.value if end is None else end for end in (cell.low, cell.high))
    return Bar(scale.at(low), scale.at(cell.value), scale.at(high), not (scale.reaches(low) and scale.reaches(high)))


def _places(column: Column, rows: Sequence[Row], place: int) -> dict[str, str]:
    """Return the places that each method may have: methods whose intervals overlap are not told apart.

    The table itself says which are best, from more than these intervals; that is not contradicted.
    """
    cells = {
        row.key: row.cells[place]
        for row in rows
        if row.kind is not Kind.REFERENCE and row.cells[place].value is not None
    }
    if not column.better or len(cells) < 2:
        return {}
    found = {}
    for key, cell in cells.items():
        others = [other for name, other in cells.items() if name != key]
        first = 1 + sum(_is_better(other, cell, column.better) for other in others)
        last = len(cells) - sum(_is_better(cell, other, column.better) for other in others)
        n_best = sum(other.best for other in cells.values())
        if cell.best:
            first, last = 1, min(last, n_best)
        elif n_best:
            first = max(first, 2)
        found[key] = str(first) if first >= last else f"{first}–{last}"
    return found


def _is_better(one: Cell, other: Cell, better: str) -> bool:
    """Return whether the whole interval of one lies beyond that of the other."""
    assert one.value is not None and other.value is not None
    if better == "higher":
        return (one.value if one.low is None else one.low) > (other.value if other.high is None else other.high)
    return (one.value if one.high is None else one.high) < (other.value if other.low is None else other.low)


@dataclass(frozen=True)
class VariantRuns:
    """All that is known of a variant's runs: what was asked, each run in figures, and how to repeat them."""

    key: str
    label: str
    reducer: str
    params: tuple[tuple[str, str], ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    pools: str
    notes: tuple[str, ...]
    log: str
    command: str


def runs(reading: Reading, variant: str) -> VariantRuns:
    """Return the runs of a variant in words."""
    records = [item.record for item in reading.runs(variant)]
    first = records[0]
    header = ("seed", "ended", "import", "cold start", "fit", "CPU in fit", "fit_transform", "same again", "transform")
    study = shlex.quote(f"results/{reading.store.folder.name}/study.toml")
    tails = [(record.seed, record.log_tail.strip()) for record in records if record.log_tail.strip()]
    return VariantRuns(
        key=variant,
        label=first.label,
        reducer=first.reducer,
        params=tuple((name, repr(value)) for name, value in first.params.items()),
        header=(*header, "peak memory", "thread budget"),
        rows=tuple(_run(record) for record in records),
        pools=", ".join(
            sorted({f"{pool.library} {pool.threads}" for record in records for pool in record.outcome.pools})
        ),
        notes=tuple(dict.fromkeys(note for record in records for note in record.outcome.notes)),
        log="\n\n".join(f"seed {seed}:\n{tail}" for seed, tail in tails),
        command=f"python -m bench run {study} --reducers {shlex.quote(variant)} --out results/again",
    )


def _run(record: Record) -> tuple[str, ...]:
    outcome = record.outcome
    ended = outcome.status.value.replace("_", " ") + (f": {outcome.reason}" if outcome.reason else "")
    return (
        f"{record.seed}" + ("" if record.random_state is None else f" ({record.random_state})"),
        ended,
        _seconds(outcome.imported),
        _seconds(outcome.cold_start),
        _seconds(outcome.fit),
        "–" if outcome.fit is None else seconds_in_words(outcome.fit.cpu_s),
        _seconds(outcome.fit_transform),
        {True: "to the bit", False: "not the same", None: "–"}[outcome.repeatable],
        "n/a (transductive)" if outcome.can_transform is False else _seconds(outcome.transform),
        "–" if outcome.fit is None else f"{outcome.fit.peak_mib:,.0f} MiB",
        f"{record.thread_budget}",
    )


def _seconds(cost: Measurement | None) -> str:
    return "–" if cost is None else seconds_in_words(cost.wall_s)
