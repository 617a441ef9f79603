"""The table of false structure: what is found in embeddings of data that have no clusters."""

from __future__ import annotations

from bench.analysis.false_structure import Found, found, found_in_data
from bench.analysis.quantities import Quantity, number
from bench.metrics.false_structure_measures import KS
from bench.metrics.registry import REFERENCES
from bench.metrics.statistics import Interval
from bench.output.tables.model import Cell, Row, Table
from bench.store.results import Results
from bench.store.values import Kind

COLUMNS = {
    "clusters": Quantity("clusters", "HDBSCAN: clusters", "false structure"),
    "outside": Quantity("outside", "HDBSCAN: share of points in none", "false structure", "share"),
    "one_allowed": Quantity("one_allowed", "HDBSCAN: clusters, one allowed", "false structure"),
    "k": Quantity("k", "best k-means: clusters", "false structure"),
    "silhouette": Quantity("silhouette", "best k-means: silhouette", "false structure", low=-1, high=1),
}
WHOLE = ("clusters", "one_allowed", "k")
"""Columns of counts, of which one decimal is enough."""
CAPTION = (
    "Means over runs [95 % interval]. HDBSCAN: clusters of at least 1 % of the points; it finds two or more, or none, "
    f"unless a single one is allowed. k-means: of {KS[0]} to {KS[-1]} clusters those with the highest silhouette, of "
    "which there always are two or more."
)


def clusters_found(results: Results) -> list[Table]:
    """Return the table of the clusters in each embedding and in the data; none if the study does not count them."""
    every, of_data = found(results), found_in_data(results)
    if not every:
        return []
    rows = [Row(v, results.label(v), results.kind(v), _cells(one)) for v, one in every.items()]
    rows.sort(key=lambda row: list(Kind).index(row.kind))
    if of_data.n_runs:
        rows.append(Row("data", REFERENCES["pixels"], Kind.REFERENCE, _cells(of_data)))
    columns = tuple(COLUMNS.values())
    return [Table("clusters-found", "Clusters that are found without labels", columns, tuple(rows), (), CAPTION)]


def _cells(one: Found) -> tuple[Cell, ...]:
    return tuple(_cell(name, getattr(one, name)) for name in COLUMNS)


def _cell(name: str, of: Interval | None) -> Cell:
    if of is None:
        return Cell.missing("n/a (not measured)")
    quantity = COLUMNS[name]

    def text(value: float) -> str:
        return f"{value:.1f}" if name in WHOLE else number(quantity, value)

    interval = "" if of.low is None or of.high is None else f"[{text(of.low)}, {text(of.high)}]"
    return Cell(text(of.mean), interval, of.mean, of.low, of.high)
