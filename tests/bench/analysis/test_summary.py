from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.analysis.summary import interval_of, summary_table
from bench.metrics.statistics import interval
from bench.store.records import Status
from bench.store.results import Results
from tests.bench import results_maker as maker

VALUES = [0.90, 0.91, 0.95]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    lost = maker.failed(Status.TIMEOUT, "took longer than the limit of 3.0 s")
    return maker.write(
        tmp_path_factory.mktemp("results"),
        {
            "good": {"silhouette": VALUES, "procrustes_residual": 0.1, "silhouette_test": ["n/a (transductive)"] * 3},
            "half": {"silhouette": [0.5, None]},
            "gone": {},
            "pixels": {"silhouette": 0.05},
        },
        outcomes={
            "good": [maker.successful(wall) for wall in (2.0, 1.0, 3.0)],
            "half": [maker.successful(1.0), lost],
            "gone": [lost],
        },
    )


@pytest.fixture(scope="module")
def summary(results: Results) -> pd.DataFrame:
    return summary_table(results).set_index("variant")


def test_a_row_begins_with_what_it_is_and_how_many_runs_were_successful(results: Results) -> None:
    assert list(summary_table(results).columns[:5]) == ["variant", "label", "reducer", "n_runs", "n_ok"]


def test_means_have_intervals(results: Results, summary: pd.DataFrame) -> None:
    good, expected = summary.loc["good"], interval(VALUES, -1, 1)
    assert expected == interval_of(results, "good", "silhouette")
    assert (good["n_runs"], good["n_ok"], good["status"]) == (3, 3, "ok")
    assert (good["silhouette"], good["silhouette_low"]) == (expected.mean, expected.low)
    assert good["fit_s"] == pytest.approx(6 ** (1 / 3)), "the geometric mean"
    assert 0 < good["fit_s_low"] < good["fit_s"] < good["fit_s_high"]


def test_a_failure_is_a_row_with_a_reason_and_no_number(summary: pd.DataFrame) -> None:
    gone, half = summary.loc["gone"], summary.loc["half"]
    assert (gone["status"], gone["reason"]) == ("timeout", "took longer than the limit of 3.0 s")
    assert gone[["fit_s", "silhouette", "silhouette_test"]].isna().all()
    assert (half["n_runs"], half["n_ok"], half["status"], half["silhouette"]) == (2, 1, "timeout", 0.5)


def test_what_a_method_cannot_have_is_said_apart_from_the_numbers(summary: pd.DataFrame) -> None:
    assert pd.isna(summary.loc["good", "silhouette_test"])
    assert summary.loc["good", "reasons"] == "transductive: silhouette_test"
    numbers = summary.loc[:, "import_s":].drop(columns="reasons")
    assert numbers.apply(pd.to_numeric).notna().any().any(), "every cell is a number or empty"


def test_references_and_scores_over_seeds_have_no_interval(results: Results, summary: pd.DataFrame) -> None:
    pixels = summary.loc["pixels"]
    assert (pixels["label"], pixels["n_runs"], pixels["silhouette"]) == ("no reduction", 0, 0.05)
    assert pd.isna(pixels["silhouette_low"]) and pd.isna(pixels["fit_s"])
    assert summary.loc["good", "procrustes_residual"] == 0.1
    assert interval_of(results, "half", "procrustes_residual") is None


def test_costs_of_another_machine_are_no_gap_and_have_a_reason(tmp_path: Path) -> None:
    runs = {"a": {"machine": "x"}, "b": {"machine": "y"}}
    outcomes = {"a": [maker.successful(1.0)] * 2, "b": [maker.successful(9.0)]}
    results = maker.write(tmp_path, {name: {"silhouette": [0.5]} for name in "ab"}, outcomes=outcomes, runs=runs)
    found = summary_table(results).set_index("variant")
    assert found.loc["a", "fit_s"] == 1.0 and pd.isna(found.loc["b", "fit_s"]) and found.loc["b", "silhouette"] == 0.5
    assert "other machine: baseline_mib cold_start_s fit_cores fit_cpu_s fit_s" in found.loc["b", "reasons"]
    assert "machine" not in found.loc["a", "reasons"]
