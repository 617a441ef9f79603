"""Which stored arrays of a run figures can draw: the others are left out and named, and cost nobody else a figure."""

from __future__ import annotations

from math import isqrt

import numpy as np

from bench.datasets import Dataset
from bench.execution.scoring import UNREADABLE
from bench.store.records import Record
from bench.store.store import Store
from reducers import HISTORY_COLUMNS

DECODED = {"rebuilt": "rebuilt", "grid": "grid", "line": "line"}
"""Arrays of a run that are images, and what they are called here."""
HISTORY, BY_EPOCH, EPOCHS = "extra_history", "extra_prior_samples_by_epoch", "extra_prior_sample_epochs"
"""The course of a training, images of it epoch by epoch, and the numbers of these epochs."""
FILM, FILM_EPOCHS = "extra_embedding_by_epoch", "extra_embedding_epochs"
"""Positions epoch by epoch, and the numbers of these epochs."""
DIMENSIONS = {**dict.fromkeys(DECODED, 2), "grid_axes": 2, HISTORY: 2, BY_EPOCH: 3, EPOCHS: 1, FILM: 3, FILM_EPOCHS: 1}
NEEDS = {"grid": "grid_axes", "grid_axes": "grid", BY_EPOCH: EPOCHS, FILM: FILM_EPOCHS}
"""Arrays that nobody can draw without another one."""


def drawable(store: Store, record: Record, data: Dataset) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the arrays of a run that figures draw besides positions, and why others are left out."""
    try:
        stored = store.arrays(record) if record.ok else {}
    except UNREADABLE as error:
        return {}, [f"arrays cannot be read ({error})"]
    named = {name: array for name, array in stored.items() if name in DIMENSIONS}
    flaws = {name: flaw for name, array in named.items() if (flaw := _flaw(name, array, data.X.shape[1]))}
    good = {name: array for name, array in named.items() if name not in flaws}
    for name, needed in NEEDS.items():
        if name in named and needed not in good:
            flaws.setdefault(name, f"{name.removeprefix('extra_')} without {needed.removeprefix('extra_')}")
    if {"grid", "grid_axes"} <= good.keys() and good["grid_axes"].shape[1] ** 2 != len(good["grid"]):
        flaws["grid"] = f"grid of {len(good['grid'])} images for axes of {good['grid_axes'].shape[1]}"
    return {name: array for name, array in named.items() if name not in flaws}, list(flaws.values())


def _flaw(name: str, array: np.ndarray, n_features: int) -> str:
    """Return why an array cannot be drawn; empty if it can."""
    what = f"{name.removeprefix('extra_')} of shape {array.shape} and type {array.dtype}"
    if array.ndim != DIMENSIONS[name] or not array.size or array.dtype.kind not in "fiu":
        return what
    last, is_square = array.shape[-1], isqrt(array.shape[-1]) ** 2 == array.shape[-1]
    if name == HISTORY:
        return "" if last == len(HISTORY_COLUMNS) else what
    if not np.isfinite(array).all():
        return f"{name.removeprefix('extra_')} is not finite"
    # A network may resize images to smaller squares; what leads back to the data has their size.
    fits = {
        "grid_axes": len(array) == 2,
        **dict.fromkeys((EPOCHS, FILM, FILM_EPOCHS), True),
        BY_EPOCH: last == n_features or is_square,
    }.get(name, last == n_features)
    return "" if fits else what
