"""Scores against time, as drawings whose numbers the page says when a method is pointed at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log10

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.markers import MarkerStyle
from matplotlib.ticker import LogLocator, MaxNLocator

from bench.analysis.quantities import QUANTITIES, Quantity
from bench.analysis.summary import interval_of
from bench.output.figures import values
from bench.output.figures.costs import AGAINST_TIME, pareto
from bench.output.tables.model import Cell
from bench.store.results import Results

WIDTH, HEIGHT = 320, 230
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 10, 34
"""Between the edge of a drawing and its axes."""
RADIUS = 5.0
BEYOND = 0.06
"""Share of its span by which an axis reaches beyond what is drawn."""
TIME = "fit_s"


@dataclass(frozen=True)
class Dot:
    """A method in a drawing: the place of its marker, and its intervals as lines."""

    method: int
    x: float
    y: float
    lines: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class Chart:
    """One score against time; ticks are places with what is written there."""

    title: str
    better: str
    dots: tuple[Dot, ...]
    front: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Method:
    """How a method looks, and its numbers as text."""

    label: str
    colour: str
    marker: str
    said: str


@dataclass(frozen=True)
class Axis:
    """Values on a line of the drawing; a logarithmic one if asked."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    @classmethod
    def of(cls, found: Iterable[float], start: float, end: float, logarithmic: bool = False) -> Axis:
        """Return an axis that reaches a little beyond some values; a logarithmic one leaves out those not positive."""
        known = [log10(value) for value in found if value > 0] if logarithmic else list(found)
        low, high = min(known), max(known)
        beyond = BEYOND * (high - low) or 0.5
        return cls(low - beyond, high + beyond, start, end, logarithmic)

    def at(self, value: float) -> float:
        """Return where a value lies, to a tenth of a pixel; the start for what a logarithmic axis leaves out."""
        if self.logarithmic and value <= 0:
            return self.start
        where = log10(value) if self.logarithmic else value
        return round(self.start + (where - self.low) / (self.high - self.low) * (self.end - self.start), 1)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Where a few round values lie, and how they are written."""
        if self.logarithmic:
            ends, locator = (10**self.low, 10**self.high), LogLocator(subs=(1,) if self.high - self.low > 2 else (1, 3))
            found = locator.tick_values(*ends)
        else:
            ends = self.low, self.high
            found = MaxNLocator(4).tick_values(*ends)
        return tuple((self.at(value), f"{value:,.10g}") for value in found if ends[0] <= value <= ends[1])


def against_time(results: Results) -> tuple[list[Chart], list[Method]]:
    """Return a drawing for each score that two methods have, and the methods in them; controls are left out."""
    known = {
        key: {variant: cells for variant in results.methods if (cells := _cells(results, variant, key))}
        for key in AGAINST_TIME
    }
    known = {key: cells for key, cells in known.items() if len(cells) > 1}
    variants = list(dict.fromkeys(variant for cells in known.values() for variant in cells))
    looks = values.looks(results)
    methods = [
        Method(
            results.label(variant),
            to_hex(looks[variant].colour),
            _outline(looks[variant].marker),
            _said(variant, known),
        )
        for variant in variants
    ]
    return [_chart(QUANTITIES[key], cells, variants) for key, cells in known.items()], methods


def _cells(results: Results, variant: str, key: str) -> tuple[Cell, Cell] | None:
    """Return time and score of a method; None if one of them is missing."""
    time, score = interval_of(results, variant, TIME), interval_of(results, variant, key)
    error = results.standard_error(variant, key)
    return (Cell.of(QUANTITIES[TIME], time), Cell.of(QUANTITIES[key], score, error=error)) if time and score else None


def _chart(quantity: Quantity, cells: dict[str, tuple[Cell, Cell]], variants: list[str]) -> Chart:
    ends = [[end for pair in cells.values() for end in _ends(pair[axis])] for axis in (0, 1)]
    across = Axis.of(ends[0], LEFT, WIDTH - RIGHT, logarithmic=True)
    up = Axis.of(ends[1], HEIGHT - BOTTOM, TOP)
    dots = []
    for variant, (time, score) in cells.items():
        (x, left, right), (y, low, high) = map(across.at, _ends(time)), map(up.at, _ends(score))
        lines = ((left, y, right, y), (x, low, x, high))
        dots.append(Dot(variants.index(variant), x, y, tuple(line for line in lines if line[:2] != line[2:])))
    middles = [(_ends(time)[0], _ends(score)[0]) for time, score in cells.values()]
    steps: list[str] = []
    for time_s, value in pareto(middles, quantity.better):
        steps.append(f"{'H' if steps else 'M'}{across.at(time_s)}{'V' if steps else ','}{up.at(value)}")
    return Chart(quantity.title, quantity.better, tuple(dots), " ".join(steps), across.ticks, up.ticks)


def _ends(cell: Cell) -> tuple[float, float, float]:
    """Return value and both ends of its interval; without one, three times the value."""
    assert cell.value is not None
    return cell.value, cell.value if cell.low is None else cell.low, cell.value if cell.high is None else cell.high


def _said(variant: str, known: dict[str, dict[str, tuple[Cell, Cell]]]) -> str:
    """Return the numbers of a method as a sentence."""

    def written(name: str, cell: Cell, unit: str) -> str:
        return f"{name} {cell.text}{f' {unit}' if unit else ''} {cell.interval}".strip()

    found = {key: cells[variant] for key, cells in known.items() if variant in cells}
    (time, _), *_ = found.values()
    scores = [written(QUANTITIES[key].title, score, "") for key, (_, score) in found.items()]
    return "; ".join([written("fit", time, QUANTITIES[TIME].unit), *scores])


def _outline(marker: str) -> str:
    """Return the path of a marker around the origin, as in the figures."""
    style = MarkerStyle(marker)
    path = style.get_path().transformed(style.get_transform())
    polygons = [np.asarray(polygon, dtype=float) for polygon in path.to_polygons(closed_only=False)]
    scale = RADIUS / max(np.abs(polygon).max() for polygon in polygons) * np.array([1, -1])
    corners = [[f"{x:.1f},{y:.1f}" for x, y in polygon * scale] for polygon in polygons]
    return " ".join(f"M{'L'.join(places)}Z" for places in corners)
