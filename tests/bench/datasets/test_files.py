from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bench import datasets
from bench.datasets import class_labels, guard, tables
from bench.errors import DatasetError

ROWS = 30
FINGERPRINT = "cc1ad9cbf7a3e1c10e8857885b8ef51d72bd0dd7dc138bdb4f2ff2ddfa39bf43"


def _points() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.RandomState(0)
    return rng.rand(ROWS, 3).round(4), rng.randint(3, size=ROWS)


def _csv(path: Path, header: str | None, labels: list[str], separator: str = ",", edit: dict | None = None) -> Path:
    X, _ = _points()
    rows = [[*map(str, x), *([label] if labels else [])] for x, label in zip(X, labels or [""] * ROWS, strict=True)]
    for (row, column), cell in (edit or {}).items():
        rows[row - 1][column - 1] = cell
    lines = [separator.join(row) for row in rows]
    path.write_text("\n".join(([header.replace(",", separator)] if header else []) + lines) + "\n")
    return path


def _classes(dataset: datasets.Dataset) -> list[str]:
    assert dataset.y is not None
    assert dataset.y_test is not None
    return sorted(dataset.classes[i] for i in [*dataset.y, *dataset.y_test])


def test_labels_stand_in_the_last_column(tmp_path: Path) -> None:
    labels = [str(label) for label in _points()[1]]
    dataset = datasets.load(str(_csv(tmp_path / "own.csv", None, labels)))
    assert (len(dataset.X), len(dataset.X_test), dataset.X.shape[1]) == (24, 6, 3)
    assert _classes(dataset) == sorted(labels)


@pytest.mark.parametrize("header", ["a,b,c,y", "a,b,c,Label"])
def test_labels_stand_under_their_name(tmp_path: Path, header: str) -> None:
    labels = [str(label) for label in _points()[1]]
    assert _classes(datasets.load(str(_csv(tmp_path / "own.csv", header, labels)))) == sorted(labels)


def test_labels_may_be_words_and_columns_tabs(tmp_path: Path) -> None:
    labels = [("cat", "dog", "eel")[label] for label in _points()[1]]
    dataset = datasets.load(str(_csv(tmp_path / "own.tsv", "a,b,c,species", labels, "\t")))
    assert dataset.classes == ("cat", "dog", "eel")
    assert _classes(dataset) == sorted(labels)


def test_labels_may_be_missing(tmp_path: Path) -> None:
    dataset = datasets.load(str(_csv(tmp_path / "own.csv", "a,b,c", [])))
    assert dataset.y is None
    assert dataset.y_test is None
    assert dataset.X.shape[1] == 3


def test_points_keep_their_labels_through_the_split(tmp_path: Path) -> None:
    X, y = _points()
    np.savez(tmp_path / "own.npz", X=X, y=y)
    dataset = datasets.load(str(tmp_path / "own.npz"))
    where = {row.tobytes(): label for row, label in zip(X.astype(np.float32), y, strict=True)}
    assert [where[row.tobytes()] for row in dataset.X] == dataset.y.tolist()
    assert [where[row.tobytes()] for row in dataset.X_test] == dataset.y_test.tolist()


def test_pixels_tab_label_loads_as_it_is(tmp_path: Path) -> None:
    rng = np.random.RandomState(0)
    pixels, labels = rng.randint(256, size=(40, 784)), rng.randint(10, size=40)
    lines = ["\t".join(map(str, [*row, label])) for row, label in zip(pixels, labels, strict=True)]
    (tmp_path / "mnist_train_40.txt").write_text("# pixels, tab, label\n" + "\n".join(lines) + "\n")
    dataset = datasets.load(str(tmp_path / "mnist_train_40.txt"))
    assert dataset.image_shape == (28, 28)
    assert dataset.levels == 255
    assert dataset.X.shape[1] == 784
    together = np.concatenate([dataset.X, dataset.X_test])
    assert np.array_equal(np.sort(together.sum(axis=1)), np.sort((pixels / 255).astype(np.float32).sum(axis=1)))


def test_images_in_a_cube_keep_their_shape(tmp_path: Path) -> None:
    images = np.random.RandomState(0).randint(256, size=(ROWS, 4, 5)).astype(np.uint8)
    np.savez(tmp_path / "own.npz", X=images)
    dataset = datasets.load(str(tmp_path / "own.npz"))
    assert dataset.image_shape == (4, 5)
    assert dataset.X.shape[1] == 20
    assert dataset.y is None


