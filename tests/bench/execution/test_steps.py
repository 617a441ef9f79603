"""The steps of a study with many points: what is measured, and what becomes of a process that ends too early."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from bench.errors import WorkerError
from bench.execution import steps
from bench.metrics.anchors import MIN_ANCHORS

STEPS = ["loading", "fit", "scoring", "further"]


def test_points_are_the_same_each_time_and_as_many_as_are_asked_for(tmp_path: Path) -> None:
    for name in ("a.npy", "b.npy"):
        steps.write_points(tmp_path / name, 800)
    X, y = np.load(tmp_path / "a.npy"), np.load(tmp_path / "a.labels.npy")
    assert (X.shape, X.dtype, y.shape) == ((1_000, steps.N_FEATURES), np.float32, (1_000,))
    assert np.array_equal(X, np.load(tmp_path / "b.npy"))
    assert 0 <= X.min() < 0.2 and 0.8 < X.max() <= 1
    assert len(steps._loaded(tmp_path / "a.npy").X) == 800


def test_points_do_not_depend_on_how_many_are_made_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "BLOCK", 300)
    steps.write_points(tmp_path / "a.npy", 800)
    X = np.load(tmp_path / "a.npy")
    assert not np.isnan(X).any() and len(np.unique(X, axis=0)) == 1_000, "no block is another one once more"


def test_each_step_begins_and_has_its_cost_and_scores_have_errors(tmp_path: Path) -> None:
    rows = list(steps.carried_out(400, MIN_ANCHORS, tmp_path / "points.npy"))
    taken = [row for row in rows if "step" in row]
    assert [row["step"] for row in taken] == STEPS and all(row["seconds"] > 0 for row in taken)
    assert [bool(row.get("began")) for row in rows[:9]] == [True, True, False, True, False, True, False, True, False]
    scores = {(row["score"], row["k"]): row for row in rows if "score" in row}
    assert 0.5 < scores["trustworthiness", 5]["value"] < 1 and scores["trustworthiness", 5]["standard_error"] > 0


@pytest.mark.whole
def test_a_process_of_its_own_is_watched(tmp_path: Path) -> None:
    said: list[str] = []
    rows = list(steps.measured(1_000, MIN_ANCHORS, said.append))
    assert said == ["making points", "loading", "fit of PCA", "scoring", "scoring another embedding"]
    taken = [row for row in rows if "step" in row]
    assert [row["step"] for row in taken] == STEPS
    assert all(20 < row["anonymous_mib"] < 4_000 for row in taken) and len({row["machine"] for row in taken}) == 1
    assert {(row["n"], row["anchors"], row["n_features"]) for row in rows} == {(1_000, MIN_ANCHORS, 50)}


def _command(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(steps, "COMMAND", (sys.executable, "-c", code))


def test_what_libraries_print_is_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    _command(monkeypatch, "print('17'); print('a warning'); print('{\"step\": \"loading\", \"seconds\": 1.5}')")
    (row,) = steps.measured(20_000)
    assert (row["step"], row["seconds"], row["n"]) == ("loading", 1.5, 20_000)


def test_a_process_that_ends_early_is_an_error_that_says_when(monkeypatch: pytest.MonkeyPatch) -> None:
    _command(monkeypatch, "import sys; print('{\"began\": \"loading\"}'); sys.exit('MemoryError: no more')")
    with pytest.raises(
        WorkerError, match=r"the process ended while it was loading\. Its last line: MemoryError: no more"
    ):
        list(steps.measured(20_000))


def test_memory_is_the_most_that_was_held_in_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
import time
say = lambda text: print(text, flush=True)
say('{"began": "a"}'); much = bytearray(300 * 2**20); time.sleep(0.4); say('{"step": "a"}')
del much
say('{"began": "b"}'); time.sleep(0.4); say('{"step": "b"}')
"""
    _command(monkeypatch, code)
    first, second = steps.measured(20_000)
    assert first["anonymous_mib"] > 290 > 100 > second["anonymous_mib"]
