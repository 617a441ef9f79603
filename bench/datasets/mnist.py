"""MNIST's four IDX files: found or downloaded, checked to the last byte, read."""

from __future__ import annotations

import gzip
import logging
import os
import zlib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from bench.datasets import originals
from bench.datasets.base import Dataset, of_digits
from bench.errors import DatasetError

log = logging.getLogger(__name__)

SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""SHA-256 of the uncompressed files, so that it does not matter who packed them."""
MAX_BYTES = 2**26
"""No file of the four is larger; what grows beyond that when unpacked is not unpacked any further."""

FITTED_ELSEWHERE, TO_TUNE, TO_SELECT = 10_000, 10_000, 5_000
"""Training images that studies of MNIST fit; those after them that searches fit; and those that these select by."""

MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")


def folders(data_dir: Path | None) -> dict[str, Path]:
    """Return the folders that are searched, in order, by what they are called; downloads go to the cache."""
    named = os.environ.get("MNIST_DIR")
    own = originals.own_folders("mnist", data_dir)
    return own | ({"MNIST_DIR": Path(named)} if named else {}) | {"cache": cache()}


def cache() -> Path:
    """Return the user's cache folder for the downloaded files."""
    return originals.cache("mnist")


def load(n: int, data_dir: Path | None) -> Dataset:
    """Return the first `n` training images, at most 60,000, and the 10,000 test images.

    Raises DatasetError if a file is nowhere and cannot be downloaded, or is not the published one.
    """
    (X, y, X_test, y_test), where = _files(data_dir)
    what = f"MNIST, first {len(X[:n]):,} training images, 10,000 test images, pixels / 255; files from {where}"
    train, test = of_digits("mnist", X[:n], y[:n], what), of_digits("mnist", X_test, y_test, what)
    return replace(train, X_test=test.X, y_test=test.y, available=len(X))


def load_for_tuning(n: int, data_dir: Path | None) -> Dataset:
    """Return training images alone: at most `n` of the second 10,000 to fit, and the 5,000 after them in place of test
    images. Test images are not read; errors as for `load`.
    """
    (X, y), where = _files(data_dir, "train")
    first, second = FITTED_ELSEWHERE, FITTED_ELSEWHERE + TO_TUNE
    what = (
        f"MNIST, training images alone: {first + 1:,} to {first + n:,} to fit, and {second + 1:,} to "
        f"{second + TO_SELECT:,} in place of test images, pixels / 255; files from {where}"
    )
    fitted = of_digits("mnist-tuning", X[first : first + n], y[first : first + n], what)
    select = of_digits("mnist-tuning", X[second : second + TO_SELECT], y[second : second + TO_SELECT], what)
    return replace(fitted, X_test=select.X, y_test=select.y, available=TO_TUNE)


def load_all(data_dir: Path | None) -> Dataset:
    """Return all 70,000 images, those of training first, without test points yet; errors as for `load`."""
    (X, y, X_test, y_test), where = _files(data_dir)
    X, y = np.concatenate([X, X_test]), np.concatenate([y, y_test])
    what = f"MNIST, all {len(X):,} images of training and test, 1,000 for testing, pixels / 255; files from {where}"
    return of_digits("mnist-70k", X, y, what)


def _files(data_dir: Path | None, part: str = "") -> tuple[list[np.ndarray], str]:
    """Return the arrays of the four files, or of the two of a part, in the order of `SHA256`, and where they were."""
    found = [read(name, data_dir) for name in SHA256 if name.startswith(part)]
    return [parse_idx(content) for content, _ in found], ", ".join(sorted({where for _, where in found}))


def missing(data_dir: Path | None) -> str:
    """Return what must be downloaded first, as text; nothing if all four files are at hand."""
    if all(find(name, data_dir) for name in SHA256):
        return ""
    return f"MNIST, 12 MB, which is downloaded into {cache()}, or found in the folder of --data-dir or MNIST_DIR"


def find(name: str, data_dir: Path | None) -> tuple[Path, str] | None:
    """Return where the file is, packed or not, and what its folder is called; None if it must be downloaded."""
    for where, folder in folders(data_dir).items():
        for path in (folder / f"{name}.gz", folder / name):
            if os.path.isfile(path):
                return path, where
    return None


def read(name: str, data_dir: Path | None) -> tuple[bytes, str]:
    """Return the uncompressed content of one of the four files, checked, and where it was.

    A damaged file in the cache is downloaded again; elsewhere it is the user's own and is refused by name.
    """
    if found := find(name, data_dir):
        path, where = found
        try:
            return checked_content(name, path), where
        except DatasetError:
            if where != "cache":
                raise
            log.warning("%s is damaged; it is downloaded again", path)
            path.unlink(missing_ok=True)
    return checked_content(name, download(name)), "download"


def checked_content(name: str, path: Path) -> bytes:
    """Return the uncompressed content of `path`, or raise with the expected and the found sum."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(MAX_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(
            f"Got {path}, which cannot be read ({error}), but expected the gzip file of {name} with SHA-256 "
            f"{SHA256[name]} unpacked. Remove it or put the published one there."
        ) from error
    got = sha256(content).hexdigest()
    if got != SHA256[name]:
        size = f"{len(content):,} bytes" if len(content) < MAX_BYTES else f"first {MAX_BYTES:,} bytes"
        raise DatasetError(
            f"Got {path} with SHA-256 {got} of its {size}, but expected {SHA256[name]} for {name}. "
            "Remove it or put the published one there."
        )
    return content


def download(name: str) -> Path:
    """Download one of the four files into the cache and return its path."""
    import pooch  # as soon as it is imported into a notebook, it warns that there is no widget for its progress

    failures = []
    for mirror in MIRRORS:
        url = f"{mirror}{name}.gz"
        try:
            return Path(pooch.retrieve(url, known_hash=None, fname=f"{name}.gz", path=cache(), progressbar=False))
        except (OSError, ValueError) as error:
            failures.append(f"{url}: {error}")
    searched = ", ".join(map(str, folders(None).values()))
    raise DatasetError(
        f"Got no {name}: it is not in {searched}, and it could not be downloaded ({'; '.join(failures)}). "
        "Put the four IDX files into a folder and name it with --data-dir or MNIST_DIR, or use the dataset mnist-5k."
    )


def parse_idx(content: bytes) -> np.ndarray:
    """Return the array of an IDX file of unsigned bytes: two zeros, type 8, number of dimensions, sizes, values."""
    shape = np.frombuffer(content, ">u4", count=content[3], offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)
