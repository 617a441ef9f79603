"""Tables that are not read at once: mapped in place, or converted once; and what is refused of them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bench import datasets
from bench.datasets import Dataset, converted, guard, large
from bench.datasets.options import DataOptions
from bench.errors import DatasetError
from reducers.rows import Rows

ROWS, FEATURES = 600, 16
Y = np.random.RandomState(1).randint(3, size=ROWS)
BYTES = (np.random.RandomState(0).randint(200, size=(ROWS, FEATURES)) + 20 * Y[:, None]).clip(0, 255).astype(np.uint8)
FLOATS = (BYTES / 255).astype(np.float32)


@pytest.fixture(autouse=True)
def all_are_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Take every table for a large one, and return the folder of those that are converted."""
    monkeypatch.setattr(large, "LARGE", 1_000)
    monkeypatch.setattr(large, "LARGE_FILE", 1_000)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "reducers-bench" / "converted"


def save(folder: Path, X: np.ndarray, y: np.ndarray | None = Y, name: str = "own") -> str:
    np.save(folder / f"{name}.npy", X)
    if y is not None:
        np.save(folder / f"{name}.labels.npy", y)
    return str(folder / f"{name}.npy")


def rows_of(data: Dataset) -> np.ndarray:
    """Return all rows, sorted."""
    rows = np.concatenate([np.asarray(data.X), np.asarray(data.X_test)])
    return rows[np.lexsort(rows.T)]


def sorted_rows(X: np.ndarray) -> np.ndarray:
    return X[np.lexsort(X.T)]


def test_bytes_are_mapped_where_they_lie(tmp_path: Path, all_are_large: Path) -> None:
    data = datasets.load(save(tmp_path, BYTES))
    assert isinstance(data.X, Rows) and isinstance(data.X_test, Rows)
    np.testing.assert_array_equal(np.asarray(data.X), FLOATS[:480])
    np.testing.assert_array_equal(np.asarray(data.X_test), FLOATS[480:])
    np.testing.assert_array_equal([int(data.classes[i]) for i in data.y], Y[:480])
    assert data.levels == 255 and "values / 255, mapped in place" in data.provenance
    assert data.in_place is not None and data.in_place.path == tmp_path / "own.npy"
    assert not all_are_large.exists(), "nothing is copied"


def test_float32_within_its_limits_is_mapped_and_is_the_same_data(tmp_path: Path, all_are_large: Path) -> None:
    of_bytes = datasets.load(save(tmp_path, BYTES))
    data = datasets.load(save(tmp_path, FLOATS, name="floats"))
    assert isinstance(data.X, np.ndarray) and not data.X.flags.writeable and not all_are_large.exists()
    assert data.in_place is not None and np.shares_memory(data.X, data.in_place.array)
    assert data.fingerprint == of_bytes.fingerprint
    in_memory = Dataset("x", FLOATS[:480], FLOATS[480:], data.y, data.y_test, data.classes, None, None, "")
    assert data.fingerprint == in_memory.fingerprint


@pytest.mark.parametrize(
    ("n", "fitted", "tested"), [(None, 480, 120), (100, 100, 120), (550, 550, 50), (10_000, 480, 120)]
)
def test_the_first_rows_are_fitted_and_the_last_tested(tmp_path: Path, n: int | None, fitted: int, tested: int) -> None:
    data = datasets.load(save(tmp_path, BYTES), n=n)
    assert (len(data.X), len(data.X_test)) == (fitted, tested)
    np.testing.assert_array_equal(np.asarray(data.X), FLOATS[:fitted])
    np.testing.assert_array_equal(np.asarray(data.X_test), FLOATS[-tested:])


def test_all_that_is_not_fitted_is_mapped(tmp_path: Path) -> None:
    data = datasets.load(save(tmp_path, BYTES), n=100, rest=True)
    assert isinstance(data.X_test, Rows) and data.in_place is not None
    assert data.in_place.place_of(data.X_test) is not None, "nothing is copied"
    np.testing.assert_array_equal(np.asarray(data.X_test), FLOATS[100:])
    np.testing.assert_array_equal([int(data.classes[i]) for i in data.y_test], Y[100:])
    floats = datasets.load(save(tmp_path, FLOATS, name="floats"), n=100, rest=True)
    assert floats.fingerprint == data.fingerprint and np.shares_memory(floats.X_test, floats.in_place.array)
    with pytest.raises(DatasetError, match="Got 480 points to fit and all others to map"):
        datasets.load(save(tmp_path, BYTES), n=480, rest=True)


