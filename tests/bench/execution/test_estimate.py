from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.datasets import Dataset
from bench.execution import estimate
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker

VARIANTS = {"pca": Variant(reducer="pca", label="PCA"), "tsne": Variant(reducer="tsne", label="t-SNE")}


@pytest.fixture
def runs(dataset: Dataset) -> list[plan.Run]:
    return plan.make(Study(dataset="clouds", seeds=2, variants=VARIANTS), dataset, 1)


def _earlier(folder: Path, n_train: int = 1_000) -> None:
    rows = [
        {"variant": reducer, "label": label, "reducer": reducer, "n_train": n_train, "status": status}
        | {"fit_s": fit, "transform_s": None, "inverse_s": None}
        | {"import_s": start, "cold_start_s": start, "fit_transform_s": start and fit}
        for label, reducer, fit, start, status in (
            ("PCA", "pca", 1.0, 0.5, "ok"),
            ("PCA", "pca", 1.0, None, "ok"),
            ("t-SNE", "tsne", 9.0, 1.0, "ok"),
            ("t-SNE", "tsne", 500.0, 1.0, "timeout"),
        )
    ]
    folder.mkdir()
    pd.DataFrame(rows).to_csv(folder / "runs.csv", index=False)


def test_time_is_estimated_from_earlier_runs(tmp_path: Path, runs: list[plan.Run]) -> None:
    _earlier(tmp_path / "default")
    expected = estimate.learn_from(tmp_path, runs, 1_000)
    assert expected.seconds(runs) == pytest.approx(2 * 1 + 2 * 9 + (1 + 1) + (2 + 9))
    assert expected.seconds(runs, warm=["pca", "tsne"]) == pytest.approx(20)
    assert expected.as_text(runs) == (
        "4 runs (2 variants, up to 2 seeds each), about 33 s, t-SNE takes 88% of it; then scores and figures"
    )


def test_an_estimate_from_other_parameters_says_so(tmp_path: Path, dataset: Dataset) -> None:
    _earlier(tmp_path / "default")
    other = {"pca": VARIANTS["pca"], "slow": Variant(reducer="tsne", label="t-SNE, a thousand times as many steps")}
    runs = plan.make(Study(dataset="clouds", seeds=1, variants=other), dataset, 1)
    expected = estimate.learn_from(tmp_path, runs, 1_000)
    assert "about 23 s (partly from runs under other labels), t-SNE, a" in expected.as_text(runs)
    assert "(partly" not in expected.as_text([run for run in runs if run.variant == "pca"])


def test_those_of_single_datasets_count_and_unfinished_ones_do_not(tmp_path: Path, runs: list[plan.Run]) -> None:
    for name in ("datasets/usps", "default/partial"):
        (tmp_path / name).parent.mkdir()
        _earlier(tmp_path / name, n_train=1_000 if name == "datasets/usps" else 10)
    assert estimate.learn_from(tmp_path, runs, 1_000).seconds(runs) == pytest.approx(33)
    assert estimate.learn_from(tmp_path, runs, 10).seconds(runs, warm=["pca", "tsne"]) == pytest.approx(0.2)


def test_more_points_take_longer(tmp_path: Path, runs: list[plan.Run]) -> None:
    _earlier(tmp_path / "default")
    assert estimate.learn_from(tmp_path, runs, 3_000).seconds(runs, warm=VARIANTS) == pytest.approx(60)


def test_a_variant_of_fewer_points_takes_less(tmp_path: Path, dataset: Dataset) -> None:
    _earlier(tmp_path / "default")
    few = {name: variant.model_copy(update={"n": 30}) for name, variant in VARIANTS.items()}
    runs = plan.make(Study(dataset="clouds", seeds=1, variants=few), dataset, 1)
    assert estimate.learn_from(tmp_path, runs, 60).seconds(runs, warm=VARIANTS) == pytest.approx(10 * 0.03)


def test_without_earlier_runs_nothing_is_claimed(tmp_path: Path, runs: list[plan.Run], dataset: Dataset) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "runs.csv").write_text("no,such,table\n1,2,3\n")
    expected = estimate.learn_from(tmp_path, runs, 1_000)
    assert expected.seconds(runs) is None
    assert "an estimate of the time follows" in expected.as_text(runs)
    expected.learn(maker.record("pca", 0, dataset, maker.successful(1.0)))
    expected.learn(maker.record("tsne", 0, dataset, maker.successful(3.0)))
    assert expected.seconds(runs) == pytest.approx(2 * 1.1 + 2 * 3.1)
