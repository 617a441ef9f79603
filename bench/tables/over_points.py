"""The accuracy on held-out points with both of its intervals, and in words which methods these points tell apart."""

from __future__ import annotations

from bench.comparisons import Comparison
from bench.held_out import COLUMN, HeldOut, Pair
from bench.statistics import interval
from bench.tables.build import Tabulation, kind
from bench.tables.columns import bounds, number
from bench.tables.model import Cell, Column, Kind, Row, Table

MOST = 12
"""Pairs that are named one by one; a reader takes in no more."""


def tables(found: HeldOut, t: Tabulation) -> list[Table]:
    """Return the accuracy of each method with both of its intervals, one table, or none where none was held out.

    Its notes say which methods these points cannot tell apart, and which only they can: seeds cannot.
    """
    if not found.accuracies:
        return []
    columns = (
        Column("seeds", "seeds", COLUMN.family),
        Column("over_points", "mean [over points]", COLUMN.family, COLUMN.unit, COLUMN.better),
        Column("over_seeds", "median [over seeds]", COLUMN.family, COLUMN.unit, COLUMN.better),
    )
    rows = []
    for one in sorted(found.accuracies, key=lambda one: list(Kind).index(kind(t.reading, one.variant))):
        over_seeds = interval(t.samples[one.variant][COLUMN.key].values.values(), *bounds(COLUMN))
        assert over_seeds is not None
        cells = (
            Cell(str(one.n_seeds), value=one.n_seeds),
            _cell(one.mean, one.low, one.high),
            _cell(over_seeds.median, over_seeds.low, over_seeds.high),
        )
        rows.append(Row(one.variant, t.reading.label(one.variant), kind(t.reading, one.variant), cells))
    whole = Table(
        key="over-points",
        title=f"{COLUMN.title}: over points and over seeds",
        columns=columns,
        rows=tuple(rows),
        caption=(
            f"What the accuracy on {found.n_points:,} held-out points hangs on: on these points, and on the seeds. "
            "Over points: 95 % interval of the mean, had others been held out, these fits given. Over seeds: 95 % "
            "interval of the median, had other seeds been drawn, these points given. Neither speaks for the other."
        ),
        notes=(
            *_in_words(found, t),
            "Told apart on these points: by a paired bootstrap over points of the means over seeds, Holm-corrected "
            "over all pairs of methods; controls take no part. McNemar's exact test of the seeds that pictures show "
            "stands beside it in held_out_comparisons.csv. Methods that cannot place new points have no row.",
        ),
    )
    return [whole]


def _in_words(found: HeldOut, t: Tabulation) -> list[str]:
    """Return the pairs that points or seeds cannot tell apart, one by one, and how many the rest are."""
    over_seeds = {(one.first, one.second): one for one in t.standings[COLUMN.key].comparisons}
    said = [_doubt(pair, over_seeds.get((pair.first.variant, pair.second.variant)), t) for pair in found.pairs]
    doubts = [sentence for sentence in said if sentence]
    settled = f"{len(said) - len(doubts)} of {len(said)} pairs are told apart on these points, undisputed by seeds."
    left = f"{len(doubts) - MOST} more pairs that are in doubt stand in held_out_comparisons.csv."
    return [*doubts[:MOST], *([left] if len(doubts) > MOST else []), *([settled] if said else [])]


def _doubt(pair: Pair, over_seeds: Comparison | None, t: Tabulation) -> str:
    """Return in words that points or seeds cannot tell two methods apart; empty where nothing speaks against it."""
    size, low, high = pair.difference.estimate, pair.difference.low, pair.difference.high
    first, second = t.reading.label(pair.first.variant), t.reading.label(pair.second.variant)
    if size < 0:
        first, second, size, low, high = second, first, -size, -high, -low
    ahead = f"{number(COLUMN, size)} [{number(COLUMN, low)}, {number(COLUMN, high)}]"
    tied = over_seeds is not None and over_seeds.tied
    if not pair.told_apart:
        seeds = ", nor over seeds" if tied else "; over seeds they can" if over_seeds and over_seeds.told_apart else ""
        return f"{first} and {second} cannot be told apart on these points{seeds}: {ahead} between them."
    if tied:
        return f"{first} is {ahead} ahead of {second} on these points, but over seeds they cannot be told apart."
    return ""


def _cell(value: float, low: float | None, high: float | None) -> Cell:
    shown = "" if low is None or high is None else f"[{number(COLUMN, low)}, {number(COLUMN, high)}]"
    return Cell(number(COLUMN, value), shown, value, low, high)
