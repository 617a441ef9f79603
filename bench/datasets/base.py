"""What a dataset is: training points and test points, with where they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

import numpy as np

from bench.datasets.in_place import InPlace
from bench.datasets.truth import Truth
from bench.errors import DatasetError, unknown
from reducers.rows import Rows, blocks, stretch_of

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
    """Training points of shape (n_samples, n_features), float32, features in [0, 1].

    Of a file of bytes that is mapped in place these are `reducers.rows.Rows`, which have what is asked of an array.
    """
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
    in_place: InPlace | None = None
    """The file of which both arrays are stretches, if it is mapped and not copied."""

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
            for block in _bytes_of(array):
                digest.update(block)
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
        stretch = slice(sample * size, (sample + 1) * size)
        kept = kept[stretch]
        if len(kept) == len(self.X) and not rows:
            return self
        if len(kept) <= MAX_NEIGHBOURS:
            raise DatasetError(
                f"Got {len(kept)} training points of {self.name}, but expected more than {MAX_NEIGHBOURS}, the most "
                "neighbours that a score looks at."
            )
        kept = kept[order_of_rows(rows, len(kept))]
        truth = self.truth.of(kept) if self.truth else None
        X = self.X[kept] if without or rows else stretch_of(self.X, stretch)
        return replace(self, X=X, y=None if self.y is None else self.y[kept], truth=truth)

    def with_rest(self, n: int) -> Dataset:
        """Return the data with the first `n` training points, and all others as test points, before those there are.

        Raises DatasetError if fewer are there, or there is none more.
        """
        if n >= len(self.X):
            raise DatasetError(
                f"Got {n:,} points to fit and all others to map, but expected fewer than the {len(self.X):,} training "
                f"points of {self.name}."
            )
        fitted = self.select(n)
        known = self.y[:0] if self.y is not None and not len(self.X_test) else self.y_test
        y = None if self.y is None or known is None else np.concatenate([self.y[n:], known])
        return replace(fitted, X_test=self._joined(n), y_test=y, available=max(self.available, len(self.X)))

    def _joined(self, n: int) -> np.ndarray:
        """Return the training points from the n-th on and the test points, in place where they lie so in a file."""
        left = stretch_of(self.X, slice(n, None))
        file = self.in_place
        if file is not None and (start := file.place_of(left)) is not None:
            row = file.array.itemsize * file.array.shape[1]
            if file.place_of(self.X_test) == start + len(left) * row:
                first = (start - file.offset) // row
                both = file.array[first : first + len(left) + len(self.X_test)]
                return both if not isinstance(left, Rows) else Rows(both, left.divisor)
        return np.concatenate([left, self.X_test])


def _bytes_of(array: np.ndarray | None) -> Iterator[memoryview]:
    """Yield the bytes of an array in C order, few at a time."""
    if array is None or not array.shape[0]:
        return
    if array.ndim != 2 or not array.shape[1]:
        yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
        return
    for _, block in blocks(array):
        yield np.ascontiguousarray(block).reshape(-1).view(np.uint8).data


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
