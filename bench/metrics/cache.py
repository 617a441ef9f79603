"""Large arrays that are computed once for a dataset and cached on disk, in a folder that the caller names."""

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

log = logging.getLogger(__name__)

CAPACITY = 4 * 2**30
"""Bytes beyond which the least recently used arrays are removed."""

_being_written: dict[Path, _Writer] = {}
_one_at_a_time = Lock()


class CachedArrays(Mapping[str, np.ndarray]):
    """Arrays that are read from a folder when asked for, and computed and written if they are missing or damaged.

    They are written in the background; until then they are read from memory.

    Parameters
    ----------
    folder : path or None
        A folder whose name says all that the arrays depend on; None writes nothing.
    compute : function
        Returns the arrays.
    """

    def __init__(self, folder: Path | None, compute: Callable[[], dict[str, np.ndarray]]) -> None:
        self.folder, self.compute = folder, compute
        self.arrays: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.arrays:
            found = None if self.folder is None else _find(self.folder, name)
            if found is None:
                self.arrays = self.compute()
                if self.folder is not None:
                    _Writer(self.folder, self.arrays).start()
            else:
                self.arrays[name] = found
        return self.arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


class _Writer(Thread):
    """Writes arrays in the background. A process does not end before it is done."""

    def __init__(self, folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
        super().__init__(name=f"writes {folder.name}", daemon=False)
        self.folder, self.arrays = folder, arrays
        _being_written[folder] = self

    def run(self) -> None:
        try:
            with _one_at_a_time:
                _write(self.folder, self.arrays)
        except OSError as error:
            log.warning("%s cannot be written and will be computed again (%s)", self.folder, error)
        finally:
            _being_written.pop(self.folder, None)


def flush() -> None:
    """Wait until all arrays are written."""
    for writer in list(_being_written.values()):
        writer.join()


def _find(folder: Path, name: str) -> np.ndarray | None:
    writer = _being_written.get(folder)
    return _read(folder, name) if writer is None else writer.arrays[name]


def _read(folder: Path, name: str) -> np.ndarray | None:
    """Return an array if it is there, complete, and the one that was written."""
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


def _write(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
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
    folders = [folder for folder in newest.parent.iterdir() if (folder / "sums.json").is_file() and folder != newest]
    size = _size(newest)
    for folder in sorted(folders, key=lambda folder: (folder / "sums.json").stat().st_mtime, reverse=True):
        size += _size(folder)
        if size > CAPACITY:
            shutil.rmtree(folder, ignore_errors=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.npy"))


def _checksum(array: np.ndarray) -> list[int | str | list[int]]:
    return [zlib.crc32(np.ascontiguousarray(array).data), array.dtype.str, list(array.shape)]
