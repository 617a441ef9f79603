"""What is drawn of a run: some points of very many, and two runs in one orientation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.execution import pictured
from bench.execution.pictured import alignment, drawn_rows
from bench.output.figures import values
from bench.output.report import payload
from bench.store.results import Results
from tests.bench import results_maker as maker
from tests.conftest import make_dataset


def test_all_points_are_drawn_or_some_at_random() -> None:
    assert drawn_rows(70_000) == slice(None)
    rows = drawn_rows(70_001)
    assert isinstance(rows, np.ndarray)
    assert len(rows) == 20_000 and (np.diff(rows.astype(int)) > 0).all(), "each once, in the order of the data"
    assert abs(rows.mean() / 35_000 - 1) < 0.02


@pytest.fixture
def few_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Results, Dataset]:
    """Return results of 120 training points, of which 30 are drawn, and of 50 test points, which all are."""
    monkeypatch.setattr(pictured, "MAX_EXACT", 100)
    monkeypatch.setattr(pictured, "DRAWN", 30)
    data = replace(make_dataset(120, 50, n_features=6), image_shape=(2, 3))
    records = [maker.record("good", seed, data) for seed in (0, 1)]
    return Results(maker.folder(tmp_path, data, records, drawn=True).folder), data


def test_of_very_many_points_some_are_kept_with_their_labels(few_drawn: tuple[Results, Dataset]) -> None:
    results, data = few_drawn
    facts, run = results.data, results.shown("good")
    assert facts is not None and data.y is not None and data.y_test is not None and run is not None
    assert list(facts.rows) == ["train"] and len(facts.rows["train"]) == 30
    assert np.array_equal(facts.labels["train"], data.y[facts.rows["train"]])
    assert np.array_equal(facts.labels["test"], data.y_test)
    name, whole = f"good/{run[0]}-{run[1]}", results.embedding("good")
    assert whole.shape == (120, 2)
    assert np.allclose(results.arrays[f"embedding/{name}/train"], whole[facts.rows["train"]], atol=1e-3)
    aligned = next(name for name in results.arrays if name.startswith("aligned/") and name.endswith("train"))
    assert results.arrays[aligned].shape == (30, 2)


def test_it_is_said_how_many_points_are_drawn(few_drawn: tuple[Results, Dataset]) -> None:
    results, data = few_drawn
    assert "120 training and 50 test points, 30 of them drawn" in values.footer(results)
    found = payload.assemble(results, lambda: data, room=10**6)
    assert found.meta["n"] == {"train": 30, "test": 50} and found.meta["points"] == {"train": 120, "test": 50}
    assert len(found.blocks["labels-train"]) == 80, "30 labels of two bytes, as base64"


@pytest.mark.parametrize("n_components", [1, 2, 3, 4])
def test_alignment_undoes_rotation_reflection_and_shift_and_keeps_the_scale(n_components: int) -> None:
    rng = np.random.RandomState(n_components)
    Z = rng.standard_normal((30, n_components))
    turn = np.linalg.qr(rng.standard_normal((n_components, n_components)))[0]
    turn[:, 0] *= -1
    rotation, shift = alignment(Z @ turn + 7, Z)
    assert np.allclose((Z @ turn + 7) @ rotation + shift, Z)
    assert np.allclose(rotation @ rotation.T, np.eye(n_components))
    rotation, shift = alignment(3 * Z @ turn, Z)
    aligned = 3 * Z @ turn @ rotation + shift
    assert np.allclose(aligned.mean(axis=0), Z.mean(axis=0))
    assert np.allclose(aligned - aligned.mean(axis=0), 3 * (Z - Z.mean(axis=0)))
