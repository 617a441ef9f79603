"""MNIST's four IDX files: found or downloaded, checked to the last byte, read."""

from __future__ import annotations

import gzip
import logging
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pooch

from bench.datasets import Dataset
from bench.errors import DatasetError

log = logging.getLogger(__name__)

SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""Sums of the uncompressed files, so that it does not matter who packed them."""

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


@dataclass(frozen=True)
class Place:
    """A folder that may hold the files, and in what words to speak of it."""

    folder: Path
    words: str


def places(data_dir: Path | None) -> Iterator[Place]:
    """Yield the folders that are looked in, in order; the last one is the cache that downloads go to."""
    if data_dir is not None:
        yield Place(data_dir, "--data-dir")
    if "MNIST_DIR" in os.environ:
        yield Place(Path(os.environ["MNIST_DIR"]), "MNIST_DIR")
    yield Place(Path(__file__).parents[2] / ".." / "shared" / "mnist", "../shared/mnist")
    yield Place(cache(), "cache")


def cache() -> Path:
    """Return the user's cache folder for the downloaded files."""
    return Path(pooch.os_cache("reducers-bench")) / "mnist"


def load(n: int, data_dir: Path | None) -> Dataset:
    """Return the first `n` training images, at most 60,000, to fit and the 10,000 test images held out.

    Raises
    ------
    DatasetError
        If a file is nowhere and cannot be downloaded, or is not the published one.
    """
    (X, y, X_test, y_test), where = _files(data_dir)
    return Dataset(
        name="mnist",
        X=_unit_pixels(X[:n]),
        X_test=_unit_pixels(X_test),
        y=y[:n].astype(np.int64),
        y_test=y_test.astype(np.int64),
        classes=tuple("0123456789"),
        image_shape=(28, 28),
        levels=255,
        provenance=f"MNIST, first {len(X[:n]):,} training images, 10,000 test images held out, pixels / 255; files "
        f"from {where}",
    )


def load_all(data_dir: Path | None) -> Dataset:
    """Return all 70,000 images, those of training first, with nothing held out yet.

    Raises
    ------
    DatasetError
        As for `load`.
    """
    (X, y, X_test, y_test), where = _files(data_dir)
    pixels = _unit_pixels(np.concatenate([X, X_test]))
    return Dataset(
        name="mnist-70k",
        X=pixels,
        X_test=pixels[:0],
        y=np.concatenate([y, y_test]).astype(np.int64),
        y_test=None,
        classes=tuple("0123456789"),
        image_shape=(28, 28),
        levels=255,
        provenance=f"MNIST, all {len(pixels):,} images of training and test, 1,000 held out, pixels / 255; files from "
        f"{where}",
    )


def _files(data_dir: Path | None) -> tuple[list[np.ndarray], str]:
    """Return the arrays of the four files, in the order of `SHA256`, and where the files were."""
    found = {name: read(name, data_dir) for name in SHA256}
    return [parse_idx(content) for content, _ in found.values()], ", ".join(
        sorted({words for _, words in found.values()})
    )


def find(name: str, data_dir: Path | None) -> tuple[Path, str] | None:
    """Return where the file is, packed or not, and the place's words; None where it must be downloaded."""
    for place in places(data_dir):
        for path in (place.folder / f"{name}.gz", place.folder / name):
            if path.is_file():
                return path, place.words
    return None


def read(name: str, data_dir: Path | None) -> tuple[bytes, str]:
    """Return the uncompressed content of one of the four files, checked, and where it was.

    A damaged file in the cache is fetched again; elsewhere it is somebody's own and is refused by name.
    """
    found = find(name, data_dir)
    if found is not None:
        path, words = found
        try:
            return checked_content(name, path), words
        except DatasetError:
            if words != "cache":
                raise
            log.warning("%s is damaged; it is fetched again", path)
            path.unlink()
    return checked_content(name, download(name)), "download"


def checked_content(name: str, path: Path) -> bytes:
    """Return the uncompressed content of `path`, or raise with the expected and the found sum."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DatasetError(
            f"Got {path}, which cannot be unpacked ({error}), but expected the gzip file of {name} with SHA-256 "
            f"{SHA256[name]} unpacked. Remove it or put the right one there."
        ) from error
    got = sha256(content).hexdigest()
    if got != SHA256[name]:
        raise DatasetError(
            f"Got {path} with SHA-256 {got} of its {len(content):,} bytes, but expected {SHA256[name]} for {name}. "
            "Remove it or put the right one there."
        )
    return content


def download(name: str) -> Path:
    """Fetch one of the four files into the cache and return its path."""
    failures = []
    for mirror in MIRRORS:
        url = f"{mirror}{name}.gz"
        try:
            return Path(pooch.retrieve(url, known_hash=None, fname=f"{name}.gz", path=cache(), progressbar=False))
        except (OSError, ValueError) as error:
            failures.append(f"{url}: {error}")
    looked_in = ", ".join(str(place.folder) for place in places(None))
    raise DatasetError(
        f"Got no {name}: it is not in {looked_in}, and it could not be downloaded ({'; '.join(failures)}). "
        "Put the four IDX files in a folder and name it with --data-dir or MNIST_DIR, or use the dataset mnist-5k."
    )


def parse_idx(content: bytes) -> np.ndarray:
    """Return the array of an IDX file of unsigned bytes: two zeros, type 8, number of dimensions, sizes, values."""
    n_dimensions = content[3]
    shape = np.frombuffer(content, ">u4", count=n_dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * n_dimensions).reshape(shape)


def _unit_pixels(images: np.ndarray) -> np.ndarray:
    return (images.reshape(len(images), -1) / 255).astype(np.float32)
