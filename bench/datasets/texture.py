"""Texture: 5,500 patches of 11 Brodatz textures as 40 moments; 4,400 for training, 1,100 for testing.

Source: Texture of the ELENA project, as `texture.dat` of the KEEL repository and as number 40499 at openml.org, from
where scikit-learn's `fetch_openml` downloads it. Licence: not stated.
Check: SHA-256 of the arrays, in thousandths as KEEL has them. Copies may differ in the order of rows, so that rows are
sorted and then split here; one nearest neighbour tells 99 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.datasets import originals
from bench.datasets.base import Dataset, split

CODES = (2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 14)
CLASSES = tuple(f"texture {code}" for code in CODES)
N_TEST = 1_100
LOWEST, LEVELS = -1_450, 2_224
"""The lowest moment in thousandths, and how many of them the highest lies above it."""
OPENML = 40499


def points(paths: Sequence[Path]) -> tuple[np.ndarray, np.ndarray]:
    """Return the moments and the classes as the file has them."""
    if paths[0].suffix == ".npz":
        X, codes = originals.arrays(paths[0])
    else:
        cells = originals.cells(paths[0])
        X, codes = cells[:, :-1], cells[:, -1]
    return X, np.searchsorted(CODES, codes)


def decode(paths: Sequence[Path]) -> Dataset:
    """Return the dataset from KEEL's `texture.dat`, or from what was downloaded."""
    X, y = points(paths)
    steps, y = originals.in_one_order(np.rint(X * 1000) - LOWEST, y)
    scaled = f"(moments + {-LOWEST / 1000:g}) / {LEVELS / 1000:g}"
    what = f"Texture, {len(X):,} patches, {N_TEST:,} for testing, {scaled}; from {paths[0].name}"
    X = (steps / LEVELS).astype(np.float32)
    return split(Dataset("texture", X, X[:0], y, None, CLASSES, None, LEVELS, what), n_test=N_TEST, n=None)


def fetch() -> list[Path]:
    """Download the table from openml.org."""
    from sklearn.datasets import fetch_openml

    X, y = fetch_openml(data_id=OPENML, data_home=originals.cache(), as_frame=False, return_X_y=True)
    return originals.keep("texture", "texture.npz", X, y.astype(np.int64))


ORIGINAL = originals.Original(
    "texture",
    (("texture.dat",), ("texture.npz",)),
    decode,
    fetch,
    sha256="9ee2637503b6b75d16893265828f03fdd995667b2a2c31d8b9f37b68815f429f",
    needs="Texture, 1.5 MB",
)
