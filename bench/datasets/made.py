"""What datasets that are made here have in common: random numbers from a seed, a space of more dimensions, noise.

The first points are the same whatever their number, and the test points do not depend on it. All features are shifted
and divided by the same constants, and rounded to a grid, so that the data are the same on every computer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.datasets.base import Dataset
from bench.datasets.guard import BYTES_PER_VALUE, check_memory
from bench.datasets.truth import Truth

N, N_TEST = 5_000, 1_000
LEVELS = 2**16
"""Steps from 0 to 1 that features are rounded to."""


def uniform(seed: int, rows: int, columns: int) -> np.ndarray:
    """Return numbers between 0 and 1, the first rows of which do not depend on their number."""
    return np.random.RandomState(seed).random_sample((rows, columns))


def normal(seed: int, rows: int, columns: int) -> np.ndarray:
    """Return numbers from the standard normal distribution, the first rows of which do not depend on their number."""
    return np.random.RandomState(seed).standard_normal((rows, columns))


def turned(points: np.ndarray, n_features: int, seed: int) -> np.ndarray:
    """Return points in a space of more dimensions, where no axis is special; all distances stay as they are."""
    axes, upper = np.linalg.qr(normal(seed, n_features, points.shape[1]))
    return points @ (axes * np.sign(np.diag(upper))).T


def check_size(name: str, n: int, n_features: int) -> None:
    """Raise DatasetError if so many points need more memory than there is."""
    check_memory(Path(name), (n + N_TEST) * n_features * BYTES_PER_VALUE)


def dataset(
    name: str,
    points: tuple[np.ndarray, np.ndarray],
    reach: float,
    provenance: str,
    labels: tuple[np.ndarray, np.ndarray] | tuple[None, None] = (None, None),
    classes: tuple[str, ...] = (),
    truth: Truth | None = None,
) -> Dataset:
    """Return training and test points as a dataset, from -`reach` to `reach` on every axis."""
    X, X_test = (np.rint(np.clip((part / reach + 1) / 2, 0, 1) * LEVELS) / LEVELS for part in points)
    y, y_test = (None if part is None else part.astype(np.int64) for part in labels)
    what = f"{provenance}; {len(X):,} for training, {len(X_test):,} for testing, (values + {reach:g}) / {2 * reach:g}"
    X, X_test = X.astype(np.float32), X_test.astype(np.float32)
    return Dataset(name, X, X_test, y, y_test, classes, None, LEVELS, what, truth=truth)
