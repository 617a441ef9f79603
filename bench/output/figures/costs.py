"""Figures of costs: time and memory by method, score against time, and growth with the number of points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bench.analysis.quantities import QUANTITIES, Quantity
from bench.analysis.scaling import ALL_DISTANCES, FIT, MEMORY, MIN_POINTS, Series, series
from bench.analysis.scaling import QUANTITIES as GROWING
from bench.analysis.summary import interval_of
from bench.metrics.statistics import Interval
from bench.output import colours
from bench.output.figures import style, values
from bench.store.results import Results
from bench.units import seconds_as_text

AGAINST_TIME = ("knn_accuracy_k10", "silhouette", "trustworthiness_k5", "r_nx_auc")
"""Scores that stand against time."""
COSTS = {
    "once warm (s)": {"fit_s": ("fit", "o", style.INK), "transform_s": ("transform", "o", "white")},
    "cold start (s)": {"import_s": ("import", "^", "white"), "cold_start_s": ("first call", "^", style.INK)},
    "memory in fit (MiB)": {"baseline_mib": ("before", "|", style.INK), "peak_mib": ("peak", "s", style.INK)},
}
"""Costs of each panel: name, marker, and what fills it."""
MIN_MIB = 1.0
"""Memory below it is not drawn: a page more or less, and no growth."""


def quality_and_time(results: Results) -> SubFigure | None:
    """Draw scores against the time of a fit, with the methods that none beats in both; controls are left out."""
    ok = [variant for variant in results.methods if results.ok(variant)]
    found: dict[str, dict[str, tuple[Interval, Interval]]] = {}
    for key in AGAINST_TIME:
        for variant in ok:
            time, score = interval_of(results, variant, "fit_s"), interval_of(results, variant, key)
            if time and score:
                found.setdefault(key, {})[variant] = time, score
    if not found:
        return None
    rows, height = -(-len(found) // 2), max(1.7, 1.15 * style.LABEL_STEP * len(ok))
    figure = style.sheet(style.WIDTH, (height + 0.6) * rows)
    axes = figure.subplots(rows, 2, squeeze=False).ravel()
    looks = values.looks(results)
    for ax, (key, known) in zip(axes, found.items(), strict=False):
        front = pareto([(time.mean, score.mean) for time, score in known.values()], QUANTITIES[key].better)
        ax.step(*np.array(front).T, where="post", color="0.85", linewidth=3, zorder=1, gid="front")
        for variant, (time, score) in known.items():
            look: Any = {"color": looks[variant].colour, "fmt": looks[variant].marker, "gid": variant, "zorder": 3}
            ax.errorbar(time.mean, score.mean, _errors(score), _errors(time), elinewidth=0.8, **look)
        style.log_scale(ax)
        ax.set(title=QUANTITIES[key].title, xlabel="fit (s)", xlim=ax.get_xlim(), ylim=ax.get_ylim())
        ends = {v: (time.mean, score.mean, looks[v].colour) for v, (time, score) in known.items()}
        style.label_ends(ax, {results.label(v): end for v, end in ends.items()}, height)
    for ax in axes[len(found) :]:
        ax.remove()
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
    if not values.successful(results):
        return None
    figure, axes = values.rows(results, len(COSTS), 1.5, width_ratios=(1.2, 1, 1))
    for ax, (title, parts) in zip(axes, COSTS.items(), strict=True):
        for row, variant in enumerate(results.variants):
            found = {key: interval_of(results, variant, key) for key in parts}
            ends = [one.mean for one in found.values() if one]
            if "peak_mib" in parts and len(ends) == 2:
                ax.hlines(row, *ends, color="0.7", linewidth=2, zorder=1)
            for key, one in found.items():
                name, marker, fill = parts[key]
                if one:
                    look: Any = {"fmt": marker, "color": style.INK, "markerfacecolor": fill, "gid": name}
                    ax.errorbar(one.mean, row, xerr=_errors(one), elinewidth=0.8, **look)
        handles = [style.handle(name, style.INK, marker, mfc=fill) for name, marker, fill in parts.values()]
        above: Any = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": len(handles)}
        ax.legend(handles=handles, handletextpad=0, columnspacing=1, **above)
        ax.set_xlabel(title)
        ax.grid(axis="x")
    for row, variant in enumerate(results.variants):
        if not results.ok(variant):
            values.reason(axes[0], row, values.failure(results, variant)[:34])
    for ax in axes[:2]:
        style.log_scale(ax)
    axes[2].set_xlim(left=0)
    return figure


def scaling(results: Results) -> SubFigure | None:
    """Draw what each method costs at each number of points."""
    found = [one for one in series(results) if len(one.ok)]
    if not found:
        return None
    looks = colours.looks({one.name: one.runs["reducer"].iloc[0] for one in found})
    height, rows = max(1.9, 1.15 * style.LABEL_STEP * len(found)), -(-len(GROWING) // 2)
    figure = style.sheet(style.WIDTH, (height + 0.6) * rows)
    axes = figure.subplots(rows, 2).ravel()
    for ax in axes[len(GROWING) :]:
        ax.remove()
    for ax, quantity in zip(axes, GROWING, strict=False):
        ends = {one.name: end for one in found if (end := _line(ax, one, quantity, looks[one.name]))}
        if quantity is FIT:
            _time_limit(ax, found, results.study.timeout, looks)
        ax.set_title(f"{quantity.title} ({quantity.unit})")
        if not ax.lines:
            style.blank(ax, "not measured")
            continue
        for n in (ALL_DISTANCES, MIN_POINTS):
            ax.axvline(n, color="0.8", linewidth=0.8, zorder=0)
            style.annotate(ax, f"{n:,}", (n, 0), (2, 3), xycoords=("data", "axes fraction"), color=style.GREY)
        for which in ("x", "y"):
            style.log_scale(ax, which, finer=False)
        ax.set(xlabel="training points", xlim=ax.get_xlim(), ylim=ax.get_ylim())
        ax.grid()
        style.label_ends(ax, ends, height)
    return figure


def switches(results: Results) -> str:
    """Return what the grey lines of `scaling` mark: where a method of the study changes its algorithm."""
    used = set(results.runs["reducer"])
    said = [f"at {ALL_DISTANCES:,} points UMAP's search of neighbours"] * ("umap" in used)
    said += [f"at {MIN_POINTS:,} points UMAP's number of epochs"] * ("umap" in used)
    said += [f"at {MIN_POINTS:,} points openTSNE's approximation of forces"] * ("opentsne" in used)
    return f"Grey lines mark what changes: {', '.join(said)}." if said else ""


def _errors(value: Interval) -> list[list[float]] | None:
    """Return the lengths of the bars of an interval; None if there is none."""
    if value.low is None or value.high is None:
        return None
    return [[value.mean - value.low], [value.high - value.mean]]


def _line(ax: Axes, one: Series, quantity: Quantity, look: colours.Look) -> tuple[float, float, Any] | None:
    """Draw the costs of a method, and return where the line ends, with its colour; None if there is nothing to draw."""
    found = one.costs(quantity)
    found = found[found >= (MIN_MIB if quantity is MEMORY else 0)]
    if not len(found):
        return None
    ax.plot(found.index, found, color=look.colour, marker=look.marker, gid=one.name, markersize=4, linewidth=1)
    return float(found.index[-1]), float(found.iloc[-1]), look.colour


def _time_limit(ax: Axes, found: Sequence[Series], timeout_s: float, looks: dict[str, colours.Look]) -> None:
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
