"""Costs: time and memory by method, and what quality is to be had for how much time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bench.figures import style, values
from bench.meter import Measurement
from bench.reading import Reading
from bench.records import Outcome
from bench.scores import SCORES
from bench.statistics import Interval

QUALITY: tuple[tuple[str, int | None], ...] = (
    ("knn_accuracy", 10),
    ("silhouette", None),
    ("trustworthiness", 5),
    ("r_nx_auc", None),
)
"""Scores that stand against time."""

TIMES: tuple[tuple[str, str, bool, Callable[[Outcome], Measurement | None]], ...] = (
    ("fit", "o", True, lambda outcome: outcome.fit),
    ("transform", "o", False, lambda outcome: outcome.transform),
)
COLD: tuple[tuple[str, str, bool, Callable[[Outcome], Measurement | None]], ...] = (
    ("import", "^", False, lambda outcome: outcome.imported),
    ("first call", "^", True, lambda outcome: outcome.cold_start),
)
"""Parts of a run: name, marker, whether it is filled, and where it stands."""


def quality_and_time(reading: Reading) -> Figure | None:
    """Draw scores against the time of a fit, with the methods that none beats in both."""
    variants = values.labels(reading)
    times = {variant: values.cost(reading, variant, lambda outcome: outcome.fit) for variant in variants}
    found = []
    for key, k in QUALITY:
        both = {
            variant: (time, score)
            for variant, time in times.items()
            if time is not None and (score := values.score(reading, variant, key, k)) is not None
        }
        if both:
            found.append((key, k, both))
    if not found:
        return None
    rows = -(-len(found) // 2)
    figure = Figure(figsize=(style.WIDTH, 2.3 * rows + 1.1), layout="constrained")
    axes = figure.subplots(rows, 2, squeeze=False, sharex=True).ravel()
    looks = style.looks(reading.variants)
    for ax, (key, k, both) in zip(axes, found, strict=False):
        _front(ax, [(time.median, score.median) for time, score in both.values()], SCORES[key].higher_is_better)
        for variant, (time, score) in both.items():
            look = looks[variant]
            values.errorbar(ax, time, score, color=look.colour, fmt=look.marker, gid=variant, zorder=3)
        ax.set(xscale="log", title=SCORES[key].label + (f", k = {k}" if k else ""))
        ax.tick_params(labelbottom=True)
        ax.set_xlabel("fit (s)")
        style.plain_ticks(ax)
    for ax in axes[len(found) :]:
        ax.remove()
    style.legend_of_methods(figure, variants, looks, lines=False)
    style.note(figure, values.missing(reading))
    return figure


def pareto(points: list[tuple[float, float]], higher_is_better: bool | None) -> list[tuple[float, float]]:
    """Return the points (time, score) that no other beats in one and matches in the other, by time."""
    sign = -1.0 if higher_is_better is False else 1.0
    front: list[tuple[float, float]] = []
    for time, score in sorted(points, key=lambda point: (point[0], -sign * point[1])):
        if not front or sign * score > sign * front[-1][1]:
            front.append((time, score))
    return front


def costs(reading: Reading) -> Figure | None:
    """Draw time, cold start and memory of each method."""
    variants = reading.variants
    if not any(reading.well(variant) for variant in variants):
        return None
    figure = Figure(figsize=(style.WIDTH, 0.27 * len(variants) + 1.5), layout="constrained")
    axes = figure.subplots(1, 3, sharey=True, width_ratios=(1.2, 1, 1))
    for ax, parts in zip(axes, (TIMES, COLD), strict=False):
        for place, variant in enumerate(variants):
            for name, marker, filled, part in parts:
                _dot(ax, values.cost(reading, variant, part), place, marker, filled, name)
        _key(ax, [(name, marker, filled) for name, marker, filled, _ in parts])
    for place, variant in enumerate(variants):
        _memory(axes[2], reading, variant, place)
        if not reading.well(variant):
            axes[0].text(
                0.02, place, values.why_not(reading, variant)[:34], fontsize=6.5, va="center", color=style.GREY
            )
            axes[0].texts[-1].set_transform(axes[0].get_yaxis_transform())
    _key(axes[2], [("before", "|", True), ("peak", "s", True)])
    for ax, label in zip(axes, ("once warm (s)", "cold start (s)", "memory in fit (MiB)"), strict=True):
        ax.set(xlabel=label)
        if ax is not axes[2]:
            ax.set_xscale("log")
            style.plain_ticks(ax)
        ax.grid(axis="x", color="0.92", linewidth=0.5)
    axes[2].set_xlim(left=0)
    axes[0].set(yticks=range(len(variants)), ylim=(len(variants) - 0.5, -0.5))
    axes[0].set_yticklabels([style.wrapped(reading.label(variant), 28) for variant in variants])
    return figure


def _front(ax: Axes, points: list[tuple[float, float]], higher_is_better: bool | None) -> None:
    front = np.array(pareto(points, higher_is_better))
    ax.step(*front.T, where="post", color="0.75", linewidth=3, zorder=1, gid="front")


def _dot(ax: Axes, value: Interval | None, place: int, marker: str, filled: bool, name: str) -> None:
    if value is not None:
        colour = style.METHODS[0]
        inside = colour if filled else "white"
        values.errorbar(ax, value, place, fmt=marker, color=colour, markerfacecolor=inside, gid=name)


def _memory(ax: Axes, reading: Reading, variant: str, place: int) -> None:
    before, peak = (
        values.cost(reading, variant, lambda outcome: outcome.fit, what) for what in ("baseline_mib", "peak_mib")
    )
    if before is not None and peak is not None:
        ax.plot([before.median, peak.median], [place, place], color="0.7", linewidth=2, zorder=1)
        _dot(ax, before, place, "|", True, "before")
        _dot(ax, peak, place, "s", True, "peak")


def _key(ax: Axes, entries: list[tuple[str, str, bool]]) -> None:
    colour = style.METHODS[0]
    handles = [
        Line2D(
            [], [], linestyle="", marker=marker, color=colour, markerfacecolor=colour if filled else "white", label=n
        )
        for n, marker, filled in entries
    ]
    ax.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=len(handles),
        handletextpad=0,
        columnspacing=1,
    )
