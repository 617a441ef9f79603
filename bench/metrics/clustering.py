"""Metrics of clusters that are found in an embedding and compared with the labels."""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import UndefinedError
from bench.metrics.embedding import Embedding
from bench.metrics.metric import metric

if TYPE_CHECKING:
    from sklearn.base import ClusterMixin

MAX_POINTS = 70_000
"""By anchors, which are for many points, clusters of more are not looked for: HDBSCAN's time grows as their square."""
MAX_COMPONENTS = 64
"""HDBSCAN takes hours in hundreds of dimensions, and finds next to nothing there."""

_metric = partial(metric, family="clusters", low=-1, unit="agreement above chance", chance="0", needs=("labels",))
_of_kmeans = partial(_metric, weakness="Cuts long or unequal clusters in pieces, though the eye would not.")
_of_hdbscan = partial(
    _metric, weakness="Depends on the smallest size of a cluster; bridges of a few points merge classes."
)


@_of_kmeans("k-means, ARI", reference="Hubert and Arabie 1985; Lloyd 1982, n_init 10")
def kmeans_ari(embedding: Embedding) -> float:
    """How far clusters found by k-means are the classes (pairs of points kept together or apart)."""
    return _agreement("adjusted_rand_score", embedding, _kmeans(embedding))


@_of_kmeans("k-means, AMI", reference="Vinh, Epps and Bailey 2010; Lloyd 1982, n_init 10")
def kmeans_ami(embedding: Embedding) -> float:
    """How far clusters found by k-means are the classes (shared information)."""
    return _agreement("adjusted_mutual_info_score", embedding, _kmeans(embedding))


@_of_hdbscan(
    "HDBSCAN, ARI", reference="Hubert and Arabie 1985; Campello et al. 2013, clusters of at least n / 100 points"
)
def hdbscan_ari(embedding: Embedding) -> float:
    """How far clusters found by HDBSCAN are the classes (pairs of points kept together or apart)."""
    return _agreement("adjusted_rand_score", embedding, _hdbscan(embedding))


@_of_hdbscan(
    "HDBSCAN, AMI", reference="Vinh, Epps and Bailey 2010; Campello et al. 2013, clusters of at least n / 100 points"
)
def hdbscan_ami(embedding: Embedding) -> float:
    """How far clusters found by HDBSCAN are the classes (shared information)."""
    return _agreement("adjusted_mutual_info_score", embedding, _hdbscan(embedding))


def clusters(clusterer: ClusterMixin, Z: np.ndarray) -> np.ndarray:
    """Return the clusters that scikit-learn's `clusterer` finds."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # Fewer different positions than clusters: then there are fewer clusters.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clusterer.fit_predict(Z)


def _kmeans(embedding: Embedding) -> np.ndarray:
    """Return clusters of k-means, a cluster a class, the best of 10 starts."""
    from sklearn.cluster import KMeans

    model = KMeans(_n_classes(embedding), n_init=10, random_state=0)
    return embedding.once("kmeans", lambda: clusters(model, embedding.positions.T))


def hdbscan(Z: np.ndarray, **settings: bool) -> np.ndarray:
    """Return HDBSCAN's clusters, numbered from 0, of at least a hundredth of the points and 5; -1 is of no cluster.

    Settings are those of scikit-learn.

    Raises
    ------
    UndefinedError
        If there are too few points, or more than `MAX_COMPONENTS` components.
    """
    from sklearn.cluster import HDBSCAN

    if Z.shape[1] > MAX_COMPONENTS:
        raise UndefinedError(f"more than {MAX_COMPONENTS} components")
    smallest = max(5, len(Z) // 100)
    if len(Z) <= smallest:
        raise UndefinedError("too few points")
    model = HDBSCAN(min_cluster_size=smallest, min_samples=min(10, smallest), copy=True, n_jobs=-1, **settings)
    return clusters(model, Z)


def _hdbscan(embedding: Embedding) -> np.ndarray:
    """Return HDBSCAN's clusters; points left out are one more."""
    _n_classes(embedding)
    return embedding.once("hdbscan", lambda: hdbscan(embedding.positions.T))


def _agreement(score: str, embedding: Embedding, found: np.ndarray) -> float:
    from sklearn import metrics

    return float(getattr(metrics, score)(embedding.labels(), found))


def _n_classes(embedding: Embedding) -> int:
    if embedding.is_sampled and len(embedding.Z) > MAX_POINTS:
        raise UndefinedError(f"more than {MAX_POINTS:,} points")
    n_classes = len(np.unique(embedding.labels("train")))
    if n_classes < 2:
        raise UndefinedError("one class")
    return n_classes
