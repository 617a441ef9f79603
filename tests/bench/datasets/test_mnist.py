from __future__ import annotations

import gzip
import struct
from hashlib import sha256
from pathlib import Path

import numpy as np
import pooch
import pytest

from bench import datasets
from bench.datasets import mnist
from bench.errors import DatasetError

N = {"train": 60_000, "t10k": 10_000}


def _idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    """Return four files of MNIST's form and size, with tiny images of our own."""
    rng = np.random.RandomState(0)
    files = {}
    for part, n in N.items():
        files[f"{part}-images-idx3-ubyte"] = _idx(rng.randint(256, size=(n, 2, 3), dtype=np.uint8))
        files[f"{part}-labels-idx1-ubyte"] = _idx(rng.randint(10, size=n, dtype=np.uint8))
    return files


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contents: dict[str, bytes]) -> Path:
    """Make our files the published ones, and let only an empty cache of ours be searched."""
    monkeypatch.setattr(mnist, "SHA256", {name: sha256(content).hexdigest() for name, content in contents.items()})
    monkeypatch.setattr(mnist, "cache", lambda: tmp_path / "cache")
    return tmp_path


def _write(folder: Path, contents: dict[str, bytes], *, packed: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content, 1) if packed else content)
    return folder


@pytest.mark.parametrize("packed", [True, False])
def test_the_first_images_are_training_points(elsewhere: Path, contents: dict[str, bytes], packed: bool) -> None:
    dataset = mnist.load(100, _write(elsewhere / "mine", contents, packed=packed))
    images = np.frombuffer(contents["train-images-idx3-ubyte"], np.uint8, offset=16).reshape(-1, 6)
    labels = np.frombuffer(contents["train-labels-idx1-ubyte"], np.uint8, offset=8)
    assert np.array_equal(dataset.X, (images[:100] / 255).astype(np.float32))
    assert np.array_equal(dataset.y, labels[:100])
    assert len(dataset.X_test) == len(dataset.y_test) == 10_000
    assert "--data-dir" in dataset.provenance


def test_a_search_has_training_images_alone_that_other_studies_do_not_fit(
    elsewhere: Path, contents: dict[str, bytes]
) -> None:
    training = {name: content for name, content in contents.items() if name.startswith("train")}
    found = datasets.load("mnist-tuning", data_dir=_write(elsewhere / "mine", training))  # there are no test images
    images = np.frombuffer(contents["train-images-idx3-ubyte"], np.uint8, offset=16).reshape(-1, 6)
    labels = np.frombuffer(contents["train-labels-idx1-ubyte"], np.uint8, offset=8)
    assert np.array_equal(found.X, (images[10_000:20_000] / 255).astype(np.float32))
    assert np.array_equal(found.X_test, (images[20_000:25_000] / 255).astype(np.float32))
    assert np.array_equal(found.y, labels[10_000:20_000]) and np.array_equal(found.y_test, labels[20_000:25_000])
    few = datasets.load("mnist-tuning", 100, elsewhere / "mine")
    assert np.array_equal(few.X, found.X[:100]) and np.array_equal(few.X_test, found.X_test)
    assert len(datasets.load("mnist-tuning", 50_000, elsewhere / "mine").X) == 10_000, "those to select by stay apart"


def test_all_images_of_both_parts_are_split_again(
    elsewhere: Path, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _write(elsewhere / "mine", contents)
    whole, found = mnist.load_all(folder), datasets.load("mnist-70k", data_dir=folder)
    images = [np.frombuffer(contents[f"{part}-images-idx3-ubyte"], np.uint8, offset=16) for part in N]
    assert np.array_equal(whole.X, (np.concatenate(images).reshape(-1, 6) / 255).astype(np.float32))
    assert (found.X.shape, found.X_test.shape) == ((69_000, 6), (1_000, 6))
    assert np.bincount(found.y).tolist() + np.bincount(found.y_test) == pytest.approx(np.bincount(whole.y))
    few = datasets.load("mnist-70k", 100, folder)
    assert np.array_equal(few.X, found.X[:100]) and np.array_equal(few.X_test, found.X_test)


def test_folders_are_searched_in_order(
    elsewhere: Path, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mnist.find("train-labels-idx1-ubyte", None) is None
    for where in ("cache", "MNIST_DIR", "--data-dir"):
        folder = _write(elsewhere / where, contents)
        if where == "MNIST_DIR":
            monkeypatch.setenv("MNIST_DIR", str(folder))
        found = mnist.find("train-labels-idx1-ubyte", folder if where == "--data-dir" else None)
        assert found == (folder / "train-labels-idx1-ubyte.gz", where)


def test_only_folders_of_the_user_are_searched(elsewhere: Path) -> None:
    assert mnist.folders(None) == {"cache": elsewhere / "cache"}


@pytest.mark.parametrize("damage", ["other bytes", "truncated", "no gzip"])
def test_a_wrong_file_of_ones_own_is_refused_by_name(elsewhere: Path, contents: dict[str, bytes], damage: str) -> None:
    folder = _write(elsewhere / "mine", contents)
    path = folder / "t10k-labels-idx1-ubyte.gz"
    whole = contents["t10k-labels-idx1-ubyte"]
    if damage == "other bytes":
        path.write_bytes(gzip.compress(whole[:-1] + b"?"))
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:-50])
    else:
        path.write_bytes(b"<html>not found</html>")
    with pytest.raises(DatasetError) as refusal:
        mnist.load(100, folder)
    assert str(path) in str(refusal.value)
    assert mnist.SHA256["t10k-labels-idx1-ubyte"] in str(refusal.value)
    if damage == "other bytes":
        assert sha256(whole[:-1] + b"?").hexdigest() in str(refusal.value)
    assert path.exists(), "somebody's own file was removed"


def test_a_damaged_file_in_the_cache_is_downloaded_again(
    elsewhere: Path, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = _write(elsewhere / "cache", contents)
    damaged = cache / "train-images-idx3-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:-50])
    asked = []

    def retrieve(url: str, known_hash: None, fname: str, path: Path, progressbar: bool) -> str:
        asked.append(url)
        (path / fname).write_bytes(gzip.compress(contents["train-images-idx3-ubyte"], 1))
        return str(path / fname)

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    assert len(mnist.load(100, None).X) == 100
    assert asked == [f"{mnist.MIRRORS[0]}train-images-idx3-ubyte.gz"]


def test_the_second_mirror_is_asked_where_the_first_fails(
    elsewhere: Path, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def retrieve(url: str, known_hash: None, fname: str, path: Path, progressbar: bool) -> str:
        if url.startswith(mnist.MIRRORS[0]):
            raise OSError("down")
        path.mkdir(parents=True, exist_ok=True)
        (path / fname).write_bytes(gzip.compress(contents[fname.removesuffix(".gz")], 1))
        return str(path / fname)

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    assert len(mnist.load(100, None).X) == 100


def test_without_network_the_message_says_what_to_do(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def retrieve(*_: object, **__: object) -> str:
        raise OSError("no network")

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    with pytest.raises(DatasetError, match=r"no network.*name it with --data-dir or MNIST_DIR, or use .* mnist-5k"):
        mnist.load(100, None)


def test_the_sums_are_the_published_ones() -> None:
    assert [value[:8] for value in mnist.SHA256.values()] == ["ba891046", "65a50cbb", "0fa7898d", "ff7bcfd4"]
