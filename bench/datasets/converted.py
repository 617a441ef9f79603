"""Tables that were converted once: kept in the user's cache as a `.npy`, under a hash of what they were made from."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import numpy as np

from bench.datasets.in_place import InPlace
from bench.datasets.npy import head_of
from bench.datasets.options import DataOptions
from bench.datasets.originals import cache
from bench.errors import DatasetError
from bench.units import seconds_as_text
from reducers.rows import Rows, blocks

log = logging.getLogger(__name__)

VERSION = 1
"""Raised whenever a table would be converted to something else."""
PROGRESS_S = 5.0
"""A conversion that takes longer says how far it is."""
OWNER = ".owner"
"""File in a folder that is being written, locked by its writer: the kernel lets go of it, however that one ends."""


@dataclass(frozen=True)
class Facts:
    """What is kept of a table besides its features."""

    provenance: str
    classes: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    divisor: float = 1.0
    """What the values are divided by as they are read: 255 for bytes."""
    levels: int | None = None
    n_test: int | None = None
    """Test points, the last rows, of a file that tells them; None of one that does not."""


@dataclass(frozen=True)
class Table:
    """A table in the cache: its features, mapped, its labels and what else is known."""

    file: InPlace
    y: np.ndarray | None
    facts: Facts


@dataclass(frozen=True)
class Writing:
    """A table to be written: its shape and type, stretches of its rows with where they go, labels and facts."""

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype
    rows: Iterable[tuple[np.ndarray | slice, np.ndarray]]
    y: np.ndarray | None
    facts: Facts


def folder_of(digest: str, options: DataOptions) -> Path:
    """Return where a file of this content is kept, read with these options."""
    text = json.dumps([VERSION, digest, options.model_dump()], sort_keys=True)
    return cache("converted") / sha256(text.encode()).hexdigest()[:32]


def once(folder: Path, make: Callable[[], Writing]) -> Table:
    """Return the table of a folder of the cache, made now if it is not there or not whole.

    Raises DatasetError if there is no room for it, or it cannot be written; and whatever `make` raises.
    """
    found = _read(folder)
    if found is None:
        table = make()
        try:
            _write(table, folder)
        except OSError as error:
            raise DatasetError(f"Got cache folder {folder}, where nothing can be written: {error}.") from error
        found = _read(folder)
    if found is None:
        raise DatasetError(f"Got {folder}, which was just written and cannot be read. Remove it and run again.")
    return found


def floats_of(file: InPlace, divisor: float) -> InPlace:
    """Return the features of a file of bytes as float32, for who takes nothing else; made once."""
    name = sha256(json.dumps([VERSION, file.digest, file.offset, divisor]).encode()).hexdigest()[:32]

    def make() -> Writing:
        rows = blocks(Rows(file.array, divisor))
        return Writing(file.path, file.array.shape, np.dtype(np.float32), rows, None, Facts(""))

    return once(cache("converted") / name, make).file


def _read(folder: Path) -> Table | None:
    """Return what a folder holds; None if it is not there, or not what was written."""
    with suppress(OSError, ValueError, TypeError, LookupError):
        known = json.loads((folder / "facts.json").read_text())
        digest, facts = known.pop("digest"), Facts(**known)
        image = (facts.image_shape[0], facts.image_shape[1]) if facts.image_shape else None
        facts = replace(facts, classes=tuple(facts.classes), image_shape=image)
        path = folder / "X.npy"
        with path.open("rb") as file:
            head = head_of(file)
            mapped = InPlace.of(path, file, head.offset, head.shape, head.dtype)
        labels = folder / "y.npy"
        y = np.load(labels, allow_pickle=False) if labels.exists() else None
        if mapped.digest == digest and (y is None or len(y) == len(mapped.array)):
            return Table(mapped, y, facts)
        log.warning("%s is damaged: it is made again", folder)
    return None


def _write(table: Writing, folder: Path) -> None:
    """Write a table where nobody looks for it, and move it to its folder."""
    size = table.dtype.itemsize * table.shape[0] * table.shape[1]
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder.parent)
    if size > (free := shutil.disk_usage(folder.parent).free):
        raise DatasetError(
            f"Got {table.path}, which is converted once to {size / 2**30:,.1f} GiB in {folder.parent}, but "
            f"{free / 2**30:,.1f} GiB are free there. Set XDG_CACHE_HOME to a folder with more."
        )
    log.warning("%s is converted once, to %s MiB in %s", table.path, f"{size / 2**20:,.0f}", folder)
    with _unfinished(folder) as unfinished:
        path = unfinished / "X.npy"
        out = np.lib.format.open_memmap(path, "w+", table.dtype, table.shape)
        _fill(out, table)
        out.flush()
        del out
        if table.y is not None:
            np.save(unfinished / "y.npy", table.y)
        with path.open("rb") as file:
            head = head_of(file)
            digest = InPlace.of(path, file, head.offset, head.shape, head.dtype).digest
        (unfinished / "facts.json").write_text(json.dumps(asdict(table.facts) | {"digest": digest}))
        shutil.rmtree(folder, ignore_errors=True)
        (unfinished / OWNER).unlink()
        os.replace(unfinished, folder)


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """Hold a new folder for what becomes one of the cache; it is removed at the end if it is still there."""
    path = folder.with_name(f"{folder.name}-{os.getpid()}")
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    try:
        with (path / OWNER).open("w") as lock:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _remove_abandoned(cached: Path) -> None:
    """Remove what processes left that were killed while they wrote: gigabytes."""
    for owner in cached.glob(f"*-*/{OWNER}"):
        with suppress(OSError), owner.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (owner.parent / "X.npy").exists():  # else its writer is about to lock it
                shutil.rmtree(owner.parent, ignore_errors=True)


def _fill(out: np.ndarray, table: Writing) -> None:
    began = said = perf_counter()
    done = 0
    for place, block in table.rows:
        out[place] = block
        done += len(block)
        if (now := perf_counter()) - said > PROGRESS_S:
            said, left = now, seconds_as_text((now - began) * (len(out) - done) / done)
            log.warning("%s: %.0f %% converted, about %s left", table.path.name, 100 * done / len(out), left)
