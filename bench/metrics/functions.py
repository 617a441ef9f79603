"""Metrics as plain functions of arrays, for embeddings that no study knows.

`X` are the data, of shape (n_samples, n_features), or a `ReferenceSpace` of them: its distances and ranks are then
computed once for all embeddings and metrics. `Z` is the embedding, of shape (n_samples, n_components), `y` are labels
of any type, `k` is the size of the neighbourhood. All are exact and deterministic, but for `score` with anchors, which
is deterministic. A metric without a value raises `UndefinedError`, which says why.

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
from bench.errors import UndefinedError
from bench.metrics import checks, clustering, distances, labels, neighbourhood, stability
from bench.metrics.anchors import Anchored, draw
from bench.metrics.embedding import Embedding
from bench.metrics.metric import Value
from bench.metrics.reference_space import ReferenceSpace
from bench.metrics.registry import METRICS, evaluate, evaluate_by_anchors, obstacle, obstacle_across

if TYPE_CHECKING:
    import pandas as pd


def score(
    X: np.ndarray,
    Z: np.ndarray,
    labels: Sequence[object] | np.ndarray | None = None,
    X_test: np.ndarray | None = None,
    Z_test: np.ndarray | None = None,
    labels_test: Sequence[object] | np.ndarray | None = None,
    *,
    anchors: int | None = None,
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
    anchors : int, optional
        For large data: compare only so many points, at least 100 and drawn at random, each with all points. The draw is
        fixed, and more anchors are the same and others. 5,000 give most scores to within 0.01, whatever the number of
        points.

    Returns
    -------
    DataFrame
        One row a score: `score`, `k` (the size of the neighbourhood, if the score has one), `split` (`train` or
        `test`), `value`, and `reason` if there is no value. A score of several parts, such as one a class, has one row
        a part and is named `SCORE:PART`. With `anchors` also `standard_error`: of what comparing all points would
        give; 0 for a score that looks at all points anyway; missing where all anchors agree, which says little of the
        others. `value` -+ 2 `standard_error` is a 95 % interval, too short for a class of few anchors.

    Raises
    ------
    ValueError
        If the arrays do not belong together, or there cannot be so many anchors.

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
    >>> frame = score(X, PCA(2, random_state=0).fit_transform(X), y, anchors=500)
    >>> frame.query("score == 'continuity' and k == 15").round(3)[["value", "standard_error"]].values.tolist()
    [[0.944, 0.002]]
    """
    import pandas as pd

    if X_test is None and Z_test is not None:
        raise ValueError("Got Z_test without X_test, but expected both.")
    space = space_of(X, labels, X_test, labels_test)
    drawn = None if anchors is None else draw(space, anchors)
    found: list[tuple[Value, float | None]]
    if drawn is None or len(drawn["train"]) == space.n:
        values = evaluate(_embedding(space, Z, Z_test))
        found = [(value, None if value.value is None else 0.0) for value in values]
    else:
        found = evaluate_by_anchors(Anchored(space, Z, Z_test, anchors=drawn))
    rows = [(v.score + (f":{v.part}" if v.part else ""), v.k, v.split, v.value, e, v.reason) for v, e in found]
    columns = ["score", "k", "split", "value", "standard_error", "reason"]
    frame = pd.DataFrame(rows, columns=columns).astype({"k": "Int64", "standard_error": "float64"})
    return frame.drop(columns="standard_error") if anchors is None else frame


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
    X = checks.table("X", X, columns="n_features")
    X_test = X[:0] if X_test is None else checks.table("X_test", X_test, columns=X.shape[1])
    if not len(X):
        raise ValueError(f"Got X of shape {X.shape}, but expected at least one point.")
    for name, points in (("X", X), ("X_test", X_test)):
        if not np.isfinite(points).all():
            raise ValueError(f"Got {name} with NaN or infinity, but expected finite numbers.")
    given = [_labels(name, of, len(points)) for name, of, points in (("y", y, X), ("y_test", y_test, X_test))]
    classes, codes = _classes([of_points for of_points in given if of_points is not None])
    low, high, levels = _grid([points for points in (X, X_test) if len(points)])
    if not np.isfinite(high - low):
        raise ValueError(f"Got values from {low} to {high}, but expected a smaller range. Divide them by a number.")
    if high - low > np.finfo(X.dtype).max or X_test.dtype != X.dtype:
        X, X_test = X.astype(np.float64), X_test.astype(np.float64)
    return ReferenceSpace(
        Dataset(
            name="",
            X=(X - low) / (high - low),
            X_test=(X_test - low) / (high - low),
            y=None if y is None else codes[: len(X)],
            y_test=None if y_test is None else codes[len(codes) - len(X_test) :],
            classes=classes,
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
    return stability.procrustes_residual(_comparable(embeddings))


def knn_jaccard(*embeddings: np.ndarray, k: int = 15) -> float:
    """Return the share of neighbours that embeddings have in common, mean over points and pairs (Jaccard 1901)."""
    return stability.knn_jaccard(_comparable(embeddings), k)


def _of_data(metric: Callable[..., float], default: int | None = None) -> Callable[..., float]:
    """Return a metric as a function of data, or a `ReferenceSpace` of them, and an embedding."""

    def function(X: np.ndarray | ReferenceSpace, Z: np.ndarray, k: int | None = default) -> float:
        return _value(metric, _embedding(X, Z), default, k)

    function.__name__, function.__doc__ = metric.__name__, metric.__doc__
    return function


def _of_labels(metric: Callable[..., float], default: int | None = None) -> Callable[..., float]:
    """Return a metric as a function of an embedding and labels."""

    def function(Z: np.ndarray, y: Sequence[object] | np.ndarray, k: int | None = default) -> float:
        return _value(metric, _embedding(space_of(Z, y), Z), default, k)

    function.__name__, function.__doc__ = metric.__name__, metric.__doc__
    return function


def _value(metric: Callable[..., float], embedding: Embedding, default: int | None, k: int | None) -> float:
    if default is None and k is not None:
        raise ValueError(f"Got k={k}, but {metric.__name__} looks at no neighbourhood.")
    if why := obstacle(METRICS[metric.__name__], "train", embedding):
        raise UndefinedError(why)
    return metric(embedding, *([] if default is None else [k]))


trustworthiness = _of_data(neighbourhood.trustworthiness, 5)
continuity = _of_data(neighbourhood.continuity, 5)
knn_recall = _of_data(neighbourhood.knn_recall, 15)
r_nx_auc = _of_data(neighbourhood.r_nx_auc)
shepard_spearman = _of_data(distances.shepard_spearman)
stress = _of_data(distances.stress)
triplet_accuracy = _of_data(distances.triplet_accuracy)
density_correlation = _of_data(distances.density_correlation)
knn_accuracy = _of_labels(labels.knn_accuracy, 10)
neighbourhood_hit = _of_labels(labels.neighbourhood_hit, 15)
silhouette = _of_labels(labels.silhouette)
distance_consistency = _of_labels(labels.distance_consistency)
kmeans_ari = _of_labels(clustering.kmeans_ari)


def _embedding(X: np.ndarray | ReferenceSpace, Z: np.ndarray, Z_test: np.ndarray | None = None) -> Embedding:
    return Embedding(X if isinstance(X, ReferenceSpace) else space_of(X), Z, Z_test)


def _comparable(embeddings: Sequence[np.ndarray]) -> list[Embedding]:
    """Return embeddings of the same points, each its own reference; UndefinedError if they cannot be compared."""
    found = [_embedding(Z, Z) for Z in embeddings]
    if why := obstacle_across(found):
        raise UndefinedError(why)
    return found


def _labels(name: str, y: Sequence[object] | np.ndarray | None, n: int) -> np.ndarray | None:
    if y is None:
        return None
    labels = np.asarray(y)
    if labels.shape != (n,):
        raise ValueError(f"Got {name} of shape {labels.shape}, but expected {(n,)}.")
    if labels.dtype.kind in "fc" and np.isnan(labels).any():
        raise ValueError(f"Got {name} with {np.isnan(labels).sum()} NaN, but expected a label of every point.")
    return labels


def _classes(known: Sequence[np.ndarray]) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the names of all classes, and the index of each label."""
    if not known:
        return (), np.array([], np.int64)
    try:
        classes, codes = np.unique(np.concatenate(known), return_inverse=True)
    except TypeError as error:
        raise ValueError(f"Got labels that have no order, but expected those of one type: {error}.") from error
    return tuple(map(str, classes)), codes


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