def test_fewer_points_are_no_copy(tmp_path: Path) -> None:
    data = datasets.load(save(tmp_path, FLOATS))
    assert data.in_place is not None
    for few in (data.select(50), data.select(50, sample=2, samples=4)):
        assert np.shares_memory(few.X, data.X) and data.in_place.place_of(few.X) is not None
    assert data.in_place.place_of(data.select(50, rows="permuted").X) is None
    assert data.in_place.place_of(data.select(50).X) == data.in_place.offset
    assert data.in_place.place_of(data.select(50, sample=1, samples=4).X) == data.in_place.offset + 50 * FEATURES * 4


CONVERTED = {
    "Fortran order": (np.asfortranarray(BYTES), "Fortran order", FLOATS, True),
    "float16": (FLOATS.astype(np.float16), "values of float16", FLOATS.astype(np.float16), False),
    "whole numbers of 64 bits": (BYTES.astype(np.int64), "values of int64", FLOATS, True),
    "big-endian": (FLOATS.astype(">f4"), "values of >f4", FLOATS, False),
    "float64": (FLOATS.astype(np.float64), "values of float64", FLOATS, False),
    "truth values": (BYTES > 100, "values of bool", BYTES > 100, False),
    "float32 up to 255": (BYTES.astype(np.float32), "features outside [0, 1]", FLOATS, True),
    "images in Fortran order": (np.asfortranarray(BYTES.reshape(-1, 4, 4)), "Fortran order", FLOATS, True),
}


@pytest.mark.parametrize("name", CONVERTED)
def test_what_is_not_suitable_is_converted_once(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, all_are_large: Path
) -> None:
    X, why, expected, as_bytes = CONVERTED[name]
    path = save(tmp_path, X)
    first = datasets.load(path)
    assert first.in_place is not None and all_are_large in first.in_place.path.parents
    assert isinstance(first.X, Rows) is as_bytes and np.asarray(first.X).dtype == np.float32
    np.testing.assert_array_equal(rows_of(first), sorted_rows(np.asarray(expected, np.float32)))
    where = {row.tobytes(): label for row, label in zip(np.asarray(expected, np.float32), Y, strict=True)}
    if len(where) == ROWS:  # no two rows are equal
        assert [where[row.tobytes()] for row in np.asarray(first.X)] == [int(first.classes[i]) for i in first.y]
    assert f"converted because of {why}" in first.provenance
    monkeypatch.setattr(converted, "_write", None)
    assert datasets.load(path).fingerprint == first.fingerprint


def test_sorted_classes_are_mixed_in_a_copy(tmp_path: Path) -> None:
    order = np.argsort(Y, kind="stable")
    data = datasets.load(save(tmp_path, BYTES[order], Y[order]))
    assert "converted because of classes one after the other, rows in a random order" in data.provenance
    shares = [np.bincount(y) / len(y) for y in (data.y, data.y_test)]
    np.testing.assert_allclose(*shares, atol=0.02)


def test_labels_count_for_what_is_kept(tmp_path: Path) -> None:
    path = save(tmp_path, BYTES.astype(np.int32))
    first = datasets.load(path)
    again = datasets.load(save(tmp_path, BYTES.astype(np.int32), (Y + 1) % 3))
    assert first.fingerprint != again.fingerprint


def test_a_damaged_copy_is_made_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = save(tmp_path, BYTES.astype(np.int32))
    first = datasets.load(path)
    fingerprint = first.fingerprint
    with first.in_place.path.open("r+b") as file:
        file.seek(500)
        file.write(b"noise")
    assert datasets.load(path).fingerprint == fingerprint
    assert "is damaged: it is made again" in caplog.text


def test_without_room_nothing_is_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converted.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 10}))
    with pytest.raises(DatasetError, match=r"converted once to 0\.0 GiB in .*, but 0\.0 GiB are free there"):
        datasets.load(save(tmp_path, BYTES.astype(np.int32)))


