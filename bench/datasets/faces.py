"""Faces: ten photographs of each of 40 people, 64 x 64 pixels; eight of each for training and two for testing.

Source: the Olivetti (ORL) faces of AT&T Laboratories Cambridge (Samaria and Harter 1994) as cut by Sam Roweis, which
scikit-learn's `fetch_olivetti_faces` downloads. Licence: not stated.
Check: SHA-256 of the arrays. One nearest neighbour tells 94.5 %, each image by the 399 others. With eight
images of a person, scores with more than a few neighbours say little: read those with k = 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench.datasets import originals
from bench.datasets.base import Dataset, split

SIDE, N_TEST, LEVELS = 64, 80, 242
"""The brightest pixel of all is 242."""
CLASSES = tuple(f"person {number}" for number in range(1, 41))


def decode(paths: Sequence[Path]) -> Dataset:
    """Return the dataset from `olivetti.npz`: pixels as in olivettifaces.mat, where images lie on their side."""
    X, y = originals.arrays(paths[0])
    what = f"Olivetti faces, {len(X)} images, {N_TEST} for testing, pixels / {LEVELS}; from {paths[0].name}"
    X = (_turned(X) / LEVELS).astype(np.float32)
    whole = Dataset("faces", X, X[:0], y.astype(np.int64), None, CLASSES, (SIDE, SIDE), LEVELS, what)
    return split(whole, n_test=N_TEST, n=None)


def fetch() -> list[Path]:
    """Download the images; the library's own copy of them, which is a pickle, is not kept."""
    from sklearn.datasets import fetch_olivetti_faces

    with TemporaryDirectory() as home:
        X, y = fetch_olivetti_faces(data_home=home, return_X_y=True)
    return originals.keep("faces", "olivetti.npz", _turned(np.rint(X * LEVELS).astype(np.uint8)), y)


def _turned(X: np.ndarray) -> np.ndarray:
    """Return images with rows and columns exchanged."""
    return X.reshape(-1, SIDE, SIDE).transpose(0, 2, 1).reshape(-1, SIDE * SIDE)


ORIGINAL = originals.Original(
    "faces",
    (("olivetti.npz",),),
    decode,
    fetch,
    sha256="b85244fd245669486764606fd53659b31e1bede495c05815e516cd61c3010162",
    needs="Olivetti faces, 4 MB",
)
