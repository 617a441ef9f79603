"""The record that a neural reducer keeps of each epoch of its training."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import nan


@dataclass(frozen=True)
class Epoch:
    """One pass over the data; losses are means over samples, summed over features and latent dimensions.

    They are in this one unit whatever reduction was minimised, so that epochs of any two trainings compare.

    Attributes
    ----------
    epoch : int
        Number of the epoch, from 1.
    loss : float
        Reconstruction term plus beta times KL term. With `likelihood="optimal_sigma"` the negative evidence lower
        bound, in nats.
    reconstruction : float
        Squared error of a sample; with `likelihood="bernoulli"` its cross-entropy in nats.
    kl : float
        The KL term of a sample, in nats; 0 for a plain autoencoder.
    beta : float
        Weight of the KL term against the squared error (or the cross-entropy) of a sample, at the epoch's end; 0 for a
        plain autoencoder.
    validation : float
        Loss of the samples held back for early stopping, under the full beta; NaN if there are none.
    seconds : float
        Wall time.
    """

    epoch: int
    loss: float
    reconstruction: float
    kl: float
    beta: float
    validation: float = nan
    seconds: float = nan


HISTORY_COLUMNS = tuple(field.name for field in fields(Epoch))
"""Columns of a history as an array: the attributes of `Epoch` in their order."""
