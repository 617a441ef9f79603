"""Autoencoder: a network that must rebuild its input from a few numbers."""

from __future__ import annotations

import numpy as np
import torch

from reducers._training import NeuralReducer


class Autoencoder(NeuralReducer):
    """Multilayer autoencoder trained on the squared error of a sample.

    The error is summed over features and averaged over the batch, as in the VAE, so that the losses of both are in
    one unit.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    hidden_layer_sizes : tuple of int
        Hidden layers of the encoder; the decoder mirrors them. Without any it spans the subspace of PCA.
    output_activation : {"auto", "sigmoid", "identity"}
        What ends the decoder; "auto" is a sigmoid where the fitted data lie in [0, 1].
    n_epochs : int
        Passes over the data.
    batch_size : int
        Samples a step.
    learning_rate : float
        Step size of Adam.
    random_state : int, RandomState or None
        Seed of the weights and of the order of samples.

    Attributes
    ----------
    history_ : tuple of Epoch
        Loss and seconds of every epoch.
    n_iter_ : int
        Epochs run.
    """

    label = "Autoencoder"
    references = ("Hinton and Salakhutdinov 2006, Reducing the dimensionality of data with neural networks",)

    def __init__(
        self,
        n_components: int = 2,
        hidden_layer_sizes: tuple[int, ...] = (256, 128),
        output_activation: str = "auto",
        n_epochs: int = 20,
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.hidden_layer_sizes = hidden_layer_sizes
        self.output_activation = output_activation
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.random_state = random_state

    @property
    def _head_size(self) -> int:
        return self.n_components

    def _loss(self, batch: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        rebuilt = self.decoder_(self.encoder_(batch))  # (batch, n_features)
        reconstruction = (rebuilt - batch).square().sum(dim=1).mean()
        return reconstruction, reconstruction, torch.zeros(())