def test_a_source_that_cannot_be_read_is_no_cache_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise OSError("Can't read data")

    monkeypatch.setattr(large, "summarised", damaged)
    with pytest.raises(DatasetError, match=r"Got .*own\.npy, which cannot be read: Can't read data"):
        datasets.load(save(tmp_path, BYTES.astype(np.int32)))


def test_what_a_killed_process_left_is_removed_and_what_is_being_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, all_are_large: Path
) -> None:
    left, written = (all_are_large / f"{name * 32}-1" for name in "ab")
    for folder in (left, written):
        folder.mkdir(parents=True)
        for name in ("X.npy", converted.OWNER):
            (folder / name).touch()
    fill, seen = converted._fill, []

    def spy(*given: object) -> None:
        converted._remove_abandoned(all_are_large)  # as another process does
        seen.extend(all_are_large.glob("*-*"))
        fill(*given)

    monkeypatch.setattr(converted, "_fill", spy)
    with (written / converted.OWNER).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        data = datasets.load(save(tmp_path, BYTES.astype(np.int32)))
    assert data.in_place is not None
    made = data.in_place.path.parent
    assert sorted(seen) == sorted([written, all_are_large / f"{made.name}-{os.getpid()}"])
    assert sorted(path.name for path in made.iterdir()) == ["X.npy", "facts.json", "y.npy"]
    assert sorted(all_are_large.iterdir()) == sorted([made, written])


def test_a_change_is_noticed_and_a_touch_is_none(tmp_path: Path) -> None:
    path = Path(save(tmp_path, BYTES))
    file = datasets.load(str(path)).in_place
    assert file is not None
    file.check(whole=True)
    os.utime(path, ns=(1, 1))
    file.check()
    status = path.stat()
    with path.open("r+b") as stream:
        stream.seek(300)
        stream.write(b"noise")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(DatasetError, match="was changed while it was in use"):  # by its ctime
        file.check()
    path.unlink()
    with pytest.raises(DatasetError, match="cannot be read any more"):
        file.check()


def _cut(folder: Path) -> str:
    path = Path(save(folder, BYTES))
    path.write_bytes(path.read_bytes()[:-100])
    return str(path)


def _with(value: float) -> np.ndarray:
    X = FLOATS.copy()
    X[7, 3] = value
    return X


