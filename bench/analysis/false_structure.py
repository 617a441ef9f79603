"""False structure: the clusters that are found in each embedding of data that have none, and in the data themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.metrics.false_structure_measures import N_CLUSTERS, ONE_ALLOWED, OUTSIDE, SILHOUETTE
from bench.metrics.statistics import Interval, interval
from bench.store.results import Results

BY_HDBSCAN, BY_KMEANS = "hdbscan_clusters", "kmeans_clusters"
"""Measures of an embedding; those of its data end in `OF_DATA`."""
OF_DATA = "_of_data"
COUNT = f"{BY_HDBSCAN}:{N_CLUSTERS}"


@dataclass(frozen=True)
class Found:
    """What is found in the embeddings by one method, or in the data: means over draws of the data, or else runs.

    Attributes
    ----------
    clusters, outside, one_allowed : Interval or None
        HDBSCAN's clusters, the share of points of none, and its clusters where a single one may be found.
    k, silhouette : Interval or None
        Clusters of the k-means with the highest silhouette, and that silhouette.
    n_runs, n_split : int
        Runs, or of the data draws, and those of them in which HDBSCAN finds clusters: in each, not in the mean of some.
    """

    clusters: Interval | None
    outside: Interval | None
    one_allowed: Interval | None
    k: Interval | None
    silhouette: Interval | None
    n_runs: int
    n_split: int


def found(results: Results) -> dict[str, Found]:
    """Return what is found in the embedding of each variant that was measured; empty if the study does not ask."""
    every = {
        variant: _found(partial(_of_embedding, results, variant), list(results.values(variant, COUNT).by_run.values()))
        for variant in results.variants
    }
    return {variant: one for variant, one in every.items() if one.n_runs}


def found_in_data(results: Results) -> Found:
    """Return what is found in the unreduced data, of which each sample counts once."""
    return _found(partial(_of_data, results), _of_data(results, COUNT))


def _of_embedding(results: Results, variant: str, measure: str) -> list[float]:
    return list(results.values(variant, measure).units().values())


def _of_data(results: Results, measure: str) -> list[float]:
    """Return a value a sample, which is the same for all methods."""
    name, _, part = measure.partition(":")
    by_sample = {
        sample: value
        for variant in results.variants
        for (sample, _), value in results.values(variant, f"{name}{OF_DATA}:{part}").by_run.items()
    }
    return list(by_sample.values())


def _found(values: Callable[[str], list[float]], counts: list[float]) -> Found:
    return Found(
        clusters=interval(values(COUNT), 0),
        outside=interval(values(f"{BY_HDBSCAN}:{OUTSIDE}"), 0, 1),
        one_allowed=interval(values(f"{BY_HDBSCAN}:{ONE_ALLOWED}"), 0),
        k=interval(values(f"{BY_KMEANS}:{N_CLUSTERS}"), 0),
        silhouette=interval(values(f"{BY_KMEANS}:{SILHOUETTE}"), -1, 1),
        n_runs=len(counts),
        n_split=sum(count > 0 for count in counts),
    )
