"""Training shared by the neural reducers: one loop, the whole data in memory, generators of its own.

A loader that serves one sample at a time costs several times what the matrix products cost; here an epoch is one
permutation and slices of one tensor.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch
from torch import nn

from reducers._networks import mlp, seeded, to_tensor
from reducers.base import Reducer

TRANSFORM_ROWS = 8_192
"""Rows that pass a network at once outside training, which bounds the memory of its activations."""


class TrainingDivergedError(ArithmeticError):
    """The loss stopped being a finite number."""


@dataclass(frozen=True)
class Epoch:
    """One pass over the data; losses are means over samples, summed over features and latent dimensions.

    Attributes
    ----------
    loss : float
        What was minimised.
    reconstruction : float
        Its reconstruction term: the squared error of a sample.
    kl : float
        Kullback-Leibler divergence of a sample's posterior from the prior, in nats; 0 for a plain autoencoder.
    seconds : float
        Wall time.
    """

    epoch: int
    loss: float
    reconstruction: float
    kl: float
    seconds: float


class NeuralReducer(Reducer):
    """An encoder and a decoder trained together; subclasses say how wide the encoder's head is and what the loss is."""

    hidden_layer_sizes: tuple[int, ...]
    output_activation: str
    n_epochs: int
    batch_size: int
    learning_rate: float
    random_state: int | np.random.RandomState | None

    quick_params = {"hidden_layer_sizes": (16,), "n_epochs": 2}

    @property
    @abstractmethod
    def _head_size(self) -> int:
        """Width of the encoder's last layer."""

    @abstractmethod
    def _loss(self, batch: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return loss, reconstruction error and KL of a batch, each a mean over samples."""

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        self._check_parameters(X)
        initialisation_seed, training_seed = (int(seed) for seed in rng.randint(2**31, size=2))
        with seeded(initialisation_seed):
            hidden = tuple(self.hidden_layer_sizes)
            n_features = X.shape[1]
            self.encoder_ = mlp((n_features, *hidden, self._head_size))
            self.decoder_ = mlp((self.n_components, *reversed(hidden), n_features), self._output(X))
        self.history_ = self._train(to_tensor(X), torch.Generator().manual_seed(training_seed))
        self.n_iter_ = len(self.history_)
        return self._transform(X)

    def _check_parameters(self, X: np.ndarray) -> None:
        for name in ("n_epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"Got {name}={getattr(self, name)}, but expected at least 1.")
        if self.output_activation not in ("auto", "sigmoid", "identity"):
            raise ValueError(
                f"Got output_activation={self.output_activation!r}, but expected 'auto', 'sigmoid' or 'identity'."
            )
        if self.output_activation == "sigmoid" and not _in_unit_interval(X):
            raise ValueError(
                f"Got values from {X.min():g} to {X.max():g}, but a sigmoid output reaches only [0, 1]; "
                "scale the data or use output_activation='identity'."
            )

    def _output(self, X: np.ndarray) -> nn.Module | None:
        bounded = self.output_activation == "sigmoid" or (self.output_activation == "auto" and _in_unit_interval(X))
        return nn.Sigmoid() if bounded else None

    def _train(self, data: torch.Tensor, generator: torch.Generator) -> tuple[Epoch, ...]:
        parameters = [*self.encoder_.parameters(), *self.decoder_.parameters()]
        # Not torch's choice on a CPU, where it loops over the parameters instead: a third slower at this size.
        optimizer = torch.optim.Adam(parameters, lr=self.learning_rate, fused=True)
        history = []
        for epoch in range(1, self.n_epochs + 1):
            started = perf_counter()
            sums = torch.zeros(3)
            for rows in torch.randperm(len(data), generator=generator).split(self.batch_size):
                terms = self._loss(data[rows], generator)
                optimizer.zero_grad()
                terms[0].backward()
                optimizer.step()
                sums += torch.stack(terms).detach() * len(rows)
            loss, reconstruction, kl = (sums / len(data)).tolist()
            if not np.isfinite(loss):
                raise TrainingDivergedError(
                    f"Got loss={loss} in epoch {epoch} of {self.n_epochs}, but expected a finite number; "
                    f"try a learning_rate below {self.learning_rate:g}."
                )
            history.append(Epoch(epoch, loss, reconstruction, kl, perf_counter() - started))
        return tuple(history)

    def _transform(self, X: np.ndarray) -> np.ndarray:
        # The posterior mean, where the head has more than the embedding in it, is its first part.
        return _apply(self.encoder_, X)[:, : self.n_components]

    def _inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        return _apply(self.decoder_, Z)


def _apply(network: nn.Module, X: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        blocks = [network(to_tensor(X[i : i + TRANSFORM_ROWS])).numpy() for i in range(0, len(X), TRANSFORM_ROWS)]
    return np.concatenate(blocks)


def _in_unit_interval(X: np.ndarray) -> bool:
    return bool(X.min() >= 0 and X.max() <= 1)
