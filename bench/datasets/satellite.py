"""Satellite: 6,435 places on Landsat images as 3 x 3 pixels in four bands; 4,435 for training, 2,000 for testing.

Source: Statlog (Landsat Satellite), UCI Machine Learning Repository (Srinivasan 1993, doi.org/10.24432/C55887).
Licence: CC BY 4.0.
Check: SHA-256 of the arrays. Copies differ in the order of rows (KEEL's is not UCI's), so that rows are sorted and then
split here; one nearest neighbour tells 89.45 % in the split of UCI's two files. Places may overlap by some pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.datasets import originals
from bench.datasets.base import Dataset, split

CODES = (1, 2, 3, 4, 5, 7)
CLASSES = ("red soil", "cotton crop", "grey soil", "damp grey soil", "vegetation stubble", "very damp grey soil")
N_TEST, LEVELS = 2_000, 255
SITE = "https://archive.ics.uci.edu/ml/machine-learning-databases/statlog/satimage/"


def points(paths: Sequence[Path]) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixels and the classes as the files have them, those for training first."""
    both = np.concatenate([originals.cells(path) for path in paths])
    return both[:, :-1], np.searchsorted(CODES, both[:, -1])


def decode(paths: Sequence[Path]) -> Dataset:
    """Return the dataset from UCI's `sat.trn` and `sat.tst` or KEEL's `satimage.dat`."""
    X, y = originals.in_one_order(*points(paths))
    files = " and ".join(path.name for path in paths)
    what = f"Satellite, {len(X):,} places, {N_TEST:,} for testing, pixels / {LEVELS}; from {files}"
    X = (X / LEVELS).astype(np.float32)
    return split(Dataset("satellite", X, X[:0], y, None, CLASSES, None, LEVELS, what), n_test=N_TEST, n=None)


ORIGINAL = originals.Original(
    "satellite",
    (("sat.trn", "sat.tst"), ("satimage.dat",)),
    decode,
    lambda: originals.download("satellite", {name: f"{SITE}{name}" for name in ("sat.trn", "sat.tst")}),
    sha256="4d782ec201c4977bdabf3d20d13e02a22af42e70b5cb39566a7fb2f606f5e7de",
    needs="Satellite, 0.8 MB",
)
