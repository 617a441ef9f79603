"""What a warm-up is made of: random points that look like the data to a method, and are none of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SEED = 0
TRIES = 100
"""Columns with hardly a number between their ends may leave no other point; then a warm-up is given one."""


def stand_ins(X: np.ndarray, rows: int, unlike: Sequence[np.ndarray]) -> np.ndarray:
    """Return points drawn uniformly at random within the range of each column, of the type and layout of the data.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Whose ranges are taken.
    rows : int
        How many points; never more than `X` has.
    unlike : sequence of ndarray
        Points of which none is returned.

    Returns
    -------
    ndarray of shape (min(rows, n_samples), n_features)
        The same each time.
    """
    rng, n = np.random.RandomState(SEED), min(rows, len(X))
    if not n:
        return np.empty((0, X.shape[1]), X.dtype)
    low, high = X.min(axis=0).astype(np.float64), X.max(axis=0).astype(np.float64)
    drawn = (low + (high - low) * rng.random_sample((n, X.shape[1]))).astype(X.dtype)
    # Who has a number of his own in one column is none of the others; in the widest one hardly any number is shared.
    widest = int(np.argmax(high - low))
    taken = np.concatenate([points[:, widest] for points in unlike])
    for _ in range(TRIES):
        again = np.flatnonzero(np.isin(drawn[:, widest], taken))
        if not again.size:
            break
        drawn[again, widest] = low[widest] + (high[widest] - low[widest]) * rng.random_sample(again.size)
    return drawn
