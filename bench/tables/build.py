"""From a reading to tables: the narrow headline, and every column by family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from bench.comparisons import Standing, standing
from bench.reading import Reading
from bench.samples import Sample, Samples, samples
from bench.scores import REFERENCES, Value
from bench.statistics import interval
from bench.tables.columns import COLUMNS, COST_COLUMNS, bounds, number
from bench.tables.footnotes import Footnote, footnotes
from bench.tables.frames import column_name
from bench.tables.model import Cell, Column, Kind, Row, Table

QUALITY = ("knn_accuracy_k10", "knn_accuracy_k10_test", "silhouette", "silhouette_test", "trustworthiness_k5")
COST = ("fit_s", "transform_s", "fit_cores", "cold_start_s", "peak_mib", "baseline_mib")
CONTROL_REDUCERS = ("random_gaussian", "random_projection")
"""Reducers that look at no data: the floor of every score."""
CONTROL_REFERENCES = ("shuffled-labels",)
NOT_REDUCED = ("pixels", "shuffled-labels")
"""References that are their own original space, of which no score of neighbours or distances says anything."""

FAMILY_TITLES = {
    "neighbourhood": "Are neighbours kept?",
    "labels": "Do classes stand apart?",
    "clusters": "Are clusters the classes?",
    "distances": "Is the global arrangement kept?",
    "held-out": "Are new points placed well, and can points be rebuilt?",
    "latent": "How is the embedding filled?",
    "stability": "Do two seeds give the same embedding?",
    "cost": "What does it cost?",
}


@dataclass(frozen=True)
class Tabulation:
    """All that tables of one study share, computed once.

    Attributes
    ----------
    samples : mapping
        Values over seeds, by variant and column.
    standings : mapping of str to Standing
        Of the study's methods in every column; controls take no part.
    """

    reading: Reading
    samples: Samples
    standings: Mapping[str, Standing]
    footnotes: Sequence[Footnote]

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """Variants that are neither control nor reference."""
        return tuple(variant for variant in self.reading.variants if kind(self.reading, variant) is Kind.METHOD)


def tabulate(reading: Reading) -> Tabulation:
    """Compare the methods of a study in every column."""
    found = samples(reading)
    methods = [variant for variant in reading.variants if kind(reading, variant) is Kind.METHOD]
    standings = {
        column.key: standing(column, {name: found[name][column.key] for name in methods if column.key in found[name]})
        for column in COLUMNS.values()
    }
    return Tabulation(reading, found, standings, footnotes(reading, found, QUALITY))


def kind(reading: Reading, row: str) -> Kind:
    """Return what a row is: a variant of the study, or one of `REFERENCES`."""
    if row in REFERENCES:
        return Kind.CONTROL if row in CONTROL_REFERENCES else Kind.REFERENCE
    return Kind.CONTROL if reading.runs(row)[0].record.reducer in CONTROL_REDUCERS else Kind.METHOD


def headline(tabulation: Tabulation) -> tuple[Table, ...]:
    """Return the narrow tables that most readers came for: quality, unless the study scores nothing, and cost."""
    quality = _table(tabulation, "quality", "Quality", [COLUMNS[key] for key in QUALITY], references=True)
    cost = _table(tabulation, "cost", "Cost", [COLUMNS[key] for key in COST], references=False)
    data = _data_in_words(tabulation.reading)
    quality = replace(quality, caption=f"{data} {_LEGEND}", notes=(*quality.notes, *_OF_QUALITY))
    cost = replace(cost, caption=f"{data} {_LEGEND}", notes=(*cost.notes, *_OF_COST))
    scored = any(variant.scores for variant in tabulation.reading.study.variants.values())
    return (quality, cost) if scored else (cost,)


def by_family(tabulation: Tabulation) -> tuple[Table, ...]:
    """Return every column that has a number, one table a family."""
    tables = []
    for family, columns in groupby(COLUMNS.values(), lambda column: column.family):
        shown = [column for column in columns if any(_has_number(tabulation, row, column) for row in _rows(tabulation))]
        if shown:
            references = family != "cost"
            table = _table(tabulation, f"all-{family}", FAMILY_TITLES[family], shown, references=references)
            tables.append(replace(table, caption=_LEGEND))
    return tuple(tables)


_LEGEND = (
    "Median over seeds [95 % interval]. Arrows point to the better end. Bold: the best of its column, or not to "
    "be told apart from the best."
)
_OF_QUALITY = (
    "Told apart: by tests paired over seeds, Holm-corrected over all pairs of methods in a column; controls and "
    "references take no part.",
    "kNN accuracy: leave-one-out on fitted points; held-out points among fitted ones. Labels are used by these scores "
    "only, never by a fit.",
)
_OF_COST = (
    "Cold start is a method's first call in a new process, compilation included; it is in no other column. What it "
    "leaves in memory is part of the memory before the fit.",
)


def _data_in_words(reading: Reading) -> str:
    first = reading.judged[0].record
    counts = [len(reading.runs(variant)) for variant in reading.variants]
    fewest, most = min(counts), max(counts)
    runs = f"{most} run{'s' * (most > 1)}" if fewest == most else f"{fewest} to {most} runs"
    budget = first.thread_budget
    sizes = sorted({item.record.n_fit for item in reading.judged})
    points = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
    return (
        f"{first.dataset}: {points} points fitted, {first.n_test:,} held out; {runs} of each method, "
        f"{budget} thread{'s' * (budget > 1)} allowed."
    )


def _table(t: Tabulation, key: str, title: str, columns: Sequence[Column], *, references: bool) -> Table:
    kinds = list(Kind)
    # A reference without a single number here would only be read past; a method without one is news.
    rows = list(t.reading.variants)
    if references:
        rows += [row for row in t.reading.references if any(_has_number(t, row, column) for column in columns)]
    rows.sort(key=lambda row: kinds.index(kind(t.reading, row)))
    concerning = [note for note in t.footnotes if _concerns(note, rows, columns)]
    texts = list(dict.fromkeys(note.text for note in concerning))
    return Table(
        key=key,
        title=title,
        columns=tuple(columns),
        rows=tuple(_row(t, row, columns, concerning, texts) for row in rows),
        notes=tuple(texts),
    )


def _rows(t: Tabulation) -> list[str]:
    return [*t.reading.variants, *t.reading.references]


def _concerns(note: Footnote, rows: Iterable[str], columns: Iterable[Column]) -> bool:
    of_rows = not note.rows or not set(note.rows).isdisjoint(rows)
    keys = {column.key for column in columns}
    return of_rows and (not note.columns or not keys.isdisjoint(note.columns))


def _row(t: Tabulation, row: str, columns: Sequence[Column], notes: Sequence[Footnote], texts: list[str]) -> Row:
    def pointing(column: Column | None) -> tuple[int, ...]:
        found = {
            texts.index(note.text)
            for note in notes
            if row in note.rows and (column.key in note.columns if column else not note.columns)
        }
        return tuple(sorted(found))

    label = REFERENCES[row] if row in REFERENCES else t.reading.label(row)
    cells = tuple(replace(_cell(t, row, column), notes=pointing(column)) for column in columns)
    cells = tuple(cell if cell.value is not None else replace(cell, notes=()) for cell in cells)
    return Row(row, label, kind(t.reading, row), cells, pointing(None))


def _cell(t: Tabulation, row: str, column: Column) -> Cell:
    if row in REFERENCES:
        reason = "unreduced" if row in NOT_REDUCED else "fitted once"
        return _plain_cell(t.reading.references.get(row, ()), column, reason)
    if not t.reading.well(row):
        status = t.reading.runs(row)[0].record.outcome.status
        return Cell("n/a", f"({status.value.replace('_', ' ')})")
    missing = "not measured" if column.key in COST_COLUMNS else "not scored"
    sample = t.samples[row].get(column.key)
    if sample is None:
        return _plain_cell(t.reading.across[row], column, missing)
    return _sample_cell(sample, column, row in t.standings[column.key].best)


def _sample_cell(sample: Sample, column: Column, best: bool) -> Cell:
    found = interval(sample.values.values(), *bounds(column))
    if found is None:
        return Cell("n/a", sample.reason.removeprefix("n/a").strip())
    shown = ""
    if found.low is not None and found.high is not None:
        shown = f"[{number(column, found.low)}, {number(column, found.high)}]"
    return Cell(number(column, found.median), shown, found.median, found.low, found.high, best)


def _plain_cell(values: Iterable[Value], column: Column, reason: str) -> Cell:
    """Return a single value as a cell without an interval; where there is none, with the reason."""
    for value in values:
        if column_name(value.score, value.split, value.k) == column.key and not value.part:
            if value.value is None:
                return Cell("n/a", value.reason.removeprefix("n/a").strip())
            return Cell(number(column, value.value), "", value.value)
    return Cell("n/a", f"({reason})")


def _has_number(t: Tabulation, row: str, column: Column) -> bool:
    return _cell(t, row, column).value is not None
