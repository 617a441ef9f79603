"""What a dataset is: training points and test points, with where they came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

import numpy as np

from bench.datasets.truth import Truth
from bench.errors import DatasetError, unknown

SPLIT_SEED = 0
MAX_NEIGHBOURS = 10
"""The most neighbours that a score of every study looks at; a dataset must have more training points than that."""
PERMUTED, DOUBLED = "permuted", "doubled"
"""What may be done to the rows of training points: another order, or a tenth of them once more, at the end."""


@dataclass(frozen=True)
class Dataset:
    """Training points and test points."""

    name: str
    X: np.ndarray
    """Training points of shape (n_samples, n_features), float32, features in [0, 1]."""
    X_test: np.ndarray
    """Test points, likewise."""
    y: np.ndarray | None
    """Labels of shape (n_samples,), int64, as indices into `classes`; None if the data have none."""
    y_test: np.ndarray | None
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    """Height and width in pixels if a row is an image."""
    levels: int | None
    """`X * levels` are whole numbers (255 for 8-bit pixels); None if the data are not of that kind."""
    provenance: str
    """Where the points came from and what was done to them."""
    available: int = 0
    """Training points that there are, if more than in `X`."""
    truth: Truth | None = None
    """Where the training points lie within the shape that they were drawn from, if that is known."""

    @property
    def selection(self) -> str:
        """How many points are fitted and tested, and how to change that."""
        fitted, available = len(self.X), max(self.available, len(self.X))
        of = f"{fitted:,} of {available:,} training points are" if fitted < available else f"{fitted:,} points are"
        change = f"--n {available} fits all" if fitted < available else "--n NUMBER fits fewer"
        return f"{self.name}: {of} fitted, {len(self.X_test):,} others tested; {change}"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every array: two datasets with one fingerprint are the same data."""
        digest = sha256()
        for array in (self.X, self.y, self.X_test, self.y_test):
            digest.update(b"none" if array is None else f"{array.dtype}{array.shape}".encode())
            if array is not None:
                digest.update(array.tobytes())
        return digest.hexdigest()

    def select(
        self, n: int | None = None, without: str = "", sample: int = 0, samples: int = 1, rows: str = ""
    ) -> Dataset:
        """Return the data with fewer training points, or other rows of them; the test points stay.

        Of `samples` disjoint stretches of the training points, each of at most `n`, the one numbered `sample` is taken,
        after the class `without` is left out. Its rows are as `order_of_rows` has them.

        Raises DatasetError if the data have no such class, or hardly a point is left.
        """
        kept = np.arange(len(self.X))
        if without:
            if self.y is None or without not in self.classes:
                raise DatasetError(unknown(f"class of {self.name}", without, self.classes))
            kept = np.flatnonzero(self.y != self.classes.index(without))
        size = min(n or len(kept), len(kept) // samples)
        kept = kept[sample * size : (sample + 1) * size]
        if len(kept) == len(self.X) and not rows:
            return self
        if len(kept) <= MAX_NEIGHBOURS:
            raise DatasetError(
                f"Got {len(kept)} training points of {self.name}, but expected more than {MAX_NEIGHBOURS}, the most "
                "neighbours that a score looks at."
            )
        kept = kept[order_of_rows(rows, len(kept))]
        truth = self.truth.of(kept) if self.truth else None
        return replace(self, X=self.X[kept], y=None if self.y is None else self.y[kept], truth=truth)


def order_of_rows(rows: str, n: int) -> np.ndarray:
    """Return which of n points stands in each row: `permuted`, or a tenth of them `doubled`, or as they are.

    >>> order_of_rows("", 3), len(order_of_rows("doubled", 40))
    (array([0, 1, 2]), 44)
    """
    rng = np.random.RandomState(SPLIT_SEED)
    if rows == PERMUTED:
        return rng.permutation(n)
    twice = rng.choice(n, max(1, n // 10), replace=False) if rows == DOUBLED else np.arange(0)
    return np.append(np.arange(n), twice)


def places_of_points(rows: str, n: int) -> np.ndarray:
    """Return the first row of each of n points whose rows are as `order_of_rows` has them.

    >>> [order_of_rows("permuted", 9)[row] for row in places_of_points("permuted", 9)] == list(range(9))
    True
    """
    return np.unique(order_of_rows(rows, n), return_index=True)[1]


def of_digits(
    name: str, images: np.ndarray, y: np.ndarray, provenance: str, side: int = 28, levels: int = 255
) -> Dataset:
    """Return images of digits, scaled to [0, 1], as a dataset without test points yet."""
    X = (images.reshape(len(images), -1) / levels).astype(np.float32)
    return Dataset(name, X, X[:0], y.astype(np.int64), None, tuple("0123456789"), (side, side), levels, provenance)


def split(dataset: Dataset, n_test: int, n: int | None) -> Dataset:
    """Return the data with `n_test` of the points in `dataset.X` as test points and at most `n` others for training.

    Classes keep their proportions. The split is the same each time, and the test points do not depend on `n`.
    """
    order = in_proportion(len(dataset.X), dataset.y)
    train, test = order[n_test:][:n], order[:n_test]
    y, y_test = (None if dataset.y is None else dataset.y[part] for part in (train, test))
    truth = dataset.truth.of(train) if dataset.truth else None
    available = len(order) - len(test)
    return replace(
        dataset, X=dataset.X[train], X_test=dataset.X[test], y=y, y_test=y_test, available=available, truth=truth
    )


def in_proportion(n: int, y: np.ndarray | None) -> np.ndarray:
    """Return a fixed random order of `n` points, any stretch of which holds the classes in proportion."""
    order = np.random.RandomState(SPLIT_SEED).permutation(n)
    if y is None:
        return order
    # Every class is spread evenly from the first position to the last.
    labels = y[order]
    position = np.empty(n)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        position[members] = (np.arange(len(members)) + 0.5) / len(members)
    return order[np.argsort(position, kind="stable")]
