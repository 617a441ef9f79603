"""Scores of clusters that are found in an embedding and compared with the labels."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from bench.scores.case import Case
from bench.scores.score import Score, UndefinedError

if TYPE_CHECKING:
    from sklearn.base import ClusterMixin

MOST_COMPONENTS = 64
"""HDBSCAN takes hours in hundreds of dimensions, and finds next to nothing there."""


def kmeans_ari(case: Case, k: int | None) -> float:
    """Adjusted Rand index of k-means, a cluster a class, the best of 10 starts (Hubert and Arabie 1985)."""
    return _ari(case, _kmeans(case))


def kmeans_ami(case: Case, k: int | None) -> float:
    """Adjusted mutual information of the same clusters (Vinh, Epps and Bailey 2010)."""
    return _ami(case, _kmeans(case))


def hdbscan_ari(case: Case, k: int | None) -> float:
    """Adjusted Rand index of HDBSCAN's clusters; points it leaves out count as one more (Campello et al. 2013)."""
    return _ari(case, _hdbscan(case))


def hdbscan_ami(case: Case, k: int | None) -> float:
    """Adjusted mutual information of the same clusters."""
    return _ami(case, _hdbscan(case))


def _ari(case: Case, clusters: np.ndarray) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(case.y, clusters))


def _ami(case: Case, clusters: np.ndarray) -> float:
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(case.y, clusters))


def _kmeans(case: Case) -> np.ndarray:
    assert case.y is not None
    from sklearn.cluster import KMeans

    n_classes = len(np.unique(case.y))
    if n_classes < 2:
        raise UndefinedError("one class")
    return case.once("kmeans", lambda: _found(KMeans(n_classes, n_init=10, random_state=0), case))


def _hdbscan(case: Case) -> np.ndarray:
    """Return clusters of at least a hundredth of the points, and 5 of them."""
    assert case.y is not None
    if len(np.unique(case.y)) < 2:
        raise UndefinedError("one class")
    if len(case.positions) > MOST_COMPONENTS:
        raise UndefinedError(f"more than {MOST_COMPONENTS} components")
    smallest = max(5, len(case.Z) // 100)
    if len(case.Z) <= smallest:
        raise UndefinedError("too few points")
    from sklearn.cluster import HDBSCAN

    clusterer = HDBSCAN(min_cluster_size=smallest, min_samples=min(10, smallest), copy=True, n_jobs=-1)
    return case.once("hdbscan", lambda: _found(clusterer, case))


def _found(clusterer: ClusterMixin, case: Case) -> np.ndarray:
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # Fewer different places than clusters: then they are fewer.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clusterer.fit_predict(case.positions.T)


RECORDS = tuple(
    Score(
        key=f"{method}_{index}",
        label=f"{name}, {index.upper()}",
        family="clusters",
        fit=function,
        low=-1,
        unit="agreement above chance",
        chance="0",
        needs=("labels",),
        reference=f"{reference}; {origin}",
        meaning=f"How far clusters found by {name} are the classes ({what}).",
        weakness=weakness,
    )
    for method, name, origin, weakness, functions in (
        (
            "kmeans",
            "k-means",
            "Lloyd 1982, n_init 10",
            "Cuts long or unequal clusters in pieces, though the eye would not.",
            (kmeans_ari, kmeans_ami),
        ),
        (
            "hdbscan",
            "HDBSCAN",
            "Campello et al. 2013, clusters of at least n / 100 points",
            "Depends on the smallest size of a cluster; bridges of a few points merge classes.",
            (hdbscan_ari, hdbscan_ami),
        ),
    )
    for function, index, what, reference in zip(
        functions,
        ("ari", "ami"),
        ("pairs of points kept together or apart", "shared information"),
        ("Hubert and Arabie 1985", "Vinh, Epps and Bailey 2010"),
        strict=True,
    )
)
