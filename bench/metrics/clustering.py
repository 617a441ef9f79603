"""Metrics of clusters that are found in an embedding and compared with the labels."""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import UndefinedError
from bench.metrics.embedding import Embedding
from bench.metrics.metric import Metric

if TYPE_CHECKING:
    from sklearn.base import ClusterMixin

MAX_COMPONENTS = 64
"""HDBSCAN takes hours in hundreds of dimensions, and finds next to nothing there."""


def kmeans(embedding: Embedding) -> np.ndarray:
    """Return clusters of k-means, a cluster a class, the best of 10 starts."""
    from sklearn.cluster import KMeans

    n_classes = _n_classes(embedding)
    return embedding.once(
        "kmeans", lambda: clusters(KMeans(n_classes, n_init=10, random_state=0), embedding.positions.T)
    )


def hdbscan(embedding: Embedding) -> np.ndarray:
    """Return HDBSCAN's clusters, of at least a hundredth of the points and 5; points left out are one more."""
    from sklearn.cluster import HDBSCAN

    _n_classes(embedding)
    if len(embedding.positions) > MAX_COMPONENTS:
        raise UndefinedError(f"more than {MAX_COMPONENTS} components")
    smallest = max(5, len(embedding.Z) // 100)
    if len(embedding.Z) <= smallest:
        raise UndefinedError("too few points")
    clusterer = HDBSCAN(min_cluster_size=smallest, min_samples=min(10, smallest), copy=True, n_jobs=-1)
    return embedding.once("hdbscan", lambda: clusters(clusterer, embedding.positions.T))


def clusters(clusterer: ClusterMixin, Z: np.ndarray) -> np.ndarray:
    """Return the clusters that scikit-learn's `clusterer` finds."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # Fewer different positions than clusters: then there are fewer clusters.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clusterer.fit_predict(Z)


def kmeans_ari(embedding: Embedding) -> float:
    """Adjusted Rand index of k-means' clusters (Hubert and Arabie 1985)."""
    return _ari(embedding, kmeans(embedding))


def kmeans_ami(embedding: Embedding) -> float:
    """Adjusted mutual information of the same clusters (Vinh, Epps and Bailey 2010)."""
    return _ami(embedding, kmeans(embedding))


def hdbscan_ari(embedding: Embedding) -> float:
    """Adjusted Rand index of HDBSCAN's clusters (Campello et al. 2013)."""
    return _ari(embedding, hdbscan(embedding))


def hdbscan_ami(embedding: Embedding) -> float:
    """Adjusted mutual information of the same clusters."""
    return _ami(embedding, hdbscan(embedding))


def _ari(embedding: Embedding, found: np.ndarray) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(embedding.y, found))


def _ami(embedding: Embedding, found: np.ndarray) -> float:
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(embedding.y, found))


def _n_classes(embedding: Embedding) -> int:
    assert embedding.y is not None
    n_classes = len(np.unique(embedding.y))
    if n_classes < 2:
        raise UndefinedError("one class")
    return n_classes


_metric = partial(Metric, family="clusters", low=-1, unit="agreement above chance", chance="0", needs=("labels",))
_of_kmeans = partial(_metric, weakness="Cuts long or unequal clusters in pieces, though the eye would not.")
_of_hdbscan = partial(
    _metric, weakness="Depends on the smallest size of a cluster; bridges of a few points merge classes."
)

RECORDS = (
    _of_kmeans(
        key="kmeans_ari",
        label="k-means, ARI",
        train=kmeans_ari,
        reference="Hubert and Arabie 1985; Lloyd 1982, n_init 10",
        meaning="How far clusters found by k-means are the classes (pairs of points kept together or apart).",
    ),
    _of_kmeans(
        key="kmeans_ami",
        label="k-means, AMI",
        train=kmeans_ami,
        reference="Vinh, Epps and Bailey 2010; Lloyd 1982, n_init 10",
        meaning="How far clusters found by k-means are the classes (shared information).",
    ),
    _of_hdbscan(
        key="hdbscan_ari",
        label="HDBSCAN, ARI",
        train=hdbscan_ari,
        reference="Hubert and Arabie 1985; Campello et al. 2013, clusters of at least n / 100 points",
        meaning="How far clusters found by HDBSCAN are the classes (pairs of points kept together or apart).",
    ),
    _of_hdbscan(
        key="hdbscan_ami",
        label="HDBSCAN, AMI",
        train=hdbscan_ami,
        reference="Vinh, Epps and Bailey 2010; Campello et al. 2013, clusters of at least n / 100 points",
        meaning="How far clusters found by HDBSCAN are the classes (shared information).",
    ),
)
