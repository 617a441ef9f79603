"""Post 1, by James McCaffrey: a VAE that shows MNIST in two dimensions, `mnist_vae_viz.py`.

Its data are the first 10,000 training images; torch's seed is 1. A first attempt with one latent dimension is not kept.
"""

from __future__ import annotations

from reducers.vae import VAE


class Post1VAE(VAE):
    """The VAE of post 1, faults included: the squared error is averaged, the KL term summed over its batch.

    On the squared error of one sample, beta is then batch times pixels, 7,840, and the posterior collapses. The fixed
    program is `VAE`.
    """

    label = "VAE of post 1"
    reconstruction_reduction = "mean"
    kl_reduction = "sum"
