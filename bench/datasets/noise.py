"""Noise: one isotropic Gaussian of 50 dimensions, where there is no structure, and no labels.

Made here, from a seed. Whatever cluster, branch or hole an embedding of it shows is made by the method. Any number of
points can be asked for; the training points and the test points come of two seeds.
"""

from __future__ import annotations

from pathlib import Path

from bench.datasets import made
from bench.datasets.base import Dataset

N_FEATURES = 50
REACH = 6.0
"""In standard deviations: one number in 500 million lies farther out, and is brought back to it."""
SEEDS = (1, 2)
"""Of training points and of test points."""


def load(n: int | None, data_dir: Path | None = None) -> Dataset:
    """Return `n` training points, 5,000 if it is None, and 1,000 test points."""
    n = n or made.N
    made.check_size("noise", n, N_FEATURES)
    X, X_test = (made.normal(seed, rows, N_FEATURES) for seed, rows in zip(SEEDS, (n, made.N_TEST), strict=True))
    what = f"one isotropic Gaussian of {N_FEATURES} dimensions, made from a seed, without structure or labels"
    return made.dataset("noise", (X, X_test), REACH, what)
