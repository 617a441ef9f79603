"""The table of what another machine changes."""

from __future__ import annotations

from collections.abc import Iterator

from bench.analysis.other_machines import Repetition, repetitions
from bench.analysis.quantities import QUANTITIES, Quantity
from bench.metrics.metric import not_available
from bench.metrics.stability import NEIGHBOURS
from bench.metrics.statistics import Interval
from bench.output.tables import build
from bench.output.tables.model import Cell, Row, Table
from bench.store.results import Results
from bench.store.values import Kind
from bench.units import fixed

TITLE = "What another machine changes"
OF_POSITIONS = (
    "whether all positions of training points are the same to the last bit, the share of a point's "
    f"{NEIGHBOURS} nearest neighbours in the embedding that stay, and "
)
NOTE = "A seed on another machine is no further seed: in all other tables a run counts once, as in the first folder."


def other_machines(results: Results) -> list[Table]:
    """Return a table of each machine class on which runs were repeated with their seeds; none if there is no such."""
    found = repetitions(results)
    return [
        _table(results, machine, name, rows)
        for other in results.repeated
        for machine, name in other.machine_names.items()
        if (rows := [one for one in found if one.machine == machine])
    ]


def _table(results: Results, machine: str, name: str, found: list[Repetition]) -> Table:
    """Return what a machine changes; without the runs of both nothing is known of positions."""
    keys = [key for key in build.quality(results) if any(key in one.differences for one in found)]
    columns = [Quantity("seeds", "seeds", "machine")]
    has_positions = any(one.stays is not None for one in found)
    if has_positions:
        columns.append(Quantity("bits", "same bits", "machine"))
        columns.append(Quantity("stays", f"{NEIGHBOURS} neighbours that stay", "machine", better="higher"))
    columns += [Quantity(f"machine-{key}", f"{QUANTITIES[key].title}, difference", "machine") for key in keys]

    def cells(one: Repetition) -> Iterator[Cell]:
        yield Cell(f"{one.n}", value=one.n)
        if has_positions:
            yield Cell({True: "yes", False: "no", None: ""}[one.same_bits])
            yield _cell(one.stays, 3, "", "not compared")
        for key in keys:
            yield _cell(one.differences.get(key), 4, "+", results.values(one.variant, key).reason or "not scored")

    rows = [Row(one.variant, results.label(one.variant), results.kind(one.variant), tuple(cells(one))) for one in found]
    rows.sort(key=lambda row: list(Kind).index(row.kind))
    caption = (
        f"The same seed on another machine, {name}: {OF_POSITIONS if has_positions else ''}how much higher scores are "
        f"there. Means over {results.units} [95 % interval]."
    )
    return Table(f"machine-{machine}", TITLE, tuple(columns), tuple(rows), (NOTE,), caption)


def _cell(found: Interval | None, digits: int, sign: str, why: str) -> Cell:
    if found is None:
        return Cell.missing(why if why.startswith("n/a") else not_available(why))
    if found.low is None or found.high is None:
        return Cell(fixed(found.mean, digits, sign), value=found.mean)
    ends = f"[{fixed(found.low, digits, sign)}, {fixed(found.high, digits, sign)}]"
    return Cell(fixed(found.mean, digits, sign), ends, found.mean, found.low, found.high)
