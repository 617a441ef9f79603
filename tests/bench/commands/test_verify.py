from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.cli import app
from bench.commands import verify
from bench.datasets import Dataset
from bench.errors import StoreError
from bench.store import sums
from bench.store.store import Store
from tests.bench import results_maker as maker


@pytest.fixture
def folder(tmp_path: Path, dataset: Dataset) -> Path:
    store = maker.folder(tmp_path / "results", dataset, [maker.record("a", seed, dataset) for seed in (0, 1)])
    sums.write(store.folder)
    return store.folder


def test_what_was_written_passes(folder: Path) -> None:
    result = CliRunner().invoke(app, ["verify", str(folder)])
    assert result.exit_code == 0 and result.output.startswith("ok ")


def test_each_fault_is_a_line_and_nothing_is_changed(folder: Path) -> None:
    for name in ("runs/a/seed-0.npz", "runs/a/seed-1.json", "runs/a/scores-seed-0.json", "references/pixels.json"):
        (folder / name).write_bytes((folder / name).read_bytes()[:-3])
    (folder / "scores.csv").write_text("variant")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = CliRunner().invoke(app, ["verify", str(folder)])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert len(lines) == 5 and all(line.startswith("wrong ") for line in lines)
    for name in ("seed-0.npz", "seed-1.json", "scores-seed-0.json", "pixels.json", "scores.csv"):
        assert sum(name in line for line in lines) == 1, name
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_record_of_another_version_is_no_damaged_one(folder: Path) -> None:
    store = Store(folder)
    record = store.record("runs/a/seed-0.json")
    store.write_model("runs/a/seed-0.json", record.model_copy(update={"schema_version": 3}))
    [fault] = verify.faults(folder)
    assert "another version of the program wrote it" in fault


def test_a_folder_without_a_list_and_one_without_a_study_are_said(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()
    [fault] = verify.faults(folder)
    assert "SHA256SUMS is missing" in fault
    with pytest.raises(StoreError, match=r"no study\.toml"):
        list(verify.faults(folder / "runs"))
