from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from bench.metrics import ReferenceSpace, cache
from tests.bench.metrics.data import dataset, tied_points


def arrays() -> dict[str, np.ndarray]:
    return {"a": np.arange(1000, dtype=np.uint16), "b": np.eye(3)}


@pytest.fixture(autouse=True)
def _settled() -> Iterator[None]:
    yield
    cache.flush()


def never() -> dict[str, np.ndarray]:
    raise AssertionError("computed again")


def test_what_is_kept_is_not_computed_again(tmp_path: Path) -> None:
    first = cache.CachedArrays(tmp_path / "x", arrays)
    second = cache.CachedArrays(tmp_path / "x", never)
    for name in ("a", "b"):
        np.testing.assert_array_equal(first[name], arrays()[name])
        cache.flush()
        np.testing.assert_array_equal(second[name], arrays()[name])
        assert first[name].dtype == second[name].dtype
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("damage", ["a bit", "cut off", "another shape", "gone", "no sums"])
def test_what_is_damaged_is_computed_again(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    assert len(cache.CachedArrays(tmp_path / "x", arrays)["a"]) == 1000
    cache.flush()
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
    np.testing.assert_array_equal(cache.CachedArrays(tmp_path / "x", arrays)["a"], arrays()["a"])
    cache.flush()
    np.testing.assert_array_equal(cache.CachedArrays(tmp_path / "x", never)["a"], arrays()["a"])


def test_what_is_being_written_is_read_from_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, go_on = cache._write, Event()
    monkeypatch.setattr(cache, "_write", lambda place, arrays: go_on.wait(10) and write(place, arrays))
    first = cache.CachedArrays(tmp_path / "x", arrays)["a"]
    assert cache.CachedArrays(tmp_path / "x", never)["a"] is first
    assert not list(tmp_path.iterdir())
    go_on.set()
    cache.flush()
    np.testing.assert_array_equal(cache.CachedArrays(tmp_path / "x", never)["a"], first)


def test_a_process_that_ends_at_once_still_leaves_all(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib, numpy as np; from bench.metrics import cache; write = cache._write\n"
        "cache._write = lambda *what: (time.sleep(0.3), write(*what))\n"
        "cache.CachedArrays(pathlib.Path(sys.argv[1]), lambda: {'a': np.arange(1000, dtype=np.uint16)})['a']\n"
        "print(pathlib.Path(sys.argv[1]).exists())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "x")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"
    np.testing.assert_array_equal(cache.CachedArrays(tmp_path / "x", never)["a"], arrays()["a"])


@pytest.mark.parametrize("obstacle", ["no folder", "a full disk"])
def test_what_cannot_be_written_costs_only_time(
    tmp_path: Path, obstacle: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place, save = tmp_path / "x", np.save
    if obstacle == "no folder":
        (tmp_path / "file").write_text("")
        place = tmp_path / "file" / "x"
    else:

        def save_no_more(file: Path, array: np.ndarray) -> None:
            if file.stem == "b":
                raise OSError(errno.ENOSPC, "No space left on device")
            save(file, array)

        monkeypatch.setattr(cache.np, "save", save_no_more)
    kept = cache.CachedArrays(place, arrays)
    for name in ("a", "b"):
        np.testing.assert_array_equal(kept[name], arrays()[name])
        cache.flush()
    assert [record.getMessage().partition(" cannot be written")[0] for record in caplog.records] == [str(place)]
    assert not list(tmp_path.glob("**/.partial-*")) and not place.exists()


def test_what_is_used_least_recently_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "CAPACITY", 6000)
    for age, name in enumerate(("old", "used", "new")):
        assert len(cache.CachedArrays(tmp_path / name, arrays)["a"]) == 1000
        cache.flush()
        os.utime(tmp_path / name / "sums.json", (age + (10 if name == "used" else 0),) * 2)
    assert len(cache.CachedArrays(tmp_path / "newest", arrays)["a"]) == 1000
    cache.flush()
    assert {path.name for path in tmp_path.iterdir()} == {"used", "newest"}


def test_other_data_have_another_place(tmp_path: Path) -> None:
    for seed in (0, 1):
        X = tied_points(seed=seed)
        kept = ReferenceSpace(dataset(X), tmp_path).neighbours
        np.testing.assert_array_equal(kept, ReferenceSpace(dataset(X)).neighbours)
        cache.flush()
        np.testing.assert_array_equal(ReferenceSpace(dataset(X), tmp_path).neighbours, kept)
    assert len(list(tmp_path.iterdir())) == 2
