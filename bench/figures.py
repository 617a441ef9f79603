"""Figures: pure functions of stored embeddings. The same class has the same colour everywhere."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bench.datasets import Dataset

mpl.use("Agg")

PANEL_INCHES = 3.0
MOST_COLUMNS = 5
DRAW_SEED = 0
"""Points are drawn in one shuffled order, so that no class hides another because it comes later."""


@dataclass(frozen=True)
class Panel:
    """One embedding to be drawn, or the reason why there is none.

    Attributes
    ----------
    Z : ndarray of shape (n_samples, n_components) or None
        Positions of the fitted points.
    """

    title: str
    subtitle: str
    Z: np.ndarray | None


def palette(n_classes: int) -> list[tuple[float, float, float]]:
    """Return one colour a class; up to ten they can be told apart with any colour vision."""
    if n_classes <= 10:
        return list(sns.color_palette("colorblind", n_classes))
    return list(sns.husl_palette(n_classes))


def embeddings(panels: Sequence[Panel], dataset: Dataset, caption: str) -> Figure:
    """Return embeddings of the fitted points side by side: same colours, same order of points, equal aspect."""
    rows = -(-len(panels) // MOST_COLUMNS)
    columns = -(-len(panels) // rows)
    size = (PANEL_INCHES * columns + 0.8, (PANEL_INCHES + 0.45) * rows + 0.5)
    figure = Figure(figsize=size, layout="constrained")
    axes = np.atleast_1d(figure.subplots(rows, columns)).ravel()
    order = np.random.RandomState(DRAW_SEED).permutation(len(dataset.X))
    colours = np.array(palette(max(len(dataset.classes), 1)))
    labels = dataset.y if dataset.y is not None else np.zeros(len(dataset.X), dtype=np.int64)
    for panel, ax in zip(panels, axes, strict=False):
        _draw(ax, panel, order, colours[labels[order]])
    for ax in axes[len(panels) :]:
        ax.set_axis_off()
    if dataset.classes:
        handles = [
            Line2D([], [], marker="o", linestyle="", color=colour, markersize=6, label=name)
            for name, colour in zip(dataset.classes, colours, strict=True)
        ]
        figure.legend(handles=handles, loc="outside right center", frameon=False, title="class")
    figure.supxlabel(caption, fontsize=8, x=0.01, ha="left")
    return figure


def _draw(ax: Axes, panel: Panel, order: np.ndarray, colours: np.ndarray) -> None:
    ax.set_title(f"{panel.title}\n{panel.subtitle}", fontsize=9)
    ax.set(xticks=[], yticks=[])
    sns.despine(ax=ax, left=True, bottom=True)
    if panel.Z is None:
        ax.text(0.5, 0.5, "no embedding", ha="center", va="center", transform=ax.transAxes, color="0.4")
        return
    # A one-dimensional embedding is drawn along a line, of a higher one the first two dimensions are shown.
    x = panel.Z[order, 0]
    y = panel.Z[order, 1] if panel.Z.shape[1] > 1 else np.zeros(len(order))
    ax.scatter(x, y, c=colours, s=2.5, linewidths=0, alpha=0.8, rasterized=True)
    ax.set_aspect("equal", adjustable="datalim")


def render(figure: Figure, kind: str) -> bytes:
    """Return the figure as `png` or `svg`; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "reducers", "svg.fonttype": "path"}):
        metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(buffer, format=kind, dpi=200, metadata=metadata, facecolor="white")
    return buffer.getvalue()
