"""Figures of costs: time and memory by method, score against time, and growth with the number of points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter

from bench.analysis.quantities import QUANTITIES, Quantity
from bench.analysis.scaling import ALL, ALL_DISTANCES, FIT, MEMORY, MIN_POINTS, Series, series
from bench.analysis.scaling import QUANTITIES as GROWING
from bench.analysis.statistics import Interval
from bench.analysis.summary import interval_of
from bench.output.figures import style, values
from bench.store.results import Results
from bench.units import seconds_as_text

AGAINST_TIME = ("knn_accuracy_k10", "silhouette", "trustworthiness_k5", "r_nx_auc")
"""Scores that stand against time."""
TIMES = {"fit_s": ("fit", "o", True), "transform_s": ("transform", "o", False)}
COLD = {"import_s": ("import", "^", False), "cold_start_s": ("first call", "^", True)}
MEMORIES = {"baseline_mib": ("before", "|", True), "peak_mib": ("peak", "s", True)}
"""Costs of each panel: name, marker, and whether it is filled."""
MIN_MIB = 1.0
"""Memory below it is not drawn: a page more or less, and no growth."""


def quality_and_time(results: Results) -> SubFigure | None:
    """Draw scores against the time of a fit, with the methods that none beats in both."""
    labels = values.labels(results)
    times = {variant: interval_of(results, variant, "fit_s") for variant in labels}
    found = {}
    for key in AGAINST_TIME:
        both = {variant: (time, interval_of(results, variant, key)) for variant, time in times.items()}
        known = {variant: (time, score) for variant, (time, score) in both.items() if time and score}
        if known:
            found[key] = known
    if not found:
        return None
    rows = -(-len(found) // 2)
    figure = style.sheet(style.WIDTH, 2.3 * rows + 1.1)
    axes = figure.subplots(rows, 2, squeeze=False, sharex=True).ravel()
    looks = style.looks(results.variants)
    for ax, (key, known) in zip(axes, found.items(), strict=False):
        front = pareto([(time.median, score.median) for time, score in known.values()], QUANTITIES[key].better)
        ax.step(*np.array(front).T, where="post", color="0.75", linewidth=3, zorder=1, gid="front")
        for variant, (time, score) in known.items():
            look = looks[variant]
            values.errorbar(ax, time, score, color=look.colour, fmt=look.marker, gid=variant, zorder=3)
        style.log_ticks(ax)
        ax.set(title=QUANTITIES[key].title, xlabel="fit (s)")
        ax.tick_params(labelbottom=True)
    for ax in axes[len(found) :]:
        ax.remove()
    style.legend_of_methods(figure, labels, looks, lines=False)
    return figure


def pareto(points: Sequence[tuple[float, float]], better: str) -> list[tuple[float, float]]:
    """Return the points (time, score) that no other beats in one and matches in the other, by time."""
    sign = -1.0 if better == "lower" else 1.0
    front: list[tuple[float, float]] = []
    for time, score in sorted(points, key=lambda point: (point[0], -sign * point[1])):
        if not front or sign * score > sign * front[-1][1]:
            front.append((time, score))
    return front


def costs(results: Results) -> SubFigure | None:
    """Draw time, cold start and memory of each method."""
    variants = results.variants
    if not values.labels(results):
        return None
    figure = style.sheet(style.WIDTH, 0.27 * len(variants) + 1.5)
    axes = figure.subplots(1, 3, sharey=True, width_ratios=(1.2, 1, 1))
    for ax, parts in zip(axes, (TIMES, COLD, MEMORIES), strict=True):
        for row, variant in enumerate(variants):
            found = {key: interval_of(results, variant, key) for key in parts}
            known = {key: one for key, one in found.items() if one}
            if parts is MEMORIES and len(known) == len(parts):
                ax.hlines(row, *(one.median for one in known.values()), color="0.7", linewidth=2, zorder=1)
            for key, one in known.items():
                _dot(ax, one, row, *parts[key])
        _key(ax, list(parts.values()))
        ax.grid(axis="x", **style.GRID)
    for row, variant in enumerate(variants):
        if not results.ok(variant):
            across, text = axes[0].get_yaxis_transform(), values.failure(results, variant)[:34]
            axes[0].text(0.02, row, text, transform=across, va="center", fontsize=6.5, color=style.GREY)
    for ax, label in zip(axes, ("once warm (s)", "cold start (s)", "memory in fit (MiB)"), strict=True):
        ax.set_xlabel(label)
    for ax in axes[:2]:
        style.log_ticks(ax)
    axes[2].set_xlim(left=0)
    axes[0].set(yticks=range(len(variants)), ylim=(len(variants) - 0.5, -0.5))
    axes[0].set_yticklabels([style.wrapped(results.label(variant), 28) for variant in variants])
    return figure


def scaling(results: Results) -> SubFigure | None:
    """Draw what each method costs at each number of points."""
    found = [one for one in series(results) if len(one.ok)]
    if not found:
        return None
    looks = style.looks(one.name for one in found)
    figure = style.sheet(style.WIDTH, 3.6 + 0.13 * len(found))
    for ax, quantity in zip(figure.subplots(1, len(GROWING)), GROWING, strict=True):
        for one in found:
            _line(ax, one, quantity, looks[one.name])
        if quantity is FIT:
            _time_limit(ax, found, results.study.timeout, looks)
        _axes_of_growth(ax, quantity)
    figure.legend(
        handles=[_handle(one, looks[one.name]) for one in found],
        loc="outside lower center",
        ncols=2,
        title=f"exponents beyond {MIN_POINTS:,} points: {', '.join(quantity.title for quantity in GROWING)}",
    )
    return figure


def _dot(ax: Axes, value: Interval, row: int, name: str, marker: str, filled: bool) -> None:
    colour = style.METHODS[0]
    values.errorbar(ax, value, row, fmt=marker, color=colour, markerfacecolor=colour if filled else "white", gid=name)


def _key(ax: Axes, entries: Sequence[tuple[str, str, bool]]) -> None:
    colour = style.METHODS[0]
    handles = [
        Line2D([], [], linestyle="", marker=marker, color=colour, mfc=colour if filled else "white", label=name)
        for name, marker, filled in entries
    ]
    n, above = len(handles), (0.5, 1.0)
    ax.legend(handles=handles, handletextpad=0, columnspacing=1, loc="lower center", bbox_to_anchor=above, ncols=n)


def _line(ax: Axes, one: Series, quantity: Quantity, look: style.Look) -> None:
    found = one.costs(quantity)
    found = found[found >= (MIN_MIB if quantity is MEMORY else 0)]
    if len(found):
        ax.plot(found.index, found, color=look.colour, marker=look.marker, gid=one.name, markersize=4, linewidth=1)
    law = one.law(quantity)
    if law is not None:
        n = np.array([law.n_from, max(ALL, law.n_to)])
        ax.plot(n, [law.at(points) for points in n], color=look.colour, linestyle=(0, (4, 2)), linewidth=0.7, gid="law")


def _axes_of_growth(ax: Axes, quantity: Quantity) -> None:
    ax.set_title(f"{quantity.title} ({quantity.unit})")
    if not ax.lines:
        style.blank(ax, "not measured")
        return
    ax.set(xscale="log", yscale="log", xlabel="training points")
    for n in (ALL_DISTANCES, MIN_POINTS):
        ax.axvline(n, color="0.8", linewidth=0.8, zorder=0)
        style.annotate(ax, f"{n:,}", (n, 0), (2, 3), xycoords=("data", "axes fraction"), color=style.GREY)
    low, high = ax.get_ylim()
    if high < 10 * low:
        ax.set_ylim(low / 4, high * 4)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axis.set_minor_formatter(NullFormatter())
    ax.grid(**style.GRID)


def _time_limit(ax: Axes, found: Sequence[Series], timeout_s: float, looks: dict[str, style.Look]) -> None:
    """Draw the time limit with the numbers of points that passed it; nothing if none did."""
    over = [one for one in found if len(one.timed_out)]
    if not over:
        return
    ax.axhline(timeout_s, color="0.3", linewidth=0.8, linestyle=(0, (1, 1)), gid="limit")
    text, xycoords = f"time limit, {seconds_as_text(timeout_s)}", ("axes fraction", "data")
    style.annotate(ax, text, (0, timeout_s), (3, 2), xycoords=xycoords, color="0.3")
    for one in over:
        n = one.timed_out["n_train"].unique()
        ax.plot(n, np.full(len(n), timeout_s), "^", color=looks[one.name].colour, gid=f"over {one.name}", zorder=3)


def _handle(one: Series, look: style.Look) -> Line2D:
    laws = [one.law(quantity) for quantity in GROWING]
    exponents = ", ".join(f"{law.exponent:.2f}" if law else "n/a" for law in laws)
    return Line2D([], [], color=look.colour, marker=look.marker, linewidth=1, label=f"{one.name}: {exponents}")
