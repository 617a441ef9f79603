"""Numbers as figures draw them: values over seeds, and the reason where there is no number."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes

from bench.meter import Measurement
from bench.reading import Reading
from bench.records import Outcome
from bench.scores import SCORES
from bench.statistics import Interval, interval


def score(reading: Reading, variant: str, key: str, k: int | None, split: str = "fit") -> Interval | None:
    """Return the median of a score over seeds with its interval; None where the method has none."""
    values = [item.score(key, split, k) for item in reading.well(variant)]
    return interval([value for value in values if value is not None], SCORES[key].low, SCORES[key].high)


def cost(
    reading: Reading, variant: str, part: Callable[[Outcome], Measurement | None], what: str = "wall_s"
) -> Interval | None:
    """Return the median of what a part of a run cost with its interval; None where no run has that part."""
    found = [part(item.record.outcome) for item in reading.well(variant)]
    return interval([getattr(measured, what) for measured in found if measured is not None], lowest=0)


def why_not(reading: Reading, variant: str) -> str:
    """Return why a method has no embedding to be drawn."""
    outcome = reading.runs(variant)[0].record.outcome
    return f"{outcome.status.value.replace('_', ' ')}: {outcome.reason}"


def missing(reading: Reading) -> str:
    """Return which methods are in no picture, and why; empty where all are."""
    lost = [variant for variant in reading.variants if not reading.well(variant)]
    named = "; ".join(f"{reading.label(variant)} ({why_not(reading, variant)})" for variant in lost)
    return f"Not drawn: {named}." if named else ""


def labels(reading: Reading) -> dict[str, str]:
    """Return the labels of the methods that have an embedding, by variant."""
    return {variant: reading.label(variant) for variant in reading.variants if reading.well(variant)}


def errorbar(ax: Axes, x: Interval | float, y: Interval | float, **style: object) -> None:
    """Draw a point with its intervals; a value without an interval is drawn without one."""
    places, errors = [], []
    for value in (x, y):
        if isinstance(value, Interval):
            places.append(value.median)
            known = value.low is not None and value.high is not None
            errors.append([[value.median - value.low], [value.high - value.median]] if known else None)  # type: ignore[operator]
        else:
            places.append(value)
            errors.append(None)
    ax.errorbar(places[0], places[1], xerr=errors[0], yerr=errors[1], elinewidth=0.8, **style)  # type: ignore[arg-type]
