"""Variational autoencoder: an autoencoder whose codes are distributions kept close to a standard normal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from reducers._checks import at_least, in_unit_interval, one_of
from reducers._collapse import warn_of_collapse
from reducers._history import Epoch
from reducers._losses import REDUCTIONS, Posterior, cross_entropy, optimal_sigma_nll, scale, squared_error
from reducers._neural import NeuralReducer
from reducers._training import Terms


class VAE(NeuralReducer):
    r"""Variational autoencoder; the embedding is the posterior mean.

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
    activation : {"relu", "leaky_relu"}
        What stands between layers; the leak is 0.2.
    output_activation : {"auto", "sigmoid", "tanh", "identity"}
        What ends the decoder; "auto" is a sigmoid where the fitted data lie in [0, 1], tanh with `symmetric_pixels`.
    reconstruction_reduction : {"sample", "sum", "mean"}
        The squared error is summed over a sample and averaged over the batch; or summed or averaged over both, as torch
        means by these words.
    beta : float
        Weight of the KL term against the squared error of a sample. Where the two terms are reduced differently, what
        they amount to in this unit stands in `history_`.
    likelihood : {"gaussian", "optimal_sigma", "bernoulli"}
        Squared error; the same with the variance that fits each batch best, where nothing is left for beta to tune; or
        cross-entropy of pixels in [0, 1].
    latent_head : {"log_variance", "log_deviation", "relu"}
        What the second half of the encoder's output is, beside the mean; with "relu", seed 004's, mean and deviation
        both pass a ReLU, and 1e-8 is added to the variance whose logarithm is taken.
    kl_form : {"exact", "missing_half"}
        The divergence, or seed 002's slip of it, which pulls towards N(0, 1/2).
    kl_reduction : {"sample", "sum", "mean"}
        Like `reconstruction_reduction`; a mean is one over the batch and the features of the data.
    kl_warm_up : float
        Share of the steps over which beta grows linearly from 0.
    embedding : {"mean", "sample"}
        The posterior's mean, or one draw from it, the same each time the same points are transformed.
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
        Whether there is none. A `PosteriorCollapseWarning` says so too, with the likely cause.
    """

    label = "VAE"
    references = (
        "Kingma and Welling 2014, Auto-encoding variational Bayes",
        "Rybkin, Daniilidis and Levine 2021, Simple and effective VAE training with calibrated decoders",
    )

    def __init__(
        self,
        n_components: int = 2,
        hidden_layer_sizes: tuple[int, ...] = (256, 128),
        activation: str = "relu",
        output_activation: str = "auto",
        reconstruction_reduction: str = "sample",
        beta: float = 1.0,
        likelihood: str = "gaussian",
        latent_head: str = "log_variance",
        kl_form: str = "exact",
        kl_reduction: str = "sample",
        kl_warm_up: float = 0.0,
        embedding: str = "mean",
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
        self.beta = beta
        self.likelihood = likelihood
        self.latent_head = latent_head
        self.kl_form = kl_form
        self.kl_reduction = kl_reduction
        self.kl_warm_up = kl_warm_up
        self.embedding = embedding
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

    def _check(self, X: np.ndarray) -> None:
        super()._check(X)
        one_of(self, "likelihood", ("gaussian", "optimal_sigma", "bernoulli"))
        one_of(self, "latent_head", ("log_variance", "log_deviation", "relu"))
        one_of(self, "kl_form", ("exact", "missing_half"))
        one_of(self, "kl_reduction", REDUCTIONS)
        one_of(self, "embedding", ("mean", "sample"))
        at_least(self, "beta", 0)
        if not 0 <= self.kl_warm_up <= 1:
            raise ValueError(f"Got kl_warm_up={self.kl_warm_up!r}, but expected a share of the steps, from 0 to 1.")
        if self.likelihood == "bernoulli" and (self._output(X) != "sigmoid" or not in_unit_interval(X)):
            raise ValueError("Got likelihood='bernoulli', but expected data in [0, 1] and a sigmoid output.")

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        embedding = super()._fit(X, rng)
        if self.is_collapsed_:
            warn_of_collapse(X, self.history_[-1])
        return embedding

    @property
    def _head_size(self) -> int:
        return 2 * self.n_components

    @property
    def _warm_up(self) -> float:
        return self.kl_warm_up

    def _beta(self, n_samples: int) -> float:
        n_inputs = self.images_.n_inputs
        ratio = scale(self.kl_reduction, n_samples, n_inputs) / scale(
            self.reconstruction_reduction, n_samples, n_inputs
        )
        return self.beta * ratio

    def _beta_unit(self, reconstruction: float) -> float:
        # A Gaussian's negative log-likelihood is the squared error over twice its variance.
        return 2 * reconstruction / self.images_.n_inputs if self.likelihood == "optimal_sigma" else 1.0

    def _posterior(self, seen: torch.Tensor) -> Posterior:
        return Posterior.from_head(self.encoder_(seen), self.latent_head)

    def _codes(self, head: torch.Tensor) -> torch.Tensor:
        return Posterior.from_head(head, self.latent_head).mean

    def _terms(self, batch: torch.Tensor, beta: float, generator: torch.Generator) -> Terms:
        posterior = self._posterior(batch)
        reconstruction = self._reconstruction_loss(posterior.sample(generator), batch).mean()
        kl = posterior.kl(self.kl_form).sum(dim=1).mean()
        likelihood = reconstruction
        if self.likelihood == "optimal_sigma":
            likelihood = optimal_sigma_nll(reconstruction, batch.shape[1])
        return likelihood + beta * kl, reconstruction, kl

    def _reconstruction_loss(self, codes: torch.Tensor, batch: torch.Tensor) -> torch.Tensor:
        """Return the reconstruction term of each sample."""
        if self.likelihood == "bernoulli":
            return cross_entropy(self.decoder_[:-1](codes), batch)  # what the sigmoid at the end is given
        return squared_error(self.decoder_(codes), batch)

    def _sample_loss(self, seen: torch.Tensor) -> torch.Tensor:
        posterior = self._posterior(seen)
        kl = posterior.kl(self.kl_form).sum(dim=1)
        return self._reconstruction_loss(posterior.mean, seen) + self.history_[-1].beta * kl

    def _placed(self, X: np.ndarray, codes: np.ndarray) -> np.ndarray:
        return self._drawn(X) if self.embedding == "sample" else codes

    def _drawn(self, X: np.ndarray) -> np.ndarray:
        """Return one draw from the posterior of each point, the same each time."""
        generator = torch.Generator(self.device).manual_seed(self.drawing_seed_)
        return self._in_blocks(lambda pixels: self._posterior(self.images_.seen(pixels)).sample(generator), X)

    def _deviations(self, X: np.ndarray) -> np.ndarray:
        return self._in_blocks(lambda pixels: self._posterior(self.images_.seen(pixels)).deviation, X)

    def encode(self, X: Any, return_std: bool = False) -> Any:
        """Return the posterior of points, new ones too: its mean, whatever the embedding is.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        return_std : bool
            Return the standard deviation too.

        Returns
        -------
        mean : ndarray of shape (n_samples, n_components)
        deviation : ndarray of shape (n_samples, n_components)
            Only where `return_std` is true.
        """
        X = self._checked_input(X)
        return (self._encoded(X), self._deviations(X)) if return_std else self._encoded(X)

    def _extras(self, X: np.ndarray) -> dict[str, np.ndarray]:
        drawn = self._drawn(X)
        kl = self._in_blocks(lambda pixels: self._posterior(self.images_.seen(pixels)).kl(), X)
        more = {
            "sampled_embedding": drawn,
            "squared_error_through_sample": self._errors(X, drawn),
            "kl_per_dimension": kl.mean(axis=0),
            "posterior_deviation": np.sqrt(np.square(self._deviations(X)).mean(axis=0)),
        }
        return super()._extras(X) | {name: array.astype(np.float32) for name, array in more.items()}
