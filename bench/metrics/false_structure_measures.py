"""Measures of false structure: how many clusters are found where there are none, in an embedding and in its data.

Clusters are counted in the two ways in which people count them without labels: those of HDBSCAN, and those of the
k-means with the highest silhouette. Neither knows how many there are.
"""

from __future__ import annotations

import numpy as np

from bench.errors import UndefinedError
from bench.metrics.clustering import clusters, hdbscan
from bench.metrics.measure import Subject

KS = range(2, 11)
"""Numbers of clusters that k-means is tried with."""
N_CLUSTERS, OUTSIDE, ONE_ALLOWED, SILHOUETTE = "n_clusters", "outside", "one_allowed", "silhouette"
"""Parts of these measures."""


def hdbscan_clusters(subject: Subject) -> dict[str, float]:
    """Clusters that HDBSCAN finds in the embedding, of at least a hundredth of the points.

    `n_clusters`, and `outside`, the share of points of no cluster. As it is used, HDBSCAN finds two clusters or more,
    or none; `one_allowed` is their number where a single cluster of all points may be found, too.
    """
    return _by_hdbscan(_embedded(subject))


def hdbscan_clusters_of_data(subject: Subject) -> dict[str, float]:
    """Clusters that HDBSCAN finds in the unreduced data; see `hdbscan_clusters`."""
    return subject.space.once("hdbscan", lambda: _by_hdbscan(_data(subject)))


def kmeans_clusters(subject: Subject) -> dict[str, float]:
    """Clusters of the k-means with the highest silhouette in the embedding, of 2 to 10 clusters.

    `n_clusters`, and that `silhouette`. There are always two or more; how much they are worth, the silhouette says.
    """
    return _by_kmeans(_embedded(subject))


def kmeans_clusters_of_data(subject: Subject) -> dict[str, float]:
    """Clusters of the k-means with the highest silhouette in the unreduced data; see `kmeans_clusters`."""
    return subject.space.once("best k-means", lambda: _by_kmeans(_data(subject)))


def _embedded(subject: Subject) -> np.ndarray:
    subject.space.require_all_pairs()
    return subject.Z


def _data(subject: Subject) -> np.ndarray:
    subject.space.require_all_pairs()
    return subject.dataset.X


def _by_hdbscan(points: np.ndarray) -> dict[str, float]:
    _require_extent(points)
    found = hdbscan(points)
    return {
        N_CLUSTERS: float(found.max() + 1),
        OUTSIDE: float(np.mean(found < 0)),
        ONE_ALLOWED: float(hdbscan(points, allow_single_cluster=True).max() + 1),
    }


def _by_kmeans(points: np.ndarray) -> dict[str, float]:
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    _require_extent(points)
    exact = np.asarray(points, np.float64)
    best = {SILHOUETTE: -np.inf}
    for k in KS:
        found = clusters(KMeans(k, n_init=10, random_state=0), exact)
        if 1 < (n_clusters := len(np.unique(found))) < len(exact):
            one = {N_CLUSTERS: float(n_clusters), SILHOUETTE: float(silhouette_score(exact, found))}
            best = max(best, one, key=lambda of: of[SILHOUETTE])
    return best


def _require_extent(points: np.ndarray) -> None:
    if not np.ptp(points, axis=0).any():
        raise UndefinedError("all points at one position")
