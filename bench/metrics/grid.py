"""Training points on the grid of a reference space, for what looks at some of them at a time."""

from __future__ import annotations

import numpy as np

from bench.metrics.reference_space import ReferenceSpace


class Grid:
    """Training points that are brought to the grid when they are looked at: of large data there never is a copy."""

    def __init__(self, space: ReferenceSpace) -> None:
        self.space = space

    def __len__(self) -> int:
        return self.space.n

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        return self.space.grid(rows)
