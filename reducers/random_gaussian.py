"""Random positions: the score that each metric gives without any information about the data."""

from __future__ import annotations

import numpy as np

from reducers.base import Reducer


class RandomGaussian(Reducer):
    """Random positions from a normal distribution, whatever the data: a control with the floor of every score.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    random_state : int, RandomState or None
        Seed of the positions.
    """

    label = "Random positions (control)"

    def __init__(self, n_components: int = 2, random_state: int | np.random.RandomState | None = None) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        return rng.standard_normal((len(X), self.n_components)).astype(X.dtype)
