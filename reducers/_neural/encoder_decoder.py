"""An encoder and a decoder, and what they can compute once they are fitted."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.utils.validation import FLOAT_DTYPES, check_is_fitted, validate_data

from reducers._neural.architectures import Architecture, architecture
from reducers._neural.images import Images
from reducers._neural.networks import ROWS, in_blocks, squared_errors
from reducers._streaming import StreamingReducer
from reducers.base import generator_of
from reducers.rows import Rows


class EncoderDecoder(StreamingReducer):
    """A network to codes and one back; subclasses say how wide the encoder's head is and where in it the codes are."""

    activation: ClassVar[str] = "relu"
    """Activation between layers, one of `networks.ACTIVATIONS`."""

    hidden_layer_sizes: tuple[int, ...] | str
    device: str

    @property
    @abstractmethod
    def _head_size(self) -> int:
        """Width of the encoder's last layer."""

    @abstractmethod
    def _codes(self, head: torch.Tensor) -> torch.Tensor:
        """Return the codes, of shape (n, n_components), in the encoder's output."""

    @abstractmethod
    def _sample_loss(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample through its code, without noise."""

    def _images(self, n_features: int) -> Images:
        """Return the preprocessing of the data."""
        return Images(n_features)

    @property
    def _architecture(self) -> Architecture:
        return architecture(self.hidden_layer_sizes)

    def _build(self, n_features: int, output: str) -> None:
        """Make the networks; their weights come from torch's global generator."""
        self.images_ = self._images(n_features)
        encoder, decoder = self._architecture.networks(
            self.images_.n_inputs, self._head_size, self.n_components, self.activation, output
        )
        self.encoder_, self.decoder_ = encoder.to(self.device), decoder.to(self.device)

    def _encoded(self, X: np.ndarray) -> np.ndarray:
        return self._in_blocks(lambda pixels: self._codes(self.encoder_(self.images_.preprocessed(pixels))), X)

    def _inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        return self._in_blocks(lambda codes: self.images_.restored(self.decoder_(codes)), Z)

    def _shown(self, Z: np.ndarray) -> np.ndarray:
        """Return decoded codes as pixels at the network's own resolution."""
        return self._in_blocks(lambda codes: self.images_.shown(self.decoder_(codes)), Z)

    def _errors(self, X: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return the squared error of each point through its code, without a second copy of the points."""
        blocks = [slice(i, i + ROWS) for i in range(0, len(X), ROWS)]
        return np.concatenate([squared_errors(X[rows], self._inverse_transform(codes[rows])) for rows in blocks])

    def _in_blocks(self, function: Callable[[torch.Tensor], torch.Tensor], X: np.ndarray) -> np.ndarray:
        return in_blocks(function, X, torch.device(self.device))

    def encode(self, X: Any) -> np.ndarray:
        """Return the codes of points, new ones too.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_components)
        """
        return self._encoded(self._checked_input(X))

    def reconstruct(self, X: Any) -> np.ndarray:
        """Return points decoded from their own codes, without noise.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        return self._inverse_transform(self.encode(X))

    def score_samples(self, X: Any) -> np.ndarray:
        """Return how usual each point is: the lower, the more abnormal, as in scikit-learn's outlier detectors.

        It is minus the loss of the sample as it was trained on, without noise: squared error plus beta times KL.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        X = self._checked_input(X)
        return -self._in_blocks(lambda pixels: self._sample_loss(self.images_.preprocessed(pixels)), X)

    def sample(self, n: int, random_state: int | np.random.RandomState | None = None) -> np.ndarray:
        """Return decoded draws from a standard normal distribution of codes.

        A VAE is trained to distribute its codes so; a plain autoencoder may have no codes there.

        Returns
        -------
        ndarray of shape (n, n_features)
        """
        check_is_fitted(self, "embedding_")
        return self._inverse_transform(generator_of(random_state).standard_normal((n, self.n_components)))

    def _checked_input(self, X: Any) -> np.ndarray:
        check_is_fitted(self, "embedding_")
        if isinstance(X, Rows):
            return self._checked_rows(X)  # type: ignore[return-value]  # it is read in blocks, as an array is
        return validate_data(self, X, dtype=FLOAT_DTYPES, order="C", reset=False)
