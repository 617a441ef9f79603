"""Autoencoder: a network that must rebuild its input from a few numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from reducers._history import Epoch
from reducers._losses import squared_error
from reducers._neural import NeuralReducer
from reducers._training import Terms


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
    activation : {"relu", "leaky_relu"}
        What stands between layers; the leak is 0.2.
    output_activation : {"auto", "sigmoid", "tanh", "identity"}
        What ends the decoder; "auto" is a sigmoid where the fitted data lie in [0, 1], tanh with `symmetric_pixels`.
    reconstruction_reduction : {"sample", "sum", "mean"}
        The squared error is summed over a sample and averaged over the batch; or summed or averaged over both, as torch
        means by these words.
    optimizer : {"adam", "sgd"}
        Adam, or plain gradient descent.
    learning_rate : float
        Its step size.
    batch_size : int or "auto"
        Samples a step; "auto" is 128, or all where there are fewer.
    n_epochs : int
        Passes over the data, at most.
    early_stopping : bool
        Hold a part of the fitted points back and end when their loss improves no more; the best weights are kept.
    validation_fraction : float
        The part held back.
    n_iter_no_change : int
        Epochs in a row that may pass without improvement.
    tol : float
        What counts as an improvement of the loss of a sample.
    horizontal_flip : float
        Probability that a training image is mirrored sideways. Flips and turns are drawn anew in every epoch; an
        embedding is one of images as they are. Images are square.
    rotation : float
        Most degrees by which a training image is turned either way.
    resize : int or None
        Side in pixels of the smaller image that the network sees; `inverse_transform` enlarges it again, bilinearly.
    symmetric_pixels : bool
        Whether the network sees pixels in [0, 1] as pixels in [-1, 1].
    device : str
        Where torch computes, such as "cpu" or "cuda".
    callback : callable or None
        Called with the `Epoch` that has ended; training stops where it returns True.
    random_state : int, RandomState or None
        Seed of the weights, of the order of samples and of all noise.

    Attributes
    ----------
    history_ : tuple of Epoch
        What happened in each epoch: loss, its terms, beta, validation loss, seconds.
    n_iter_ : int
        Epochs run.
    squared_error_ : ndarray of shape (n_samples,)
        Squared error of each fitted point through its code, without noise.
    standard_deviation_ : ndarray of shape (n_components,)
        Standard deviation of the fitted codes on each axis.
    active_units_ : int
        Latent dimensions in which the fitted codes vary by more than 0.01.
    is_collapsed_ : bool
        Whether there is none. Codes of a plain autoencoder have no scale of their own: it may still rebuild from them.
    """

    label = "Autoencoder"
    references = ("Hinton and Salakhutdinov 2006, Reducing the dimensionality of data with neural networks",)

    def __init__(
        self,
        n_components: int = 2,
        hidden_layer_sizes: tuple[int, ...] = (256, 128),
        activation: str = "relu",
        output_activation: str = "auto",
        reconstruction_reduction: str = "sample",
        optimizer: str = "adam",
        learning_rate: float = 1e-3,
        batch_size: int | str = "auto",
        n_epochs: int = 20,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        tol: float = 1e-4,
        horizontal_flip: float = 0.0,
        rotation: float = 0.0,
        resize: int | None = None,
        symmetric_pixels: bool = False,
        device: str = "cpu",
        callback: Callable[[Epoch], bool | None] | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.output_activation = output_activation
        self.reconstruction_reduction = reconstruction_reduction
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.n_epochs = n_epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.horizontal_flip = horizontal_flip
        self.rotation = rotation
        self.resize = resize
        self.symmetric_pixels = symmetric_pixels
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

    def _sample_loss(self, seen: torch.Tensor) -> torch.Tensor:
        return squared_error(self.decoder_(self.encoder_(seen)), seen)
