"""Pixels: all images of a split as the tiles of one PNG, in few levels of grey, in the order of the data."""

from __future__ import annotations

import io
from math import ceil, sqrt

import numpy as np
from PIL import Image

LONGEST = 32
"""Pixels that the longer side of a tile may have."""
COMPRESSION = 7
"""A step more makes the file 3 % smaller and takes ten times as long."""


def tile_shape(image_shape: tuple[int, int]) -> tuple[int, int]:
    """Return height and width of a tile: those of the image, or less where it is large."""
    step = ceil(max(image_shape) / LONGEST)
    return max(image_shape[0] // step, 1), max(image_shape[1] // step, 1)


def columns(n_images: int) -> int:
    """Return how many tiles stand side by side."""
    return max(ceil(sqrt(n_images)), 1)


def sprite(X: np.ndarray, image_shape: tuple[int, int], levels: int) -> bytes:
    """Return the images as a PNG; the image of row i is tile i, row by row.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Images in [0, 1], one a row.
    levels : int
        Shades of grey: 16 or 4. More would only make the file larger: a tile is seen as large as a thumbnail.
    """
    height, width = tile_shape(image_shape)
    step = ceil(max(image_shape) / LONGEST)
    images = X.reshape(-1, *image_shape)[:, : height * step, : width * step]
    if step > 1:
        images = images.reshape(-1, height, step, width, step).mean(axis=(2, 4))
    across = columns(len(X))
    down = max(ceil(len(X) / across), 1)
    sheet = np.zeros((across * down, height, width), np.uint8)
    sheet[: len(X)] = np.rint(np.clip(images, 0, 1) * (levels - 1))
    pixels = sheet.reshape(down, across, height, width).swapaxes(1, 2).reshape(down * height, across * width)
    picture = Image.fromarray(pixels, mode="P")
    picture.putpalette([round(255 * level / (levels - 1)) for level in range(levels) for _ in range(3)])
    file = io.BytesIO()
    picture.save(file, "PNG", bits=4 if levels > 4 else 2, compress_level=COMPRESSION)
    return file.getvalue()
