"""The border between a worker and the store: names, shapes, dtypes, finiteness and sizes of all arrays of a run.

The worker checks what each timed call returned, so that its own dtype and shape are told. The parent checks the file
that it received, by the same table, before anything of it is stored.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.store.records import Outcome, Status
from bench.texts import plain
from reducers import HISTORY_COLUMNS, InvalidEmbeddingError

REFIT_ROWS = 100
"""Training points that are mapped again, so few that it costs little where `transform` is slow."""
FEW_ROWS = 100
ALONE_ROWS = 10
"""Test points that are mapped again, in a batch of their own and one by one."""
REBUILT_ROWS = 16
GRID_POINTS = 12
"""Points along each axis of an embedding that are mapped back to data, for a picture."""
LINE_STEPS = 24
"""Points between two test points in an embedding that are mapped back to data, both included."""

EXTRA = "extra_"
"""How the names of arrays begin that a reducer offers besides what every reducer gives."""
MAX_EXTRA_BYTES = 64 * 2**20
"""The most that the extras of one run may take, all together."""
MAX_NOTES = 10
"""The most extras that are named because they were not kept."""
HEADER_BYTES = 4_096
"""Room for what the file says of an array."""
MAY_HAVE_GAPS = ("extra_history",)
"""Arrays read by figures or measures in which NaN has a meaning."""

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))
NAMES = {
    "train": "an embedding",
    "test": "an embedding of test points",
    "refit": "an embedding of training points mapped again",
    "few": "an embedding of a few test points",
    "alone": "an embedding of single test points",
    "reconstructions": "reconstructions",
    "grid": "a decoded lattice",
    "line": "a decoded line",
}

Arrays = dict[str, np.ndarray]
Shape = tuple[int | None, ...]
"""Lengths of axes; None for any from 1 on."""


@dataclass(frozen=True)
class Sizes:
    """What the shapes of a run's arrays depend on; `n_components` is None where a reducer does not tell it."""

    n_train: int
    n_test: int
    n_features: int
    n_components: int | None

    @property
    def shapes(self) -> dict[str, Shape]:
        """Shape of every array that scores, measures and figures read."""
        n_train, n_test, n_features, n_components = self.n_train, self.n_test, self.n_features, self.n_components
        extras: dict[str, Shape] = {
            "history": (None, len(HISTORY_COLUMNS)),
            "standard_deviation": (n_components,),
            "active_units": (),
            "is_collapsed": (),
            "prior_samples": (None, None),
            "anomaly_score": (n_test,),
            "kl_per_dimension": (n_components,),
            "posterior_deviation": (n_components,),
            "sampled_embedding": (n_test, n_components),
            "squared_error_through_sample": (n_test,),
            "fitted_squared_error": (n_train,),
            "prior_samples_by_epoch": (None, None, None),
            "prior_sample_epochs": (None,),
            "embedding_by_epoch": (None, None, n_components),
            "embedding_epochs": (None,),
        }
        return {
            "train": (n_train, n_components),
            "test": (n_test, n_components),
            "refit": (min(REFIT_ROWS, n_train), n_components),
            "few": (min(FEW_ROWS, n_test), n_components),
            "alone": (min(ALONE_ROWS, n_test), n_components),
            "reconstructions": (n_test, n_features),
            "squared_error": (n_test,),
            "rebuilt": (min(REBUILT_ROWS, n_test), n_features),
            "grid": (GRID_POINTS**2, n_features),
            "grid_axes": (2, GRID_POINTS),
            "line": (LINE_STEPS, n_features),
            **{EXTRA + name: shape for name, shape in extras.items()},
        }


def checked(name: str, got: Any, sizes: Sizes) -> np.ndarray:
    """Return an array of a run as it is stored.

    Positions and images are stored as float32, squared errors as float64, extras as they are.

    Raises
    ------
    InvalidEmbeddingError
        If it is no such array: the message says what was got and what was expected.
    """
    what, expected, is_extra = NAMES.get(name, name), sizes.shapes.get(name), name.startswith(EXTRA)
    if expected is None and not (is_extra and re.fullmatch(rf"{EXTRA}\w{{1,64}}", name, re.ASCII)):
        raise InvalidEmbeddingError(f"Got an array named {name[:80]!r}, but expected the names of a run's arrays.")
    if not isinstance(got, np.ndarray) or isinstance(got, np.ma.MaskedArray):
        raise InvalidEmbeddingError(f"Got a {type(got).__name__} as {what}, but expected a NumPy array.")
    got = np.asarray(got)
    if expected is not None and not _has_shape(got, expected):
        wanted = str(expected).replace("None", "any")
        raise InvalidEmbeddingError(f"Got {what} of shape {got.shape}, but expected {wanted}.")
    if is_extra:
        if got.dtype.kind not in "biuf" or got.dtype.itemsize > 8:
            raise InvalidEmbeddingError(f"Got {what} of dtype {got.dtype}, but expected numbers of at most 64 bits.")
        stored = got
    else:
        if got.dtype not in FLOATS:
            raise InvalidEmbeddingError(f"Got {what} of dtype {got.dtype}, but expected float32 or float64.")
        with np.errstate(over="ignore"):
            stored = got.astype(np.float64 if name == "squared_error" else np.float32)
    if expected is not None and name not in MAY_HAVE_GAPS:
        _require_finite(what, got, stored)
    return stored


