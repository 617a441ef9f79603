"""What another setting of one parameter does to the scores."""

from __future__ import annotations

from math import nan
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import MaxNLocator

from bench.analysis.quantities import QUANTITIES
from bench.output.figures import style
from bench.store.results import Results
from bench.studies.sweeps import Sweep, sweeps

SHOWN = ("knn_accuracy_k10_test", "r_nx_auc", "shepard_spearman", "silhouette", "kmeans_ari")
"""Score of each row."""
DIAL = ["r_nx_auc", "silhouette"]
"""What the path of a sweep leads through: neighbours kept, and how far classes stand apart."""
MAX_LETTERS = 16
"""Letters of the settings, each as long as the longest, that fit side by side under a panel."""


def draw(results: Results) -> SubFigure | None:
    """Draw scores against the settings of each parameter that is varied."""
    found = _tables(results)
    rows = [key for key in SHOWN if any(table[key].notna().any() for _, table in found)]
    if not rows:
        return None
    looks = style.looks({sweep.label: results.variant(sweep.base).reducer for sweep, _ in found})
    width = max(style.NARROW, min(style.WIDTH, 0.6 + 1.4 * len(found)))
    figure = style.sheet(width, 0.9 * len(rows) + 0.5)
    axes = figure.subplots(len(rows), len(found), squeeze=False, sharex="col", sharey="row")
    for column, (sweep, table) in zip(axes.T, found, strict=True):
        column[0].set_title(f"{sweep.label}\n{sweep.parameter}")
        for ax, key in zip(column, rows, strict=True):
            _settings(ax, sweep)
            _values(ax, table[key].dropna(), looks[sweep.label].colour, "-" if sweep.is_numeric else "_")
    for of_row, key in zip(axes, rows, strict=True):
        of_row[0].set_ylabel(style.wrapped(QUANTITIES[key].title, 16), fontsize=7)
        pixels, _ = results.single("pixels", key)
        for ax in of_row if pixels is not None else ():
            ax.axhline(pixels, color=style.GREY, linewidth=0.7, linestyle=(0, (3, 2)), gid="pixels")
    figure.align_ylabels()
    return figure


def dial(results: Results) -> SubFigure | None:
    """Draw silhouette against neighbours kept, as a path through the settings of each parameter."""
    found = _tables(results)
    looks = style.looks({sweep.label: results.variant(sweep.base).reducer for sweep, _ in found})
    medians = [table.groupby("place")[DIAL].median().dropna() for _, table in found]
    paths = [(*one, path) for one, path in zip(found, medians, strict=True) if one[0].is_numeric and len(path) > 1]
    if not paths:
        return None
    figure, axes = style.panels(len(paths), headroom=0.6)
    for ax, (sweep, table, path) in zip(axes[:, 0], paths, strict=True):
        colour, settings = looks[sweep.label].colour, list(sweep.variants)
        ax.plot(*table[DIAL].to_numpy().T, "o", color=colour, markersize=2, alpha=0.4, mew=0)
        ax.plot(*path.to_numpy().T, color=colour, linewidth=0.8, gid="path")
        for place, at in zip(path.index, path.itertuples(index=False, name=None), strict=True):
            is_default = settings[place] == sweep.default
            if is_default:
                ax.plot(*at, "o", color=colour, markersize=6, markerfacecolor="white", gid="default")
            weight = "bold" if is_default else "normal"
            style.annotate(ax, _written(settings[place]), at, (4, 3), weight=weight)
        ax.set_title(f"{sweep.label}\n{sweep.parameter}")
        ax.set_xlabel(QUANTITIES[DIAL[0]].title, fontsize=7)
        ax.margins(0.2)
        ax.locator_params(nbins=3)
    axes[0, 0].set_ylabel(QUANTITIES[DIAL[1]].title, fontsize=7)
    return figure


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


def _settings(ax: Axes, sweep: Sweep) -> None:
    """Make the x axis that of the settings, side by side, with a bar at the default."""
    written = [_written(value) for value in sweep.variants]
    ax.set_xticks(range(len(written)), written)
    crowded = len(written) * max(map(len, written)) > MAX_LETTERS
    ax.tick_params(axis="x", labelsize=6, labelrotation=45 if crowded else 0)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.set_xlim(-0.5, len(written) - 0.5)
    ax.axvline(list(sweep.variants).index(sweep.default), color="0.85", linewidth=4, zorder=0)


def _values(ax: Axes, of_seeds: pd.Series, colour: Any, stroke: str) -> None:
    if of_seeds.empty:
        ax.text(0.5, 0.5, "n/a", ha="center", va="center", transform=ax.transAxes, color=style.GREY, fontsize=7)
        return
    ax.plot(of_seeds.index, of_seeds, "o", color=colour, markersize=2.5, alpha=0.6, mew=0)
    medians = of_seeds.groupby("place").median()
    ax.plot(medians.index, medians, stroke, color=colour, gid="medians")


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
