"""The measures of the published table, of one embedding of ours, each as its authors computed it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from bench.datasets import Dataset
from bench.reading import Judged, Reading
from bench.scores import Case, Original, shelf
from bench.scores.labels import silhouette_fit

FIRST = 10_000
"""Fitted points that trustworthiness is of: the first ones."""
CLUSTERS = range(5, 15)
CLUSTER_SEEDS = range(5)
NEAR = 0.01
"""Runs of k-means whose silhouette among the first points lies no farther below the best are judged by all points."""
VERSION = 1
"""Raised whenever a value changes."""


class Clustering(BaseModel):
    """The run of k-means that is chosen, and those that could as well have been.

    Attributes
    ----------
    n_clusters : int
        Clusters of the run with the highest silhouette.
    v_measure : float
        How far these are the classes (Rosenberg and Hirschberg 2007).
    lowest, highest : float
        Ends of the range of the same over the runs whose silhouette is lower by no more than `NEAR`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_clusters: int
    v_measure: float
    lowest: float
    highest: float


class Measures(BaseModel):
    """The measures of one embedding.

    Attributes
    ----------
    subject : str
        Sum of the embedding's file.
    values : dict of str to float
        By the keys of `published.MEASURES`, as far as it has them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    version: int = VERSION
    values: dict[str, float]
    clustering: Clustering


def of_run(reading: Reading, item: Judged) -> Measures:
    """Return the measures of a run that ended well; they are kept beside it, since they take half a minute."""
    record, name = item.record, f"runs/{item.record.variant}/replication-{item.record.seed}.json"
    assert record.arrays_sha256 is not None
    try:
        found = Measures.model_validate_json((reading.store.folder / name).read_bytes())
        if (found.subject, found.version) == (record.arrays_sha256, VERSION):
            return found
    except (OSError, ValidationError):
        pass
    dataset, arrays = reading.fitted(record.variant), reading.arrays(item)
    clustering = cluster(dataset, arrays["fit"])
    values = measure(dataset, arrays) | {"v_measure": clustering.v_measure}
    found = Measures(subject=record.arrays_sha256, values=values, clustering=clustering)
    reading.store.write_model(name, found)
    return found


def measure(dataset: Dataset, arrays: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return all measures but that of clusters.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        What a run left; see `Store.arrays`.
    """
    from sklearn.neighbors import KNeighborsClassifier

    Z = arrays["fit"]
    assert dataset.y is not None
    first = Case(Original(dataset.select(FIRST), shelf.folder()), Z[:FIRST])
    values = {
        "trustworthiness": float(first.coranking.trustworthiness[4]),
        "silhouette": silhouette(dataset, Z, dataset.y),
    }
    if "test" in arrays:
        for k in (1, 5):
            classifier = KNeighborsClassifier(k).fit(Z, dataset.y)
            values[f"{k}nn"] = float(classifier.score(arrays["test"], dataset.y_test))
    if "squared_error" in arrays:
        values["mse"] = float(np.mean(arrays["squared_error"], dtype=np.float64)) / dataset.X.shape[1]
    return values


def cluster(dataset: Dataset, Z: np.ndarray) -> Clustering:
    """Return the run of k-means with the highest silhouette of its own clusters, as the paper chooses without labels.

    The paper computes the silhouettes of all 50 runs over all points. Here the first points tell which of them can be
    the best, and all points decide among these.
    """
    from sklearn.metrics import v_measure_score

    runs = [_clusters(Z, n_clusters, seed) for n_clusters in CLUSTERS for seed in CLUSTER_SEEDS]
    screened = np.array([silhouette(dataset.select(FIRST), Z[:FIRST], clusters[:FIRST]) for clusters in runs])
    near = [run for run, value in zip(runs, screened, strict=True) if value >= screened.max() - NEAR]
    exact = np.array([silhouette(dataset, Z, clusters) for clusters in near])
    agreement = np.array([v_measure_score(dataset.y, clusters) for clusters in near])
    best = int(exact.argmax())
    as_good = agreement[exact >= exact[best] - NEAR]
    return Clustering(
        n_clusters=len(np.unique(near[best])),
        v_measure=float(agreement[best]),
        lowest=float(as_good.min()),
        highest=float(as_good.max()),
    )


def silhouette(dataset: Dataset, Z: np.ndarray, y: np.ndarray) -> float:
    """Return the mean silhouette of the fitted points under some labels, exact; -1 where all have the same."""
    if len(np.unique(y)) < 2:
        return -1.0
    return silhouette_fit(Case(Original(replace(dataset, y=y)), Z), None)


def _clusters(Z: np.ndarray, n_clusters: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # Fewer different places than clusters: then they are fewer.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(np.asarray(Z, np.float64))
