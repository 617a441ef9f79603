from __future__ import annotations

import reducers
from bench.execution.metric_cost import MetricCost
from bench.metrics import METRICS
from bench.studies.study import read
from tests.conftest import make_dataset


def test_every_score_of_training_points_is_computed() -> None:
    data = make_dataset(300, 0)
    cost = MetricCost().fit(data.X)
    assert cost.embedding_.shape == (300, 2)
    of_training = {
        key
        for key, metric in METRICS.items()
        if "train" in metric.splits and not {"transform", "inverse"} & {*metric.needs}
    }
    assert {value.score for value in cost.scores_ if value.value is not None} == of_training


def test_the_study_of_scaling_names_it() -> None:
    assert reducers.get(read("scaling").variants["scoring"].reducer) is MetricCost


def test_the_study_of_scaling_is_from_few_points_to_many() -> None:
    study = read("scaling").resolved()
    of_series: dict[str, list[int]] = {}
    for variant in study.variants.values():
        of_series.setdefault(variant.series, []).append(variant.n or 0)
    assert all(sizes == sorted(sizes) for sizes in of_series.values()) and not study.rounds
    assert {"PCA", "t-SNE", "openTSNE", "UMAP (as it comes)", "Autoencoder", "VAE", "Scoring"} <= of_series.keys()
    assert max(map(max, of_series.values())) == 69_000
