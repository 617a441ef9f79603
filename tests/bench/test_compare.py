from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from bench.compare import Change, compare, in_words
from bench.datasets import Dataset
from bench.errors import StoreError
from bench.records import Status
from bench.results import publish
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

SEEDS = 6


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the figures out, which nothing here looks at."""
    monkeypatch.setattr("bench.results.figures.pictures", lambda reading: ())


def _folder(path: Path, dataset: Dataset, fit_s: float = 1.0, status: Status | None = None) -> Path:
    records = []
    for seed in range(SEEDS):
        outcome = maker.well(fit_s * (1 + 0.01 * seed)) if status is None else maker.ill(status, "no luck")
        records.append(maker.record("a", seed, dataset, outcome))
        records.append(maker.record("b", seed, dataset))
    publish(maker.folder(path, dataset, records), dataset)
    return path


def _of(changes: list[Change], variant: str, column: str) -> Change:
    return next(change for change in changes if (change.variant, change.column) == (variant, column))


def test_the_same_results_are_the_same(tmp_path: Path, dataset: Dataset) -> None:
    old, new = _folder(tmp_path / "old", dataset), _folder(tmp_path / "new", dataset)
    comparison = compare(old, new)
    assert comparison.cautions == []
    assert len(comparison.changes) > 10
    assert {change.verdict for change in comparison.changes} == {"same"}
    assert not comparison.anything_worse


def test_a_slower_method_is_worse_and_a_faster_one_better(tmp_path: Path, dataset: Dataset) -> None:
    old, new = _folder(tmp_path / "old", dataset), _folder(tmp_path / "new", dataset, fit_s=2.0)
    slower, faster = compare(old, new), compare(new, old)
    change = _of(slower.changes, "a", "fit_s")
    assert (change.verdict, change.n) == ("worse", SEEDS)
    assert change.low == pytest.approx(2)
    assert slower.anything_worse
    assert _of(faster.changes, "a", "fit_s").verdict == "better"
    assert not faster.anything_worse
    assert _of(slower.changes, "b", "fit_s").verdict == "same"
    assert "x 2" in in_words(change)
    assert "worse, beyond the noise" in in_words(change)


def test_a_change_among_noise_is_within_noise(tmp_path: Path, dataset: Dataset) -> None:
    old, new = _folder(tmp_path / "old", dataset), _folder(tmp_path / "new", dataset)
    runs = pd.read_csv(new / "runs.csv")
    runs.loc[runs["variant"] == "a", "fit_s"] *= [1.1, 0.9, 1.05, 0.97, 1.2, 0.9]
    runs.to_csv(new / "runs.csv", index=False)
    assert _of(compare(old, new).changes, "a", "fit_s").verdict == "within noise"


def test_a_lower_score_is_worse(tmp_path: Path, dataset: Dataset) -> None:
    old, new = _folder(tmp_path / "old", dataset), _folder(tmp_path / "new", dataset)
    scores = pd.read_csv(new / "scores.csv")
    chosen = (scores["variant"] == "b") & (scores["score"] == "trustworthiness")
    scores.loc[chosen, "value"] -= 0.01
    scores.to_csv(new / "scores.csv", index=False)
    assert _of(compare(old, new).changes, "b", "trustworthiness_k5").verdict == "worse"


def test_a_run_that_no_longer_ends_well_is_worse(tmp_path: Path, dataset: Dataset) -> None:
    old = _folder(tmp_path / "old", dataset)
    new = _folder(tmp_path / "new", dataset, status=Status.TIMEOUT)
    comparison = compare(old, new)
    assert comparison.anything_worse
    assert any("ok, then timeout" in in_words(change) for change in comparison.changes)
    assert not compare(new, old).anything_worse


def test_different_data_are_not_compared(tmp_path: Path, dataset: Dataset) -> None:
    other = make_dataset(61)
    with pytest.raises(StoreError, match="different data"):
        compare(_folder(tmp_path / "old", dataset), _folder(tmp_path / "new", other))


def test_another_machine_is_said_first_and_its_times_are_not_compared(tmp_path: Path, dataset: Dataset) -> None:
    old, new = _folder(tmp_path / "old", dataset), _folder(tmp_path / "new", dataset, fit_s=3.0)
    path = new / "environment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"processor": "Z80", "fingerprint": "z"}))
    comparison = compare(old, new)
    assert "The processors differ" in comparison.cautions[0]
    assert "Times and memory are not compared" in comparison.cautions[-1]
    assert not any(change.column == "fit_s" for change in comparison.changes)
    assert not comparison.anything_worse


def test_what_is_no_results_folder_is_said(tmp_path: Path, dataset: Dataset) -> None:
    with pytest.raises(StoreError, match=r"environment\.json"):
        compare(_folder(tmp_path / "old", dataset), tmp_path / "nowhere")
