"""What turning one parameter does to the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bench.figures import style
from bench.reading import Reading
from bench.scores import SCORES
from bench.scores.score import Split
from bench.sweeps import Sweep, sweeps

SHOWN: tuple[tuple[str, Split, int | None], ...] = (
    ("knn_accuracy", "test", 10),
    ("r_nx_auc", "fit", None),
    ("shepard_spearman", "fit", None),
    ("silhouette", "fit", None),
    ("kmeans_ari", "fit", None),
)
"""Score, split and k of each row."""
DIAL = (("r_nx_auc", "fit", None), ("silhouette", "fit", None))
"""What the path of a sweep leads through: neighbours kept, and how far classes stand apart."""

MOST_LETTERS = 16
"""Letters of the settings, each as long as the longest, that lie side by side under a panel."""

Points = Mapping[Any, Sequence[float]]
"""Values over seeds, by setting."""


def draw(reading: Reading) -> Figure | None:
    """Draw scores against the settings of each parameter that is turned."""
    found = _run(reading)
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
    pixels = {(v.score, v.split, v.k): v.value for v in reading.references.get("pixels", ()) if not v.part}
    for of_row, row in zip(axes, rows, strict=True):
        of_row[0].set_ylabel(style.wrapped(_label(*row), 16), fontsize=7)
        for ax in of_row if pixels.get(row) is not None else ():
            ax.axhline(pixels[row], color=style.GREY, linewidth=0.7, linestyle=(0, (3, 2)), gid="pixels")
    figure.align_ylabels()
    return figure


def dial(reading: Reading) -> Figure | None:
    """Draw silhouette against neighbours kept, as a path through the settings of each parameter."""
    found, paths = _run(reading), []
    for sweep in found:
        x, y = (_medians(_points(reading, sweep, *score)) for score in DIAL)
        both = [value for value in sweep.variants if value in x and value in y]
        if sweep.is_numeric and len(both) > 1:
            paths.append((sweep, [(value, x[value], y[value]) for value in both]))
    if not paths:
        return None
    looks = _looks(found)
    figure, axes = style.panels(len(paths), headroom=0.6)
    for ax, (sweep, places) in zip(axes[:, 0], paths, strict=True):
        for variant in sweep.variants.values():
            _seeds(ax, reading, variant, looks[sweep.label])
        _path(ax, sweep, places, looks[sweep.label])
        ax.set_title(f"{sweep.label}\n{sweep.parameter}")
        ax.set_xlabel(_label(*DIAL[0]), fontsize=7)
        ax.margins(0.2)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(3))
    axes[0, 0].set_ylabel(_label(*DIAL[1]), fontsize=7)
    return figure


def _label(key: str, split: str, k: int | None) -> str:
    """Return what an axis is called."""
    return SCORES[key].label + (f", k = {k}" if k else "") + (", held-out" if split == "test" else "")


def _run(reading: Reading) -> list[Sweep]:
    """Return the sweeps of which there are runs."""
    return [sweep for sweep in sweeps(reading.study) if set(sweep.variants.values()) & set(reading.variants)]


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


def _settings(ax: Axes, sweep: Sweep) -> None:
    """Make the x axis that of the settings, side by side, with a bar at the default."""
    settings = list(sweep.variants)
    written = [_written(value) for value in settings]
    ax.set_xticks(range(len(settings)), written)
    crowded = len(settings) * max(map(len, written)) > MOST_LETTERS
    ax.tick_params(axis="x", labelsize=6, labelrotation=45 if crowded else 0)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.set_xlim(-0.5, len(settings) - 0.5)
    ax.axvline(settings.index(sweep.default), color="0.85", linewidth=4, zorder=0)


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _without(ax: Axes) -> None:
    """Leave a panel empty: a method that places no new points has no score of them."""
    ax.text(0.5, 0.5, "n/a", ha="center", va="center", transform=ax.transAxes, color=style.GREY, fontsize=7)


def _values(ax: Axes, sweep: Sweep, points: Points, look: style.Look) -> None:
    places = {value: place for place, value in enumerate(sweep.variants)}
    for value, scores in points.items():
        ax.plot([places[value]] * len(scores), scores, "o", color=look.colour, markersize=2.5, alpha=0.6, mew=0)
    medians = _medians(points)
    stroke = "-" if sweep.is_numeric else "_"
    ax.plot([places[value] for value in medians], list(medians.values()), stroke, color=look.colour, gid="medians")


def _seeds(ax: Axes, reading: Reading, variant: str, look: style.Look) -> None:
    """Draw the seeds of a setting faintly."""
    for item in reading.well(variant) if variant in reading.variants else ():
        x, y = (item.score(*score) for score in DIAL)
        if x is not None and y is not None:
            ax.plot(x, y, "o", color=look.colour, markersize=2, alpha=0.4, mew=0)


def _path(ax: Axes, sweep: Sweep, places: Sequence[tuple[Any, float, float]], look: style.Look) -> None:
    xs, ys = [x for _, x, _ in places], [y for _, _, y in places]
    ax.plot(xs, ys, color=look.colour, linewidth=0.8, gid="path")
    for value, x, y in places:
        is_default = value == sweep.default
        if is_default:
            ax.plot(x, y, "o", color=look.colour, markersize=6, markerfacecolor="white", gid="default")
        ax.annotate(
            _written(value),
            (x, y),
            xytext=(4, 3),
            textcoords="offset points",
            fontsize=6,
            weight="bold" if is_default else "normal",
        )
