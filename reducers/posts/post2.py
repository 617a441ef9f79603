"""Post 2, by Alexander Van de Kleut: an autoencoder and a VAE of MNIST in two dimensions.

Its data are all 60,000 training images, and its pictures show training points; torch's seed is 0.
"""

from __future__ import annotations

import numpy as np
import torch

from reducers._neural.losses import Posterior
from reducers.autoencoder import Autoencoder
from reducers.posts.displayed import Displayed
from reducers.vae import VAE


class Post2Autoencoder(Displayed, Autoencoder):
    """The autoencoder of post 2: its loss is summed over the batch. The fixed program is `Autoencoder`."""

    label = "Autoencoder of post 2"
    reconstruction_reduction = "sum"


class Post2VAEFixed(Displayed, VAE):
    """The VAE of post 2 without its faults: the second half of the encoder's output is a log deviation."""

    label = "VAE of post 2, fixed"

    def _posterior_of(self, head: torch.Tensor) -> Posterior:
        mean, log_deviation = head.chunk(2, dim=1)
        return Posterior.from_log_variance(mean, 2 * log_deviation)


class Post2VAEMeans(Post2VAEFixed):
    """The VAE of post 2 as it trains: terms are summed over the batch, and the KL term lacks a factor 1/2.

    The KL term is 0.347 nats a dimension more than the divergence from N(0, 1/2).
    """

    label = "VAE of post 2, means"
    reconstruction_reduction = "sum"
    kl_reduction = "sum"

    def _kl(self, posterior: Posterior) -> torch.Tensor:
        variance = posterior.log_variance.exp()
        return variance + posterior.mean.square() - posterior.log_variance / 2 - 0.5


class Post2VAE(Post2VAEMeans):
    """The VAE of post 2, faults included: the embedding is one draw from each posterior, not its mean."""

    label = "VAE of post 2"

    def _embedding(self, X: np.ndarray, codes: np.ndarray) -> np.ndarray:
        return self._sampled(X)
