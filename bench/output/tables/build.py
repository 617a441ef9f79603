"""The tables of a study: the headline, and every quantity by family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import pandas as pd

from bench.analysis.caveats import Caveat, Mark
from bench.analysis.comparisons import Ranking
from bench.analysis.quantities import COSTS, QUANTITIES, Quantity
from bench.analysis.summary import interval_of, reasons_as_text
from bench.metrics.anchors import USUAL
from bench.metrics.metric import not_available
from bench.metrics.registry import REFERENCES
from bench.output.tables import gains
from bench.output.tables.model import Cell, Row, Table
from bench.store.results import Results
from bench.store.values import Kind

QUALITY = ("knn_accuracy_k10", "knn_accuracy_k10_test", "silhouette", "trustworthiness_k5")
UNLABELLED = ("r_nx_auc", "trustworthiness_k5", "trustworthiness_k5_test", "shepard_spearman")
"""Instead of those, if the data have no labels."""
COST = ("fit_s", "transform_s", "peak_mib")
MAX_MARKS = 4
"""Kinds of footnotes with letters that a table has; the others stand below all tables."""
NOT_REDUCED = ("pixels", "shuffled-labels")
"""References that are their own original space, for which no score of neighbours or distances is defined."""

FAMILY_TITLES = {
    "neighbourhood": "Are neighbours kept?",
    "labels": "Do classes stand apart?",
    "clusters": "Are clusters the classes?",
    "distances": "Is the global arrangement kept?",
    "new points": "Are test points mapped well, and can points be reconstructed?",
    "latent": "How is the embedding filled?",
    "stability": "Do two seeds give the same embedding?",
    "cost": "What does it cost?",
}
LEGEND = "Mean {over} [95 % interval], geometric for times and memory. Bold: best, or equivalent to the best."
OF_ONE_SAMPLE = "All runs are on one sample of the data: intervals are over seeds, and other data are not in them."
OF_FIRST_SAMPLE = "Over the seeds of the first sample of the data."
EQUIVALENT = "Equivalent: within {}, by 95 % intervals that hold for all pairs of methods at once."
APART = (
    "Only methods with the same training points and number of dimensions are compared; in each group the best is bold."
)
OF_ALL_POINTS = "References are of all training points, of every class."
UNDECIDED = "No bold where no difference can be said to matter: {}."
OF_LABELS = "10-NN accuracy on training points is leave-one-out. Scores alone use labels, no fit does."
OF_ERRORS = " ±: standard error of scores by anchors."
BY_ANCHORS = (
    "±: standard error of scores for which {:,} points, drawn at random, were compared with all. All runs share these "
    "points: intervals {} have that error in them only as far as it differs from run to run."
)
OF_MEMORY = "Memory is what the run itself holds, without mapped files and the data."
Rankings = Mapping[str, Ranking]


def quality(results: Results) -> tuple[str, ...]:
    """Return the quantities that show quality: without any score that needs labels, those that need none."""
    needs_labels = [key for key in QUALITY if QUANTITIES[key].family == "labels"]
    is_labelled = any(_has_number(results, row, key) for row in results.variants for key in needs_labels)
    is_scored = any(_has_number(results, row, key) for row in results.variants for key in UNLABELLED)
    return UNLABELLED if is_scored and not is_labelled else QUALITY


def headline(
    results: Results, rankings: Rankings, caveats: Sequence[Caveat], keys: Sequence[str] = ()
) -> tuple[Table, ...]:
    """Return the one table that most readers came for: quality, unless the study scores nothing, and cost.

    With `keys` it has these quantities instead.
    """
    is_scored = any(variant.scores for variant in results.study.variants.values())
    keys = keys or (*(quality(results) if is_scored else ()), *COST)
    families = {QUANTITIES[key].family for key in keys}
    kinds = [*(["quality"] if families - {"cost"} else []), *(["cost"] if "cost" in families else [])]
    table = _table(results, rankings, caveats, "headline", " and ".join(kinds).capitalize(), keys)
    notes = [*table.notes, *_how_to_read(results, table), *_by_anchors(results, table)]
    if results.study.seeds > 1 and not results.is_resampled:
        notes.append(OF_ONE_SAMPLE)
    if "labels" in families:
        notes.append(OF_LABELS)
        notes += gains.note(results, keys)
    if "peak_mib" in keys and any(_has_number(results, row, "mapped_mib") for row in results.variants):
        notes.append(OF_MEMORY)
    return (replace(table, caption=f"{_data(results)} {_legend(results, table)}", notes=tuple(notes)),)


def _how_to_read(results: Results, table: Table) -> Iterator[str]:
    """Yield within which margins its columns are compared, which of them are not, and of which points its rows are."""
    directed = [one for one in table.columns if one.better]
    margins = {f"{one.margin:g}" for one in directed if one.margin and not one.is_ratio}
    ratios = {f"{one.margin - 1:.0%} of the time or memory" for one in directed if one.margin and one.is_ratio}
    if margins or ratios:
        yield EQUIVALENT.format(" or ".join([*sorted(margins), *ratios]))
    if undecided := [one.title for one in directed if one.margin is None]:
        yield UNDECIDED.format(", ".join(undecided))
    if (margins or ratios) and len(results.groups) > 1:
        yield APART
    of_others = (row for row in table.rows if row.kind is Kind.METHOD and not results.has_all_points(row.key))
    if any(row.kind is Kind.REFERENCE for row in table.rows) and any(of_others):
        yield OF_ALL_POINTS


def _legend(results: Results, table: Table) -> str:
    return LEGEND.format(over=results.over) + (OF_ERRORS if table.has_errors else "")


def _by_anchors(results: Results, table: Table) -> Iterator[str]:
    """Yield what a standard error is of, if a cell has one."""
    if table.has_errors:
        yield BY_ANCHORS.format(results.study.anchors or USUAL, results.over)


def by_family(results: Results, rankings: Rankings, caveats: Sequence[Caveat]) -> tuple[Table, ...]:
    """Return every quantity that has a number, one table a family."""
    rows = (*results.variants, *results.references)
    tables = []
    for family, quantities in groupby(QUANTITIES.values(), lambda quantity: quantity.family):
        keys = [one.key for one in quantities if any(_has_number(results, row, one.key) for row in rows)]
        if keys and family in FAMILY_TITLES:
            table = _table(results, rankings, caveats, f"all-{family}", FAMILY_TITLES[family], keys)
            of_seeds = family == "stability" and results.is_resampled
            caption = OF_FIRST_SAMPLE if of_seeds else _legend(results, table)
            notes = (*table.notes, *_how_to_read(results, table), *_by_anchors(results, table))
            tables.append(replace(table, caption=caption, notes=notes))
            tables += gains.gains(results, family, keys)
    return tuple(tables)


def headline_frame(tables: Sequence[Table]) -> pd.DataFrame:
    """Return the headline, one row a method: what `summary.csv` has of these columns, and which cells are best.

    Its columns hold numbers alone; `reasons` says why a row lacks some. Standard errors of scores by anchors come last.
    """
    rows: dict[str, dict[str, object]] = {}
    errors: dict[str, dict[str, float]] = {}
    for table in tables:
        for row in table.rows:
            cells = rows.setdefault(row.key, {"variant": row.key, "label": row.label, "kind": row.kind.value})
            missing = {}
            for column, cell in zip(table.columns, row.cells, strict=True):
                cells |= {column.key: cell.value, f"{column.key}_low": cell.low, f"{column.key}_high": cell.high}
                cells |= {f"{column.key}_best": cell.best}
                if cell.error is not None:
                    errors.setdefault(row.key, {})[f"{column.key}_standard_error"] = cell.error
                if cell.value is None:
                    missing[column.key] = f"{cell.text} {cell.interval}".strip()
            cells["reasons"] = reasons_as_text(missing)
    return pd.DataFrame([cells | errors.get(key, {}) for key, cells in rows.items()])


def _data(results: Results) -> str:
    runs = results.runs
    samples = f" in {results.n_samples} of {results.study.samples} samples of the data" if results.is_resampled else ""
    first, counts = runs.iloc[0], runs["variant"].value_counts()
    n_runs = _span(counts) + (" runs" if counts.max() > 1 else " run")
    allowed = runs["threads"] if results.has_machines else runs["threads"].head(1)
    threads = f"{_span(allowed)} thread{'s' if allowed.max() > 1 else ''}"
    return (
        f"{first['dataset']}: {_span(runs['n_train'])} training points, {first['n_test']:,} test points; "
        f"{n_runs} of each method{samples}, {threads} allowed."
    )


def _span(numbers: pd.Series) -> str:
    return " to ".join(f"{n:,}" for n in dict.fromkeys((numbers.min(), numbers.max())))


def _table(
    results: Results, rankings: Rankings, caveats: Sequence[Caveat], key: str, title: str, keys: Sequence[str]
) -> Table:
    columns = tuple(QUANTITIES[one] for one in keys)
    # A reference without a single number here would only be read past; a method without one is news.
    rows = list(results.variants)
    if columns[0].family != "cost":
        rows += [row for row in results.references if any(_has_number(results, row, one) for one in keys)]
    rows.sort(key=lambda row: list(Kind).index(results.kind(row)))
    concerning = [caveat for caveat in caveats if _concerns(caveat, rows, keys)]
    kinds = sorted({one.mark for one in concerning if one.mark}, key=list(Mark).index)[:MAX_MARKS]
    concerning = [one for one in concerning if one.mark in kinds or not one.rows]
    notes = tuple(dict.fromkeys(caveat.text for caveat in concerning))

    def pointing(row: str, column: str | None = None) -> tuple[int, ...]:
        of_row = (caveat for caveat in concerning if row in caveat.rows)
        found = (one for one in of_row if (column in one.columns if column else not one.columns))
        return tuple(sorted({notes.index(caveat.text) for caveat in found}))

    def cell(row: str, quantity: Quantity) -> Cell:
        found = _cell(results, rankings, row, quantity)
        return found if found.value is None else replace(found, notes=pointing(row, quantity.key))

    made = tuple(
        Row(row, results.label(row), results.kind(row), tuple(cell(row, one) for one in columns), pointing(row))
        for row in rows
    )
    return Table(key, title, columns, made, notes)


def _concerns(caveat: Caveat, rows: Sequence[str], keys: Sequence[str]) -> bool:
    of_rows = not caveat.rows or not set(caveat.rows).isdisjoint(rows)
    return of_rows and (not caveat.columns or not set(caveat.columns).isdisjoint(keys))


def _cell(results: Results, rankings: Rankings, row: str, quantity: Quantity) -> Cell:
    if row not in REFERENCES and not results.ok(row):
        return Cell.missing(not_available(results.runs_of(row)["status"].iloc[0].replace("_", " ")))
    found = interval_of(results, row, quantity.key)
    if found is not None:
        return Cell.of(quantity, found, row in rankings[quantity.key].bold, results.standard_error(row, quantity.key))
    if row in REFERENCES and quantity.key in COSTS:
        return Cell("")
    _, reason = results.single(row, quantity.key)
    if row in REFERENCES:
        default = "unreduced" if row in NOT_REDUCED else "fitted once"
    else:
        reason = reason or results.values(row, quantity.key).reason
        default = "not measured" if quantity.key in COSTS else "not scored"
    return Cell.missing(reason or not_available(default))


def _has_number(results: Results, row: str, key: str) -> bool:
    return (row in REFERENCES or results.ok(row)) and interval_of(results, row, key) is not None
