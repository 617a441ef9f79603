"""An autoencoder chained with a VAE, for finding what is unusual: an idea that post 1 leaves open."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import FLOAT_DTYPES, check_is_fitted, validate_data

from reducers._neural.networks import squared_errors
from reducers.autoencoder import Autoencoder
from reducers.base import Reducer
from reducers.vae import VAE


class Chained(Reducer):
    """A VAE trained on the codes of an autoencoder.

    The post's reasoning: an autoencoder overfits and finds too much unusual, a VAE underfits and finds too little. Here
    the autoencoder encodes an image in a few dozen numbers and the VAE encodes these. A point is unusual if its
    reconstruction by both differs from it.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding, which is the VAE's.
    code_size : int
        Dimensions of the autoencoder's codes.
    hidden_layer_sizes : tuple of int
        Hidden layers of the autoencoder; the VAE has one as wide as the last of them.
    beta : float
        Weight of the VAE's KL term against the squared error of codes of unit variance.
    n_epochs : int
        Passes over the data, in each of the two trainings.
    random_state : int, RandomState or None
        Seed of both.

    Attributes
    ----------
    autoencoder_ : Autoencoder
        Fitted on the training points.
    vae_ : VAE
        Fitted on its codes, each dimension scaled to mean 0 and variance 1.
    """

    label = "Autoencoder + VAE"
    by_default = False
    quick_params = {"hidden_layer_sizes": (16,), "code_size": 4, "n_epochs": 2}

    def __init__(
        self,
        n_components: int = 2,
        code_size: int = 32,
        hidden_layer_sizes: tuple[int, ...] = (256, 128),
        beta: float = 1.0,
        n_epochs: int = 20,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.code_size = code_size
        self.hidden_layer_sizes = hidden_layer_sizes
        self.beta = beta
        self.n_epochs = n_epochs
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        hidden = tuple(self.hidden_layer_sizes)
        self.autoencoder_ = Autoencoder(self.code_size, hidden, n_epochs=self.n_epochs, random_state=rng)
        codes = self.autoencoder_.fit_transform(X)
        self.mean_, self.scale_ = codes.mean(axis=0), np.maximum(codes.std(axis=0), 1e-6)
        self.vae_ = VAE(
            self.n_components,
            hidden[-1:],
            beta=self.beta,
            output_activation="identity",
            n_epochs=self.n_epochs,
            random_state=rng,
        )
        return self.vae_.fit_transform(self._scaled(codes))

    def _scaled(self, codes: np.ndarray) -> np.ndarray:
        return (codes - self.mean_) / self.scale_

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return self.vae_.transform(self._scaled(self.autoencoder_.encode(X)))

    def _inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        return self.autoencoder_.inverse_transform(self.vae_.inverse_transform(Z) * self.scale_ + self.mean_)

    def score_samples(self, X: Any) -> np.ndarray:
        """Return how usual each point is: the lower, the more abnormal.

        It is minus the squared error of the point through the whole chain, without noise.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self, "embedding_")
        X = validate_data(self, X, dtype=FLOAT_DTYPES, order="C", reset=False)
        return -squared_errors(X, self._inverse_transform(self._transform(X)))

    def _extras(self, X: np.ndarray) -> dict[str, np.ndarray]:
        return {"anomaly_score": -self.score_samples(X).astype(np.float32)}
