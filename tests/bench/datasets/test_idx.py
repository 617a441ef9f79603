"""Folders of IDX files, as Fashion-MNIST, Kuzushiji-MNIST and EMNIST are offered; and COIL as an archive of arrays."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from bench import datasets
from bench.datasets import DataOptions
from bench.errors import DatasetError

rng = np.random.RandomState(0)
IMAGES, LABELS = rng.randint(256, size=(80, 4, 6), dtype=np.uint8), (np.arange(80) % 5 + 1).astype(np.uint8)
FILES = {
    "train-images-idx3-ubyte": IMAGES[:60],
    "train-labels-idx1-ubyte": LABELS[:60],
    "t10k-images-idx3-ubyte": IMAGES[60:],
    "t10k-labels-idx1-ubyte": LABELS[60:],
}


def _idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def _write(folder: Path, *, packed: bool = True, prefix: str = "", test: str = "t10k") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in FILES.items():
        path = folder / (prefix + name.replace("t10k", test) + (".gz" if packed else ""))
        path.write_bytes(gzip.compress(_idx(array)) if packed else _idx(array))
    return folder


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_is_a_dataset_with_its_own_test_images(tmp_path: Path, packed: bool) -> None:
    folder = _write(tmp_path / "fashion.d", packed=packed)
    found = datasets.load(str(folder))
    assert (found.name, found.image_shape, found.levels, found.available) == ("fashion.d", (4, 6), 255, 60)
    assert np.array_equal(found.X, (IMAGES[:60].reshape(60, -1) / 255).astype(np.float32))
    assert np.array_equal(found.X_test, (IMAGES[60:].reshape(20, -1) / 255).astype(np.float32))
    assert found.classes == ("1", "2", "3", "4", "5"), "labels need not begin at 0"
    assert np.array_equal(found.y, LABELS[:60] - 1) and np.array_equal(found.y_test, LABELS[60:] - 1)
    assert found.y.dtype == np.int64
    few = datasets.load(str(folder), 20)
    assert len(few.X) == len(few.y) == 20 and "--n 60 fits all" in few.selection


def test_one_of_several_sets_in_a_folder_is_named_by_its_file(tmp_path: Path) -> None:
    for prefix in ("emnist-letters-", "emnist-digits-"):
        _write(tmp_path, prefix=prefix, test="test")
    with pytest.raises(DatasetError, match=r"several files of training images\. Name one of them: emnist-digits-train"):
        datasets.load(str(tmp_path))
    found = datasets.load(str(tmp_path / "emnist-letters-train-images-idx3-ubyte.gz"))
    assert found.name == "emnist-letters" and len(found.X_test) == 20


PACKED = _idx(IMAGES[:60])
DAMAGES = {
    "no labels": ("train-labels-idx1-ubyte", None, "there is no such file"),
    "no test images": ("t10k-images-idx3-ubyte", None, "there is no such file"),
    "no gzip": ("train-images-idx3-ubyte", b"\x1f\x8b cut off", "is damaged|cannot be read"),
    "a page": ("train-images-idx3-ubyte", gzip.compress(b"<html>"), "is no IDX file of 3-dimensional arrays"),
    "labels for images": ("train-images-idx3-ubyte", gzip.compress(_idx(LABELS)), "is no IDX file of 3-dim"),
    "nothing": ("t10k-images-idx3-ubyte", gzip.compress(_idx(IMAGES[:0])), "is no IDX file of 3-dim"),
    "too short": ("train-images-idx3-ubyte", gzip.compress(PACKED[:-7]), "declares 1,440 values, but holds 1,433"),
    "too long": ("train-images-idx3-ubyte", gzip.compress(PACKED + b"x"), "declares 1,440 values, but holds more"),
    "cut off": ("train-images-idx3-ubyte", gzip.compress(PACKED)[:-40], "is damaged"),
    "too large": ("train-images-idx3-ubyte", gzip.compress(struct.pack(">I3I", 0x803, *[2**31] * 3)), "GiB to be read"),
    "a label less": (
        "train-labels-idx1-ubyte",
        gzip.compress(_idx(LABELS[:59])),
        r"with 59 labels, .* a label for each",
    ),
    "another size": ("t10k-images-idx3-ubyte", gzip.compress(_idx(IMAGES[60:, :3])), "expected images of one size"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_or_does_not_fit_is_refused(tmp_path: Path, damage: str) -> None:
    name, content, message = DAMAGES[damage]
    path = _write(tmp_path / "own") / f"{name}.gz"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        datasets.load(str(tmp_path / "own"))


def test_options_of_tables_and_other_folders_are_refused(tmp_path: Path) -> None:
    folder = _write(tmp_path / "own")
    with pytest.raises(DatasetError, match=r"Got --label for .*own, but expected it for a file"):
        datasets.load(str(folder), options=DataOptions(label="y"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match=r"Got dataset .*empty.*holds IDX files, such as train-images-idx3-ubyte"):
        datasets.load(str(tmp_path / "empty"))


def test_coil_as_an_archive_of_images_is_a_dataset(tmp_path: Path) -> None:
    objects = rng.randint(256, size=(72, 128, 128), dtype=np.uint8)
    np.savez_compressed(tmp_path / "coil.npz", X=objects, y=np.repeat(np.arange(6), 12))
    found = datasets.load(str(tmp_path / "coil.npz"))
    assert found.image_shape == (128, 128) and found.levels == 255 and len(found.classes) == 6
    assert (len(found.X), len(found.X_test)) == (58, 14)
