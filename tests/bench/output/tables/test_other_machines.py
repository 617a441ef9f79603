from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.analysis.other_machines import repetitions
from bench.output.tables.other_machines import other_machines
from bench.output.tables.render import to_markdown
from bench.store.machines import DIFFERS, FOLDER
from bench.store.results import Results
from tests.bench import results_maker as maker

VALUES = {
    "a": {"knn_accuracy_k10": [0.90, 0.91], "knn_accuracy_k10_test": ["n/a (transductive)"] * 2},
    "free": {"knn_accuracy_k10": [0.5, 0.5]},
    "other": {"knn_accuracy_k10": [0.8]},
}


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Return a study two of whose variants were repeated on another machine, one of them without a seed."""
    variants = {name: {"reducer": "pca", "label": name.upper(), "seeded": name != "free"} for name in VALUES}
    study = maker.study_of(variants=variants)
    maker.write(tmp_path, VALUES, study, runs={"free": {"random_state": None}})
    again = {"a": {"knn_accuracy_k10": [0.93, 0.93, 0.99]}, "free": {"knn_accuracy_k10": [0.6, 0.6]}}
    maker.write(tmp_path / FOLDER / "y", again, study, runs={name: {"machine": "y", "host": "far"} for name in again})
    return Results(tmp_path)


def _pairs(machine: str, stays: list[float]) -> pd.DataFrame:
    row = {"differs": DIFFERS + machine, "first": "a", "second": "a", "split": "train", "bit_equal": False}
    runs = [{"sample": 0, "first_seed": seed, "shared_neighbours": share} for seed, share in enumerate(stays)]
    return pd.DataFrame([row | run for run in runs])


def test_scores_of_the_same_seed_are_compared(results: Results) -> None:
    [found] = repetitions(results)
    assert (found.variant, found.machine, found.n) == ("a", "y", 2), "without a seed there is nothing to compare"
    difference = found.differences["knn_accuracy_k10"]
    assert (difference.mean, difference.n) == (pytest.approx(0.025), 2)
    assert (found.same_bits, found.stays) == (None, None)
    [table] = other_machines(results)
    assert [column.key for column in table.columns] == ["seeds", "machine-knn_accuracy_k10"]
    assert [cell.text for cell in table.rows[0].cells] == ["2", "+0.0250"]
    assert "The same seed on another machine, machine class y (host far): how much higher" in to_markdown([table])


def test_positions_are_compared_where_they_are_known(results: Results) -> None:
    pairs = pd.concat([_pairs("y", [0.8, 0.82]), _pairs("z", [0.1, 0.1])])
    pairs.to_csv(results.folder / "reproducibility.csv", index=False)
    [found] = repetitions(results)
    assert found.same_bits is False and found.stays is not None and found.stays.mean == pytest.approx(0.81)
    [table] = other_machines(results)
    assert [cell.text for cell in table.rows[0].cells] == ["2", "no", "0.810", "+0.0250"]


def test_a_score_that_has_been_defined_otherwise_since_is_left_out(results: Results) -> None:
    from bench.execution import environment
    from bench.store.store import Store

    where = environment.environment("clouds", "a hash", "three clouds", 1)
    for folder, version in ((results.folder, 2), (results.folder / FOLDER / "y", 1)):
        metrics = {"metrics": {"knn_accuracy": version}}
        Store(folder).write_model("environment.json", where.model_copy(update=metrics))
    [found] = repetitions(Results(results.folder))
    assert found.differences == {}


def test_a_study_on_one_machine_has_no_such_table(tmp_path: Path) -> None:
    assert other_machines(maker.write(tmp_path, VALUES)) == []


def test_a_run_that_was_measured_on_that_machine_later_is_not_compared_with_itself(results: Results) -> None:
    runs = pd.read_csv(results.folder / "runs.csv")
    runs.loc[(runs["variant"] == "a") & (runs["seed"] == 0), "machine"] = "y"
    runs.to_csv(results.folder / "runs.csv", index=False)
    [found] = repetitions(Results(results.folder))
    assert found.n == 1 and found.differences["knn_accuracy_k10"].mean == pytest.approx(0.02)


def test_the_same_embedding_with_every_seed_is_one_value(tmp_path: Path) -> None:
    study = maker.study_of("fixed")
    for folder, value, machine in ((tmp_path, 0.5, "x"), (tmp_path / FOLDER / "y", 0.6, "y")):
        values = {"fixed": {"knn_accuracy_k10": [value] * 3}}
        maker.write(folder, values, study, runs={"fixed": {"machine": machine}})
    [found] = repetitions(Results(tmp_path))
    difference = found.differences["knn_accuracy_k10"]
    assert (found.n, difference.n, difference.low) == (3, 1, None) and difference.mean == pytest.approx(0.1)


def test_runs_on_one_sample_of_the_data_are_one_value(tmp_path: Path) -> None:
    study = maker.study_of("a", samples=2, seeds=2)
    here = {(0, 0): 0.90, (0, 1): 0.91, (1, 0): 0.92, (1, 1): 0.93}
    further = dict(zip(here, (0.01, 0.03, 0.04, 0.06), strict=True))
    there = {run: value + further[run] for run, value in here.items()}
    for folder, of, machine in ((tmp_path, here, "x"), (tmp_path / FOLDER / "y", there, "y")):
        maker.write(folder, {"a": {"knn_accuracy_k10": of}}, study, runs={"a": {"machine": machine}})
    pairs = _pairs("y", [0.8, 0.82, 0.7, 0.72]).assign(sample=[0, 0, 1, 1], first_seed=[0, 1, 0, 1])
    pairs.to_csv(tmp_path / "reproducibility.csv", index=False)
    results = Results(tmp_path)
    [found] = repetitions(results)
    difference, stays = found.differences["knn_accuracy_k10"], found.stays
    assert stays is not None and (stays.n, stays.mean) == (2, pytest.approx(0.76))
    assert (found.n, difference.n) == (4, 2) and difference.mean == pytest.approx(0.035)
    assert "Means over samples [95 % interval]." in to_markdown(other_machines(results))
