"""Metrics as plain functions of arrays, for embeddings that no study knows.

`X` are the data, of shape (n_samples, n_features), or a `ReferenceSpace` of them: its distances and ranks are then
computed once for all embeddings and metrics. `Z` is the embedding, of shape (n_samples, n_components), `y` are labels
of any type, `k` is the size of the neighbourhood. All are exact and deterministic. A metric without a value raises
`UndefinedError`, which says why.

>>> import numpy as np
>>> rng = np.random.RandomState(0)
>>> X = rng.randint(0, 9, (200, 5))
>>> Z, y = X[:, :2] + 0.1 * rng.rand(200, 2), X[:, 0] > 4
>>> space = space_of(X)
>>> round(trustworthiness(space, Z, k=5), 3), round(continuity(space, Z, k=5), 3)
(0.747, 0.899)
>>> round(knn_accuracy(Z, y, k=5), 3), round(silhouette(Z, y), 3)
(0.985, 0.353)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bench.datasets import Dataset
from bench.metrics import clustering, distances, labels, neighbourhood, stability
from bench.metrics.embedding import Embedding
from bench.metrics.reference_space import ReferenceSpace
from bench.metrics.registry import evaluate

if TYPE_CHECKING:
    import pandas as pd


def score(
    X: np.ndarray,
    Z: np.ndarray,
    labels: Sequence[object] | np.ndarray | None = None,
    X_test: np.ndarray | None = None,
    Z_test: np.ndarray | None = None,
    labels_test: Sequence[object] | np.ndarray | None = None,
) -> pd.DataFrame:
    """Return every score of an embedding.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The data.
    Z : ndarray of shape (n_samples, n_components)
        Their embedding.
    labels : sequence of shape (n_samples,), optional
        Labels of any type; without them, scores that need labels have no value.
    X_test, Z_test : ndarray, optional
        Points that were not fitted, and where the method maps them.
    labels_test : sequence, optional
        Their labels.

    Returns
    -------
    DataFrame
        One row a score: `score`, `k` (the size of the neighbourhood, if the score has one), `split` (`train` or
        `test`), `value`, and `reason` if there is no value. A score of several parts, such as one a class, has one row
        a part and is named `SCORE:PART`.

    Raises
    ------
    ValueError
        If the arrays do not belong together.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.decomposition import PCA
    >>> X, y = load_digits(return_X_y=True)
    >>> frame = score(X, PCA(2, random_state=0).fit_transform(X), y)
    >>> frame.query("score == 'knn_accuracy' and split == 'train'").round({"value": 2})[["k", "value"]].values.tolist()
    [[1, 0.59], [5, 0.63], [10, 0.65]]
    >>> frame.query("score == 'knn_accuracy' and split == 'test'")["reason"].unique().tolist()
    ['n/a (transductive)']
    """
    import pandas as pd

    if X_test is None and Z_test is not None:
        raise ValueError("Got Z_test without X_test, but expected both.")
    space = space_of(X, labels, X_test, labels_test)
    values = evaluate(_embedding(space, Z, Z_test))
    rows = [(v.score + (f":{v.part}" if v.part else ""), v.k, v.split, v.value, v.reason) for v in values]
    return pd.DataFrame(rows, columns=["score", "k", "split", "value", "reason"]).astype({"k": "Int64"})


def space_of(
    X: np.ndarray,
    y: Sequence[object] | np.ndarray | None = None,
    X_test: np.ndarray | None = None,
    y_test: Sequence[object] | np.ndarray | None = None,
) -> ReferenceSpace:
    """Return the space of some data, with distances and ranks that are computed when they are first needed.

    Raises
    ------
    ValueError
        If `X` is no table of finite numbers, or the others do not belong to it.
    """
    X = np.asarray(X)
    X_test = np.empty((0, *X.shape[1:]), X.dtype) if X_test is None else np.asarray(X_test)
    for name, points in (("X", X), ("X_test", X_test)):
        if points.ndim != 2 or not X.size or points.shape[1] != X.shape[1]:
            raise ValueError(f"Got {name} of shape {points.shape}, but expected (n_samples, n_features).")
        if not np.isfinite(points).all():
            raise ValueError(f"Got {name} with NaN or infinity, but expected finite numbers.")
    given = {"y": (y, X), "y_test": (y_test, X_test)}
    for name, (of_points, points) in given.items():
        if of_points is not None and (shape := np.asarray(of_points).shape) != (len(points),):
            raise ValueError(f"Got {name} of shape {shape}, but expected {(len(points),)}.")
    known = [np.asarray(of_points) for of_points, _ in given.values() if of_points is not None]
    classes, codes = np.unique(np.concatenate(known), return_inverse=True) if known else (np.array([]), np.array([]))
    low, high, levels = _grid([points for points in (X, X_test) if len(points)])
    return ReferenceSpace(
        Dataset(
            name="",
            X=(X - low) / (high - low),
            X_test=(X_test - low) / (high - low),
            y=None if y is None else codes[: len(X)],
            y_test=None if y_test is None else codes[len(codes) - len(X_test) :],
            classes=tuple(map(str, classes)),
            image_shape=None,
            levels=levels,
            provenance="",
        )
    )


def r_nx(X: np.ndarray | ReferenceSpace, Z: np.ndarray) -> np.ndarray:
    """Return kNN recall above chance for every k from 1 to n - 1 (Lee and Verleysen 2009)."""
    return _embedding(X, Z).coranking.r_nx


def procrustes_residual(*embeddings: np.ndarray) -> float:
    """Return the share of the variance in which embeddings differ after alignment, mean over pairs (Gower 1975)."""
    return stability.procrustes_residual([_embedding(space_of(Z), Z) for Z in embeddings])


def knn_jaccard(*embeddings: np.ndarray, k: int = 15) -> float:
    """Return the share of neighbours that embeddings have in common, mean over points and pairs (Jaccard 1901)."""
    return stability.knn_jaccard([_embedding(space_of(Z), Z) for Z in embeddings], k)


def _of_data(metric: Callable[..., float], k: int | None = None) -> Callable[..., float]:
    """Return a metric as a function of data, or a `ReferenceSpace` of them, and an embedding."""

    def function(X: np.ndarray | ReferenceSpace, Z: np.ndarray, k: int | None = k) -> float:
        return metric(_embedding(X, Z), *([] if k is None else [k]))

    function.__name__, function.__doc__ = metric.__name__, metric.__doc__
    return function


def _of_labels(metric: Callable[..., float], k: int | None = None) -> Callable[..., float]:
    """Return a metric as a function of an embedding and labels."""

    def function(Z: np.ndarray, y: Sequence[object] | np.ndarray, k: int | None = k) -> float:
        return metric(_embedding(space_of(Z, y), Z), *([] if k is None else [k]))

    function.__name__, function.__doc__ = metric.__name__, metric.__doc__
    return function


trustworthiness = _of_data(neighbourhood.trustworthiness, k=5)
continuity = _of_data(neighbourhood.continuity, k=5)
knn_recall = _of_data(neighbourhood.knn_recall, k=15)
r_nx_auc = _of_data(neighbourhood.r_nx_auc)
shepard_spearman = _of_data(distances.shepard_spearman)
stress = _of_data(distances.stress)
triplet_accuracy = _of_data(distances.triplet_accuracy)
density_correlation = _of_data(distances.density_correlation)
knn_accuracy = _of_labels(labels.knn_accuracy, k=10)
neighbourhood_hit = _of_labels(labels.neighbourhood_hit, k=15)
silhouette = _of_labels(labels.silhouette)
distance_consistency = _of_labels(labels.distance_consistency)
kmeans_ari = _of_labels(clustering.kmeans_ari)


def _embedding(X: np.ndarray | ReferenceSpace, Z: np.ndarray, Z_test: np.ndarray | None = None) -> Embedding:
    space = X if isinstance(X, ReferenceSpace) else space_of(X)
    Z, Z_test = np.asarray(Z), None if Z_test is None else np.asarray(Z_test)
    for name, points, n in (("Z", Z, space.n), ("Z_test", Z_test, len(space.dataset.X_test))):
        if points is not None and (points.ndim != 2 or len(points) != n or points.shape[1] != Z.shape[1]):
            raise ValueError(f"Got {name} of shape {points.shape}, but expected ({n}, n_components).")
    return Embedding(space, Z, Z_test)


def _grid(arrays: Sequence[np.ndarray]) -> tuple[float, float, int | None]:
    """Return the least and the greatest value, and the steps between them if all values lie on a grid of few steps.

    Distances of such data, whole numbers or images divided by 255, are then computed without rounding.
    """
    low, high = min(float(X.min()) for X in arrays), max(float(X.max()) for X in arrays)
    if low == high:
        return low, low + 1, 1
    smallest = min(float(X[low < X].min()) for X in arrays if (low < X).any()) - low
    for step, tolerance, most in ((1.0, 0.0, 2**16), (smallest, 1e-3, 2**12)):
        if high - low <= most * step and all(_are_multiples(X, low, step, tolerance) for X in arrays):
            return low, high, round((high - low) / step)
    return low, high, None


def _are_multiples(X: np.ndarray, low: float, step: float, tolerance: float) -> bool:
    """Return whether all values are whole numbers of steps from the least one, looking at few rows at a time."""
    blocks = ((X[start : start + 2**10].astype(np.float64) - low) / step for start in range(0, len(X), 2**10))
    return all(bool((np.abs(steps - np.rint(steps)) <= tolerance).all()) for steps in blocks)
