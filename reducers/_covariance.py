"""Principal components of points that are too large to copy: the covariance is summed over blocks of rows."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA
from sklearn.utils.extmath import svd_flip

from reducers.rows import Rows, blocks

STREAMED = 2**30
"""Bytes of points from which on nothing of them is copied; scikit-learn's own `fit` copies all."""


def is_streamed(X: np.ndarray | Rows) -> bool:
    """Return whether points are read block by block."""
    return isinstance(X, Rows) or X.nbytes >= STREAMED


def fitted(X: np.ndarray | Rows, n_components: int) -> PCA:
    """Return scikit-learn's PCA as if it had been fitted by `covariance_eigh`, all sums in float64.

    Rows are centred by the mean of the first block before they are multiplied, so that no digits are lost where means
    are large against the spread.
    """
    n, n_features = X.shape
    centre, sums, products = _sums(X)
    covariance = (products - np.outer(sums, sums) / n) / (n - 1)
    values, vectors = np.linalg.eigh(covariance)
    values, components = np.maximum(values[::-1], 0.0), np.ascontiguousarray(vectors[:, ::-1].T[:n_components])
    _, components = svd_flip(None, components, u_based_decision=False)
    pca = PCA(n_components, svd_solver="covariance_eigh")
    kept, left = values[:n_components], values[n_components : min(n, n_features)]
    pca.n_samples_, pca.n_features_in_, pca.n_components_ = n, n_features, n_components
    pca.mean_, pca.components_ = (centre + sums / n).astype(X.dtype), components.astype(X.dtype)
    pca.explained_variance_, pca.explained_variance_ratio_ = kept, kept / max(values.sum(), np.finfo(float).tiny)
    pca.singular_values_ = np.sqrt(kept * (n - 1))
    pca.noise_variance_ = float(left.mean()) if left.size else 0.0
    return pca


def _sums(X: np.ndarray | Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a centre near the mean, and sums and sums of products of the rows less that, in float64."""
    centre: np.ndarray | None = None
    sums, products = np.zeros(X.shape[1]), np.zeros((X.shape[1], X.shape[1]))
    for _, block in blocks(X):
        exact = block.astype(np.float64)
        centre = exact.mean(axis=0) if centre is None else centre
        exact -= centre
        sums += exact.sum(axis=0)
        products += exact.T @ exact
    assert centre is not None
    return centre, sums, products


def projected(pca: PCA, X: np.ndarray | Rows) -> np.ndarray:
    """Return the positions of points, block by block."""
    Z = np.empty((len(X), len(pca.components_)), X.dtype)
    for rows, block in blocks(X):
        Z[rows] = pca.transform(block)
    return Z
