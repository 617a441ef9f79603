"""Figures of costs: time and memory by method, score against time, and growth with the number of points.

Times of different kinds, warm, cold and of a part of the iterations, never share a panel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bench.analysis.iterations import Course, courses
from bench.analysis.quantities import QUANTITIES, Quantity
from bench.analysis.scaling import ALL_DISTANCES, FIT, INTERPOLATION, MEMORY, Series, series
from bench.analysis.scaling import QUANTITIES as GROWING
from bench.analysis.summary import interval_of
from bench.metrics.statistics import Interval
from bench.output import colours
from bench.output.figures import style, values
from bench.store.results import Results
from bench.units import seconds_as_text

AGAINST_TIME = ("knn_accuracy_k10", "silhouette", "trustworthiness_k5", "r_nx_auc")
"""Scores that stand against time."""
AS_IT_GOES_ON = ("knn_accuracy_k10", "r_nx_auc", "trustworthiness_k5", "shepard_spearman")
"""Scores that stand against time as iterations go on: of classes, of neighbours, of the arrangement of the whole."""
COSTS = {
    "once warm (s)": {"fit_s": ("fit", "o", style.INK), "transform_s": ("transform", "o", "white")},
    "cold start (s)": {"import_s": ("import", "^", "white"), "cold_start_s": ("first call", "^", style.INK)},
    "memory in fit (MiB)": {"baseline_mib": ("before", "|", style.INK), "peak_mib": ("peak", "s", style.INK)},
}
"""Costs of each panel: name, marker, and what fills it."""
STEP = 1.4
"""From one triangle beyond the time limit to the next above it, which would otherwise hide it."""
ROOM = 0.06
"""Share of the height that stays free for numbers below the lines of `scaling`."""
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
    """Draw what each method costs at each number of points, on one thread its fit alone."""
    found = [one for one in series(results) if len(one.ok)]
    if not found:
        return None
    looks = colours.looks({one.name: one.runs["reducer"].iloc[0] for one in found})
    height, rows = max(1.9, 2 * style.LABEL_STEP * len(found)), -(-len(GROWING) // 2)
    figure = style.sheet(style.WIDTH, (height + 0.6) * rows)
    axes = figure.subplots(rows, 2).ravel()
    for ax in axes[len(GROWING) :]:
        ax.remove()
    for ax, quantity in zip(axes, GROWING, strict=False):
        drawn = [one for one in found if quantity is FIT or not one.is_on_one_thread]
        ends = {one.name: end for one in drawn if (end := _line(ax, one, quantity, looks[one.name]))}
        if quantity is FIT:
            _time_limit(ax, found, results.study.timeout, looks)
        ax.set_title(f"{quantity.title} ({quantity.unit})")
        if not ax.lines:
            style.blank(ax, "not measured")
            continue
        for n in _switches(results):
            ax.axvline(n, color="0.8", linewidth=0.8, zorder=0)
            style.annotate(ax, f"{n:,}", (n, 0), (2, 3), xycoords=("data", "axes fraction"), color=style.GREY)
        for which in ("x", "y"):
            style.log_scale(ax, which, finer=False)
        low, high = ax.get_ylim()
        # Below the lines there is room for the numbers at the grey ones.
        ax.set(xlabel="training points", xlim=ax.get_xlim(), ylim=(low * (low / high) ** ROOM, high))
        ax.grid()
        style.label_ends(ax, ends, height)
    return figure


def time_to_quality(results: Results) -> SubFigure | None:
    """Draw scores against the time of fits that were asked for a part of their iterations, a line a method."""
    found = courses(results)
    keys = [key for key in AS_IT_GOES_ON if any(_path(results, one, key) for one in found)]
    if not keys:
        return None
    rows, height = -(-len(keys) // 2), max(1.9, 1.15 * style.LABEL_STEP * len(found))
    figure = style.sheet(style.WIDTH, (height + 0.6) * rows)
    axes = figure.subplots(rows, 2, squeeze=False).ravel()
    looks = colours.looks({one.whole: results.variant(one.whole).reducer for one in found})
    for ax, key in zip(axes, keys, strict=False):
        ends = {}
        for one in found:
            if path := _path(results, one, key):
                look, last = looks[one.whole], list(path.values())[-1]
                _draw_path(ax, results, path, key, look)
                ends[results.label(one.whole)] = (last[0].mean, last[1].mean, look.colour)
        style.log_scale(ax)
        ax.set(title=QUANTITIES[key].title, xlabel="fit (s)", xlim=ax.get_xlim(), ylim=ax.get_ylim())
        ax.grid()
        style.label_ends(ax, ends, height)
    for ax in axes[len(keys) :]:
        ax.remove()
    return figure


def _path(results: Results, course: Course, key: str) -> dict[str, tuple[Interval, Interval]]:
    """Return time and score by variant, in the order of iterations; empty if the fit with all of them lacks one."""
    found = {v: (interval_of(results, v, FIT.key), interval_of(results, v, key)) for v in course.variants}
    known = {v: (time, score) for v, (time, score) in found.items() if time and score}
    return known if course.whole in known else {}


def _draw_path(
    ax: Axes, results: Results, path: dict[str, tuple[Interval, Interval]], key: str, look: colours.Look
) -> None:
    """Draw the means of a course as a line, hollow but at its end, with intervals and the runs as small dots."""
    *_, whole = path
    for variant, (time, score) in path.items():
        times, scores = (results.values(variant, quantity).by_run for quantity in (FIT.key, key))
        shared = [run for run in times if run in scores]
        dots: Any = {"color": look.colour, "markersize": 1.8, "alpha": 0.4, "mew": 0}
        ax.plot([times[run] for run in shared], [scores[run] for run in shared], "o", **dots)
        fill = look.colour if variant == whole else "white"
        marks: Any = {"color": look.colour, "fmt": look.marker, "markerfacecolor": fill, "gid": variant, "zorder": 3}
        ax.errorbar(time.mean, score.mean, _errors(score), _errors(time), elinewidth=0.8, **marks)
    means = np.array([(time.mean, score.mean) for time, score in path.values()])
    ax.plot(*means.T, color=look.colour, linestyle=look.stroke, linewidth=1, zorder=2, gid=f"course of {whole}")


def scaling_note(results: Results) -> str:
    """Return what `scaling` draws of this study that it does not of every one."""
    found, changes = series(results), [f"at {n:,} points {' and '.join(of)}" for n, of in _switches(results).items()]
    said = [f"Grey lines mark what changes: {', '.join(changes)}."] if changes else []
    if any(len(one.timed_out) for one in found):
        said.append(
            "A triangle on the time limit, or above it where there are several, is a number of points with which a run "
            "passed it, or was skipped because fewer points had."
        )
    if any(_has_several(one.ok) for one in found):
        said.append("Small dots are single runs.")
    if any(one.is_on_one_thread for one in found):
        said.append("On one thread the fit alone is drawn.")
    return " ".join(said)


def _switches(results: Results) -> dict[int, list[str]]:
    """Return which methods of the study change their algorithm, by the number of points."""
    used, found = set(results.runs["reducer"]), dict[int, list[str]]()
    if "umap" in used:
        found[ALL_DISTANCES] = ["UMAP's search of neighbours"]
        found[INTERPOLATION] = ["UMAP's number of epochs"]  # from one point more on
    if "opentsne" in used:
        found.setdefault(INTERPOLATION, []).append("openTSNE's approximation of forces")
    return found


def _errors(value: Interval) -> list[list[float]] | None:
    """Return the lengths of the bars of an interval; None if there is none."""
    if value.low is None or value.high is None:
        return None
    return [[value.mean - value.low], [value.high - value.mean]]


def _line(ax: Axes, one: Series, quantity: Quantity, look: colours.Look) -> tuple[float, float, Any] | None:
    """Draw the costs of a method, and return where the line ends, with its colour; None if there is nothing to draw.

    Where there are several runs of a number of points, each is a small dot.
    """
    found = one.costs(quantity)
    found = found[found >= (MIN_MIB if quantity is MEMORY else 0)]
    if not len(found):
        return None
    runs = one.ok if quantity is not MEMORY else one.ok[:0]
    if _has_several(runs):
        dots: Any = {"color": look.colour, "markersize": 1.8, "alpha": 0.5, "mew": 0, "gid": f"runs of {one.name}"}
        ax.plot(runs["n_train"], runs[quantity.key].astype(float), "o", **dots)
    marks: Any = {"color": look.colour, "marker": look.marker, "linestyle": look.stroke, "markersize": 4}
    ax.plot(found.index, found, linewidth=1, gid=one.name, **marks)
    return float(found.index[-1]), float(found.iloc[-1]), look.colour


def _has_several(runs: pd.DataFrame) -> bool:
    """Return whether there are several runs of a number of points."""
    return bool(runs["n_train"].duplicated().any())


def _time_limit(ax: Axes, found: Sequence[Series], timeout_s: float, looks: dict[str, colours.Look]) -> None:
    """Draw the time limit with the numbers of points that passed it; nothing if none did."""
    over = [one for one in found if len(one.timed_out)]
    if not over:
        return
    ax.axhline(timeout_s, color="0.3", linewidth=0.8, linestyle=(0, (1, 1)), gid="limit")
    text, xycoords = f"time limit, {seconds_as_text(timeout_s)}", ("axes fraction", "data")
    style.annotate(ax, text, (0, timeout_s), (3, 2), xycoords=xycoords, color="0.3")
    above = Counter[int]()
    for one in over:
        n = one.timed_out["n_train"].unique()
        heights = [timeout_s * STEP ** above[int(size)] for size in n]
        above.update(map(int, n))
        ax.plot(n, heights, "^", color=looks[one.name].colour, gid=f"over {one.name}", zorder=3)
