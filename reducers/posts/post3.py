"""Post 3, a course page on autoencoders: an autoencoder and a VAE of small, augmented images, in three dimensions.

Its data are all 60,000 training images; no seed is set. It rounds pixels to 8 bits after rotating and after resizing;
here they are not rounded.
"""

from __future__ import annotations

from math import isqrt
from typing import ClassVar

import numpy as np

from reducers._neural.checks import in_unit_interval
from reducers._neural.images import Images
from reducers.autoencoder import Autoencoder
from reducers.posts.displayed import Displayed
from reducers.vae import VAE


class Post3(Displayed):
    """Networks with leaky activations for images of 14 x 14 pixels in [-1, 1], rotated in training."""

    activation = "leaky_relu"
    flip: ClassVar[float] = 0.0
    """Probability that a training image is mirrored."""

    def _check(self, X: np.ndarray) -> None:
        super()._check(X)
        if isqrt(X.shape[1]) ** 2 != X.shape[1]:
            raise ValueError(f"Got {X.shape[1]} features, but expected the pixels of a square image.")
        if not in_unit_interval(X):
            raise ValueError(f"Got pixels from {X.min():g} to {X.max():g}, but expected them in [0, 1].")

    def _images(self, n_features: int) -> Images:
        return Images(n_features, resize=14, symmetric=True, flip=self.flip, rotation=10.0)

    def _output(self, X: np.ndarray) -> str:
        return "tanh"


class Post3AutoencoderFixed(Post3, Autoencoder):
    """The autoencoder of post 3 without flips; its loss is averaged over batch and pixels."""

    label = "Autoencoder of post 3, fixed"
    reconstruction_reduction = "mean"


class Post3Autoencoder(Post3AutoencoderFixed):
    """The autoencoder of post 3, faults included: training images are flipped, which makes other shapes of digits."""

    label = "Autoencoder of post 3"
    flip = 0.5


class Post3VAEFixed(Post3, VAE):
    """The VAE of post 3 without flips; its loss is averaged over the batch."""

    label = "VAE of post 3, fixed"


class Post3VAE(Post3VAEFixed):
    """The VAE of post 3, faults included: training images are flipped, and the loss is summed over the batch."""

    label = "VAE of post 3"
    flip = 0.5
    reconstruction_reduction = "sum"
    kl_reduction = "sum"
