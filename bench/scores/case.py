"""One embedding before the judge, with what several scores need computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.neighbors import NearestNeighbors

from bench.datasets import LARGEST_NEIGHBOURHOOD, Dataset

BLOCK_ROWS = 512


@dataclass(frozen=True)
class Original:
    """The original space of a dataset.

    Distances between images of whole grey steps are whole numbers in float64 products, so they are exact, and ties
    are ties.
    """

    dataset: Dataset

    @cached_property
    def points(self) -> np.ndarray:
        """Points to fit, float64, whole numbers where the data are."""
        return self._exact(self.dataset.X)

    @cached_property
    def held_out(self) -> np.ndarray:
        """Held-out points, in the same scale."""
        return self._exact(self.dataset.X_test)

    @cached_property
    def _squares(self) -> np.ndarray:
        return np.einsum("ij,ij->i", self.points, self.points)

    def squared_distances(self, rows: slice) -> np.ndarray:
        """Return the squared distances of a block of fitted points to all of them.

        Parameters
        ----------
        rows : slice
            The block.

        Returns
        -------
        ndarray of shape (n_rows, n_samples)
        """
        return self._squares[rows, None] + self._squares - 2 * (self.points[rows] @ self.points.T)

    def _exact(self, X: np.ndarray) -> np.ndarray:
        levels = self.dataset.levels
        return X.astype(np.float64) if levels is None else np.rint(X.astype(np.float64) * levels)


@dataclass(frozen=True)
class Case:
    """An embedding and the data it is an embedding of.

    Attributes
    ----------
    original : Original
        The data.
    Z : ndarray of shape (n_fit, n_components)
        Embedding of the fitted points.
    Z_test : ndarray of shape (n_test, n_components) or None
        Embedding of the held-out points; None for a method that places no new points.
    """

    original: Original
    Z: np.ndarray
    Z_test: np.ndarray | None

    @property
    def y(self) -> np.ndarray | None:
        """Labels of the fitted points."""
        return self.original.dataset.y

    @property
    def y_test(self) -> np.ndarray | None:
        """Labels of the held-out points."""
        return self.original.dataset.y_test

    @cached_property
    def neighbours(self) -> np.ndarray:
        """Nearest fitted neighbours of each fitted point, itself left out, nearest first."""
        return self._index.kneighbors(return_distance=False)

    @cached_property
    def neighbours_of_held_out(self) -> np.ndarray:
        """Nearest fitted neighbours of each held-out point, nearest first."""
        assert self.Z_test is not None
        return self._index.kneighbors(self.Z_test, return_distance=False)

    @cached_property
    def _index(self) -> NearestNeighbors:
        return NearestNeighbors(n_neighbors=LARGEST_NEIGHBOURHOOD).fit(self.Z)
