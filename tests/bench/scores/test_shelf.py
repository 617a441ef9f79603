from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from bench.scores import Original, shelf
from tests.bench.scores.data import dataset, tied_points


def arrays() -> dict[str, np.ndarray]:
    return {"a": np.arange(1000, dtype=np.uint16), "b": np.eye(3)}


def never() -> dict[str, np.ndarray]:
    raise AssertionError("computed again")


def test_what_is_kept_is_not_computed_again(tmp_path: Path) -> None:
    first = shelf.Kept(tmp_path / "x", arrays)
    second = shelf.Kept(tmp_path / "x", never)
    for name in ("a", "b"):
        np.testing.assert_array_equal(first[name], second[name])
        assert first[name].dtype == second[name].dtype
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("damage", ["a bit", "cut off", "another shape", "gone", "no sums"])
def test_what_is_damaged_is_computed_again(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    assert len(shelf.Kept(tmp_path / "x", arrays)["a"]) == 1000
    file = tmp_path / "x" / "a.npy"
    content = bytearray(file.read_bytes())
    if damage == "a bit":
        content[-7] ^= 1
        file.write_bytes(content)
    elif damage == "cut off":
        file.write_bytes(content[:500])
    elif damage == "another shape":
        np.save(file, arrays()["a"].reshape(10, 100))
    elif damage == "gone":
        file.unlink()
    else:
        (tmp_path / "x" / "sums.json").write_text("{")
    np.testing.assert_array_equal(shelf.Kept(tmp_path / "x", arrays)["a"], arrays()["a"])
    np.testing.assert_array_equal(shelf.Kept(tmp_path / "x", never)["a"], arrays()["a"])


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    np.testing.assert_array_equal(shelf.Kept(tmp_path / "file" / "x", arrays)["a"], arrays()["a"])


def test_what_is_used_least_recently_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "CAPACITY", 6000)
    for age, name in enumerate(("old", "used", "new")):
        assert len(shelf.Kept(tmp_path / name, arrays)["a"]) == 1000
        os.utime(tmp_path / name / "sums.json", (age + (10 if name == "used" else 0),) * 2)
    assert len(shelf.Kept(tmp_path / "newest", arrays)["a"]) == 1000
    assert {path.name for path in tmp_path.iterdir()} == {"used", "newest"}


def test_other_data_have_another_place(tmp_path: Path) -> None:
    for seed in (0, 1):
        X = tied_points(seed=seed)
        kept = Original(dataset(X), tmp_path).neighbours
        np.testing.assert_array_equal(kept, Original(dataset(X)).neighbours)
        np.testing.assert_array_equal(Original(dataset(X), tmp_path).neighbours, kept)
    assert len(list(tmp_path.iterdir())) == 2
