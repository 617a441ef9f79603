"""USPS: 9,298 digits from envelopes, 16 x 16 pixels; 7,291 for training and 2,007 for testing, as published.

Source: the files zip.train and zip.test that come with The Elements of Statistical Learning (Hastie, Tibshirani and
Friedman 2009), from LeCun et al. 1990. Licence: not stated for the data; the R package ElemStatLearn, which has the
same arrays, is GPL (2 or later).
Check: SHA-256 of the arrays. One nearest neighbour tells 94.4 % of the test images, which are harder than those for
training. Training images are in a fixed random order with classes in proportion, so that the first n are a fair sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.datasets import originals
from bench.datasets.base import Dataset, in_proportion, of_digits

N_TRAIN = 7_291
SITE = "https://hastie.su.domains/ElemStatLearn/datasets/"
LEVELS = 2_000
"""Pixels are thousandths from -1 to 1."""


def decode(paths: Sequence[Path]) -> Dataset:
    """Return the dataset from `usps.npz`, or from `zip.train` and `zip.test`, whose first column is the digit."""
    if len(paths) == 1:
        X, y = originals.arrays(paths[0])
    else:
        both = np.concatenate([originals.cells(path) for path in paths])
        X, y = both[:, 1:], both[:, 0]
    steps, files = np.rint((X.astype(np.float64) + 1) * 1000), " and ".join(path.name for path in paths)
    images = f"{N_TRAIN:,} images for training, {len(X) - N_TRAIN:,} for testing, as published"
    what = f"USPS, {images}, (pixels + 1) / 2; from {files}"
    train, test = (
        of_digits("usps", steps[part], y[part], what, side=16, levels=LEVELS)
        for part in (slice(N_TRAIN), slice(N_TRAIN, None))
    )
    order = in_proportion(len(train.X), train.y)
    y_train = y[:N_TRAIN][order].astype(np.int64)
    return replace(train, X=train.X[order], y=y_train, X_test=test.X, y_test=test.y, available=len(order))


ORIGINAL = originals.Original(
    "usps",
    (("usps.npz",), ("zip.train", "zip.test")),
    decode,
    lambda: originals.download("usps", {f"{name}.gz": f"{SITE}{name}.gz" for name in ("zip.train", "zip.test")}),
    sha256="b881ff2d7b45d25ab6370220718001d8c01a23c71dc0465a18cdd2465380fb04",
    needs="USPS, 2 MB",
)
