"""Stability: what of an embedding changes with the seed."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from scipy.linalg import orthogonal_procrustes

from bench.figures import style, values
from bench.figures.embeddings import dimensions, frame, places
from bench.reading import Reading
from bench.scores import SCORES, Value

MOST_LINES = 400
ACROSS: tuple[tuple[str, int | None], ...] = (("procrustes_residual", None), ("knn_jaccard", 15))


def scores(reading: Reading) -> Figure | None:
    """Draw by how much the embeddings of a method's seeds differ."""
    found = {variant: {(v.score, v.k): v for v in of_seeds} for variant, of_seeds in reading.across.items()}
    if not any(value.value is not None for of_seeds in found.values() for value in of_seeds.values()):
        return None
    variants = reading.variants
    figure = Figure(figsize=(style.WIDTH, 0.24 * len(variants) + 1.1), layout="constrained")
    axes = figure.subplots(1, len(ACROSS), sharey=True)
    for ax, (key, k) in zip(axes, ACROSS, strict=True):
        score = SCORES[key]
        for place, variant in enumerate(variants):
            _bar(
                ax,
                found[variant].get((key, k)),
                place,
                "" if reading.well(variant) else values.why_not(reading, variant),
            )
        better = "higher" if score.higher_is_better else "lower"
        ax.set(xlim=(0, 1.12), xlabel=f"{score.label}{f', k = {k}' if k else ''} ({better} is steadier)")
    axes[0].set(yticks=range(len(variants)), ylim=(len(variants) - 0.5, -0.5))
    axes[0].set_yticklabels([style.wrapped(reading.label(variant), 28) for variant in variants])
    return figure


def overlays(reading: Reading) -> Figure | None:
    """Draw where points of one seed lie in another, once the two are laid over each other."""
    twice = {variant: reading.well(variant)[:2] for variant in reading.variants if len(reading.well(variant)) > 1}
    if not twice:
        return None
    data = reading.dataset
    chosen = np.random.RandomState(style.DRAW_SEED).permutation(len(data.X))[:MOST_LINES]
    colours = np.array(style.palette(max(len(data.classes), 1)))
    of_points = [tuple(colours[data.y[i]]) if data.y is not None else style.GREY for i in chosen]
    figure, axes = style.panels(len(reading.variants), headroom=0.6, side=0.75)
    for variant, ax in zip(reading.variants, axes[:, 0], strict=True):
        label = style.wrapped(reading.label(variant))
        ax.set_title(label)
        if variant not in twice:
            style.blank(ax, "one seed only" if reading.well(variant) else values.why_not(reading, variant))
            continue
        first, second = (reading.arrays(item)["fit"] for item in twice[variant])
        if first.shape != second.shape or not np.ptp(first) or not np.ptp(second):
            style.blank(ax, "nothing to lay over each other")
            continue
        a, b, residual = aligned(first, second)
        a, b = places(a), places(b)
        window = frame(np.concatenate([a, b]))
        a, b = (window.clip(one[chosen])[0] for one in (a, b))
        ax.add_collection(
            LineCollection(list(np.stack([a, b], axis=1)), colors=of_points, linewidths=0.5, alpha=0.6, rasterized=True)
        )
        ax.scatter(*b.T, c=of_points, s=3, linewidths=0, rasterized=True)
        window.show(ax)
        seeds = " and ".join(str(item.record.seed) for item in twice[variant])
        ax.set_title(f"{label}\nseeds {seeds}\nresidual {residual:.3f}")
    if data.classes:
        style.legend_of_classes(figure, data.classes)
    style.note(figure, dimensions(reading))
    return figure


def aligned(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Lay two embeddings over each other by shift, rotation and reflection, each brought to size 1 before.

    Returns
    -------
    a, b : ndarray of shape (n_samples, n_components)
    residual : float
        What differs if the scale is fitted too: the score `procrustes_residual` (Gower 1975).
    """
    a, b = (Z - Z.mean(axis=0, dtype=np.float64) for Z in (a, b))
    a, b = (Z / np.linalg.norm(Z) for Z in (a, b))
    rotation, scale = orthogonal_procrustes(b, a)
    return a, b @ rotation, float(1 - scale**2)


def _bar(ax: Axes, value: Value | None, place: int, failure: str) -> None:
    if value is not None and value.value is not None:
        ax.plot([0, value.value], [place, place], color="0.8", linewidth=1.5, zorder=1)
        ax.plot(value.value, place, "o", color=style.METHODS[0])
        ax.text(value.value + 0.03, place, f"{value.value:.3f}", va="center", fontsize=6.5)
    else:
        text = failure or (value.reason if value else "n/a")
        ax.text(0.01, place, text[:44], va="center", fontsize=6.5, color=style.GREY)
