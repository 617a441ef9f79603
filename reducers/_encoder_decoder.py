"""An encoder and a decoder, and all that can be asked of them once they are fitted."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import FLOAT_DTYPES, check_is_fitted, validate_data

from reducers._extras import line
from reducers._images import Images
from reducers._networks import ROWS, in_blocks, mlp, squared_errors
from reducers.base import Reducer, generator_of


class EncoderDecoder(Reducer):
    """A network to codes and one back; subclasses say how wide the encoder's head is and where in it the codes are."""

    hidden_layer_sizes: tuple[int, ...]
    activation: str
    horizontal_flip: float
    rotation: float
    resize: int | None
    symmetric_pixels: bool
    device: str

    @property
    @abstractmethod
    def _head_size(self) -> int:
        """Width of the encoder's last layer."""

    @abstractmethod
    def _codes(self, head: torch.Tensor) -> torch.Tensor:
        """Return the codes, of shape (n, n_components), in the encoder's output."""

    @abstractmethod
    def _sample_loss(self, seen: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample through its code, without noise."""

    def _build(self, n_features: int, output: str) -> None:
        """Make the networks; their weights come from torch's global generator."""
        self.output_ = output
        self.images_ = Images(n_features, self.resize, self.symmetric_pixels, self.horizontal_flip, self.rotation)
        hidden, n_inputs = tuple(self.hidden_layer_sizes), self.images_.n_inputs
        self.encoder_ = mlp((n_inputs, *hidden, self._head_size), self.activation).to(self.device)
        self.decoder_ = mlp((self.n_components, *reversed(hidden), n_inputs), self.activation, output).to(self.device)

    def _encoded(self, X: np.ndarray) -> np.ndarray:
        return self._in_blocks(lambda pixels: self._codes(self.encoder_(self.images_.seen(pixels))), X)

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

    def decode(self, Z: Any) -> np.ndarray:
        """Return the points that codes stand for; the same as `inverse_transform`.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_components)

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        return self.inverse_transform(Z)

    def reconstruct(self, X: Any) -> np.ndarray:
        """Return what is left of points that pass through their codes, without noise.

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
        return -self._in_blocks(lambda pixels: self._sample_loss(self.images_.seen(pixels)), X)

    def sample(self, n: int, random_state: int | np.random.RandomState | None = None) -> np.ndarray:
        """Return decoded draws from a standard normal distribution of codes.

        A VAE is trained to place its codes so; of a plain autoencoder this asks what lies where no code may be.

        Returns
        -------
        ndarray of shape (n, n_features)
        """
        check_is_fitted(self, "embedding_")
        return self._inverse_transform(generator_of(random_state).standard_normal((n, self.n_components)))

    def interpolate(self, a: Any, b: Any, steps: int = 12) -> np.ndarray:
        """Return decoded codes on the straight line between the codes of two points, both ends included.

        Parameters
        ----------
        a, b : array-like of shape (n_features,)
        steps : int
            Points on the line.

        Returns
        -------
        ndarray of shape (steps, n_features)
        """
        start, end = self.encode([a, b])
        return self._inverse_transform(line(start, end, steps))

    def latent_grid(self, n: int = 15, bounds: Any = None) -> np.ndarray:
        """Return what stands on a grid of codes in the plane, as an image of it is read: top row first.

        Parameters
        ----------
        n : int
            Points a side.
        bounds : ((float, float), (float, float)) or None
            Least and greatest value on each axis; None takes the range of the middle 98 % of the fitted codes.

        Returns
        -------
        ndarray of shape (n, n, n_features)

        Raises
        ------
        ValueError
            If the embedding has another number of dimensions than two.
        """
        check_is_fitted(self, "embedding_")
        if self.n_components != 2:
            raise ValueError(f"Got n_components={self.n_components}, but a grid is drawn in expected 2 dimensions.")
        if bounds is None:
            bounds = np.quantile(self.embedding_, [0.01, 0.99], axis=0).T
        (left, right), (bottom, top) = bounds
        across, up = np.meshgrid(np.linspace(left, right, n), np.linspace(top, bottom, n))
        codes = np.column_stack([across.ravel(), up.ravel()])
        return self._inverse_transform(codes).reshape(n, n, -1)

    def _checked_input(self, X: Any) -> np.ndarray:
        check_is_fitted(self, "embedding_")
        return validate_data(self, X, dtype=FLOAT_DTYPES, order="C", reset=False)
