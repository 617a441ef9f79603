"""An autoencoder trained on the cross-entropy of pixels, as published ones often are."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.utils import Tags

from reducers._neural.checks import in_unit_interval
from reducers._neural.losses import cross_entropy
from reducers._neural.training import Terms
from reducers.autoencoder import Autoencoder


class CrossEntropyAutoencoder(Autoencoder):
    """Multilayer autoencoder that models a pixel as the probability of ink.

    Parameters and attributes are those of `Autoencoder`. The loss of a sample is the cross-entropy, summed over pixels,
    in nats; data lie in [0, 1].
    """

    label = "Autoencoder (cross-entropy)"
    by_default = False

    def _check(self, X: np.ndarray) -> None:
        super()._check(X)
        if self._output(X) != "sigmoid" or not in_unit_interval(X):
            raise ValueError("Got data or an output beyond [0, 1], but cross-entropy expects both within it.")

    def _terms(self, batch: torch.Tensor, beta: float, generator: torch.Generator) -> Terms:
        loss = self._sample_loss(batch).mean()
        return loss, loss, torch.zeros((), device=batch.device)

    def _sample_loss(self, inputs: torch.Tensor) -> torch.Tensor:
        return cross_entropy(self.decoder_[:-1](self.encoder_(inputs)), inputs)  # without the sigmoid at the end

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags._skip_test = True  # scikit-learn's checks fit data beyond [0, 1]
        return tags
