"""Tables of a study over several datasets: what holds where, a column a dataset of each main quantity, and ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf

from bench.analysis.across_datasets import Count, Rank, ranks, suited
from bench.analysis.comparisons import Decision, ranking
from bench.analysis.quantities import QUANTITIES, Quantity, number
from bench.analysis.summary import interval_of
from bench.metrics.metric import not_available
from bench.metrics.registry import REFERENCES
from bench.metrics.statistics import Interval
from bench.output.tables.gains import OTHER_POINTS, error_of_gain, gain
from bench.output.tables.model import Cell, Row, Table
from bench.store.results import Results
from bench.store.values import Kind

MAIN = ("knn_recall_k15", "knn_accuracy_k10", "knn_accuracy_k10_test", "shepard_spearman", "fit_s")
"""Quantities of which there is a table, a column a dataset."""
BEST = MAIN[:3]
"""Quantities whose best methods the table of datasets names."""
OF_DATA = "pixels"
"""The reference that is the unreduced data."""
UNREDUCED = "_of_data"
"""Ending of a measure that has its number of the unreduced data."""
OUTCOMES = {
    Decision.BETTER: "holds",
    Decision.EQUIVALENT: "equivalent",
    Decision.INCONCLUSIVE: "inconclusive",
    Decision.WORSE: "worse",
}
"""Decisions in the order of the table of hypotheses, and how it says them."""
LEGEND = "Mean [95 % interval], geometric for times. Bold: best on its dataset, or equivalent to the best."
OF_GAINS = (
    "Each number less that of the unreduced data. Below 0 an embedding loses what the data have, above 0 it shows "
    "classes farther apart than they are."
)
OF_RANKS = (
    "Mean rank over datasets (best to worst); 1 is the best. It describes, and decides nothing: a rank does not say "
    "how large a difference is."
)
OF_COUNTS = (
    "On how many datasets the first is better than the second, by more than the margin of the score: decided within "
    "each dataset, by intervals that hold for all pairs of the hypotheses about one score at once. A hypothesis with "
    "several pairs holds where all of them do; it is worse where one is."
)


def of_datasets(results: Results, missing: Mapping[str, str]) -> Table:
    """Return the table of datasets: their sizes and best methods; of those that are `missing` a footnote says why."""
    columns = [Quantity(name, name) for name in ("training points", "test points")]
    columns += [Quantity(f"best-{key}", f"best, {QUANTITIES[key].title}") for key in BEST]
    rows, notes = [], [f"{name}: {why}" for name, why in missing.items()]
    for name in results.study.datasets:
        if name in missing:
            nothing = (Cell("none"), *[Cell("")] * (len(columns) - 1))
            rows.append(Row(name, name, Kind.METHOD, nothing, (list(missing).index(name),)))
        else:
            rows.append(Row(name, name, Kind.METHOD, tuple(_of_dataset(results.datasets[name]))))
    caption = "Best methods, those equivalent to the best included, and those that may be."
    return Table("datasets", "The datasets", tuple(columns), tuple(rows), tuple(notes), caption, "dataset")


def hypotheses(results: Results, found: Sequence[Count]) -> Table:
    """Return on how many datasets each hypothesis holds, and each of its pairs of methods."""
    columns = [Quantity("by", "score"), *(Quantity(one, word) for one, word in OUTCOMES.items()), Quantity("of", "of")]
    rows = []
    for place, count in enumerate(found, start=1):
        rows.append(Row(f"{place}", count.hypothesis.text, Kind.METHOD, _of_count(count)))
        pairs = count.by_pair()
        for one in pairs if len(pairs) > 1 else ():
            first, second = (label(results, row) for (row,) in (one.hypothesis.better, one.hypothesis.than))
            rows.append(Row(f"{place}-{len(rows)}", f"– {first} better than {second}", Kind.METHOD, _of_count(one)))
    title = "Does it hold on other data?"
    return Table("hypotheses", title, tuple(columns), tuple(rows), (), OF_COUNTS, "hypothesis")


def mean_ranks(results: Results) -> Table:
    """Return the ranks of methods in each main quantity, which describe and decide nothing."""
    found = {key: ranks(results.datasets, key) for key in MAIN}
    known = {key: one for key, one in found.items() if one[0]}
    titles = {key: f"{QUANTITIES[key].title}, on {n}" for key, (_, n) in known.items()}
    rows = [
        Row(row, label(results, row), Kind.METHOD, tuple(_rank(of.get(row)) for of, _ in known.values()))
        for row in _variants(results)
        if any(row in of for of, _ in known.values())
    ]
    columns = tuple(Quantity(f"rank-{key}", title, better="lower") for key, title in titles.items())
    return Table("ranks", "Ranks over datasets", columns, tuple(rows), (), OF_RANKS)


def families(results: Results) -> tuple[Table, ...]:
    """Return a table each main quantity and measure; of one of labels, another one of what it gains over the data."""
    tables = []
    for quantity in (*(QUANTITIES[key] for key in MAIN), *_measures(results)):
        tables.append(_table(results, quantity))
        if quantity.family == "labels":
            tables.append(_table(results, quantity, is_gain=True))
    return tuple(table for table in tables if table is not None)


def of_quantity(results: Results, key: str) -> Table | None:
    """Return the table of a quantity, a row a method and a column a dataset; None if no dataset has it."""
    return _table(results, QUANTITIES[key])


def label(results: Results, row: str) -> str:
    """Return what a method or reference is called, by the first dataset that has it."""
    if row in REFERENCES:
        return REFERENCES[row]
    of = next((one for one in results.datasets.values() if row in one.variants), None)
    return of.label(row) if of else results.variant(row).label if row in results.study.variants else row


def _of_dataset(one: Results) -> Iterator[Cell]:
    for column in ("n_train", "n_test"):
        n = one.runs[column].max()
        yield Cell(f"{n:,}", value=float(n))
    for key in BEST:
        of = suited(one, key)
        found = ranking(one, of) if of else None
        if found is None or not found.best:
            yield Cell("n/a")
        else:
            parts = [number(found.quantity, found.means[found.best[0]]), *([found.quantity.title] if of != key else [])]
            undecided = f"; inconclusive: {', '.join(map(one.label, found.open))}" if found.open else ""
            yield Cell(", ".join(map(one.label, found.best)), ", ".join(parts) + undecided)


def _of_count(count: Count) -> tuple[Cell, ...]:
    sizes = (*(len(count.on(one)) for one in OUTCOMES), count.n)
    return (Cell(QUANTITIES[count.hypothesis.by].title), *(Cell(f"{n}", value=float(n)) for n in sizes))


def _rank(one: Rank | None) -> Cell:
    return Cell("") if one is None else Cell(f"{one.mean:.1f}", f"({one.best:g} to {one.worst:g})", one.mean)


def _table(results: Results, quantity: Quantity, *, is_gain: bool = False) -> Table | None:
    """Return a quantity, or its gain over the unreduced data, by method and dataset; None if no dataset has it."""
    columns, by_column = [], []
    for name, one in results.datasets.items():
        key = suited(one, quantity.key)
        cells = _column(one, key, is_gain=is_gain) if key else {}
        if key and any(cell.value is not None for cell in cells.values()):
            title = name if key == quantity.key else f"{name}, {QUANTITIES[key].title}"
            columns.append(replace(quantity, key=name, title=title))
            by_column.append(cells)
    if not columns:
        return None
    kinds = {row: one.kind(row) for one in results.datasets.values() for row in one.variants}
    kinds |= dict.fromkeys(REFERENCES, Kind.REFERENCE)
    rows = [row for row in (*_variants(results), *REFERENCES) if any(row in of for of in by_column)]
    made = tuple(
        Row(row, label(results, row), kinds[row], tuple(of.get(row, Cell("")) for of in by_column))
        for row in sorted(rows, key=lambda row: list(Kind).index(kinds[row]))
    )
    key, title, caption = quantity.key, quantity.title, LEGEND
    if is_gain:
        key, title, caption = f"{key}-gain", f"{title}: gain over the unreduced data", OF_GAINS
    return Table(key, title, tuple(columns), made, (), caption)


def _measures(results: Results) -> list[Quantity]:
    """Return the measures of a study, each of their parts; those `of_data` are a row in the table of the others."""
    found: dict[str, str] = {}
    for one in results.datasets.values():
        for name, part in one.measures[["measure", "part"]].itertuples(index=False) if one.has("measures") else ():
            if not name.endswith(UNREDUCED):
                found[f"{name}:{part}" if part else name] = f"{name.replace('_', ' ')} {part}".strip()
    return [Quantity(key, title, low=-inf) for key, title in found.items()]


def _measured_of_data(one: Results, key: str) -> Interval | None:
    """Return what a measure is of the unreduced data, which is the same for every method."""
    name, colon, part = key.partition(":")
    values = (interval_of(one, row, f"{name}{UNREDUCED}{colon}{part}") for row in one.variants if one.ok(row))
    return next((Interval(found.mean, None, None, 1) for found in values if found is not None), None)


def _column(one: Results, key: str, *, is_gain: bool) -> dict[str, Cell]:
    """Return the cells of a dataset by row: methods, and unless it is a gain references that have a number."""
    quantity = QUANTITIES.get(key) or Quantity(key, key, low=-inf)
    if is_gain and interval_of(one, OF_DATA, key) is None:
        return {}
    bold = ranking(one, key).bold if key in QUANTITIES and not is_gain else ()
    cells = {}
    for row in (*one.variants, *(() if is_gain else REFERENCES)):
        found = interval_of(one, row, key) if row in REFERENCES or one.ok(row) else None
        found = gain(one, row, key) if is_gain else found
        if row == OF_DATA and key not in QUANTITIES:
            found = _measured_of_data(one, key)
        if found is not None:
            error = error_of_gain(one, row, key) if is_gain else one.standard_error(row, key)
            cells[row] = Cell.of(quantity, found, row in bold, error)
        elif row not in REFERENCES:
            cells[row] = Cell.missing(_why_none(one, row, key, is_gain=is_gain))
    return cells


def _why_none(one: Results, row: str, key: str, *, is_gain: bool) -> str:
    if not one.ok(row):
        return not_available(str(one.runs_of(row)["status"].iloc[0]).replace("_", " "))
    return one.values(row, key).reason or (not_available(OTHER_POINTS) if is_gain else "")


def _variants(results: Results) -> list[str]:
    """Return the variants that some dataset has, in the study's order."""
    there = {row for one in results.datasets.values() for row in one.variants}
    return [row for row in results.study.variants if row in there]
