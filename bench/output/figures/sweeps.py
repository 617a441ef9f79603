"""What another setting of one parameter does to the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import MaxNLocator

from bench.analysis.quantities import QUANTITIES
from bench.output.figures import style
from bench.store.results import Results
from bench.studies.sweeps import Sweep, sweeps

SHOWN = ("knn_accuracy_k10_test", "r_nx_auc", "shepard_spearman", "silhouette", "kmeans_ari")
"""Score of each row."""
DIAL = ("r_nx_auc", "silhouette")
"""What the path of a sweep leads through: neighbours kept, and how far classes stand apart."""
MAX_LETTERS = 16
"""Letters of the settings, each as long as the longest, that fit side by side under a panel."""

Points = Mapping[Any, Sequence[float]]
"""Values over seeds, by setting."""


def draw(results: Results) -> SubFigure | None:
    """Draw scores against the settings of each parameter that is varied."""
    found = _run(results)
    points = {(key, i): _points(results, sweep, key) for i, sweep in enumerate(found) for key in SHOWN}
    rows = [key for key in SHOWN if any(points[key, i] for i in range(len(found)))]
    if not rows:
        return None
    looks = style.looks(sweep.label for sweep in found)
    width = max(style.NARROW, min(style.WIDTH, 0.6 + 1.4 * len(found)))
    figure = style.sheet(width, 0.9 * len(rows) + 0.5)
    axes = figure.subplots(len(rows), len(found), squeeze=False, sharex="col", sharey="row")
    for column, sweep in enumerate(found):
        axes[0, column].set_title(f"{sweep.label}\n{sweep.parameter}")
        for ax, key in zip(axes[:, column], rows, strict=True):
            _settings(ax, sweep)
            if points[key, column]:
                _values(ax, sweep, points[key, column], looks[sweep.label])
            else:
                ax.text(0.5, 0.5, "n/a", ha="center", va="center", transform=ax.transAxes, color=style.GREY, fontsize=7)
    for of_row, key in zip(axes, rows, strict=True):
        of_row[0].set_ylabel(style.wrapped(QUANTITIES[key].title, 16), fontsize=7)
        pixels, _ = results.single("pixels", key)
        for ax in of_row if pixels is not None else ():
            ax.axhline(pixels, color=style.GREY, linewidth=0.7, linestyle=(0, (3, 2)), gid="pixels")
    figure.align_ylabels()
    return figure


def dial(results: Results) -> SubFigure | None:
    """Draw silhouette against neighbours kept, as a path through the settings of each parameter."""
    found, paths = _run(results), []
    for sweep in found:
        x, y = (_medians(_points(results, sweep, key)) for key in DIAL)
        both = [value for value in sweep.variants if value in x and value in y]
        if sweep.is_numeric and len(both) > 1:
            paths.append((sweep, [(value, x[value], y[value]) for value in both]))
    if not paths:
        return None
    looks = style.looks(sweep.label for sweep in found)
    figure, axes = style.panels(len(paths), headroom=0.6)
    for ax, (sweep, path) in zip(axes[:, 0], paths, strict=True):
        for variant in sweep.variants.values():
            seeds = [results.values(variant, key).by_run for key in DIAL] if variant in results.variants else [{}, {}]
            both = [(seeds[0][run], seeds[1][run]) for run in seeds[0] if run in seeds[1]]
            if both:
                ax.plot(*np.array(both).T, "o", color=looks[sweep.label].colour, markersize=2, alpha=0.4, mew=0)
        _path(ax, sweep, path, looks[sweep.label])
        ax.set_title(f"{sweep.label}\n{sweep.parameter}")
        ax.set_xlabel(QUANTITIES[DIAL[0]].title, fontsize=7)
        ax.margins(0.2)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(3))
    axes[0, 0].set_ylabel(QUANTITIES[DIAL[1]].title, fontsize=7)
    return figure


def _run(results: Results) -> list[Sweep]:
    """Return the sweeps of which there are runs."""
    return [sweep for sweep in sweeps(results.study) if set(sweep.variants.values()) & set(results.variants)]


def _points(results: Results, sweep: Sweep, key: str) -> Points:
    """Return a score over seeds of each setting that has it."""
    run = {value: variant for value, variant in sweep.variants.items() if variant in results.variants}
    found = {value: list(results.values(variant, key).by_run.values()) for value, variant in run.items()}
    return {value: scores for value, scores in found.items() if scores}


def _medians(points: Points) -> dict[Any, float]:
    return {value: float(np.median(scores)) for value, scores in points.items()}


def _settings(ax: Axes, sweep: Sweep) -> None:
    """Make the x axis that of the settings, side by side, with a bar at the default."""
    settings = list(sweep.variants)
    written = [_written(value) for value in settings]
    ax.set_xticks(range(len(settings)), written)
    crowded = len(settings) * max(map(len, written)) > MAX_LETTERS
    ax.tick_params(axis="x", labelsize=6, labelrotation=45 if crowded else 0)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.set_xlim(-0.5, len(settings) - 0.5)
    ax.axvline(settings.index(sweep.default), color="0.85", linewidth=4, zorder=0)


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _values(ax: Axes, sweep: Sweep, points: Points, look: style.Look) -> None:
    at = {value: x for x, value in enumerate(sweep.variants)}
    seeds = [(at[value], score) for value, scores in points.items() for score in scores]
    ax.plot(*np.array(seeds).T, "o", color=look.colour, markersize=2.5, alpha=0.6, mew=0)
    medians = _medians(points)
    stroke = "-" if sweep.is_numeric else "_"
    ax.plot([at[value] for value in medians], list(medians.values()), stroke, color=look.colour, gid="medians")


def _path(ax: Axes, sweep: Sweep, path: Sequence[tuple[Any, float, float]], look: style.Look) -> None:
    _, xs, ys = zip(*path, strict=True)
    ax.plot(xs, ys, color=look.colour, linewidth=0.8, gid="path")
    for value, x, y in path:
        is_default = value == sweep.default
        if is_default:
            ax.plot(x, y, "o", color=look.colour, markersize=6, markerfacecolor="white", gid="default")
        weight = "bold" if is_default else "normal"
        style.annotate(ax, _written(value), (x, y), (4, 3), weight=weight)
