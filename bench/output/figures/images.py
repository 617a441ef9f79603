"""Decoded images: reconstructions, what lies in a latent space, random codes, and the way from one point to another."""

from __future__ import annotations

from math import isqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bench.output.figures import style, values
from bench.output.figures.film import Moving
from bench.output.figures.values import shown_array, shown_arrays
from bench.store.results import Results

STEPS = 12
"""Steps of an interpolation that a row has room for."""


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
        name = f"{style.wrapped(results.label(variant), 20)}\n{values.seed(results, variant)}{below}"
        rows[name] = mosaic(images[:n], shape, n)
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
        title = f"{style.wrapped(results.label(variant), 40)}\n{values.retrained_seed(results, variant)}"
        ax.set_title(title.strip())
    return figure


def interpolations(results: Results) -> SubFigure | None:
    """Draw what each method decodes on its straight line between the same two test images, which stand at both ends."""
    found, shape = _lines(results)
    ends = _ends(results)
    if not found or ends is None:
        return None
    gap = np.zeros((1, ends.shape[1]), ends.dtype)
    rows = {}
    for variant, images in found.items():
        steps = np.linspace(0, len(images) - 1, STEPS).round().astype(int)
        row = np.concatenate([ends[:1], gap, images[steps], gap, ends[1:]])
        name = f"{style.wrapped(results.label(variant), 20)}\n{values.seed(results, variant)}"
        rows[name] = mosaic(row, shape, len(row))
    return _strips(rows)


def moving_interpolation(results: Results) -> Moving | None:
    """Return the same line there and back, all methods side by side."""
    found, shape = _lines(results)
    if not found:
        return None
    figure, axes = style.panels(len(found), headroom=0.5, across=4)
    for (variant, images), ax in zip(found.items(), axes[:, 0], strict=True):
        picture(ax, images[0].reshape(shape))
        ax.set_title(f"{style.wrapped(results.label(variant))}\n{values.seed(results, variant)}")

    def show(frame: int) -> None:
        for images, ax in zip(found.values(), axes[:, 0], strict=True):
            ax.images[0].set_data(images[frame].reshape(shape))

    steps = range(min(len(images) for images in found.values()))
    return Moving(figure, show, [*steps, *steps[-2:0:-1]])


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


def _lines(results: Results) -> tuple[dict[str, np.ndarray], tuple[int, int]]:
    """Return the decoded line of each variant, other settings of one of them left out, and the shape of its images."""
    found, shape = _decoded(results, "line")
    bases = values.bases(results)
    return {variant: images for variant, images in found.items() if variant in bases}, shape


def _ends(results: Results) -> np.ndarray | None:
    """Return the two test images between which methods decode a line; None if they were not kept."""
    rows = results.arrays.get("data/line_rows")
    return None if rows is None else results.arrays["data/images"][rows]
