"""Decoded images: reconstructions, what lies in a latent space, random codes, and the way from one point to another."""

from __future__ import annotations

import io
from math import isqrt
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from PIL import Image

from bench.output.figures import style, values
from bench.output.figures.values import shown_array, shown_arrays
from bench.store.results import Results

STEPS = 12
"""Steps of an interpolation that a row has room for."""
FRAME_MS, FRAME_DPI = 100, 80
GREYS = 16
"""Shades of a moving picture; more make its file large."""


def reconstructions(results: Results) -> SubFigure | None:
    """Draw test images above what each method makes of their positions in the embedding."""
    rebuilt, shape = _decoded(results, "rebuilt")
    if not rebuilt:
        return None
    n = min(len(images) for images in rebuilt.values())
    rows = {"original": mosaic(results.arrays["data/images"][:n], shape, n)}
    for variant, images in rebuilt.items():
        error = values.shown_score(results, variant, "reconstruction_mse_test")
        below = "" if error is None else f"\nMSE {error:.3f}"
        rows[style.wrapped(results.label(variant), 20) + below] = mosaic(images[:n], shape, n)
    return _strips(rows)


def latent_grids(results: Results) -> SubFigure | None:
    """Draw what each method makes of positions spread over its embedding."""
    grids, shape = _decoded(results, "grid")
    if not grids:
        return None
    figure, axes = style.panels(len(grids), headroom=0.4, across=3 if len(grids) <= 3 else style.MAX_COLUMNS)
    for (variant, images), ax in zip(grids.items(), axes[:, 0], strict=True):
        x, y = shown_array(results, "grid_axes", variant)  # type: ignore[misc]
        picture(ax, mosaic(images, shape, len(x)))
        ax.set_title(f"{style.wrapped(results.label(variant))}\n{values.seed(results, variant)}")
        for axis, at, size in ((ax.xaxis, x, shape[1]), (ax.yaxis, y, shape[0])):
            named = np.array([0, len(at) // 2, len(at) - 1])
            axis.set_ticks((named + 0.5) * size, [f"{at[i]:.2g}" for i in named], fontsize=6)
    return figure


def prior_samples(results: Results) -> SubFigure | None:
    """Draw the same random codes decoded after more and more of the training."""
    found, whole = _decoded(results, "prior_samples")
    if not found:
        return None
    n_looks, n, _ = next(iter(found.values())).shape
    figure, axes = style.panels(len(found), aspect=n_looks / n, headroom=0.35, across=2)
    for (variant, images), ax in zip(found.items(), axes[:, 0], strict=True):
        shape = shape_of(images, whole)
        picture(ax, mosaic(images.reshape(-1, images.shape[-1]), shape, n))
        epochs = shown_array(results, "prior_sample_epochs", variant)
        named = [] if epochs is None else epochs.tolist()
        ax.set_yticks((np.arange(len(named)) + 0.5) * shape[0], named, fontsize=6)
        ax.set_title(style.wrapped(results.label(variant), 40))
    return figure


def interpolations(results: Results) -> SubFigure | None:
    """Draw what lies on the straight line between two codes far apart, a row a method."""
    found, whole = _decoded(results, "interpolation")
    rows = {}
    for variant, images in found.items():
        steps = np.linspace(0, len(images) - 1, STEPS).round().astype(int)
        rows[style.wrapped(results.label(variant), 20)] = mosaic(images[steps], shape_of(images, whole), STEPS)
    return _strips(rows) if rows else None


def moving_interpolation(results: Results) -> bytes | None:
    """Return the same line there and back, all methods side by side, as an animated GIF."""
    found, whole = _decoded(results, "interpolation")
    if not found:
        return None
    figure, axes = style.panels(len(found), headroom=0.4)
    for (variant, images), ax in zip(found.items(), axes[:, 0], strict=True):
        picture(ax, images[0].reshape(shape_of(images, whole)))
        ax.set_title(style.wrapped(results.label(variant)))
    drawn: Any = figure.get_figure(root=True)
    style.lay_out(drawn)
    steps = range(0, min(len(images) for images in found.values()), 2)
    frames = []
    for step in [*steps, *steps[-2:0:-1]]:
        for images, ax in zip(found.values(), axes[:, 0], strict=True):
            ax.images[0].set_data(images[step].reshape(shape_of(images, whole)))
        buffer = io.BytesIO()
        drawn.savefig(buffer, dpi=FRAME_DPI, facecolor="white")
        frames.append(Image.open(buffer).convert("L").quantize(GREYS))
    file = io.BytesIO()
    frames[0].save(file, "gif", save_all=True, append_images=frames[1:], duration=FRAME_MS, loop=0)
    return file.getvalue()


def mosaic(images: np.ndarray, shape: tuple[int, int], columns: int) -> np.ndarray:
    """Return images, one a row of pixels, side by side and row by row, as one."""
    height, width = shape
    rows = len(images) // columns
    tiles = images[: rows * columns].reshape(rows, columns, height, width)
    return tiles.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)


def picture(ax: Axes, image: np.ndarray) -> None:
    """Show an image of 8 bits a pixel, ink black, without axes."""
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    ax.set(xticks=[], yticks=[], frame_on=False)
    ax.tick_params(length=0)


def shape_of(images: np.ndarray, whole: tuple[int, int]) -> tuple[int, int]:
    """Return height and width of images: the data's, or those of the smaller squares that a network resizes to."""
    side = isqrt(images.shape[-1])
    return whole if images.shape[-1] == whole[0] * whole[1] else (side, side)


def _decoded(results: Results, kind: str) -> tuple[dict[str, np.ndarray], tuple[int, int]]:
    """Return the images of each variant that has some, and the shape of the data's; none if those are no images."""
    shape = results.data.image_shape if results.data else None
    return (shown_arrays(results, kind), shape) if shape else ({}, (0, 0))


def _strips(rows: dict[str, np.ndarray]) -> SubFigure:
    """Draw pictures as wide as the figure one above the other, with their names at the left."""
    heights = [(style.WIDTH - 1.6) * len(image) / image.shape[1] for image in rows.values()]
    figure = style.sheet(style.WIDTH, sum(heights) + 0.06 * len(rows))
    axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
    for ax, (name, image) in zip(axes, rows.items(), strict=True):
        picture(ax, image)
        ax.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=7)
    return figure
