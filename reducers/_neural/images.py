"""Preprocessing of images and its inverse: resizing, scaling to [-1, 1], random rotations and flips, in torch alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt, radians

import torch
from torch.nn import functional


@dataclass(frozen=True)
class Images:
    """How rows of pixels become what a network is given; by default nothing is changed. Images are square.

    Attributes
    ----------
    n_features : int
        Pixels of an image as it is given.
    resize : int or None
        Side of the image that the network is given, in pixels; None leaves it as it is.
    symmetric : bool
        Whether pixels in [0, 1] become pixels in [-1, 1].
    flip : float
        Probability that a training image is mirrored horizontally.
    rotation : float
        Largest angle, in degrees, by which a training image is rotated either way.
    """

    n_features: int
    resize: int | None = None
    symmetric: bool = False
    flip: float = 0.0
    rotation: float = 0.0

    @property
    def augments(self) -> bool:
        """Whether training images change at random each time."""
        return self.flip > 0 or self.rotation > 0

    @property
    def n_inputs(self) -> int:
        """Features that the network is given."""
        return self.resize**2 if self.resize is not None else self.n_features

    def preprocessed(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return pixels of shape (n, n_features) as the network is given them, (n, n_inputs), without augmentation."""
        if self.resize is not None:
            pixels = _resized(pixels, self.resize)
        return pixels * 2 - 1 if self.symmetric else pixels

    def augmented(self, pixels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Return pixels of shape (n, n_features) flipped and rotated at random, then preprocessed, (n, n_inputs)."""
        n, side = len(pixels), isqrt(self.n_features)
        draws = torch.rand((2, n), generator=generator, device=pixels.device)
        mirrored = 1 - 2 * (draws[0] < self.flip).float()  # -1 where flipped
        angle = radians(self.rotation) * (2 * draws[1] - 1)
        sine, cosine, zero = angle.sin(), angle.cos(), torch.zeros_like(angle)
        # A point of the new image is looked up in the old one: rotated back first, then mirrored.
        rows = [mirrored * cosine, -mirrored * sine, zero, sine, cosine, zero]
        maps = torch.stack(rows, dim=1).view(n, 2, 3)
        grid = functional.affine_grid(maps, [n, 1, side, side], align_corners=False)
        images = pixels.view(n, 1, side, side)
        # The nearest pixel, as torchvision's RandomRotation takes it, and black where the image ends.
        rotated = functional.grid_sample(images, grid, mode="nearest", align_corners=False)
        return self.preprocessed(rotated.view(n, self.n_features))

    def shown(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return outputs of the network, (n, n_inputs), as pixels in the data's range at the network's resolution."""
        return (outputs + 1) / 2 if self.symmetric else outputs

    def restored(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return outputs of the network, (n, n_inputs), as pixels of shape (n, n_features), enlarged bilinearly."""
        pixels = self.shown(outputs)
        return _resized(pixels, isqrt(self.n_features)) if self.resize is not None else pixels


def _resized(pixels: torch.Tensor, side: int) -> torch.Tensor:
    """Return square images, one a row, with another number of pixels a side.

    They are smoothed before they shrink, as Pillow and torchvision do it.
    """
    old = isqrt(pixels.shape[1])
    images = pixels.view(len(pixels), 1, old, old)
    resized = functional.interpolate(images, (side, side), mode="bilinear", antialias=True)
    return resized.reshape(len(pixels), side * side)
