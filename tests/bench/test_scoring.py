from __future__ import annotations

from bench.scores import SCORES
from bench.scoring import Scoring
from bench.study import read
from tests.conftest import make_dataset


def test_every_score_of_fitted_points_is_computed() -> None:
    data = make_dataset(300, 0)
    scoring = Scoring().fit(data.X)
    assert scoring.embedding_.shape == (300, 2)
    of_fitted = {
        key for key, score in SCORES.items() if "fit" in score.splits and not {"transform", "inverse"} & {*score.needs}
    }
    assert {value.score for value in scoring.scores_ if value.value is not None} == of_fitted


def test_the_study_of_scaling_is_from_few_points_to_many() -> None:
    study = read("scaling").resolved()
    of_series: dict[str, list[int]] = {}
    for variant in study.variants.values():
        of_series.setdefault(variant.series, []).append(variant.n or 0)
    assert all(sizes == sorted(sizes) for sizes in of_series.values()) and not study.rounds
    assert {"PCA", "t-SNE", "openTSNE", "UMAP (as it comes)", "Autoencoder", "VAE", "Scoring"} <= of_series.keys()
    assert max(map(max, of_series.values())) == 69_000
