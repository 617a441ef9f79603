"""Posterior collapse: codes that carry no information about the data, and its likely cause."""

from __future__ import annotations

import warnings

import numpy as np

from reducers._neural.history import Epoch
from reducers.errors import PosteriorCollapseWarning

ACTIVE_VARIANCE = 0.01
"""Variance of a latent dimension's codes over the data above which it is active (Burda, Grosse and Salakhutdinov 2016,
Importance weighted autoencoders)."""
ROWS = 300
"""Rows from which the largest variance of the data is taken."""


def warn_of_collapse(X: np.ndarray, last: Epoch) -> None:
    """Warn that no latent dimension is active, with the likely cause.

    A Gaussian decoder of variance beta / 2 gains from a latent direction only where the data vary by more than that
    (Lucas, Tucker, Grosse and Norouzi 2019, Don't blame the ELBO!).

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The training points.
    """
    largest = _largest_variance(X)
    if last.beta / 2 > largest:
        cause = (
            f"beta is {last.beta:g} on the squared error of a sample, a decoder variance of {last.beta / 2:g}, while "
            f"no direction of the data varies by more than about {largest:.3g}; lower beta, and check that both terms "
            "are reduced alike"
        )
    else:
        cause = "training was too short or its steps too small, or an activation of the latent head is dead"
    warnings.warn(
        f"The codes of the training points vary by less than {ACTIVE_VARIANCE:g} in every latent dimension. "
        f"Likely cause: {cause}.",
        PosteriorCollapseWarning,
        stacklevel=5,
    )


def _largest_variance(X: np.ndarray) -> float:
    """Return the largest eigenvalue of the covariance of evenly spaced rows."""
    rows = X[:: -(-len(X) // ROWS)].astype(np.float64)
    return float(np.linalg.norm(rows - rows.mean(axis=0), 2) ** 2 / (len(rows) - 1))
