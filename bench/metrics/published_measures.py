"""Measures of a published table, each as its authors computed it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.datasets import Dataset
from bench.metrics.clustering import clusters
from bench.metrics.embedding import Embedding
from bench.metrics.labels import silhouette
from bench.metrics.measure import Subject
from bench.metrics.reference_space import ReferenceSpace

FIRST = 10_000
"""Training points that `trustworthiness_of_first` is of."""
CLUSTERS = range(5, 15)
CLUSTER_SEEDS = range(5)
NEAR = 0.01
"""Runs of k-means whose silhouette among the first points lies no farther below the best are compared by all points."""


def trustworthiness_of_first(subject: Subject) -> float:
    """Trustworthiness of the first 10,000 training points, k = 5."""
    space = subject.space
    if space.n > FIRST:
        space = ReferenceSpace(space.dataset.select(FIRST), space.folder)
    return float(Embedding(space, subject.Z[:FIRST]).coranking.trustworthiness[4])


def silhouette_of_labels(subject: Subject) -> float:
    """Silhouette of the training points under their labels; -1 if there is one label only."""
    return _silhouette(subject.dataset, subject.Z, subject.y)


def knn_score(subject: Subject) -> dict[str, float]:
    """Accuracy for test points of scikit-learn's nearest neighbours, `1` and `5` of them."""
    from sklearn.neighbors import KNeighborsClassifier

    Z_test = subject["test"]
    models = {str(k): KNeighborsClassifier(k).fit(subject.Z, subject.y) for k in (1, 5)}
    return {part: float(model.score(Z_test, subject.y_test)) for part, model in models.items()}


def kmeans_by_silhouette(subject: Subject) -> dict[str, float]:
    """The run of k-means with the highest silhouette of its own clusters, as one chooses without labels.

    `n_clusters`, and `v_measure`, how far these are the classes (Rosenberg and Hirschberg 2007); `lowest` and `highest`
    are the ends of the range of the latter over the runs whose silhouette is lower by no more than `NEAR`. The paper
    computes the silhouettes of all 50 runs over all points; here the first points tell which of them can be the best,
    and all points decide among these.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import v_measure_score

    data, Z = subject.dataset, subject.Z
    first, exact_Z = data.select(FIRST), np.asarray(Z, np.float64)
    runs = [
        clusters(KMeans(n_clusters, n_init=10, random_state=seed), exact_Z)
        for n_clusters in CLUSTERS
        for seed in CLUSTER_SEEDS
    ]
    screened = np.array([_silhouette(first, Z[:FIRST], found[:FIRST]) for found in runs])
    near = [run for run, value in zip(runs, screened, strict=True) if value >= screened.max() - NEAR]
    exact = np.array([_silhouette(data, Z, found) for found in near])
    agreement = np.array([v_measure_score(subject.y, found) for found in near])
    best = int(exact.argmax())
    as_good = agreement[exact >= exact[best] - NEAR]
    return {
        "n_clusters": float(len(np.unique(near[best]))),
        "v_measure": float(agreement[best]),
        "lowest": float(as_good.min()),
        "highest": float(as_good.max()),
    }


def _silhouette(dataset: Dataset, Z: np.ndarray, y: np.ndarray) -> float:
    """Return the mean silhouette of the training points under some labels, exact; -1 if all have the same."""
    if len(np.unique(y)) < 2:
        return -1.0
    return silhouette(Embedding(ReferenceSpace(replace(dataset, y=y)), Z))
