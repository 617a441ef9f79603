"""Gaussians: nine clusters in 20 dimensions, in three groups, in each of which one property differs.

Made here, from a seed. The groups are 57 apart, clusters of a group 12 unless its distances are what differs. Each
cluster is an isotropic Gaussian.

* `size-1`, `-2`, `-3`: 2 %, 8 % and 32 % of the points, standard deviation 1: sizes 1 to 4 to 16.
* `density-1`, `-2`, `-3`: standard deviations 0.5, 1 and 2, equal sizes.
* `distance-1`, `-2`, `-3`: the second lies 6 from the first, the third 24 from the second on the same line; equal sizes
  and standard deviations.

An embedding that keeps everything shows sizes by numbers of points, density by extent, and who is near whom.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.datasets import made
from bench.datasets.base import Dataset

N_FEATURES = 20
GROUPS_APART, APART = 40.0, 12.0 / np.sqrt(2)
"""How far along an axis of its own each group lies from 0; and each cluster from the middle of its group."""
EQUAL = 0.58 / 6
CLUSTERS = {
    # name: share of the points, standard deviation, coordinates on the six axes of groups and of clusters
    "size-1": (0.02, 1.0, (GROUPS_APART, 0, 0, APART, 0, 0)),
    "size-2": (0.08, 1.0, (GROUPS_APART, 0, 0, 0, APART, 0)),
    "size-3": (0.32, 1.0, (GROUPS_APART, 0, 0, 0, 0, APART)),
    "density-1": (EQUAL, 0.5, (0, GROUPS_APART, 0, APART, 0, 0)),
    "density-2": (EQUAL, 1.0, (0, GROUPS_APART, 0, 0, APART, 0)),
    "density-3": (EQUAL, 2.0, (0, GROUPS_APART, 0, 0, 0, APART)),
    "distance-1": (EQUAL, 1.0, (0, 0, GROUPS_APART, -15, 0, 0)),
    "distance-2": (EQUAL, 1.0, (0, 0, GROUPS_APART, -9, 0, 0)),
    "distance-3": (EQUAL, 1.0, (0, 0, GROUPS_APART, 15, 0, 0)),
}
REACH = 36.0
SEEDS = (3, 4)
"""Of training points and of test points."""


def load(n: int | None, data_dir: Path | None = None) -> Dataset:
    """Return `n` training points, 5,000 if it is None, and 1,000 test points."""
    n = n or made.N
    made.check_size("gaussians", n, N_FEATURES)
    (X, y), (X_test, y_test) = (_draw(seed, rows) for seed, rows in zip(SEEDS, (n, made.N_TEST), strict=True))
    what = f"{len(CLUSTERS)} Gaussians of unequal size, density and distance in {N_FEATURES} dimensions, from a seed"
    return made.dataset("gaussians", (X, X_test), REACH, what, (y, y_test), tuple(CLUSTERS))


def _draw(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    shares, deviations, centres = (np.array(column) for column in zip(*CLUSTERS.values(), strict=True))
    y = np.searchsorted(np.cumsum(shares)[:-1], made.uniform(seed, n, 1)[:, 0])
    spread = deviations[y, None] * made.normal(seed + 100, n, N_FEATURES)
    return made.turned(centres, N_FEATURES, seed=0)[y] + spread, y
