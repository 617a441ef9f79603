"""Variational autoencoder: an autoencoder whose codes are distributions kept close to a standard normal."""

from __future__ import annotations

import numpy as np
import torch

from reducers._training import NeuralReducer


class VAE(NeuralReducer):
    r"""Variational autoencoder with a Gaussian decoder; the embedding is the posterior mean.

    The loss of a sample is :math:`\|x - \hat x\|^2 + \beta\,\mathrm{KL}(q(z|x)\,\|\,N(0, I))`, summed over features
    and latent dimensions and averaged over the batch. In this form beta has one meaning whatever the batch or the
    image size: it is twice the variance of the decoder. Averaging the error over pixels while summing the KL, a
    mistake met often, multiplies beta by their number, and the posterior collapses onto the prior.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    hidden_layer_sizes : tuple of int
        Hidden layers of the encoder; the decoder mirrors them.
    beta : float
        Weight of the KL term against the squared error of a sample.
    output_activation : {"auto", "sigmoid", "identity"}
        What ends the decoder; "auto" is a sigmoid where the fitted data lie in [0, 1].
    n_epochs : int
        Passes over the data.
    batch_size : int
        Samples a step.
    learning_rate : float
        Step size of Adam.
    random_state : int, RandomState or None
        Seed of the weights, of the order of samples and of the noise.

    Attributes
    ----------
    history_ : tuple of Epoch
        Loss, its two terms and seconds of every epoch.
    n_iter_ : int
        Epochs run.
    """

    label = "VAE"
    references = ("Kingma and Welling 2014, Auto-encoding variational Bayes",)

    def __init__(
        self,
        n_components: int = 2,
        hidden_layer_sizes: tuple[int, ...] = (256, 128),
        beta: float = 1.0,
        output_activation: str = "auto",
        n_epochs: int = 20,
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.hidden_layer_sizes = hidden_layer_sizes
        self.beta = beta
        self.output_activation = output_activation
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.random_state = random_state

    @property
    def _head_size(self) -> int:
        return 2 * self.n_components

    def _loss(self, batch: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        mean, log_variance = self.encoder_(batch).chunk(2, dim=1)  # (batch, n_components) each
        noise = torch.randn(mean.shape, generator=generator)
        rebuilt = self.decoder_(mean + torch.exp(log_variance / 2) * noise)  # (batch, n_features)
        reconstruction = (rebuilt - batch).square().sum(dim=1).mean()
        kl = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(dim=1).mean()
        return reconstruction + self.beta * kl, reconstruction, kl
