"""What an embedding adds to a score of labels: no such score means anything without that of the unreduced data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import hypot, inf

from bench.analysis.quantities import QUANTITIES, number
from bench.analysis.summary import interval_of
from bench.metrics.attacks import usual_k
from bench.metrics.metric import column_name, not_available
from bench.metrics.registry import METRICS
from bench.metrics.statistics import Interval, interval
from bench.output.tables.model import Cell, Row, Table
from bench.store.results import Results
from bench.store.values import Kind

REFERENCE = "pixels"
"""The unreduced data."""
FAMILIES = ("labels", "clusters")
OTHER_POINTS = "other points"
"""Why a method has no gain that was fitted on other points than the reference is of."""
CAPTION = (
    "Score of each embedding less that of the unreduced data [95 % interval]. Above 0 the embedding shows classes "
    "farther apart than they are in the data, below 0 it loses what the data have; the other way round where lower is "
    "better. One size of the neighbourhood a score."
)
SHOWN = {column_name(one.key, split, usual_k(one)) for one in METRICS.values() for split in one.splits}
"""Columns at the one size of the neighbourhood that tells enough."""


def gains(results: Results, family: str, keys: list[str]) -> list[Table]:
    """Return the table of scores of labels less those of the unreduced data; none if these have no such score."""
    known = [key for key in keys if key in SHOWN and results.single(REFERENCE, key)[0] is not None]
    if family not in FAMILIES or not known:
        return []
    rows = sorted(results.variants, key=lambda row: list(Kind).index(results.kind(row)))
    made = tuple(
        Row(row, results.label(row), results.kind(row), tuple(_cell(results, row, key) for key in known))
        for row in rows
    )
    columns = tuple(replace(QUANTITIES[key], key=f"{key}-gain", low=-inf, high=inf) for key in known)
    return [Table(f"gain-{family}", "How much of this is more than the data have?", columns, made, (), CAPTION)]


def note(results: Results, keys: Sequence[str]) -> list[str]:
    """Return in one sentence the scores of labels of the unreduced data, and how far embeddings differ from them."""
    said = []
    for quantity in map(QUANTITIES.__getitem__, keys):
        of_data = interval_of(results, REFERENCE, quantity.key)
        found = {v: one.mean for v in results.methods if (one := gain(results, v, quantity.key))}
        if quantity.family in FAMILIES and of_data is not None and found:
            order = sorted(found, key=found.__getitem__)
            ends = dict.fromkeys((order[0], order[-1]))
            changes = " to ".join(f"{found[variant]:+.3f} ({results.label(variant)})" for variant in ends)
            said.append(f"{quantity.title} {number(quantity, of_data.mean)}, changed by {changes}")
    return [f"In the unreduced data: {'; '.join(said)}."] if said else []


def gain(results: Results, row: str, key: str) -> Interval | None:
    """Return a score less that of the unreduced data, of several samples sample by sample; None without either.

    None, too, for a method that was fitted on other points than the reference is of.
    """
    of_data, _ = results.single(REFERENCE, key)
    found = interval_of(results, row, key) if results.ok(row) and results.has_all_points(row) else None
    if found is None or of_data is None:
        return None
    if by_sample := results.values(REFERENCE, key).units():
        of_row = results.values(row, key).units()
        return interval(of_row[sample] - by_sample[sample] for sample in by_sample.keys() & of_row.keys())
    low, high = (None if end is None else end - of_data for end in (found.low, found.high))
    return Interval(found.mean - of_data, low, high, found.n)


def error_of_gain(results: Results, row: str, key: str) -> float | None:
    """Return the standard error of a gain by anchors; both scores are of the same points, so that it is rather less."""
    errors = [results.standard_error(one, key) for one in (row, REFERENCE)]
    return hypot(*(error or 0.0 for error in errors)) if any(errors) else None


def _cell(results: Results, row: str, key: str) -> Cell:
    if found := gain(results, row, key):
        return Cell.of(QUANTITIES[key], found, error=error_of_gain(results, row, key))
    reason = results.values(row, key).reason if results.ok(row) else ""
    why = "not scored" if not results.ok(row) or results.has_all_points(row) else OTHER_POINTS
    return Cell.missing(reason or not_available(why))
