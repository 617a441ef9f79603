"""Further tables, after costs and scores: growth with the number of points, noise floor, accuracy over test points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from bench.analysis import over_test_points as test_set
from bench.analysis.comparisons import Comparison, Decision, Ranking
from bench.analysis.noise_floor import Floor, floors, twins
from bench.analysis.quantities import QUANTITIES as ALL_QUANTITIES
from bench.analysis.quantities import Quantity, number
from bench.analysis.scaling import ALL, FIT, MAX_FACTOR, MEMORY, MIN_POINTS, QUANTITIES, Series
from bench.analysis.summary import interval_of
from bench.metrics.metric import not_available
from bench.metrics.statistics import Interval
from bench.output.tables.model import Cell, Row, Table
from bench.store.results import Results
from bench.store.test_set import KEY
from bench.store.values import Kind
from bench.units import counted, fixed

QUANTITY = ALL_QUANTITIES[KEY]
MAX_PAIRS = 12
"""Pairs that are named one by one; a reader takes in no more."""


def growth(found: Sequence[Series]) -> list[Table]:
    """Return the table of exponents; none if no method was fitted on several numbers of points."""
    if not found:
        return []
    columns = [Quantity(f"exponent-{q.key}", f"exponent, {q.title}", "scaling", better="lower") for q in QUANTITIES]
    columns += [Quantity(f"all-{q.key}", f"{q.title} at {ALL:,}", "scaling", q.unit, "lower") for q in (FIT, MEMORY)]
    caption = (
        "Exponent of the power law that a cost follows [95 % interval over numbers of points], fitted from "
        f"{MIN_POINTS:,} points on, or from the last change of a method's algorithm; and the cost of {ALL:,} "
        "points by that law, from the nearest number that was measured. Nothing is predicted where as many points or "
        f"fewer passed a limit, nor for more than {MAX_FACTOR} times the points that were measured. Memory is that of "
        "the first fit of a process."
    )
    rows = tuple(Row(one.name, one.name, Kind.METHOD, tuple(_of_series(one))) for one in found)
    notes = tuple(f"{one.name}: {one.missing}." for one in found if one.missing)
    return [Table("scaling", "Growth with the number of points", tuple(columns), rows, notes, caption)]


def _of_series(one: Series) -> Iterator[Cell]:
    for quantity in QUANTITIES:
        if law := one.law(quantity):
            interval = f"[{fixed(law.low, 2)}, {fixed(law.high, 2)}]"
            yield Cell(fixed(law.exponent, 2), interval, law.exponent, law.low, law.high)
        else:
            yield Cell.missing(not_available(one.no_law(quantity)))
    for quantity in (FIT, MEMORY):
        text = one.all_as_text(quantity)
        why = "past a limit" if one.limit <= ALL else "too few points" if one.law(quantity) else "no exponent"
        yield Cell.missing(not_available(why)) if text == "n/a" else Cell(text, value=one.at_all(quantity))


def noise_floors(results: Results) -> list[Table]:
    """Return a table of noise floors for every pair of identical variants that were measured several times."""
    pairs = [pair for pair in twins(results.study) if set(pair) <= set(results.variants)]
    return [_of_twins(*pair, found) for pair in pairs if (found := floors(results, *pair))]


def _of_twins(first: str, second: str, found: Sequence[Floor]) -> Table:
    titles = (first, second, "smallest difference beyond noise", "share of the first", "beyond noise")
    rows = []
    for floor in found:
        share = floor.resolvable / abs(floor.first) if floor.first else None
        cells = (
            Cell(f"{floor.first:.4g}", value=floor.first),
            Cell(f"{floor.second:.4g}", value=floor.second),
            Cell(f"{floor.resolvable:.2g}", value=floor.resolvable),
            Cell("" if share is None else f"{share:.1%}", value=share),
            Cell("yes" if floor.is_exceeded else "no"),
        )
        rows.append(Row(floor.quantity, floor.quantity, Kind.METHOD, cells))
    title = f"One reducer under two names, {first} and {second}: the noise floor of this machine"
    columns = tuple(Quantity(title, title, "noise") for title in titles)
    return Table(f"noise-{first}", title, columns, tuple(rows), heading="quantity")


def over_points(results: Results, ranking: Ranking) -> list[Table]:
    """Return the accuracy of each method with both of its intervals, and the pairs that points or seeds leave open.

    Both are made from `test_accuracy.csv` and `test_comparisons.csv`; there are none without them.
    """
    if not (results.has("test_accuracy") and results.has("test_comparisons")):
        return []
    accuracies, pairs = results.frame("test_accuracy"), results.frame("test_comparisons")
    if accuracies.empty:
        return []
    accuracies = accuracies.sort_values("kind", key=lambda kinds: kinds.map(list(Kind).index), kind="stable")
    columns = (
        Quantity("runs", "runs", QUANTITY.family),
        Quantity("over_points", "mean [over points]", QUANTITY.family, QUANTITY.unit, QUANTITY.better),
        Quantity("over_seeds", f"mean [over {results.units}]", QUANTITY.family, QUANTITY.unit, QUANTITY.better),
    )
    each = f", {results.over}" if results.is_resampled else ""
    caption = (
        f"How much the accuracy on {int(accuracies['n_points'].iloc[0]):,} test points varies. Over points: 95 % "
        f"interval of the mean for other test points and these fits. Over {results.units}: 95 % interval of the mean "
        f"for other {results.units} and these test points{each}."
    )
    note = (
        "Methods without transform have no row. McNemar's exact test of the seeds that pictures show is in "
        "test_comparisons.csv."
    )
    rows = tuple(_of_method(results, row) for _, row in accuracies.iterrows())
    title = f"{QUANTITY.title}: over points and over {results.units}"
    table = Table("over-points", title, columns, rows, (note,), caption)
    over_seeds = {(one.first, one.second): one for of in (ranking, *ranking.apart) for one in of.comparisons}
    of_points = {(one.first, one.second): one for one in test_set.comparisons(pairs)}
    compared = [(of_points[pair], over_seeds[pair]) for pair in of_points if pair in over_seeds]
    return [table, *([_open_pairs(results, compared)] if compared else [])]


def _of_method(results: Results, row: pd.Series) -> Row:
    variant = str(row["variant"])
    over_seeds = interval_of(results, variant, KEY)
    assert over_seeds is not None
    mean = Interval(row["mean"], row["over_points_low"], row["over_points_high"], int(row["n_points"]))
    cells = (Cell(str(row["n_seeds"]), value=row["n_seeds"]), Cell.of(QUANTITY, mean), Cell.of(QUANTITY, over_seeds))
    return Row(variant, results.label(variant), results.kind(variant), cells)


def _open_pairs(results: Results, pairs: Sequence[tuple[test_set.OverPoints, Comparison]]) -> Table:
    """Return the table of pairs that points and seeds do not decide alike, or leave inconclusive."""
    rows = []
    for one, over_seeds in pairs:
        decisions = (one.decision, over_seeds.decision)
        if decisions[0] is not decisions[1] or Decision.INCONCLUSIVE in decisions:
            size, low, high = (number(QUANTITY, value) for value in (one.difference, *one.bounds))
            cells = (Cell(size, f"[{low}, {high}]", one.difference), *(Cell(text) for text in decisions))
            names = f"{results.label(one.first)} and {results.label(one.second)}"
            rows.append(Row(f"{one.first}-{one.second}", names, Kind.METHOD, cells))
    units = results.units
    titles = ("first − second [over points]", "first is, over points", f"first is, over {units}")
    columns = tuple(Quantity(title, title, QUANTITY.family) for title in titles)
    more = f" Of {len(rows)} such pairs the first {MAX_PAIRS} are shown." if len(rows) > MAX_PAIRS else ""
    caption = (
        f"Of {counted(len(pairs), 'pair')} of methods {len(pairs) - len(rows)} have the same result over points and "
        f"over {units}: better, worse, or equivalent within {QUANTITY.margin:g}.{' The others:' if rows else ''}{more}"
    )
    note = (
        f"Over points: paired bootstrap over points of the means over runs. Over {units}: see the table of quality. "
        "All intervals hold for all pairs of methods at once (Bonferroni); controls are not compared."
    )
    title = f"{QUANTITY.title}: pairs that points or {units} leave open"
    return Table("open-pairs", title, columns, tuple(rows[:MAX_PAIRS]), (note,), caption, "pair")
