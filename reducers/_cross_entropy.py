"""An autoencoder trained on the cross-entropy of pixels, as published ones often are.

No participant of studies by itself; its name is `reducers/_cross_entropy.py:CrossEntropyAutoencoder`.
"""

from __future__ import annotations

import numpy as np
import torch

from reducers._checks import in_unit_interval
from reducers._losses import cross_entropy
from reducers._training import Terms
from reducers.autoencoder import Autoencoder


class CrossEntropyAutoencoder(Autoencoder):
    """Multilayer autoencoder that takes a pixel for the probability of ink.

    Parameters and attributes are those of `Autoencoder`. The loss of a sample is the cross-entropy, summed over pixels,
    in nats; data lie in [0, 1].
    """

    label = "Autoencoder (cross-entropy)"

    def _check(self, X: np.ndarray) -> None:
        super()._check(X)
        if self._output(X) != "sigmoid" or not in_unit_interval(X):
            raise ValueError("Got data or an output beyond [0, 1], but cross-entropy expects both within it.")

    def _terms(self, batch: torch.Tensor, beta: float, generator: torch.Generator) -> Terms:
        loss = self._sample_loss(batch).mean()
        return loss, loss, torch.zeros((), device=batch.device)

    def _sample_loss(self, seen: torch.Tensor) -> torch.Tensor:
        return cross_entropy(self.decoder_[:-1](self.encoder_(seen)), seen)  # what the sigmoid at the end is given
