"""Embeddings side by side, fitted points above held-out ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench import doubts
from bench.figures import style, values
from bench.reading import Reading, deciding_score
from bench.units import seconds_in_words

MARGIN = 1.12
"""Width of a panel over that of the fitted points in it."""
FLAT = 0.15
"""How far the points of a one-dimensional embedding are moved aside, as a share of their range."""


@dataclass(frozen=True)
class Frame:
    """The square that both panels of a method show: it holds all but one in a thousand fitted points on each side."""

    centre: np.ndarray
    half: float

    def clip(self, places: np.ndarray) -> tuple[np.ndarray, int]:
        """Return places, those outside moved to the border, and how many those are."""
        inside = np.clip(places, self.centre - self.half, self.centre + self.half)
        return inside, int((inside != places).any(axis=1).sum())

    def show(self, ax: Axes) -> None:
        """Let a panel show the square, without ticks: coordinates of an embedding have no meaning."""
        (x, y), half = self.centre, self.half * 1.02
        ax.set(xlim=(x - half, x + half), ylim=(y - half, y + half), xticks=[], yticks=[])
        ax.set_aspect("equal")
        for spine in ax.spines.values():
            spine.set(visible=True, linewidth=0.4, color="0.8")


def places(Z: np.ndarray) -> np.ndarray:
    """Return where points are drawn: their first two coordinates; one dimension is drawn as a band.

    Returns
    -------
    ndarray of shape (n_samples, 2)
    """
    if Z.shape[1] > 1:
        return np.asarray(Z[:, :2], np.float64)
    aside = np.random.RandomState(style.DRAW_SEED).uniform(-FLAT, FLAT, len(Z)) * np.ptp(Z)
    return np.column_stack([Z[:, 0], aside]).astype(np.float64)


def frame(fitted: np.ndarray) -> Frame:
    """Return the square for places of fitted points."""
    low, high = np.percentile(fitted, [0.1, 99.9], axis=0)
    return Frame((low + high) / 2, MARGIN * float((high - low).max()) / 2 or 1.0)


def scatter(ax: Axes, window: Frame, Z: np.ndarray, colours: Any, **scale: Any) -> None:
    """Draw points in their frame, in one shuffled order, and say how many lie beyond it.

    Parameters
    ----------
    colours : str or ndarray of shape (n_samples,) or (n_samples, 3)
        One colour for all, a number each, or a colour each.
    **scale
        How numbers become colours: `cmap`, `vmin`, `vmax`.
    """
    order = np.random.RandomState(style.DRAW_SEED).permutation(len(Z))
    inside, n_beyond = window.clip(places(Z))
    x, y = inside[order].T
    of_points = {"c": colours[order] if isinstance(colours, np.ndarray) else colours, **scale}
    size = float(np.clip(60 / np.sqrt(len(Z)), 0.3, 8))
    ax.scatter(x, y, size, alpha=0.85, linewidths=0, rasterized=True, **of_points)
    window.show(ax)
    if n_beyond:
        corner = {"ha": "right", "va": "bottom", "transform": ax.transAxes}
        ax.text(0.98, 0.02, f"{n_beyond} beyond", corner, fontsize=6, color="0.3")


def name_panels(column: np.ndarray, title: str, names: tuple[str, str]) -> None:
    """Write a title above the panels of a method and, where they are the first of a row, what each panel shows."""
    column[0].set_title(title)
    for ax, name in zip(column, names, strict=False):
        if len(column) > 1 and ax.get_subplotspec().is_first_col():
            ax.set_ylabel(name)


def dimensions(reading: Reading) -> str:
    """Return what must be said of embeddings that are not two-dimensional; empty where all are."""
    found = {item.record.outcome.n_components for item in reading.judged if item.record.ok} - {None, 2}
    notes = ["Embeddings of one dimension are drawn as a band whose height means nothing."] if 1 in found else []
    notes += ["Of more than two dimensions the first two are drawn."] if found - {1} else []
    return " ".join(notes)


def draw(reading: Reading) -> Figure | None:
    """Draw the shown embedding of each method, coloured by class."""
    data = reading.dataset
    figure, axes = style.panels(len(reading.variants), 2 if len(data.X_test) else 1, headroom=0.7, side=0.75)
    colours = np.array(style.palette(max(len(data.classes), 1)))
    of_points = [colours[y] if y is not None else style.GREY for y in (data.y, data.y_test)]
    doubted = {doubt.variant for doubt in doubts.of_times([item.record for item in reading.judged])}
    for variant, column in zip(reading.variants, axes, strict=True):
        shown = reading.shown(variant)
        lines = [style.wrapped(reading.label(variant))]
        if shown is not None:
            name, value = deciding_score(shown)
            lines.append(f"seed {shown.record.seed} of {len(reading.runs(variant))}")
            lines += [f"{name} {value:.3f}"] if name else []
            fit = values.cost(reading, variant, lambda outcome: outcome.fit)
            about = "about " if variant in doubted else ""
            lines += [f"fit {about}{seconds_in_words(fit.median)}"] if fit else []
        name_panels(column, "\n".join(lines), ("fitted", "held out"))
        if shown is None:
            for ax, text in zip(column, (values.why_not(reading, variant), "no embedding"), strict=False):
                style.blank(ax, text)
            continue
        arrays = reading.arrays(shown)
        window = frame(places(arrays["fit"]))
        scatter(column[0], window, arrays["fit"], of_points[0])
        if len(column) > 1 and "test" in arrays:
            scatter(column[1], window, arrays["test"], of_points[1])
        elif len(column) > 1:
            style.blank(column[1], "places no new points")
    if data.classes:
        style.legend_of_classes(figure, data.classes)
    style.note(figure, dimensions(reading))
    return figure
