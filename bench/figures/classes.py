"""Classes: how well each stands apart, and which are taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bench.figures import style, values
from bench.reading import Reading
from bench.scores import Case, Value
from bench.scores.confusion import confusion
from bench.scores.score import UndefinedError

K = 10
MOST_NAMED = 12
"""Classes up to which each has its name beside a matrix."""


def silhouettes(reading: Reading) -> Figure | None:
    """Draw the silhouette of each class in the embedding beside that in the original space."""
    classes = reading.dataset.classes
    found = {variant: [_of_classes(item.values) for item in reading.well(variant)] for variant in reading.variants}
    of_seeds = {variant: [seed for seed in seeds if seed] for variant, seeds in found.items()}
    if not any(of_seeds.values()):
        return None
    before = _of_classes(reading.references.get("pixels", ()))
    figure, axes = style.panels(len(reading.variants), aspect=max(0.8, 0.08 * len(classes)), headroom=0.6)
    known = [value for seeds in of_seeds.values() for seed in seeds for value in seed.values()] + [*before.values()]
    for variant, ax in zip(reading.variants, axes[:, 0], strict=True):
        ax.set_title(style.wrapped(reading.label(variant)))
        if not of_seeds[variant]:
            style.blank(ax, "no silhouette" if reading.well(variant) else values.why_not(reading, variant))
            continue
        _dumbbells(ax, classes, before, of_seeds[variant])
        ax.set(xlim=(min(known) - 0.05, max(known) + 0.05), ylim=(len(classes) - 0.5, -0.5), yticks=range(len(classes)))
        ax.set_yticklabels(classes if ax.get_subplotspec().is_first_col() else [])
    rings = Line2D([], [], linestyle="", marker="o", color=style.GREY, markerfacecolor="white", label="original space")
    dots = Line2D([], [], linestyle="", marker="o", color=style.GREY, label="embedding (range over seeds)")
    figure.legend(handles=[rings, dots], loc="outside lower center", ncols=2, handletextpad=0.1)
    return figure


def confusions(reading: Reading) -> Figure | None:
    """Draw which classes are taken for which by their neighbours in the shown embedding."""
    classes = reading.dataset.classes
    if reading.dataset.y is None or not reading.cases:
        return None
    figure, axes = style.panels(len(reading.variants), headroom=0.75, side=0.85)
    images = []
    for variant, ax in zip(reading.variants, axes[:, 0], strict=True):
        case = reading.cases.get(variant)
        if case is None:
            ax.set_title(style.wrapped(reading.label(variant)))
            style.blank(ax, values.why_not(reading, variant))
            continue
        held_out = case.Z_test is not None and case.y_test is not None and len(case.Z_test) > 0
        ax.set_title(f"{style.wrapped(reading.label(variant))}\n{'held out' if held_out else 'leave-one-out'}")
        try:
            shares = _shares(case, held_out)
        except UndefinedError as error:
            style.blank(ax, str(error))
            continue
        images.append(ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, interpolation="nearest"))
        _name_classes(ax, classes)
        _name_worst(ax, shares, classes)
    if images:
        figure.colorbar(images[0], ax=axes.ravel().tolist(), label="share of the true class", shrink=0.6, aspect=30)
    return figure


def _of_classes(found: Sequence[Value]) -> dict[str, float]:
    return {
        value.part: value.value
        for value in found
        if value.score == "silhouette_of_classes" and value.split == "fit" and value.value is not None
    }


def _dumbbells(
    ax: Axes, classes: Sequence[str], before: dict[str, float], of_seeds: Sequence[dict[str, float]]
) -> None:
    ax.axvline(0, color="0.85", linewidth=0.8, zorder=0)
    for place, (name, colour) in enumerate(zip(classes, style.palette(len(classes)), strict=True)):
        now = [seed[name] for seed in of_seeds if name in seed]
        if not now:
            continue
        median = float(np.median(now))
        if name in before:
            ax.plot([before[name], median], [place, place], color=colour, linewidth=0.8, alpha=0.6, gid="gain")
            ax.plot(before[name], place, "o", color=colour, markerfacecolor="white", markersize=3.5, gid="before")
        ax.plot([min(now), max(now)], [place, place], color=colour, linewidth=2.2, gid="range")
        ax.plot(median, place, "o", color=colour, markersize=3.5, gid="now")


def _shares(case: Case, held_out: bool) -> np.ndarray:
    """Return rows that add up to 1; of a class without points they are 0."""
    counts = confusion(case, K, held_out)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _name_classes(ax: Axes, classes: Sequence[str]) -> None:
    step = -(-len(classes) // MOST_NAMED)
    named = range(0, len(classes), step)
    ax.set(xticks=named, yticks=named)
    ax.set_xticklabels([classes[i] for i in named], rotation=90 if max(map(len, classes), default=0) > 2 else 0)
    ax.set_yticklabels([classes[i] for i in named])
    ax.tick_params(length=0, pad=2, labelsize=6)


def _name_worst(ax: Axes, shares: np.ndarray, classes: Sequence[str]) -> None:
    off = shares - np.diag(np.diag(shares))
    true, taken = divmod(int(off.argmax()), len(off))
    if off[true, taken] > 0:
        ax.set_xlabel(f"{classes[true]} taken for {classes[taken]}: {off[true, taken]:.0%}", fontsize=7)
