from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from typer.testing import CliRunner

from bench import cli
from bench.commands import scale
from bench.errors import BenchError, StoreError, StudyError
from bench.execution import steps


class Disk(NamedTuple):
    free: int


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let each step take the one number of seconds that is in this list."""
    taken = [1.0]

    def measured(n: int, anchors: int, began: Callable[[str], None]) -> Iterator[dict[str, Any]]:
        about = {"n": n, "n_features": 50, "anchors": anchors}
        for step in ("loading", "scoring"):
            began(step)
            where = {"anonymous_mib": 1.0, "threads": 2, "processor": "a CPU", "machine": "here", "started": "today"}
            yield about | {"step": step, "seconds": taken[0]} | where
        score = {"score": "trustworthiness", "k": 5, "split": "train", "method": "PCA"}
        yield about | score | {"value": 0.5, "standard_error": 0.01, "reason": ""}

    monkeypatch.setattr(steps, "measured", measured)
    return taken


def test_what_is_measured_again_replaces_the_former(tmp_path: Path, times: list[float]) -> None:
    said: list[str] = []
    assert [path.name for path in scale.measure(tmp_path, 1_000_000, said.append)] == ["steps.csv", "scores.csv"]
    assert said == ["loading", "scoring"]
    scale.measure(tmp_path, 20_000)
    times[0] = 3.0
    scale.measure(tmp_path, 1_000_000)
    found = pd.read_csv(tmp_path / "scale" / "steps.csv")
    assert found[["n", "step", "seconds"]].values.tolist() == [
        [20_000, "loading", 1.0],
        [20_000, "scoring", 1.0],
        [1_000_000, "loading", 3.0],
        [1_000_000, "scoring", 3.0],
    ]
    assert pd.read_csv(tmp_path / "scale" / "scores.csv")["n"].tolist() == [20_000, 1_000_000]


@pytest.mark.parametrize("n", [9_999, 10_000_001])
def test_too_few_or_too_many_points_are_refused(tmp_path: Path, n: int) -> None:
    with pytest.raises(StudyError, match=rf"Got --measure {n}, but expected 10,000 to 10,000,000 points"):
        scale.measure(tmp_path, n)
    assert not (tmp_path / "scale").exists()


def test_without_room_nothing_is_begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Disk(2**30))
    with pytest.raises(StoreError, match=r"Got 1\.0 GiB free in .*, but expected 3\.7 GiB for 10,000,000 points"):
        scale.measure(tmp_path, 10_000_000)


def test_the_command_writes_the_page_and_says_where(tmp_path: Path, times: list[float]) -> None:
    said = CliRunner().invoke(cli.app, ["scale", "--results", str(tmp_path)])
    assert said.exit_code == 0 and "README.md" in said.output
    text = (tmp_path / "scale" / "README.md").read_text(encoding="utf-8")
    assert "bench scale --measure 1000000`" in text and "Loading and scoring" not in text
    said = CliRunner().invoke(cli.app, ["scale", "--measure", "1000000", "--results", str(tmp_path)])
    assert said.exit_code == 0 and "1,000,000 points: scoring" in said.output
    assert "## Loading and scoring" in (tmp_path / "scale" / "README.md").read_text(encoding="utf-8")
    refused = CliRunner().invoke(cli.app, ["scale", "--measure", "12", "--results", str(tmp_path)])
    assert isinstance(refused.exception, BenchError)
