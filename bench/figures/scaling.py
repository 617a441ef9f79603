"""Scaling: time and memory by the number of points, with the powers that they grow with."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter

from bench.figures import style
from bench.reading import Reading
from bench.scaling import ALL, ALL_DISTANCES, FIT, LARGE, MEMORY, QUANTITIES, Quantity, Series, series
from bench.tables import runs_table
from bench.units import seconds_in_words

LEAST_MIB = 1.0
"""Memory below it is not drawn: a page more or less, and no growth."""


def draw(reading: Reading) -> Figure | None:
    """Draw what each method costs at each number of points; None where no method was fitted on several."""
    found = series(runs_table(reading.judged), reading.study.variants)
    found = [one for one in found if len(one.well)]
    if not found:
        return None
    looks = style.looks([one.name for one in found])
    figure = Figure(figsize=(style.WIDTH, 3.6 + 0.13 * len(found)), layout="constrained")
    axes = figure.subplots(1, len(QUANTITIES))
    for ax, quantity in zip(axes, QUANTITIES, strict=True):
        for one in found:
            _line(ax, one, quantity, looks[one.name])
        if quantity is FIT:
            _deadline(ax, found, reading.study.timeout, looks)
        _dress(ax, quantity)
    figure.legend(
        handles=[_handle(one, looks[one.name]) for one in found],
        loc="outside lower center",
        ncols=2,
        title=f"exponents beyond {LARGE:,} points: {', '.join(quantity.title for quantity in QUANTITIES)}",
    )
    return figure


def _line(ax: Axes, one: Series, quantity: Quantity, look: style.Look) -> None:
    costs = one.costs(quantity)
    costs = costs[costs >= (LEAST_MIB if quantity is MEMORY else 0)]
    if len(costs):
        ax.plot(costs.index, costs, color=look.colour, marker=look.marker, gid=one.name, markersize=4, linewidth=1)
    law = one.law(quantity)
    if law is not None:
        n = np.array([law.n_from, max(ALL, law.n_to)])
        ax.plot(n, [law.at(places) for places in n], color=look.colour, linestyle=(0, (4, 2)), linewidth=0.7, gid="law")


def _dress(ax: Axes, quantity: Quantity) -> None:
    ax.set_title(f"{quantity.title} ({quantity.unit})")
    if not ax.lines:
        style.blank(ax, "not measured")
        return
    ax.set(xscale="log", yscale="log", xlabel="points fitted")
    for n in (ALL_DISTANCES, LARGE):
        ax.axvline(n, color="0.8", linewidth=0.8, zorder=0)
        ax.annotate(
            f"{n:,}",
            (n, 0),
            xycoords=("data", "axes fraction"),
            xytext=(2, 3),
            textcoords="offset points",
            fontsize=6,
            color=style.GREY,
        )
    low, high = ax.get_ylim()
    if high < 10 * low:
        ax.set_ylim(low / 4, high * 4)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axis.set_minor_formatter(NullFormatter())
    ax.grid(color="0.93", linewidth=0.5)


def _deadline(ax: Axes, found: list[Series], timeout_s: float, looks: dict[str, style.Look]) -> None:
    """Draw the deadline with the numbers of points that would pass it; nothing where all kept it."""
    late = [one for one in found if len(one.late)]
    if not late:
        return
    ax.axhline(timeout_s, color="0.3", linewidth=0.8, linestyle=(0, (1, 1)), gid="deadline")
    ax.annotate(
        f"deadline, {seconds_in_words(timeout_s)}",
        (0, timeout_s),
        xycoords=("axes fraction", "data"),
        xytext=(3, 2),
        textcoords="offset points",
        fontsize=6,
        color="0.3",
    )
    for one in late:
        n = one.late["n_fit"].unique()
        ax.plot(n, np.full(len(n), timeout_s), "^", color=looks[one.name].colour, gid=f"late {one.name}", zorder=3)


def _handle(one: Series, look: style.Look) -> Line2D:
    laws = [one.law(quantity) for quantity in QUANTITIES]
    exponents = ", ".join(f"{law.exponent:.2f}" if law else "n/a" for law in laws)
    return Line2D([], [], color=look.colour, marker=look.marker, linewidth=1, label=f"{one.name}: {exponents}")
