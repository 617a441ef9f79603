"""The shelf: large arrays computed once for a dataset and kept on disk, in the user's cache folder."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Lock, Thread

import numpy as np
import pooch

log = logging.getLogger(__name__)

CAPACITY = 4 * 2**30
"""Bytes from which on what was used least recently is removed."""

_on_their_way: dict[Path, _Writer] = {}
"""What is being written, by place."""
_one_at_a_time = Lock()


def folder() -> Path:
    """Return the user's cache folder for arrays of original spaces."""
    return Path(pooch.os_cache("reducers-bench")) / "originals"


class Kept(Mapping[str, np.ndarray]):
    """Arrays that are read from the shelf when asked for; where they are not there, or damaged, made and put there.

    They are written in the background, and whoever asks for them meanwhile has them from memory.

    Parameters
    ----------
    place : path or None
        A folder whose name says all that the arrays depend on; None keeps nothing.
    make : function
        Makes the arrays.
    """

    def __init__(self, place: Path | None, make: Callable[[], dict[str, np.ndarray]]) -> None:
        self.place, self.make = place, make
        self.arrays: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.arrays:
            found = None if self.place is None else _find(self.place, name)
            if found is None:
                self.arrays = self.make()
                if self.place is not None:
                    _Writer(self.place, self.arrays).start()
            else:
                self.arrays[name] = found
        return self.arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


class _Writer(Thread):
    """Puts arrays on the shelf while the program goes on; a process does not end before it has."""

    def __init__(self, place: Path, arrays: Mapping[str, np.ndarray]) -> None:
        super().__init__(name=f"writes {place.name}", daemon=False)
        self.place, self.arrays = place, arrays
        _on_their_way[place] = self

    def run(self) -> None:
        try:
            with _one_at_a_time:
                _write(self.place, self.arrays)
        except OSError as error:
            log.warning("%s cannot be kept and will be computed again (%s)", self.place, error)
        finally:
            _on_their_way.pop(self.place, None)


def settle() -> None:
    """Wait until all that is being written is on the shelf."""
    for writer in list(_on_their_way.values()):
        writer.join()


def _find(place: Path, name: str) -> np.ndarray | None:
    """Return an array that is on the shelf or on its way there."""
    writer = _on_their_way.get(place)
    return _read(place, name) if writer is None else writer.arrays[name]


def _read(place: Path, name: str) -> np.ndarray | None:
    """Return an array if it is there, whole and the one that was written."""
    try:
        sums = json.loads((place / "sums.json").read_text())
        array = np.load(place / f"{name}.npy", allow_pickle=False)
        (place / "sums.json").touch()
    except (OSError, ValueError, EOFError):
        return None
    if _sum(array) != sums.get(name):
        log.warning("%s is damaged; it is computed again", place)
        return None
    return array


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
