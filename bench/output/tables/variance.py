"""The table of what a score changes with: other data, another seed, other test points."""

from __future__ import annotations

import pandas as pd

from bench.analysis.quantities import QUANTITIES, Quantity
from bench.analysis.variance import SPLIT
from bench.output.tables.model import Cell, Row, Table
from bench.store.results import Results
from bench.store.values import Kind

SOURCES = {"sd_data": "other data", "sd_seed": "another seed", "sd_points": "other test points"}
NOTE = (
    "Random effects: seeds within samples of the data, crossed with test points where it is stored which are correct; "
    "method of moments on balanced runs, 0 where a variance would be negative. What chance on the test points does to "
    "a single run counts as due to them. Training points change with the data."
)


def split_of_variance(results: Results, found: pd.DataFrame | None) -> list[Table]:
    """Return the table of what is in `variance.csv`; none without it."""
    if found is None:
        return []
    by_cell = found.set_index(["variant", "column"])
    known = {str(key): of_key[[*SOURCES]].notna().any() for key, of_key in found.groupby("column")}
    kept = [(key, source) for key in SPLIT if key in known for source in SOURCES if known[key][source]]
    titles = {pair: f"{QUANTITIES[pair[0]].title}, {SOURCES[pair[1]]}" for pair in kept}
    columns = [Quantity("-".join(pair), title, "variance") for pair, title in titles.items()]
    rows = []
    for variant in dict.fromkeys(found["variant"]):
        values = [by_cell[source].get((variant, key)) for key, source in kept]
        cells = (Cell.missing("n/a") if pd.isna(v) else Cell(f"{v:.4f}", value=float(v)) for v in values)
        rows.append(Row(variant, results.label(variant), Kind.METHOD, tuple(cells)))
    caption = (
        f"Standard deviation of the score of one run with other training data, with another seed or with other test "
        f"points, and all else the same; {results.over}."
    )
    title = "How much of a score is due to the data, to the seed and to the test points"
    return [Table("variance", title, tuple(columns), tuple(rows), (NOTE,), caption)]
