"""Large arrays that are computed once for a dataset and cached on disk, in a folder that the caller names."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread

import numpy as np

log = logging.getLogger(__name__)

CAPACITY = 4 * 2**30
"""Bytes beyond which the least recently used arrays are removed."""

Arrays = dict[str, np.ndarray]
_being_written: dict[Path, tuple[Thread, Arrays]] = {}
_one_at_a_time = Lock()


class CachedArrays:
    """Arrays that are read from a folder when asked for, and computed and written if they are missing or damaged.

    They are written in the background; until then they are read from memory.

    Parameters
    ----------
    folder : path or None
        A folder whose name says all that the arrays depend on; None writes nothing.
    compute : function
        Returns the arrays.
    """

    def __init__(self, folder: Path | None, compute: Callable[[], Arrays]) -> None:
        self.folder, self.compute = folder, compute
        self.arrays: Arrays = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name in self.arrays:
            return self.arrays[name]
        found = None if self.folder is None else _find(self.folder, name)
        if found is not None:
            self.arrays[name] = found
            return found
        self.arrays = self.compute()
        if self.folder is not None:
            # No daemon: a process does not end before all is written.
            writer = Thread(target=_write_or_warn, args=(self.folder, self.arrays), daemon=False)
            _being_written[self.folder] = writer, self.arrays
            writer.start()
        return self.arrays[name]


def read(folder: Path) -> Arrays:
    """Return all arrays of a folder; none if it is not there, or one of them is damaged."""
    try:
        names = list(json.loads((folder / "sums.json").read_text()))
    except (OSError, ValueError):
        return {}
    found = {name: array for name in names if (array := _find(folder, name)) is not None}
    return found if len(found) == len(names) else {}


def write(folder: Path, arrays: Arrays) -> None:
    """Write arrays into a folder at once; that they cannot be written is only named."""
    _write_or_warn(folder, arrays)


def flush() -> None:
    """Wait until all arrays are written."""
    for writer, _ in list(_being_written.values()):
        writer.join()


def _find(folder: Path, name: str) -> np.ndarray | None:
    """Return an array if it is there, complete, and the one that was written."""
    if folder in _being_written:
        return _being_written[folder][1][name]
    try:
        checksums = json.loads((folder / "sums.json").read_text())
        array = np.load(folder / f"{name}.npy", allow_pickle=False)
        (folder / "sums.json").touch()
    except (OSError, ValueError, EOFError):
        return None
    if _checksum(array) != checksums.get(name):
        log.warning("%s is damaged; it is computed again", folder)
        return None
    return array


def _write_or_warn(folder: Path, arrays: Arrays) -> None:
    try:
        with _one_at_a_time:
            _write(folder, arrays)
    except OSError as error:
        log.warning("%s cannot be written and will be computed again (%s)", folder, error)
    finally:
        _being_written.pop(folder, None)


def _write(folder: Path, arrays: Arrays) -> None:
    """Write elsewhere and rename, so that the folder is never there in part."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder.parent))
    try:
        for name, array in arrays.items():
            np.save(partial / f"{name}.npy", array)
        (partial / "sums.json").write_text(json.dumps({name: _checksum(array) for name, array in arrays.items()}))
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    _make_room(folder)


def _make_room(newest: Path) -> None:
    """Remove the least recently used arrays until the rest is within the capacity; never the newest."""
    folders = [sums.parent for sums in newest.parent.glob("*/sums.json") if sums.parent != newest]
    folders.sort(key=lambda folder: (folder / "sums.json").stat().st_mtime, reverse=True)
    size = 0
    for folder in (newest, *folders):
        size += sum(path.stat().st_size for path in folder.glob("*.npy"))
        if size > CAPACITY and folder != newest:
            shutil.rmtree(folder, ignore_errors=True)


def _checksum(array: np.ndarray) -> list[int | str | list[int]]:
    return [zlib.crc32(np.ascontiguousarray(array).data), array.dtype.str, list(array.shape)]
