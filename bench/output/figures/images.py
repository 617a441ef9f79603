"""Decoded images: reconstructions, what lies in a latent space, random codes, and the way from one point to another."""

from __future__ import annotations

import io
import textwrap
from math import isqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from PIL import Image, ImageDraw

from bench.output.figures import style, values
from bench.output.figures.values import shown_array, shown_arrays
from bench.store.results import Results

STEPS = 12
"""Steps of an interpolation that a row has room for."""
FRAME_MS = 100
GREYS = 17
"""Steps between the 16 shades of a moving picture; more make its file large."""
SCALE = 2
"""Pixels of a moving picture for each pixel of an image."""
GAP, LETTER, LINE, LINES = 6, 5, 12, 3
"""In pixels the space between images and the room of a letter and of a line, and the lines of a label at most."""


def reconstructions(results: Results) -> SubFigure | None:
    """Draw test images above what each method makes of their positions in the embedding."""
    rebuilt, whole = shown_arrays(results, "rebuilt"), _shape(results)
    if whole is None or not rebuilt:
        return None
    n = min(len(images) for images in rebuilt.values())
    rows = {"original": results.arrays["data/images"][:n]}
    rows |= {_with_error(results, variant): images[:n] for variant, images in rebuilt.items()}
    axes = _strips(len(rows), (style.WIDTH - 1.6) / n * whole[0] / whole[1])
    for ax, (label, images) in zip(axes, rows.items(), strict=True):
        picture(ax, mosaic(images, whole, n))
        _name_strip(ax, label)
    return axes[0].get_figure(root=False)


def latent_grids(results: Results) -> SubFigure | None:
    """Draw what each method makes of positions spread over its embedding."""
    grids, whole = shown_arrays(results, "grid"), _shape(results)
    if whole is None or not grids:
        return None
    if len(grids) > 3:
        figure, axes = style.panels(len(grids), headroom=0.4)
    else:
        figure = style.sheet(max(style.NARROW, style.WIDTH * len(grids) / 3), style.WIDTH / 3 + 0.4)
        axes = figure.subplots(1, len(grids), squeeze=False).T
    for (variant, images), ax in zip(grids.items(), axes[:, 0], strict=True):
        x, y = shown_array(results, "grid_axes", variant)  # type: ignore[misc]
        picture(ax, mosaic(images, whole, len(x)))
        ax.set_title(f"{style.wrapped(results.label(variant))}\n{values.seed(results, variant)}")
        for axis, at, size in ((ax.xaxis, x, whole[1]), (ax.yaxis, y, whole[0])):
            named = np.array([0, len(at) // 2, len(at) - 1])
            axis.set_ticks((named + 0.5) * size, [f"{at[i]:.2g}" for i in named], fontsize=6)
            axis.set_tick_params(length=0)
    return figure


def prior_samples(results: Results) -> SubFigure | None:
    """Draw the same random codes decoded after more and more of the training."""
    found, whole = shown_arrays(results, "prior_samples"), _shape(results)
    if whole is None or not found:
        return None
    n_looks, n, _ = next(iter(found.values())).shape
    rows = -(-len(found) // 2)
    figure = style.sheet(style.WIDTH, rows * (style.WIDTH / 2 * n_looks / n + 0.35))
    axes = figure.subplots(rows, 2, squeeze=False).ravel()
    for ax, (variant, images) in zip(axes, found.items(), strict=False):
        shape = shape_of(images, whole)
        picture(ax, mosaic(images.reshape(-1, images.shape[-1]), shape, images.shape[1]))
        epochs = shown_array(results, "prior_sample_epochs", variant)
        named = [] if epochs is None else [str(epoch) for epoch in epochs]
        ax.set_yticks((np.arange(len(named)) + 0.5) * shape[0], named, fontsize=6)
        ax.tick_params(length=0)
        ax.set_title(style.wrapped(results.label(variant), 40))
    for ax in axes[len(found) :]:
        ax.remove()
    return figure


def interpolations(results: Results) -> SubFigure | None:
    """Draw what lies on the straight line between two codes far apart, a row a method."""
    found, whole = shown_arrays(results, "interpolation"), _shape(results)
    if whole is None or not found:
        return None
    axes = _strips(len(found), (style.WIDTH - 1.6) / STEPS)
    for ax, (variant, images) in zip(axes, found.items(), strict=True):
        steps = np.linspace(0, len(images) - 1, STEPS).round().astype(int)
        picture(ax, mosaic(images[steps], shape_of(images, whole), STEPS))
        _name_strip(ax, style.wrapped(results.label(variant), 20))
    return axes[0].get_figure(root=False)


def moving_interpolation(results: Results) -> bytes | None:
    """Return the same line there and back, all methods side by side, as an animated GIF."""
    found, whole = shown_arrays(results, "interpolation"), _shape(results)
    if whole is None or not found:
        return None
    height, width = (SCALE * side for side in whole)
    labels = {variant: textwrap.wrap(results.label(variant), (width + GAP) // LETTER)[:LINES] for variant in found}
    head = LINE * max(len(lines) for lines in labels.values())
    steps = range(0, min(len(images) for images in found.values()), 2)
    frames = []
    for step in [*steps, *steps[-2:0:-1]]:
        frame = Image.new("L", (len(found) * (width + GAP), head + height), 255)
        text = ImageDraw.Draw(frame)
        for i, (variant, images) in enumerate(found.items()):
            ink = images[step].reshape(shape_of(images, whole)) / 255
            grey = (255 - GREYS * np.round(ink * (255 // GREYS))).astype(np.uint8)
            left = i * (width + GAP)
            frame.paste(Image.fromarray(grey).resize((width, height)), (left, head))
            text.text((left, 0), "\n".join(labels[variant]), fill=0, spacing=1)
        frames.append(frame)
    file = io.BytesIO()
    frames[0].save(file, "gif", save_all=True, append_images=frames[1:], duration=FRAME_MS, loop=0)
    return file.getvalue()


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


def picture(ax: Axes, image: np.ndarray) -> None:
    """Show an image of 8 bits a pixel, ink black, without axes."""
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    ax.set(xticks=[], yticks=[], frame_on=False)


def shape_of(images: np.ndarray, whole: tuple[int, int]) -> tuple[int, int]:
    """Return height and width of images: the data's, or those of the smaller squares that a network resizes to."""
    if images.shape[-1] == whole[0] * whole[1]:
        return whole
    side = isqrt(images.shape[-1])
    return side, side


def _shape(results: Results) -> tuple[int, int] | None:
    return results.data.image_shape if results.data else None


def _strips(n: int, height: float) -> np.ndarray:
    """Return panels one above the other, each as wide as the figure."""
    return style.sheet(style.WIDTH, n * (height + 0.06)).subplots(n, 1, squeeze=False)[:, 0]


def _name_strip(ax: Axes, label: str) -> None:
    ax.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=7)


def _with_error(results: Results, variant: str) -> str:
    error = values.shown_score(results, variant, "reconstruction_mse_test")
    return style.wrapped(results.label(variant), 20) + (f"\nMSE {error:.3f}" if error is not None else "")
