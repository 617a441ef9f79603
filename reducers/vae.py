"""Variational autoencoder: an autoencoder whose codes are distributions kept close to a standard normal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import torch

from reducers._neural.checks import at_least, in_unit_interval, one_of
from reducers._neural.collapse import warn_of_collapse
from reducers._neural.history import Epoch
from reducers._neural.losses import Posterior, cross_entropy, optimal_sigma_nll, scale, squared_error
from reducers._neural.reducer import NeuralReducer
from reducers._neural.training import Terms


class VAE(NeuralReducer):
    r"""Variational autoencoder; the embedding is the posterior mean.

    The loss of a sample is :math:`\|x - \hat x\|^2 + \beta\,\mathrm{KL}(q(z|x)\,\|\,N(0, I))`, summed over features
    and latent dimensions and averaged over the batch. In this form beta has one meaning whatever the batch or the
    image size: it is twice the variance of the decoder. Averaging the error over pixels while summing the KL term, a
    common mistake, multiplies beta by their number, and the posterior collapses onto the prior.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    hidden_layer_sizes : tuple of int, or "convolutional"
        Hidden layers of the encoder; the decoder mirrors them. "convolutional": the networks of
        Sainburg, McInnes and Gentner 2021, for square images.
    output_activation : {"auto", "sigmoid", "tanh", "identity"}
        Activation behind the decoder's last layer; "auto" is a sigmoid if the training data lie in [0, 1], else none.
    beta : float
        Weight of the KL term against the squared error of a sample.
    likelihood : {"gaussian", "optimal_sigma", "bernoulli"}
        Squared error; the same with the variance that fits each batch best, so that beta has nothing left to tune; or
        cross-entropy of pixels in [0, 1].
    kl_warm_up : float
        Share of the steps over which beta grows linearly from 0.
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
        Whether there is none. A `PosteriorCollapseWarning` then names the likely cause.
    """

    label = "VAE"
    streams = True
    references = (
        "Kingma and Welling 2014, Auto-encoding variational Bayes",
        "Rybkin, Daniilidis and Levine 2021, Simple and effective VAE training with calibrated decoders",
    )

    kl_reduction: ClassVar[str] = "sample"
    """Reduction of the KL term, as in `losses.scale`."""

    def __init__(
        self,
        n_components: int = 2,
        hidden_layer_sizes: tuple[int, ...] | str = (256, 128),
        output_activation: str = "auto",
        beta: float = 1.0,
        likelihood: str = "gaussian",
        kl_warm_up: float = 0.0,
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
        self.beta = beta
        self.likelihood = likelihood
        self.kl_warm_up = kl_warm_up
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

    def _check(self, X: np.ndarray) -> None:
        super()._check(X)
        one_of(self, "likelihood", ("gaussian", "optimal_sigma", "bernoulli"))
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

    def _posterior_of(self, head: torch.Tensor) -> Posterior:
        """Return the distribution of codes that the encoder's output describes."""
        return Posterior.from_log_variance(*head.chunk(2, dim=1))

    def _kl(self, posterior: Posterior) -> torch.Tensor:
        """Return the KL term that is minimised, one number for each sample and dimension."""
        return posterior.kl()

    def _posterior(self, inputs: torch.Tensor) -> Posterior:
        return self._posterior_of(self.encoder_(inputs))

    def _codes(self, head: torch.Tensor) -> torch.Tensor:
        return self._posterior_of(head).mean

    def _terms(self, batch: torch.Tensor, beta: float, generator: torch.Generator) -> Terms:
        posterior = self._posterior(batch)
        reconstruction = self._reconstruction_loss(posterior.sample(generator), batch).mean()
        kl = self._kl(posterior).sum(dim=1).mean()
        likelihood = reconstruction
        if self.likelihood == "optimal_sigma":
            likelihood = optimal_sigma_nll(reconstruction, batch.shape[1])
        return likelihood + beta * kl, reconstruction, kl

    def _reconstruction_loss(self, codes: torch.Tensor, batch: torch.Tensor) -> torch.Tensor:
        """Return the reconstruction term of each sample."""
        if self.likelihood == "bernoulli":
            return cross_entropy(self.decoder_[:-1](codes), batch)  # without the sigmoid at the end
        return squared_error(self.decoder_(codes), batch)

    def _sample_loss(self, inputs: torch.Tensor) -> torch.Tensor:
        posterior = self._posterior(inputs)
        kl = self._kl(posterior).sum(dim=1)
        return self._reconstruction_loss(posterior.mean, inputs) + self.history_[-1].beta * kl

    def _sampled(self, X: np.ndarray) -> np.ndarray:
        """Return one draw from the posterior of each point, the same each time."""
        generator = torch.Generator(self.device).manual_seed(self.seeds_.sampling)
        return self._of_posterior(lambda posterior: posterior.sample(generator), X)

    def _of_posterior(self, function: Callable[[Posterior], torch.Tensor], X: np.ndarray) -> np.ndarray:
        return self._in_blocks(lambda pixels: function(self._posterior(self.images_.preprocessed(pixels))), X)

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
            Only if `return_std` is true.
        """
        X = self._checked_input(X)
        mean = self._encoded(X)
        return (mean, self._of_posterior(lambda posterior: posterior.deviation, X)) if return_std else mean

    def _extras(self, X: np.ndarray) -> dict[str, np.ndarray]:
        sampled = self._sampled(X)
        deviations = self._of_posterior(lambda posterior: posterior.deviation, X)
        more = {
            "sampled_embedding": sampled,
            "squared_error_through_sample": self._errors(X, sampled),
            "kl_per_dimension": self._of_posterior(lambda posterior: posterior.kl(), X).mean(axis=0),
            "posterior_deviation": np.sqrt(np.square(deviations).mean(axis=0)),
        }
        return super()._extras(X) | {name: array.astype(np.float32) for name, array in more.items()}
