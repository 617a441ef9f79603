"""IDX files of one's own, as Fashion-MNIST, Kuzushiji-MNIST and EMNIST are offered: images, labels, test images, test
labels, each packed by gzip or not. `--dataset` takes their folder, or the file of training images if it holds several.
"""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np

from bench.datasets.base import Dataset
from bench.datasets.guard import BYTES_PER_VALUE, check_columns, check_memory, listed, opened
from bench.errors import DatasetError

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_PARTS = ("t10k", "test")
"""What files of test images are called in the place of `train`."""
N = 10_000
"""Training images that are fitted if no number is asked for, as of MNIST."""


def training_images(path: Path) -> Path | None:
    """Return the file of training images that a path names, or that its folder holds; None if there is none.

    Raises DatasetError if a folder has several of them.
    """
    if not os.path.isdir(path):
        return path if path.name.removesuffix(".gz").endswith(IMAGES) else None
    found = sorted(name for name in os.listdir(path) if name.removesuffix(".gz").endswith(IMAGES))
    if len({name.removesuffix(".gz") for name in found}) > 1:
        raise DatasetError(f"Got {path} with several files of training images. Name one of them: {listed(found)}.")
    return path / found[0] if found else None


def load(path: Path, n: int | None, *, unlimited: bool = False) -> Dataset:
    """Return the first `n` training images, 10,000 if it is None, and all test images of the files beside them.

    Raises DatasetError if one of the four files is not there, is damaged, or does not fit the others.
    """
    test = next((part for part in TEST_PARTS if _beside(path, IMAGES, part).exists()), TEST_PARTS[0])
    X, y = _read(_beside(path, IMAGES, "train"), 3), _read(_beside(path, LABELS, "train"), 1)
    X_test, y_test = _read(_beside(path, IMAGES, test), 3), _read(_beside(path, LABELS, test), 1)
    check_columns(path, math.prod(X.shape[1:]), unlimited=unlimited)
    if (len(X), len(X_test), X.shape[1:]) != (len(y), len(y_test), X_test.shape[1:]):
        raise DatasetError(
            f"Got training images of shape {X.shape} with {len(y):,} labels, and test images of shape {X_test.shape} "
            f"with {len(y_test):,}, beside {path}, but expected images of one size and a label for each."
        )
    codes = np.unique(np.concatenate([y, y_test]))
    y, y_test = (np.searchsorted(codes, part).astype(np.int64) for part in (y, y_test))
    few, y, (height, width) = X[: n or N], y[: n or N], X.shape[1:]
    flat, flat_test = ((part.reshape(len(part), -1) / 255).astype(np.float32) for part in (few, X_test))
    prefix = path.name.partition(IMAGES)[0].strip("-._")
    name = prefix or path.absolute().parent.name
    what = f"{name}: first {len(few):,} of {len(X):,} training images, {len(X_test):,} test images, pixels / 255"
    classes = tuple(str(code) for code in codes)
    return Dataset(name, flat, flat_test, y, y_test, classes, (height, width), 255, what, available=len(X))


def _beside(path: Path, kind: str, part: str) -> Path:
    """Return the path of a kind of file and a part of the data that belongs to a file of training images."""
    plain = path.name.removesuffix(".gz").replace(IMAGES, kind.replace("train", part))
    packed = path.with_name(f"{plain}.gz")
    return packed if os.path.isfile(packed) else path.with_name(plain)


def _read(path: Path, dimensions: int) -> np.ndarray:
    """Return the array of an IDX file of unsigned bytes: two zeros, type 8, number of dimensions, sizes, values."""
    with opened(path) as file:
        stream = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        try:
            head = stream.read(4 + 4 * dimensions)
            shape = tuple(map(int, np.frombuffer(head[4:], ">u4"))) if len(head) == 4 + 4 * dimensions else (0,)
            size = math.prod(shape)
            if head[:4] != bytes([0, 0, 8, dimensions]) or not size:
                raise DatasetError(
                    f"Got {path}, which is no IDX file of {dimensions}-dimensional arrays of bytes. Download it again."
                )
            check_memory(path, size * BYTES_PER_VALUE)
            content = stream.read(size + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
            raise DatasetError(f"Got {path}, which is damaged ({error}). Download it again.") from error
    if len(content) != size:
        held = "more" if len(content) > size else f"{len(content):,}"
        raise DatasetError(f"Got {path}, which declares {size:,} values, but holds {held}. Download it again.")
    return np.frombuffer(content, np.uint8).reshape(shape)
