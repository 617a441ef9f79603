"""What another setting of one parameter does to the scores."""

from __future__ import annotations

from collections import Counter
from math import nan
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from bench.analysis.quantities import QUANTITIES
from bench.analysis.summary import interval_of
from bench.output import colours
from bench.output.figures import style
from bench.store.results import Results
from bench.studies.sweeps import Sweep, sweeps

SHOWN = ("knn_accuracy_k10_test", "r_nx_auc", "shepard_spearman", "silhouette", "kmeans_ari")
"""Score of each row."""
DIAL = ["r_nx_auc", "silhouette"]
"""What the path of a sweep leads through: neighbours kept, and how far classes are separated."""
AWAY = 8.0
"""Points from a setting to its name, away from the middle of the path."""
HALO = (withStroke(linewidth=1.5, foreground="white"),)
MAX_LETTERS = 16
"""Letters of the settings, each as long as the longest, that fit side by side under a panel."""


def draw(results: Results) -> SubFigure | None:
    """Draw scores against the settings of each parameter that is varied."""
    found = _tables(results)
    rows = [key for key in SHOWN if any(table[key].notna().any() for _, table in found)]
    if not rows:
        return None
    looks = colours.looks({sweep.label: results.variant(sweep.base).reducer for sweep, _ in found})
    width = max(style.NARROW, min(style.WIDTH, 0.6 + 1.4 * len(found)))
    figure = style.sheet(width, 0.9 * len(rows) + 0.5)
    axes = figure.subplots(len(rows), len(found), squeeze=False, sharex="col", sharey="row")
    for column, (sweep, table) in zip(axes.T, found, strict=True):
        column[0].set_title(f"{sweep.label}\n{sweep.parameter}")
        for ax, key in zip(column, rows, strict=True):
            _settings(ax, sweep)
            means = _means(results, sweep)[key].dropna()
            _values(ax, table[key].dropna(), means, looks[sweep.label].colour, "-" if sweep.is_numeric else "_")
    for of_row, key in zip(axes, rows, strict=True):
        of_row[0].set_ylabel(style.wrapped(QUANTITIES[key].title, 16), fontsize=7)
        pixels, _ = results.single("pixels", key)
        for ax in of_row if pixels is not None else ():
            ax.axhline(pixels, color=style.GREY, linewidth=0.7, linestyle=(0, (3, 2)), gid="pixels")
    figure.align_ylabels()
    return figure


def named(results: Results) -> str:
    """Return the parameters that a study varies, as text."""
    found = [sweep.parameter for sweep, _ in _tables(results)]
    return ", ".join(dict.fromkeys(found))


def dial(results: Results) -> SubFigure | None:
    """Draw silhouette against neighbours kept, a path through the settings of each parameter."""
    found = _tables(results)
    looks = colours.looks({sweep.label: results.variant(sweep.base).reducer for sweep, _ in found})
    means = [_means(results, sweep)[DIAL].dropna() for sweep, _ in found]
    paths = [(*one, path) for one, path in zip(found, means, strict=True) if one[0].is_numeric and len(path) > 1]
    if not paths:
        return None
    figure = style.sheet(style.WIDTH, 3.8)
    ax, drawn = figure.subplots(), Counter[str]()
    for sweep, table, path in paths:
        look = looks[sweep.label]
        stroke = colours.STROKES[drawn[sweep.label] % len(colours.STROKES)]
        ax.plot(*table[DIAL].to_numpy().T, "o", color=look.colour, markersize=2, alpha=0.3, mew=0)
        ax.plot(*path.to_numpy().T, "o", color=look.colour, linestyle=stroke, linewidth=1, markersize=3, gid="path")
        drawn[sweep.label] += 1
    ax.set(xlabel=QUANTITIES[DIAL[0]].title, ylabel=QUANTITIES[DIAL[1]].title)
    ax.margins(0.12)
    ax.grid()
    for sweep, _, path in paths:  # when the scale is known
        drawn[sweep.label] -= 1
        _name_settings(ax, sweep, path, looks[sweep.label].colour, is_last=not drawn[sweep.label])
    return figure


def _name_settings(ax: Axes, sweep: Sweep, path: pd.DataFrame, colour: Any, is_last: bool) -> None:
    """Write the settings at both ends of a path beside them, away from the default, which is a ring with the method."""
    default = list(sweep.variants).index(sweep.default)
    start = path.loc[default].to_numpy() if default in path.index else path.to_numpy().mean(axis=0)
    if is_last and default in path.index:
        ax.plot(*start, "o", color=colour, markersize=7, markerfacecolor="white", gid="default")
        look: Any = {"weight": "bold", "color": colour, "fontsize": 8, "ha": "center", "path_effects": HALO}
        style.annotate(ax, sweep.label, (start[0], start[1]), (0, 0.8 * AWAY), **look)
    for place in {path.index[0], path.index[-1]} - {default}:
        end = path.loc[place].to_numpy()
        outwards = np.subtract(*ax.transData.transform([end, start]))
        x, y = 1.6 * AWAY * outwards / max(float(np.linalg.norm(outwards)), 1e-9)
        text = f"{sweep.parameter} {written(list(sweep.variants)[place])}"
        look = {"ha": "center", "va": "center", "color": style.INK, "path_effects": HALO}
        style.annotate(ax, text, (end[0], end[1]), (x, y), **look)


def _tables(results: Results) -> list[tuple[Sweep, pd.DataFrame]]:
    """Return the sweeps of which there are runs, each with its scores (columns) by place of the setting (index)."""
    found = []
    for sweep in sweeps(results.study):
        rows = []
        for place, variant in enumerate(sweep.variants.values()):
            for run in results.run_ids(variant) if variant in results.variants else ():
                scores = {key: results.values(variant, key).by_run.get(run, nan) for key in SHOWN}
                rows.append({"place": place, **scores})
        if rows:
            found.append((sweep, pd.DataFrame(rows).set_index("place")))
    return found


def _means(results: Results, sweep: Sweep) -> pd.DataFrame:
    """Return the means of the scores of a sweep (columns) by place of the setting (index)."""
    found = {}
    for place, variant in enumerate(sweep.variants.values()):
        of = {key: interval_of(results, variant, key) for key in SHOWN} if variant in results.variants else {}
        found[place] = {key: one.mean for key, one in of.items() if one is not None}
    return pd.DataFrame.from_dict(found, orient="index", columns=list(SHOWN), dtype=float)


def _settings(ax: Axes, sweep: Sweep) -> None:
    """Make the x axis that of the settings, side by side, with a bar at the default."""
    names = [written(value) for value in sweep.variants]
    ax.set_xticks(range(len(names)), names)
    crowded = len(names) * max(map(len, names)) > MAX_LETTERS
    ax.tick_params(axis="x", labelsize=6, labelrotation=45 if crowded else 0)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.set_xlim(-0.5, len(names) - 0.5)
    ax.axvline(list(sweep.variants).index(sweep.default), color="0.85", linewidth=4, zorder=0)


def _values(ax: Axes, of_runs: pd.Series, means: pd.Series, colour: Any, stroke: str) -> None:
    if of_runs.empty:
        ax.text(0.5, 0.5, "n/a", ha="center", va="center", transform=ax.transAxes, color=style.GREY, fontsize=7)
        return
    ax.plot(of_runs.index, of_runs, "o", color=colour, markersize=2.5, alpha=0.6, mew=0)
    ax.plot(means.index, means, stroke, color=colour, gid="means")


def written(value: Any) -> str:
    """Return a setting as text."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)
