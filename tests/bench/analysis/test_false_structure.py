from __future__ import annotations

from pathlib import Path

import pytest

from bench.analysis.false_structure import found, found_in_data
from bench.store.results import Results
from tests.bench import results_maker as maker

CLUSTERS, OF_DATA = "hdbscan_clusters:n_clusters", "hdbscan_clusters_of_data:n_clusters"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Return two methods on two samples of the data with two seeds each."""
    runs = [(sample, seed) for sample in range(2) for seed in range(2)]
    values = {
        "many": {
            CLUSTERS: dict(zip(runs, (3.0, 5.0, 4.0, 6.0), strict=True)),
            OF_DATA: dict(zip(runs, (2.0, 2.0, 0.0, 0.0), strict=True)),
            "kmeans_clusters:silhouette": dict.fromkeys(runs, 0.4),
        },
        "none": {
            CLUSTERS: dict.fromkeys(runs, 0.0),
            OF_DATA: dict(zip(runs, (2.0, 2.0, 0.0, 0.0), strict=True)),
        },
    }
    return maker.write(tmp_path_factory.mktemp("results"), values, maker.study_of("many", "none", samples=2, seeds=2))


def test_a_sample_is_one_value_and_every_embedding_is_counted(results: Results) -> None:
    many = found(results)["many"]
    assert many.clusters is not None and many.silhouette is not None
    assert (many.clusters.mean, many.clusters.n, many.n_runs, many.n_split) == (4.5, 2, 4, 4)
    assert many.silhouette.mean == 0.4 and many.one_allowed is None
    assert found(results)["none"].n_split == 0


def test_clusters_with_one_seed_of_two_are_none_in_every_embedding(tmp_path: Path) -> None:
    counts = {(0, 0): 3.0, (0, 1): 0.0, (1, 0): 4.0, (1, 1): 0.0}
    results = maker.write(tmp_path, {"some": {CLUSTERS: counts}}, maker.study_of("some", samples=2, seeds=2))
    some = found(results)["some"]
    assert some.clusters is not None and (some.clusters.mean, some.clusters.n) == (1.75, 2)
    assert (some.n_runs, some.n_split) == (4, 2)


def test_the_data_of_a_sample_count_once_whatever_the_methods(results: Results) -> None:
    of_data = found_in_data(results)
    assert of_data.clusters is not None
    assert (of_data.clusters.mean, of_data.n_runs, of_data.n_split) == (1.0, 2, 1)


def test_a_study_that_counts_no_clusters_has_none(tmp_path: Path) -> None:
    other = maker.write(tmp_path, {"pca": {"fit_s": [1.0]}})
    assert found(other) == {} and found_in_data(other).n_runs == 0