REFUSED: dict[str, tuple[Callable[[Path], str], str]] = {
    "cut short": (_cut, r"declares shape \(600, 16\) of uint8, but which holds 9,500 bytes"),
    "objects": (lambda folder: save(folder, BYTES.astype(object)), "Got X of object .* astype"),
    "complex": (lambda folder: save(folder, FLOATS + 1j), "Got X of complex64"),
    "four dimensions": (lambda folder: save(folder, BYTES.reshape(-1, 2, 2, 4)), r"Got X of shape \(600, 2, 2, 4\)"),
    "too few labels": (lambda folder: save(folder, BYTES, Y[:-1]), r"Got y of shape \(599,\) .* expected \(600,\)"),
    "labels of objects": (lambda folder: save(folder, BYTES, Y.astype(object)), "Got y of object"),
    "one class": (lambda folder: save(folder, BYTES, Y * 0), "Got one class only"),
    "NaN": (lambda folder: save(folder, _with(np.nan)), "Got 'nan' in row 8, column 4 of .* expected a finite number"),
    "infinite": (lambda folder: save(folder, _with(-np.inf)), "Got '-inf' in row 8, column 4"),
    "constant": (lambda folder: save(folder, FLOATS * 0 + 1), "equal rows"),
    "too many columns": (lambda folder: save(folder, np.ones((4, 100_001), "u1"), None), "Got 100,001 columns"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_said_in_a_sentence(tmp_path: Path, name: str) -> None:
    make, message = REFUSED[name]
    with pytest.raises(DatasetError, match=message):
        datasets.load(make(tmp_path))


@pytest.mark.parametrize(
    ("options", "message"),
    [({"label": "y"}, "expected its labels beside it"), ({"drop": ("a",)}, "names of columns for tables only"),
     ({"missing": "drop"}, "of one this large no row is left out"), ({"image": "3x5"}, "which is 15 pixels")],
)  # fmt: skip
def test_options_that_do_not_apply_are_refused(tmp_path: Path, options: dict, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        datasets.load(save(tmp_path, BYTES), options=DataOptions(**options))


def test_options_of_scale_and_image_apply(tmp_path: Path) -> None:
    path = save(tmp_path, BYTES)
    assert datasets.load(path, options=DataOptions(image="4x4")).image_shape == (4, 4)
    data = datasets.load(path, options=DataOptions(scale="minmax"))
    assert "each column from its minimum" in data.provenance and isinstance(data.X, np.ndarray)
    together = rows_of(data)
    assert (together.min(axis=0) == 0).all() and (together.max(axis=0) == 1).all()


def test_a_large_table_of_text_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame(BYTES, columns=[f"c{i}" for i in range(FEATURES)]).assign(y=Y)
    frame.to_csv(tmp_path / "own.csv", index=False)
    first = datasets.load(str(tmp_path / "own.csv"), n=200)
    assert (len(first.X), len(first.X_test), first.levels) == (200, 120, 255)
    monkeypatch.setattr(pd, "read_csv", None)
    again = datasets.load(str(tmp_path / "own.csv"))
    assert len(again.X) == 480 and again.in_place is not None and "labels in column y" in again.provenance
    np.testing.assert_array_equal(rows_of(again), sorted_rows(FLOATS))


def test_what_was_converted_needs_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.csv"
    pd.DataFrame(BYTES, columns=[f"c{i}" for i in range(FEATURES)]).assign(y=Y).to_csv(path, index=False)
    datasets.load(str(path))
    monkeypatch.setattr(guard.psutil, "virtual_memory", lambda: SimpleNamespace(available=1_000, total=2**33))
    assert len(datasets.load(str(path)).X) == 480
    monkeypatch.setattr(pd, "read_csv", None)
    with pytest.raises(DatasetError, match=r"own\.csv, which needs .* GiB of memory are available"):
        datasets.load(str(path), options=DataOptions(scale="minmax"))


@pytest.mark.extra
def test_hdf5_as_ann_benchmarks_writes_it_has_its_own_test_points(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "own.hdf5"
    with h5py.File(path, "w") as file:
        file["train"], file["test"], file["neighbors"] = BYTES[:500].astype("f4"), BYTES[500:].astype("f4"), [[0]]
        file.attrs["distance"] = "angular"
    data = datasets.load(str(path))
    np.testing.assert_array_equal(np.asarray(data.X), FLOATS[:500])
    np.testing.assert_array_equal(np.asarray(data.X_test), FLOATS[500:])
    assert data.y is None and "made for angular distances" in data.provenance
    assert (len(datasets.load(str(path), n=50).X), len(datasets.load(str(path), n=50).X_test)) == (50, 100)
    with pytest.raises(DatasetError, match="Got --label for"):
        datasets.load(str(path), options=DataOptions(label="y"))
    path.write_bytes(path.read_bytes()[:2_000])
    with pytest.raises(DatasetError, match=r"no readable HDF5 file: .*truncated"):
        datasets.load(str(path))
    with h5py.File(path, "w") as file:
        file["x"] = BYTES
    with pytest.raises(DatasetError, match=r"Got x in .*, but expected train and test"):
        datasets.load(str(path))


def test_hdf5_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    (tmp_path / "own.h5").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"h5py is not installed. Install it with: pip install '\.\[hdf5\]'"):
        datasets.load(str(tmp_path / "own.h5"))


@pytest.mark.extra
def test_parquet_is_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    names = [f"c{i}" for i in range(FEATURES)]
    frame = pd.DataFrame(BYTES.astype(np.float64) * 0.3, columns=names).assign(label=np.array(["a", "b", "c"])[Y])
    frame = frame.assign(id=np.arange(ROWS))
    path = tmp_path / "own.parquet"
    frame.to_parquet(path, row_group_size=70)
    data = datasets.load(str(path))
    assert data.in_place is not None and data.classes == ("a", "b", "c") and "left out as an id: id" in data.provenance
    monkeypatch.setattr(large, "LARGE", 10**9)
    in_memory = datasets.load(str(path))
    np.testing.assert_allclose(rows_of(data), rows_of(in_memory), atol=1e-7)
    monkeypatch.setattr(large, "LARGE", 1_000)
    frame.loc[5, "c3"] = np.nan
    frame.to_parquet(path)
    with pytest.raises(DatasetError, match="Got 'nan' in row 6, column c3"):
        datasets.load(str(path))
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(DatasetError, match="no readable Parquet file"):
        datasets.load(str(path))
