"""Points that a training leaves where they are, such as a memory map: rows are copied as they are drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from reducers._neural.networks import to_tensor
from reducers.rows import Rows

LARGE = 2**30
"""Bytes of points from which on a training makes no tensor of all of them."""


def stays_in_place(X: np.ndarray | Rows) -> bool:
    """Return whether points are too many for a tensor of their own."""
    return isinstance(X, Rows) or X.nbytes >= LARGE


class PointsInPlace:
    """As much of a tensor of points as a training asks for; each batch is copied to a device when it is drawn.

    Parameters
    ----------
    X : ndarray or Rows, of shape (n_samples, n_features)
    device : torch.device
    prepared : callable
        What is done to each batch.
    """

    def __init__(
        self, X: np.ndarray | Rows, device: torch.device, prepared: Callable[[torch.Tensor], torch.Tensor]
    ) -> None:
        self.X, self.device, self.prepared = X, device, prepared

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, rows: torch.Tensor) -> torch.Tensor:
        return self.prepared(to_tensor(self.X[rows.cpu().numpy()]).to(self.device))

    def index_select(self, dim: int, rows: torch.Tensor) -> torch.Tensor:
        """Return some of the points, as a tensor's method of that name does; `dim` is 0."""
        return self[rows]
