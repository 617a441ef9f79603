"""What turning one parameter does to the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from bench.figures import style
from bench.reading import Reading
from bench.scores import SCORES
from bench.sweeps import Sweep, sweeps

SHOWN: tuple[tuple[str, str, int | None], ...] = (
    ("knn_accuracy", "test", 10),
    ("r_nx_auc", "fit", None),
    ("shepard_spearman", "fit", None),
    ("silhouette", "fit", None),
    ("kmeans_ari", "fit", None),
)
"""Score, split and k of each row."""
DIAL = (("r_nx_auc", "fit", None), ("silhouette", "fit", None))
"""What the path of a sweep leads through: neighbours kept, and how far classes stand apart."""

Points = Mapping[Any, Sequence[float]]
"""Values over seeds, by setting."""


def draw(reading: Reading) -> Figure | None:
    """Draw scores against the settings of each parameter that is turned."""
    found = sweeps(reading.study)
    points = {(row, i): _points(reading, sweep, *row) for i, sweep in enumerate(found) for row in SHOWN}
    rows = [row for row in SHOWN if any(points[row, i] for i in range(len(found)))]
    if not rows:
        return None
    looks = _looks(found)
    width = max(style.NARROW, min(style.WIDTH, 0.6 + 1.4 * len(found)))
    figure = Figure(figsize=(width, 0.9 * len(rows) + 0.5), layout="constrained")
    axes = figure.subplots(len(rows), len(found), squeeze=False, sharex="col", sharey="row")
    for column, sweep in enumerate(found):
        for ax, row in zip(axes[:, column], rows, strict=True):
            _settings(ax, sweep)
            if points[row, column]:
                _values(ax, sweep, points[row, column], looks[sweep.label])
            else:
                _without(ax)
        axes[0, column].set_title(f"{sweep.label}\n{sweep.parameter}")
    for ax, (key, split, k) in zip(axes[:, 0], rows, strict=True):
        of = (f", k = {k}" if k else "") + (",\nheld-out" if split == "test" else "")
        ax.set_ylabel(SCORES[key].label + of)
    figure.align_ylabels()
    return figure


def dial(reading: Reading) -> Figure | None:
    """Draw silhouette against neighbours kept, as a path through the settings of each parameter."""
    paths = []
    for sweep in sweeps(reading.study):
        x, y = (_medians(_points(reading, sweep, *score)) for score in DIAL)
        both = [value for value in sweep.variants if value in x and value in y]
        if sweep.is_numeric and len(both) > 1:
            paths.append((sweep, [(value, x[value], y[value]) for value in both]))
    if not paths:
        return None
    looks = _looks([sweep for sweep, _ in paths])
    figure, axes = style.panels(len(paths), headroom=0.55, side=0.4)
    first = axes[0, 0]
    for ax, (sweep, places) in zip(axes[:, 0], paths, strict=True):
        ax.sharex(first)
        ax.sharey(first)
        _path(ax, sweep, places, looks[sweep.label])
        ax.set_title(f"{sweep.label}\n{sweep.parameter}")
        ax.label_outer()
    first.margins(0.18)
    figure.supxlabel(f"{SCORES[DIAL[0][0]].label}: neighbours kept", fontsize=8)
    figure.supylabel(f"{SCORES[DIAL[1][0]].label}: classes apart", fontsize=8)
    return figure


def _points(reading: Reading, sweep: Sweep, key: str, split: str, k: int | None) -> Points:
    """Return a score over seeds of each setting that has it."""
    found = {
        value: [score for item in reading.well(variant) if (score := item.score(key, split, k)) is not None]
        for value, variant in sweep.variants.items()
        if variant in reading.variants
    }
    return {value: scores for value, scores in found.items() if scores}


def _medians(points: Points) -> dict[Any, float]:
    return {value: float(np.median(scores)) for value, scores in points.items()}


def _looks(found: Sequence[Sweep]) -> dict[str, style.Look]:
    return style.looks(list(dict.fromkeys(sweep.label for sweep in found)))


def _places(sweep: Sweep) -> dict[Any, float]:
    """Return where each setting stands on the x axis: numbers at themselves, others side by side."""
    if sweep.is_numeric:
        return {value: float(value) for value in sweep.variants}
    return {value: float(place) for place, value in enumerate(sweep.variants)}


def _settings(ax: Axes, sweep: Sweep) -> None:
    """Make the x axis that of the settings, with a line at the default."""
    places = _places(sweep)
    if sweep.is_logarithmic:
        ax.set_xscale("log")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(list(places.values()), [f"{value:g}" if sweep.is_numeric else value for value in places])
    ax.tick_params(axis="x", labelsize=6)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.margins(x=0.12)
    ax.axvline(places[sweep.default], color="0.8", linewidth=3, zorder=0)


def _values(ax: Axes, sweep: Sweep, points: Points, look: style.Look) -> None:
    places = _places(sweep)
    for value, scores in points.items():
        ax.plot([places[value]] * len(scores), scores, "o", color=look.colour, markersize=2.5, alpha=0.7, mew=0)
    medians = _medians(points)
    stroke = "-" if sweep.is_numeric else ""
    ax.plot([places[v] for v in medians], list(medians.values()), stroke or "_", color=look.colour, markersize=9)


def _path(ax: Axes, sweep: Sweep, places: Sequence[tuple[Any, float, float]], look: style.Look) -> None:
    ax.plot([x for _, x, _ in places], [y for _, _, y in places], color=look.colour, marker="o", markersize=2.5)
    for value, x, y in places:
        is_default = value == sweep.default
        if is_default:
            ax.plot(x, y, "o", color=look.colour, markersize=6, markerfacecolor="white", gid="default")
        ax.annotate(
            f"{value:g}",
            (x, y),
            xytext=(4, 3),
            textcoords="offset points",
            fontsize=6,
            weight="bold" if is_default else "normal",
        )
