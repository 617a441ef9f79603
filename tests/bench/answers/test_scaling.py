from __future__ import annotations

from pathlib import Path

import pytest

from bench.answers import Stored, Told
from bench.answers.scaling import ANSWERS
from bench.study import Study, Variant
from tests.bench.answers import maker

N = (1_000, 4_000, 10_000, 14_000, 28_000, 56_000)
FIT_S = {
    "PCA": [0.1, 0.4, 0.5, 1.4, 2.83, 5.6],
    "t-SNE": [1.0, 16.0, 25.0, 100.0, 400.0, 400.0],
    "UMAP": [1.0, 16.0, 9.0, 8.0, 16.0, 32.0],
    "UMAP (approximate)": [0.5, 2.0, 9.0, 8.0, 16.0, 32.0],
}
MIB = {"PCA": 0.001, "t-SNE": 0.02, "UMAP": 0.01, "UMAP (approximate)": 0.01}
REDUCERS = {"PCA": "pca", "t-SNE": "tsne"}


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    variants, columns = {}, {}
    for series, seconds in FIT_S.items():
        forced = {"force_approximation_algorithm": True} if "approximate" in series else {}
        for n, fit_s in zip(N, seconds, strict=True):
            name = f"v{len(variants)}"
            variants[name] = Variant(reducer=REDUCERS.get(series, "umap"), params=forced, n=n, series=series)
            columns[name] = {"fit_s": [fit_s], "peak_mib": [150 + MIB[series] * n], "baseline_mib": [150.0]}
            columns[name] |= {"silhouette": [0.0]}
    made = maker.stored(tmp_path, columns, Study(name="scaling", dataset="mnist-70k", timeout=120.0, variants=variants))
    runs = made.frame("runs")
    runs["n_fit"] = runs["variant"].map(lambda name: variants[name].n)
    late = runs["fit_s"] > 120
    runs.loc[late, ["status", "reason"]] = "timeout", "took longer than the limit of 2 min 00 s"
    runs.to_csv(tmp_path / "runs.csv", index=False)
    return Stored(tmp_path)


def _told(stored: Stored, number: int) -> Told:
    return next(answer for answer in ANSWERS if answer.number == number).tell(stored)


def test_time_names_the_pace_the_change_and_the_late(stored: Stored) -> None:
    told = _told(stored, 17)
    said = " ".join(told.sentences)
    assert "Not to be told from in proportion to the points: PCA 1.00 [" in said
    assert "UMAP fits 4,000 points in 16 s and 10,000 in 9.0 s: below 4,096 rows" in said
    assert "UMAP fits 10,000 points in 9.0 s and 14,000 in 8.0 s: up to 10,000 rows" in said
    assert "UMAP (approximate) fits" not in said, "it has one algorithm"
    assert "t-SNE passed the deadline of 2 min 00 s for a run with 28,000 points and was not tried with more." in said
    assert told.rows[0] == ("PCA", "56,000: 5.6 s", "1.00 [0.89, 1.11]", "7.02", "n/a", "n/a")
    assert [row[0] for row in told.rows] == list(FIT_S)
    assert told.rows[1][1:4] == ("14,000: 1 min 40 s", "n/a", "n/a")


def test_memory_is_told_by_the_thousand(stored: Stored) -> None:
    told = _told(stored, 14)
    assert "PCA takes 1 MiB for every 1,000 points more and UMAP" in told.sentences[0]
    assert "all 70,000 would take 70 and 700 MiB" in told.sentences[0]
    assert "take 209 MiB" in told.sentences[1]
    assert told.rows[0] == ("PCA", "1", "1.00 [1.00, 1.00]", "70", "206", "56,000 points")