def extras(found: Any, sizes: Sizes, room: int = MAX_EXTRA_BYTES) -> tuple[Arrays, list[str]]:
    """Return those of the arrays that a reducer offers which can be stored in `room` bytes, and notes on the others."""
    if not isinstance(found, Mapping):
        return {}, [f"its extras were not kept: got a {type(found).__name__}, but expected a dictionary"]
    kept: Arrays = {}
    notes: list[str] = []
    for name, array in found.items():
        try:
            stored = checked(f"{EXTRA}{name}", np.asarray(array), sizes)
            if stored.nbytes > room:
                raise InvalidEmbeddingError(
                    f"Got {stored.nbytes / 2**20:,.0f} MiB, but expected at most {MAX_EXTRA_BYTES / 2**20:.0f} MiB of "
                    "extras."
                )
        except Exception as error:  # noqa: BLE001 - what a reducer offers may be anything
            notes.append(f"its extra {repr(name)[:80]} was not kept: {described(error)}")
        else:
            kept[f"{EXTRA}{name}"], room = stored, room - stored.nbytes
    return kept, notes[:MAX_NOTES] + (
        [f"{len(notes) - MAX_NOTES} more of its extras were not kept"] if notes[MAX_NOTES:] else []
    )


def admitted(outcome: Outcome, path: Path, sizes: Sizes) -> Outcome:
    """Return the outcome of a successful run if its file holds what it must; else how the run ended instead."""
    try:
        arrays = _read(path, sizes)
        for name, array in arrays.items():
            checked(name, array, sizes)
        required = {"train"} | ({"test"} if outcome.can_transform and sizes.n_test else set())
        if missing := required - arrays.keys():
            raise InvalidEmbeddingError(f"Got no array {', '.join(sorted(missing))}.")
    except InvalidEmbeddingError as error:
        return outcome.model_copy(update={"status": Status.INVALID, "reason": f"the file of its arrays: {error}"})
    except Exception as error:  # noqa: BLE001 - a damaged file makes its reader raise anything
        reason = f"the file of its arrays cannot be read: {described(error)}"
        return outcome.model_copy(update={"status": Status.CRASHED, "reason": reason})
    return outcome


def described(error: BaseException) -> str:
    """Return the class of an error and its message, if it has one that can be had.

    >>> described(ValueError("no luck"))
    'ValueError: no luck'
    """
    try:
        return plain(f"{type(error).__name__}: {error}")
    except Exception:  # noqa: BLE001 - __str__ is code of the reducer, too
        return f"{type(error).__name__} (its message cannot be shown)"


def _read(path: Path, sizes: Sizes) -> Arrays:
    """Return the arrays of a file; nothing is read that is larger than it may be."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(f"{path.name} is no regular file")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path.name} is no archive")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        declared = {info.filename.removesuffix(".npy"): info.file_size for info in archive.zip.infolist()}
        if sum(declared.values()) > path.stat().st_size:
            raise ValueError("it declares more than it holds")
        _require_room(declared, sizes)
        return {name: archive[name] for name in archive.files}


def _require_room(declared: Mapping[str, int], sizes: Sizes) -> None:
    """Raise InvalidEmbeddingError if an array, or all extras together, take more bytes than they may."""
    of_extras = [size for name, size in declared.items() if name.startswith(EXTRA)]
    allowed = {"extras": MAX_EXTRA_BYTES + len(of_extras) * HEADER_BYTES}
    taken = {"extras": sum(of_extras)} | {name: size for name, size in declared.items() if not name.startswith(EXTRA)}
    for name, shape in sizes.shapes.items():
        allowed[name] = 8 * int(np.prod([length or 1 for length in shape], dtype=np.int64)) + HEADER_BYTES
    for name, size in taken.items():
        if size > allowed.get(name, HEADER_BYTES):
            raise InvalidEmbeddingError(f"Got {size:,} bytes of {name}, but expected at most {allowed.get(name, 0):,}.")


def _has_shape(got: np.ndarray, expected: Shape) -> bool:
    axes = zip(got.shape, expected, strict=False)
    return got.ndim == len(expected) and all(length == wanted or (wanted is None and length) for length, wanted in axes)


def _require_finite(what: str, got: np.ndarray, stored: np.ndarray) -> None:
    """Raise InvalidEmbeddingError if not every number is finite as it is stored."""
    bad = ~np.isfinite(np.atleast_1d(stored))
    rows = np.flatnonzero(bad.reshape(len(bad), -1).any(axis=1))
    if not rows.size:
        return
    was_finite = np.isfinite(np.atleast_1d(got)[rows]).all()
    wrong = f"numbers too large for {stored.dtype}" if was_finite else "NaN or infinity"
    raise InvalidEmbeddingError(
        f"Got {what} with {wrong} in {rows.size} of {len(bad)} rows (first: row {rows[0]}), but expected "
        "finite numbers."
    )
