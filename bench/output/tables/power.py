"""The table of seeds that intervals need to decide by the margin."""

from __future__ import annotations

import reducers
from bench.analysis.power import MAX_SEEDS, PROBABILITY, Power, n_comparisons, power
from bench.analysis.quantities import QUANTITIES, Quantity
from bench.output.tables.model import Cell, Row, Table
from bench.store.results import Results
from bench.store.values import Kind
from bench.units import counted

SCORES = (
    *("knn_accuracy_k10", "knn_accuracy_k10_test", "trustworthiness_k5", "r_nx_auc"),
    *("shepard_spearman", "centroid_spearman"),
)
TIME = "fit_s"
"""A time is only asked for where the study leaves the number of threads to its variants: others do not study times."""


def seeds_needed(results: Results) -> list[Table]:
    """Return the table of seeds that each reducer needs; none of a study of one seed or several samples of its data."""
    study = results.study
    if study.samples > 1 or study.seeds == 1 or study.search:
        return []
    found = {key: power(results, key) for key in (*SCORES, *([] if study.threads else [TIME]))}
    names = list(dict.fromkeys(name for of in found.values() for name in of))
    rows = tuple(
        Row(key, _title(QUANTITIES[key]), Kind.METHOD, tuple(_cell(of.get(name)) for name in names))
        for key, of in found.items()
        if of
    )
    columns = tuple(Quantity(name, reducers.source(name).label, "power") for name in names)
    caption = (
        "Seeds until the 95 % interval of the difference of two such methods, one of "
        f"{counted(n_comparisons(results), 'comparison')} at once, reaches no more than half the margin to either side,"
        f" with a probability of {100 * PROBABILITY:.0f} %; from the standard deviation (sd) over the {study.seeds} "
        "seeds of these runs, pooled over the variants of a method, of times that of logarithms."
    )
    title = "How many seeds a decision by the margin takes"
    return [Table("power", title, columns, rows, (), caption, "quantity (margin)")] if rows else []


def _title(quantity: Quantity) -> str:
    margin = quantity.margin or 0.0
    return f"{quantity.title} ({f'{margin - 1:.0%}' if quantity.is_ratio else f'{margin:g}'})"


def _cell(found: Power | None) -> Cell:
    if found is None:
        return Cell("")
    seeds = f"> {MAX_SEEDS:,}" if found.seeds is None else f"{found.seeds:,}"
    return Cell(seeds, f"sd {found.deviation:.4f}", found.seeds)
