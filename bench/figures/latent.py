"""What lies in a latent space: codes in three dimensions, and what random and intermediate codes decode to."""

from __future__ import annotations

import io
import textwrap
from math import isqrt

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from bench.figures import style
from bench.figures.neural import mosaic, picture, shown_arrays
from bench.reading import Reading

MOST_POINTS = 3_000
"""More points than that hide each other in three dimensions."""
STEPS = 12
"""Steps of an interpolation that a row has room for."""
FRAME_MS = 100
GREYS = 17
"""Steps between the 16 shades of a moving picture; more make its file large."""
SCALE = 2
"""Pixels of a moving picture for each pixel of an image."""
GAP, LETTER, LINE, LINES = 6, 5, 12, 3
"""In pixels the space between images and the room of a letter and of a line, and the lines of a label at most."""


def in_three_dimensions(reading: Reading) -> Figure | None:
    """Draw the fitted points of embeddings that have just three dimensions."""
    found = {variant: Z for variant, Z in shown_arrays(reading, "fit").items() if Z.shape[1] == 3}
    if not found:
        return None
    dataset = reading.dataset
    labels = dataset.y if dataset.y is not None else np.zeros(len(dataset.X), dtype=np.int64)
    colours = np.array(style.palette(max(len(dataset.classes), 1)))
    order = np.random.RandomState(style.DRAW_SEED).permutation(len(dataset.X))[:MOST_POINTS]
    rows = -(-len(found) // 2)
    figure = Figure(figsize=(style.WIDTH, 3.2 * rows), layout="constrained")
    for place, (variant, Z) in enumerate(found.items(), start=1):
        with mpl.rc_context({"grid.linewidth": 0.3, "grid.color": "0.85"}):
            ax = figure.add_subplot(rows, min(2, len(found)), place, projection="3d")
        x, y, z = Z[order].T
        ax.scatter(x, y, z, s=1.5, c=colours[labels[order]], linewidths=0, depthshade=False, rasterized=True)
        ax.set_title(style.wrapped(reading.label(variant)))
        for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
            axis.set_ticklabels([])
            axis.set_pane_color((1.0, 1.0, 1.0))
            axis.line.set_color("0.7")
        ax.set_box_aspect(np.ptp(Z, axis=0) / np.ptp(Z, axis=0).max())
    if dataset.classes:
        style.legend_of_classes(figure, dataset.classes)
    return figure


def prior_samples(reading: Reading) -> Figure | None:
    """Draw the same random codes decoded after more and more of the training."""
    found, epochs = (shown_arrays(reading, f"extra_prior_sample{name}") for name in ("s_by_epoch", "_epochs"))
    whole = reading.dataset.image_shape
    if whole is None or not found:
        return None
    rows = -(-len(found) // 2)
    looks, n, _ = next(iter(found.values())).shape
    height = style.WIDTH / 2 * looks / n + 0.35
    figure = Figure(figsize=(style.WIDTH, rows * height), layout="constrained")
    axes = figure.subplots(rows, 2, squeeze=False).ravel()
    for ax, (variant, images) in zip(axes, found.items(), strict=False):
        shape = _shape(images, whole)
        picture(ax, mosaic(images.reshape(-1, images.shape[-1]), shape, images.shape[1]))
        ax.set_yticks((np.arange(len(images)) + 0.5) * shape[0], [str(epoch) for epoch in epochs[variant]], fontsize=6)
        ax.tick_params(length=0)
        ax.set_title(style.wrapped(reading.label(variant), 40))
    for ax in axes[len(found) :]:
        ax.remove()
    return figure


def interpolations(reading: Reading) -> Figure | None:
    """Draw what lies on the straight line between two codes far apart, a row a method."""
    found = shown_arrays(reading, "extra_interpolation")
    whole = reading.dataset.image_shape
    if whole is None or not found:
        return None
    strip = (style.WIDTH - 1.6) / STEPS
    figure = Figure(figsize=(style.WIDTH, len(found) * (strip + 0.06)), layout="constrained")
    axes = figure.subplots(len(found), 1, squeeze=False)[:, 0]
    for ax, (variant, images) in zip(axes, found.items(), strict=True):
        steps = np.linspace(0, len(images) - 1, STEPS).round().astype(int)
        picture(ax, mosaic(images[steps], _shape(images, whole), STEPS))
        ax.set_ylabel(style.wrapped(reading.label(variant), 20), rotation=0, ha="right", va="center", fontsize=7)
    return figure


def moving_interpolation(reading: Reading) -> bytes | None:
    """Return the same line walked there and back, all methods side by side, as an animated GIF."""
    whole = reading.dataset.image_shape
    found = shown_arrays(reading, "extra_interpolation")
    if whole is None or not found:
        return None
    height, width = (SCALE * side for side in whole)
    labels = {variant: textwrap.wrap(reading.label(variant), (width + GAP) // LETTER)[:LINES] for variant in found}
    head = LINE * max(len(lines) for lines in labels.values())
    steps = range(0, min(len(images) for images in found.values()), 2)
    frames = []
    for step in [*steps, *steps[-2:0:-1]]:
        frame = Image.new("L", (len(found) * (width + GAP), head + height), 255)
        text = ImageDraw.Draw(frame)
        for place, (variant, images) in enumerate(found.items()):
            ink = np.clip(images[step].reshape(_shape(images, whole)), 0, 1)
            grey = (255 - GREYS * np.round(ink * (255 // GREYS))).astype(np.uint8)
            left = place * (width + GAP)
            frame.paste(Image.fromarray(grey).resize((width, height)), (left, head))
            text.text((left, 0), "\n".join(labels[variant]), fill=0, spacing=1)
        frames.append(frame)
    file = io.BytesIO()
    frames[0].save(file, "gif", save_all=True, append_images=frames[1:], duration=FRAME_MS, loop=0)
    return file.getvalue()


def _shape(images: np.ndarray, whole: tuple[int, int]) -> tuple[int, int]:
    """Return height and width of images: the data's, or those of the smaller squares that a network resizes to."""
    if images.shape[-1] == whole[0] * whole[1]:
        return whole
    side = isqrt(images.shape[-1])
    return side, side
