"""Reducers with a way back: what they rebuild, what lies between their points, and how the neural ones were trained."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.figures import style
from bench.reading import Reading

HISTORY = ("epoch", "loss", "reconstruction", "kl", "beta", "validation", "seconds")
"""Columns of `extra_history`."""


def reconstructions(reading: Reading) -> Figure | None:
    """Draw held-out images above what each method makes of their places in the embedding."""
    shape = reading.dataset.image_shape
    rebuilt = shown_arrays(reading, "rebuilt")
    if shape is None or not rebuilt:
        return None
    n = min(len(images) for images in rebuilt.values())
    rows = {"original": reading.dataset.X_test[:n]} | {
        _with_error(reading, variant): images[:n] for variant, images in rebuilt.items()
    }
    strip = (style.WIDTH - 1.6) / n * shape[0] / shape[1]
    figure = Figure(figsize=(style.WIDTH, len(rows) * (strip + 0.06)), layout="constrained")
    axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
    for ax, (label, images) in zip(axes, rows.items(), strict=True):
        picture(ax, mosaic(images, shape, n))
        ax.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=7)
    return figure


def latent_grids(reading: Reading) -> Figure | None:
    """Draw what each method makes of places spread over its embedding."""
    shape = reading.dataset.image_shape
    grids = shown_arrays(reading, "grid")
    if shape is None or not grids:
        return None
    figure, axes = style.panels(len(grids), headroom=0.4) if len(grids) > 3 else _large_panels(len(grids))
    for (variant, images), ax in zip(grids.items(), axes[:, 0], strict=True):
        shown = reading.shown(variant)
        assert shown is not None
        x, y = reading.arrays(shown)["grid_axes"]
        picture(ax, mosaic(images, shape, len(x)))
        ax.set_title(f"{style.wrapped(reading.label(variant))}\nseed {shown.record.seed}")
        _name_places(ax, x, y, shape)
    return figure


def training(reading: Reading) -> Figure | None:
    """Draw the course of each term of the loss over epochs."""
    courses = {
        variant: [
            arrays["extra_history"]
            for item in reading.well(variant)
            if "extra_history" in (arrays := reading.arrays(item))
        ]
        for variant in reading.variants
    }
    courses = {variant: found for variant, found in courses.items() if found}
    if not courses:
        return None
    titles = {"loss": "loss", "reconstruction": "reconstruction error", "kl": "KL divergence (nats)"}
    figure = Figure(figsize=(style.WIDTH, 2.9), layout="constrained")
    looks = style.looks(reading.variants)
    for ax, (term, title) in zip(figure.subplots(1, len(titles)), titles.items(), strict=True):
        for variant, of_seeds in courses.items():
            for course in of_seeds:
                _course(ax, course, term, looks[variant].colour)
        ax.set(xlabel="epoch", title=title)
        ax.grid(color="0.92", linewidth=0.5)
    labels = {variant: reading.label(variant) for variant in courses}
    solid = {variant: style.Look(look.colour, look.marker, "-") for variant, look in looks.items()}
    style.legend_of_methods(figure, labels, solid, lines=True)
    return figure


def mosaic(images: np.ndarray, shape: tuple[int, int], columns: int) -> np.ndarray:
    """Return images side by side, row by row, as one.

    Parameters
    ----------
    images : ndarray of shape (n_images, height * width)
        As many as fill the rows.
    """
    height, width = shape
    rows = len(images) // columns
    tiles = images[: rows * columns].reshape(rows, columns, height, width)
    return tiles.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)


def shown_arrays(reading: Reading, name: str) -> dict[str, np.ndarray]:
    """Return an array of the shown run of each method that has it."""
    shown = {variant: item for variant in reading.variants if (item := reading.shown(variant)) is not None}
    found = {variant: reading.arrays(item).get(name) for variant, item in shown.items()}
    return {variant: array for variant, array in found.items() if array is not None}


def _with_error(reading: Reading, variant: str) -> str:
    shown = reading.shown(variant)
    error = shown.score("reconstruction_mse", "test") if shown else None
    return style.wrapped(reading.label(variant), 20) + (f"\nMSE {error:.3f}" if error is not None else "")


def _large_panels(n: int) -> tuple[Figure, np.ndarray]:
    figure = Figure(figsize=(max(style.NARROW, style.WIDTH * n / 3), style.WIDTH / 3 + 0.4), layout="constrained")
    return figure, figure.subplots(1, n, squeeze=False).T


def picture(ax: Axes, image: np.ndarray) -> None:
    """Show an image of pixels in [0, 1], ink black, without axes."""
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    ax.set(xticks=[], yticks=[], frame_on=False)


def _name_places(ax: Axes, x: np.ndarray, y: np.ndarray, shape: tuple[int, int]) -> None:
    """Write coordinates of the embedding beside the first, middle and last tile."""
    height, width = shape
    for axis, places, size in ((ax.xaxis, x, width), (ax.yaxis, y, height)):
        named = np.array([0, len(places) // 2, len(places) - 1])
        axis.set_ticks((named + 0.5) * size, [f"{places[i]:.2g}" for i in named], fontsize=6)
        axis.set_tick_params(length=0)


def _course(ax: Axes, course: np.ndarray, term: str, colour: tuple[float, float, float]) -> None:
    epochs, values = course[:, HISTORY.index("epoch")], course[:, HISTORY.index(term)]
    if term == "kl" and not np.any(values):
        return
    ax.plot(epochs, values, color=colour, linewidth=1, gid=term)
    validation = course[:, HISTORY.index("validation")]
    if term == "loss" and np.isfinite(validation).any():
        ax.plot(epochs, validation, color=colour, linewidth=1, linestyle=":", gid="validation")
