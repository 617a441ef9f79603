"""Post 4, a blog post on reconstructing MNIST with a VAE in ten dimensions.

Its data are all 60,000 training images; no seed is set. It plans 1,000 epochs and shows pictures after about 50.
"""

from __future__ import annotations

import torch
from torch.nn import functional

from reducers._neural.losses import Posterior
from reducers.posts.displayed import Displayed
from reducers.vae import VAE

VARIANCE_FLOOR = 1e-8
"""Added to a variance that may be 0 before its logarithm is taken."""


class Post4VAEFixed(Displayed, VAE):
    """The VAE of post 4 with linear heads; both terms of its loss are averaged over batch and pixels."""

    label = "VAE of post 4, fixed"
    reconstruction_reduction = "mean"
    kl_reduction = "mean"


class Post4VAE(Post4VAEFixed):
    """The VAE of post 4, faults included: mean and deviation both pass a ReLU.

    A deviation of exactly 0 costs 8.71 nats a dimension and has no gradient.
    """

    label = "VAE of post 4"

    def _posterior_of(self, head: torch.Tensor) -> Posterior:
        mean, deviation = functional.relu(head).chunk(2, dim=1)
        return Posterior(mean, deviation, torch.log(VARIANCE_FLOOR + deviation.square()))
