"""The shelf: large arrays computed once for a dataset and kept on disk, in the user's cache folder."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pooch

log = logging.getLogger(__name__)

CAPACITY = 4 * 2**30
"""Bytes from which on what was used least recently is removed."""


def folder() -> Path:
    """Return the user's cache folder for arrays of original spaces."""
    return Path(pooch.os_cache("reducers-bench")) / "originals"


def kept(place: Path | None, make: Callable[[], dict[str, np.ndarray]]) -> Mapping[str, np.ndarray]:
    """Return the arrays kept at `place`; where they are not there, or damaged, make them and keep them.

    Parameters
    ----------
    place : path or None
        A folder whose name says all that the arrays depend on; None keeps nothing.
    make : function
        Makes the arrays.
    """
    if place is None:
        return make()
    arrays = _read(place)
    if arrays is None:
        arrays = make()
        try:
            _write(place, arrays)
        except OSError as error:
            log.warning("%s cannot be kept and will be computed again (%s)", place, error)
    return arrays


def _read(place: Path) -> dict[str, np.ndarray] | None:
    """Return the arrays if each is there, whole and the one that was written."""
    try:
        sums = json.loads((place / "sums.json").read_text())
        arrays = {name: np.load(place / f"{name}.npy", allow_pickle=False) for name in sums}
        (place / "sums.json").touch()
    except (OSError, ValueError, EOFError):
        return None
    if any(_sum(array) != sums[name] for name, array in arrays.items()):
        log.warning("%s is damaged; it is computed again", place)
        return None
    return arrays


def _write(place: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write aside and rename, so that the folder is there whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".partial-", dir=place.parent))
    try:
        for name, array in arrays.items():
            np.save(aside / f"{name}.npy", array)
        (aside / "sums.json").write_text(json.dumps({name: _sum(array) for name, array in arrays.items()}))
        shutil.rmtree(place, ignore_errors=True)
        aside.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _make_room(place)


def _make_room(newest: Path) -> None:
    """Remove what was used least recently until the shelf holds no more than its capacity; never the newest."""
    places = [place for place in newest.parent.iterdir() if (place / "sums.json").is_file() and place != newest]
    size = _size(newest)
    for place in sorted(places, key=lambda place: (place / "sums.json").stat().st_mtime, reverse=True):
        size += _size(place)
        if size > CAPACITY:
            shutil.rmtree(place, ignore_errors=True)


def _size(place: Path) -> int:
    return sum(path.stat().st_size for path in place.glob("*.npy"))


def _sum(array: np.ndarray) -> list[int | str | list[int]]:
    return [zlib.crc32(np.ascontiguousarray(array).data), array.dtype.str, list(array.shape)]