def test_other_scales_are_brought_to_the_unit_interval_without_distortion(tmp_path: Path) -> None:
    X = np.random.RandomState(0).normal(5, 10, size=(ROWS, 3))
    np.savez(tmp_path / "own.npz", X=X)
    dataset = datasets.load(str(tmp_path / "own.npz"))
    together = np.concatenate([dataset.X, dataset.X_test])
    assert (together.min(), together.max()) == (0, 1)
    ratio = np.ptp(together, axis=0) / np.ptp(X, axis=0)
    assert ratio == pytest.approx(ratio[0], rel=1e-5)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("nan", "Got no value or NaN in row 7, column b of"),
        ("", "Got no value or NaN in row 7, column b of"),
        ("12,5".replace(",", ";"), "Got '12;5' in row 7, column b of"),
        ("inf", "in row 7, column b of"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(tmp_path: Path, cell: str, message: str) -> None:
    labels = [str(label) for label in _points()[1]]
    path = _csv(tmp_path / "own.csv", "a,b,c,y", labels, edit={(7, 2): cell})
    with pytest.raises(DatasetError, match=message):
        datasets.load(str(path))


def test_a_missing_label_is_named_by_row(tmp_path: Path) -> None:
    labels = [str(label) for label in _points()[1]]
    path = _csv(tmp_path / "own.csv", "a,b,c,y", labels, edit={(9, 4): ""})
    with pytest.raises(DatasetError, match=r"Got no label .* in 1 of 30 rows of .* \(in column y\), first in row 9"):
        datasets.load(str(path))


def test_one_class_is_refused(tmp_path: Path) -> None:
    path = _csv(tmp_path / "own.csv", "a,b,c,y", ["1"] * ROWS)
    with pytest.raises(DatasetError, match=r"Got one class only, 1, in all 30 rows of .* \(in column y\)"):
        datasets.load(str(path))


def test_a_torn_line_is_refused_with_its_number(tmp_path: Path) -> None:
    path = _csv(tmp_path / "own.csv", None, ["1", "2"] * 15)
    path.write_text(path.read_text() + "0.1,0.2,0.3,1,9,9\n")
    with pytest.raises(DatasetError, match="line 31"):
        datasets.load(str(path))


def test_nan_in_an_array_is_named(tmp_path: Path) -> None:
    X, y = _points()
    X[4, 1] = np.nan
    np.savez(tmp_path / "own.npz", X=X, y=y)
    with pytest.raises(DatasetError, match="Got no value or NaN in row 5, column 2 of"):
        datasets.load(str(tmp_path / "own.npz"))


def test_objects_are_not_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "own.npz", X=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DatasetError, match=r"Got X of object in .* They are pickles"):
        datasets.load(str(tmp_path / "own.npz"))


@pytest.mark.parametrize("first", ["NA,NA,NA,cat", "1.5,,,", ",NA,0.5,cat"])
def test_a_first_row_with_gaps_is_no_header(tmp_path: Path, first: str) -> None:
    labels = [("cat", "dog", "eel")[label] for label in _points()[1]]
    with pytest.raises(DatasetError, match=r"Got no value or NaN in row 1, column [12] of"):
        datasets.load(str(_csv(tmp_path / "own.csv", first, labels)))


def test_a_column_of_an_index_needs_no_name(tmp_path: Path) -> None:
    path = _csv(tmp_path / "own.csv", None, [str(label) for label in _points()[1]])
    rows = path.read_text().splitlines()
    path.write_text("\n".join([",a,b,c,y", *(f"{i},{row}" for i, row in enumerate(rows))]) + "\n")
    dataset = datasets.load(str(path))
    assert dataset.X.shape[1] == 3 and "left out as an id: 1" in dataset.provenance


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a zip"])
def test_a_broken_file_is_refused(tmp_path: Path, content: bytes) -> None:
    for ending in (".npz", ".csv"):
        path = tmp_path / f"own{ending}"
        path.write_bytes(content)
        with pytest.raises(DatasetError, match=str(path)):
            datasets.load(str(path))


def test_constant_data_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "own.npz", X=np.ones((ROWS, 3)))
    with pytest.raises(DatasetError, match="expected points that differ"):
        datasets.load(str(tmp_path / "own.npz"))


def test_very_many_columns_are_read_only_if_asked_for(tmp_path: Path) -> None:
    np.savez(tmp_path / "own.npz", X=np.random.RandomState(0).randint(256, size=(15, 100_001), dtype=np.uint8))
    with pytest.raises(DatasetError, match=r"Got 100,001 columns in .* --yes"):
        datasets.load(str(tmp_path / "own.npz"))
    assert datasets.load(str(tmp_path / "own.npz"), unlimited=True).X.shape == (12, 100_001)


@pytest.mark.parametrize("ending", [".csv", ".npz"])
def test_a_file_may_be_deleted_but_not_changed_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    X, y = _points()
    path = tmp_path / f"own{ending}"

    def write() -> None:
        if ending == ".npz":
            np.savez(path, X=X, y=y)
        else:
            _csv(path, "a,b,c,y", [str(label) for label in y])

    encode = class_labels.encode
    write()
    monkeypatch.setattr(class_labels, "encode", lambda read: (path.unlink(), encode(read))[1])
    assert _classes(datasets.load(str(path))) == sorted(map(str, y))
    write()
    monkeypatch.setattr(class_labels, "encode", lambda read: (path.write_bytes(b"other"), encode(read))[1])
    with pytest.raises(DatasetError, match=r"Got .*, which was changed while it was read"):
        datasets.load(str(path))


def test_a_size_beyond_memory_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = _points()
    np.savez(tmp_path / "own.npz", X=X, y=y)
    _csv(tmp_path / "own.csv", "a,b,c,y", [str(label) for label in y])
    monkeypatch.setattr(guard.psutil, "virtual_memory", lambda: SimpleNamespace(available=2_000))
    monkeypatch.setattr(np.lib.format, "read_array", None)
    monkeypatch.setattr(tables.pd, "read_csv", None)
    for ending in (".npz", ".csv"):
        with pytest.raises(DatasetError, match=r"GiB of memory are available"):
            datasets.load(str(tmp_path / f"own{ending}"))


def test_a_table_and_an_archive_give_the_same_bytes_in_the_same_order(tmp_path: Path) -> None:
    X, y = _points()
    np.savez(tmp_path / "own.npz", X=X, y=y.astype(str))
    _csv(tmp_path / "own.csv", "a,b,c,y", [str(label) for label in y])
    found = [datasets.load(str(tmp_path / f"own{ending}")) for ending in (".npz", ".csv")]
    assert found[0].fingerprint == found[1].fingerprint == FINGERPRINT
    assert all(dataset.X.flags.c_contiguous for dataset in found)
