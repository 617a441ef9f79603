from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from bench.metrics import Embedding, ReferenceSpace
from tests.bench.metrics.data import dataset


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """600 real digits and their labels."""
    X, y = load_digits(return_X_y=True)
    return X[:600], y[:600]


@pytest.fixture(scope="session")
def digits_embedding(digits: tuple[np.ndarray, np.ndarray]) -> Embedding:
    """The first 400 of them with a PCA, and 200 test points."""
    X, y = digits
    pca = PCA(2, svd_solver="covariance_eigh").fit(X[:400])
    Z = pca.transform(X).astype(np.float32)
    data = dataset(X[:400], y[:400], X[400:], y_test=y[400:], levels=16)
    return Embedding(ReferenceSpace(data), Z[:400], Z[400:])


@pytest.fixture(scope="session")
def untied_embedding(digits: tuple[np.ndarray, np.ndarray]) -> Embedding:
    """Digits on 20 principal axes, where no two distances tie, so that any order of neighbours is the only one."""
    X, y = digits
    axes = PCA(20, svd_solver="covariance_eigh").fit_transform(X)
    unit = (axes - axes.min()) / (axes.max() - axes.min())
    data = dataset(unit, y, levels=None)
    return Embedding(ReferenceSpace(data), axes[:, :2].astype(np.float32))
