"""Autoencoder: a network that must reconstruct its input from a few numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from reducers._neural.history import Epoch
from reducers._neural.losses import squared_error
from reducers._neural.reducer import NeuralReducer
from reducers._neural.training import Terms


class Autoencoder(NeuralReducer):
    """Multilayer autoencoder trained on the squared error of a sample.

    The error is summed over features and averaged over the batch, as in the VAE, so that the losses of both have one
    unit.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    hidden_layer_sizes : tuple of int, or "convolutional"
        Hidden layers of the encoder; the decoder mirrors them. Without any it spans the subspace of PCA.
        "convolutional": the networks of Sainburg, McInnes and Gentner 2021, for square images.
    output_activation : {"auto", "sigmoid", "tanh", "identity"}
        Activation behind the decoder's last layer; "auto" is a sigmoid if the training data lie in [0, 1], else none.
    optimizer : {"adam", "sgd"}
        Adam, or plain gradient descent.
    learning_rate : float
        Its step size.
    learning_rate_schedule : {"constant", "plateau"}
        "plateau" goes on with a tenth of it where training would stop early, and stops the next time.
    batch_size : int or "auto"
        Samples a step; "auto" is 128, or all if there are fewer.
    n_epochs : int
        Passes over the data, at most.
    early_stopping : bool
        Hold back a part of the training points, and stop when their loss improves no more; the best weights are kept.
    validation_fraction : float
        The part held back.
    n_iter_no_change : int
        Epochs in a row that may pass without improvement.
    tol : float
        Least improvement of the loss of a sample that counts.
    device : str
        Where torch computes, such as "cpu" or "cuda".
    callback : callable or None
        Called with the `Epoch` of each finished epoch; training stops when it returns True.
    random_state : int, RandomState or None
        Seed of the weights, of the order of samples and of all noise.

    Attributes
    ----------
    history_ : tuple of Epoch
        A record of each epoch: loss, its terms, beta, validation loss, seconds.
    n_iter_ : int
        Epochs run.
    converged_ : bool
        Whether training stopped early: the loss of the points held back improved no more. A training without early
        stopping, or with too few epochs for it, has not converged.
    standard_deviation_ : ndarray of shape (n_components,)
        Standard deviation of the training points' codes on each axis.
    active_units_ : int
        Latent dimensions in which these codes vary by more than 0.01.
    is_collapsed_ : bool
        Whether there is none. Codes of a plain autoencoder have no scale of their own: it may reconstruct all the same.
    """

    label = "Autoencoder"
    streams = True
    references = ("Hinton and Salakhutdinov 2006, Reducing the dimensionality of data with neural networks",)

    def __init__(
        self,
        n_components: int = 2,
        hidden_layer_sizes: tuple[int, ...] | str = (256, 128),
        output_activation: str = "auto",
        optimizer: str = "adam",
        learning_rate: float = 1e-3,
        learning_rate_schedule: str = "constant",
        batch_size: int | str = "auto",
        n_epochs: int = 20,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        tol: float = 1e-4,
        device: str = "cpu",
        callback: Callable[[Epoch], bool | None] | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.hidden_layer_sizes = hidden_layer_sizes
        self.output_activation = output_activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.batch_size = batch_size
        self.n_epochs = n_epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.device = device
        self.callback = callback
        self.random_state = random_state

    @property
    def _head_size(self) -> int:
        return self.n_components

    def _codes(self, head: torch.Tensor) -> torch.Tensor:
        return head

    def _terms(self, batch: torch.Tensor, beta: float, generator: torch.Generator) -> Terms:
        error = squared_error(self.decoder_(self.encoder_(batch)), batch).mean()
        return error, error, torch.zeros((), device=batch.device)

    def _sample_loss(self, inputs: torch.Tensor) -> torch.Tensor:
        return squared_error(self.decoder_(self.encoder_(inputs)), inputs)
