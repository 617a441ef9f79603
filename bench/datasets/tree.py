"""Tree: ten straight branches in 40 dimensions, after the artificial tree of Moon et al. 2019 (PHATE).

Made here, from a seed. Every branch leaves another one in a direction of its own, at a right angle to all others, most
of them at its end; points lie evenly along all branches, and noise of standard deviation 0.02 is added to each feature.
Labels are the branches. The geodesic distance is the length of the way along branches.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.datasets import made
from bench.datasets.base import Dataset
from bench.datasets.truth import Truth

N_FEATURES = 40
NOISE = 0.02
BRANCHES = (
    # branch that it leaves, how far from the beginning of that, its own length
    (None, 0.0, 3.0),
    (0, 3.0, 2.0),
    (0, 3.0, 1.5),
    (1, 2.0, 2.0),
    (1, 2.0, 1.0),
    (2, 1.5, 2.5),
    (2, 1.5, 1.0),
    (0, 1.5, 1.5),
    (5, 2.5, 1.0),
    (5, 2.5, 1.5),
)
REACH = 2.5
SEEDS = (7, 8)
"""Of training points and of test points."""


def load(n: int | None, data_dir: Path | None = None) -> Dataset:
    """Return `n` training points, 5,000 if it is None, and 1,000 test points."""
    n = n or made.N
    made.check_size("tree", n, N_FEATURES)
    (walks, y), (walks_test, y_test) = (_draw(seed, rows) for seed, rows in zip(SEEDS, (n, made.N_TEST), strict=True))
    X, X_test = (
        made.turned(walk, N_FEATURES, seed=2) + NOISE * made.normal(seed + 100, len(walk), N_FEATURES)
        for seed, walk in zip(SEEDS, (walks, walks_test), strict=True)
    )
    classes = tuple(f"branch {number}" for number in range(1, len(BRANCHES) + 1))
    what = f"a tree of {len(BRANCHES)} branches in {N_FEATURES} dimensions with noise, from a seed"
    return made.dataset("tree", (X, X_test), REACH, what, (y, y_test), classes, Truth(walks, along_branches))


def along_branches(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return how long the way along the branches is between two positions.

    A position is how far one has walked on each branch on the way there from the root. Two ways are the same as far as
    they go together, so that what is between two positions is what the walks differ in.
    """
    return np.abs(p - q).sum(axis=-1)


def _draw(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return positions, which are coordinates along the directions of the branches, too, and whose branch they are."""
    ends = np.cumsum([length for *_, length in BRANCHES])
    along = made.uniform(seed, n, 1)[:, 0] * ends[-1]
    branch = np.searchsorted(ends[:-1], along, side="right")
    walks = _starts()[branch]
    walks[np.arange(n), branch] = along - np.append(0, ends)[branch]
    return walks, branch


def _starts() -> np.ndarray:
    """Return the position at which each branch begins."""
    starts = np.zeros((len(BRANCHES), len(BRANCHES)))
    for number, (parent, at, _) in enumerate(BRANCHES):
        if parent is not None:
            starts[number] = starts[parent]
            starts[number, parent] = at
    return starts
