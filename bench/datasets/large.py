"""Tables that are too large to be read at once: mapped where they lie if they are suitable, else converted once.

A `.npy` is suitable if it is in C order, of float32 in [0, 1] or of bytes, and its rows are mixed: they are fitted and
tested as they stand in the file. Bytes stay bytes, see `reducers.rows.Rows`. Of what is not suitable, and of Parquet,
HDF5 and text, a `.npy` is written into the user's cache: rows in a random order that holds classes in proportion,
values scaled, bytes if that loses nothing and float32 else. Of `.npy`, Parquet and HDF5 memory holds a few rows at a
time; the others are read as ever the first time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from math import prod, sqrt
from pathlib import Path
from typing import BinaryIO

import numpy as np
import psutil

from bench.datasets import archives, class_labels, converted, npy
from bench.datasets.base import Dataset, in_proportion
from bench.datasets.columns import Blocks, Scaled, scaled, summarised
from bench.datasets.converted import Facts, Table, Writing
from bench.datasets.guard import check_memory
from bench.datasets.in_place import InPlace, digest_of
from bench.datasets.options import DataOptions
from bench.datasets.points import Points
from bench.errors import DatasetError
from reducers.rows import BLOCK_VALUES, Rows, stretch_of

LARGE = 2**26
"""Values from which on a table is not read at once; MNIST has fewer."""
LARGE_FILE = 2**28
"""Bytes of text or of an archive from which on what was read is kept in the cache."""
TEST_SHARE = 0.2
MIXED = 0.1
"""How far shares of classes among the last rows may differ from those among the first, by total variation, apart from
what is due to chance."""
BYTES, FLOATS = np.dtype(np.uint8), np.dtype(np.float32)


def of_npy(path: Path, file: BinaryIO, n: int | None, options: DataOptions, *, unlimited: bool) -> Dataset | None:
    """Return a large `.npy` as a dataset; None if it is none, or not large.

    Raises DatasetError if it is cut short, or holds no real numbers, or its labels are others than its rows.
    """
    try:
        head = npy.head_of(file)
    except (ValueError, TypeError, SyntaxError, LookupError, EOFError, AttributeError, RecursionError):
        return None  # said by who reads it
    if len(head.shape) < 2 or prod(head.shape) < LARGE:
        return None
    place = archives.check_beside(path, options)
    archives.check_size("X", path, head, npy.held(file, head))
    archives.check_kind(path, head.shape, head.dtype, unlimited=unlimited)
    labels = archives.labels_beside(path, head.shape[0])
    stored = npy.mapped(file, head)
    columns, where = range(1, prod(head.shape[1:]) + 1), "" if labels is None else f"in {place}"
    notes = () if labels is not None else (f"there is no {place} beside it",)
    points = Points(path, np.array(stored[:1]), columns, labels, where, notes).as_images(options.image_shape)
    y, classes = _encoded(points, options)
    digest = digest_of(file)
    folder = converted.folder_of(_with_labels(digest, labels), options)
    why = _unsuitable(head, y)
    if not why and not (folder / "facts.json").exists():
        scale = scaled(points, summarised(points, in_blocks(stored)), options.scale)
        if (head.dtype == BYTES and _keeps_bytes(scale)) or scale.what == "values as they are":
            shape = head.shape[0], len(columns)
            mapped = InPlace.of(path, file, head.offset, shape, head.dtype, digest)
            return _dataset(path, Table(mapped, y, _facts(points, classes, scale, ("mapped in place",))), n)
    return _converted(
        points, in_blocks(stored), (head.shape[0], y, classes), folder, options, n, why or "features outside [0, 1]"
    )


def of_blocks(points: Points, blocks: Blocks, rows: int, digest: str, options: DataOptions, n: int | None) -> Dataset:
    """Return a large table that is read in blocks as a dataset, converted once.

    `points` has its first rows and all of its labels, `digest` tells its content.
    """
    y, classes = _encoded(points, options)
    return _converted(points, blocks, (rows, y, classes), converted.folder_of(digest, options), options, n)


def kept(path: Path, file: BinaryIO, n: int | None, options: DataOptions, read: Callable[[], Dataset]) -> Dataset:
    """Return a dataset that is read in memory the first time, and mapped from the cache from then on.

    Raises DatasetError if it is to be read, and is larger than the memory that is available.
    """

    size = os.fstat(file.fileno()).st_size
    if size > psutil.virtual_memory().total:  # it never was converted here: what it holds need not be looked at
        check_memory(path, size)

    def make() -> Writing:
        check_memory(path, size)
        whole = read()
        order = in_proportion(len(whole.X), whole.y)
        said = whole.provenance.removeprefix(f"{path.name}: ").partition(", ")[2]
        facts = Facts(said, whole.classes, whole.image_shape, 1.0, whole.levels)
        rows = ((slice(a, a + len(part)), whole.X[part]) for a, part in _parts(order, whole.X.shape[1]))
        y = None if whole.y is None else whole.y[order]
        return Writing(path, (len(order), whole.X.shape[1]), FLOATS, rows, y, facts)

    return _dataset(path, converted.once(converted.folder_of(digest_of(file), options), make), n)


def own_split(
    points: Points, blocks: Blocks, sizes: tuple[int, int], digest: str, options: DataOptions, n: int | None
) -> Dataset:
    """Return a table whose last rows are its own test points, converted once; `sizes` are those of both parts."""

    def make() -> Writing:
        scale = scaled(points, summarised(points, blocks), options.scale)
        facts = _facts(points, (), scale, (), n_test=sizes[1])
        return _writing(points, blocks, sum(sizes), np.arange(sum(sizes)), None, facts, scale)

    return _dataset(points.path, converted.once(converted.folder_of(digest, options), make), n)


def in_blocks(stored: np.ndarray) -> Blocks:
    """Return how the rows of an array are read, few at a time, each as one row of features."""
    step = max(1, BLOCK_VALUES // prod(stored.shape[1:]))

    def read() -> Iterator[np.ndarray]:
        for start in range(0, len(stored), step):
            block = np.asarray(stored[start : start + step])
            yield block.reshape(len(block), -1)

    return read


def is_mixed(y: np.ndarray | None) -> bool:
    """Return whether the last rows, which are tested, hold classes as the first ones do, which are fitted."""
    if y is None:
        return True
    n_test = round(TEST_SHARE * len(y))
    first, last = (np.bincount(part, minlength=y.max() + 1) / max(len(part), 1) for part in (y[:-n_test], y[-n_test:]))
    return bool(np.abs(first - last).sum() / 2 <= MIXED + sqrt(len(first) / n_test))


def _unsuitable(head: npy.Head, y: np.ndarray | None) -> str:
    """Return why an array cannot be mapped where it lies, as far as its head and labels tell; empty if it can."""
    if head.is_fortran:
        return "Fortran order"
    if head.dtype not in (BYTES, FLOATS):
        return f"values of {head.dtype}"
    return "" if is_mixed(y) else "classes one after the other"


def _converted(
    points: Points,
    blocks: Blocks,
    labelled: tuple[int, np.ndarray | None, tuple[str, ...]],
    folder: Path,
    options: DataOptions,
    n: int | None,
    why: str = "",
) -> Dataset:
    rows, y, classes = labelled

    def make() -> Writing:
        scale = scaled(points, summarised(points, blocks), options.scale)
        order = in_proportion(rows, y)
        cause = f" because of {why}" if why else ""
        facts = _facts(points, classes, scale, (f"converted{cause}", "rows in a random order"))
        return _writing(points, blocks, rows, np.argsort(order), None if y is None else y[order], facts, scale)

    return _dataset(points.path, converted.once(folder, make), n)


def _writing(
    points: Points,
    blocks: Blocks,
    rows: int,
    places: np.ndarray,
    y: np.ndarray | None,
    facts: Facts,
    scale: Scaled,
) -> Writing:
    """Return what is to be written; `places` says to which row each one goes."""
    as_bytes = scale.what == "values / 255"

    def placed() -> Iterator[tuple[np.ndarray | slice, np.ndarray]]:
        start = 0
        for block in blocks():
            where = places[start : start + len(block)]
            yield where, block.astype(BYTES) if as_bytes else scale.of(block)
            start += len(block)

    return Writing(points.path, (rows, len(points.columns)), BYTES if as_bytes else FLOATS, placed(), y, facts)


def _dataset(path: Path, table: Table, n: int | None) -> Dataset:
    """Return a mapped table as a dataset: the first rows are fitted, the last ones tested.

    If more rows are to be fitted than leave a fifth of them, those that are left are tested.
    """
    facts, array = table.facts, table.file.array
    whole = Rows(array, facts.divisor) if array.dtype == BYTES else array
    n_test = round(TEST_SHARE * len(array)) if facts.n_test is None else facts.n_test
    fitted = min(n or len(array), len(array) - n_test)
    if facts.n_test is None and n and fitted < n < len(array):
        fitted = n
    train, test = slice(0, fitted), slice(max(fitted, len(array) - n_test), len(array))
    y, y_test = (None if table.y is None else table.y[part] for part in (train, test))
    return Dataset(
        name=path.stem,
        X=stretch_of(whole, train),
        X_test=stretch_of(whole, test),
        y=y,
        y_test=y_test,
        classes=facts.classes,
        image_shape=facts.image_shape,
        levels=facts.levels,
        provenance=f"{path.name}: {len(array):,} rows, {facts.provenance}",
        available=max(fitted, len(array) - n_test),
        in_place=table.file,
    )


def _facts(
    points: Points, classes: tuple[str, ...], scale: Scaled, more: tuple[str, ...], n_test: int | None = None
) -> Facts:
    said = [f"labels {points.place or 'missing'}", scale.what, *points.notes, *scale.notes, *more]
    of_bytes = scale.what == "values / 255"
    levels = 255 if of_bytes else None
    return Facts(", ".join(said), classes, points.image_shape, 255.0 if of_bytes else 1.0, levels, n_test)


def _encoded(points: Points, options: DataOptions) -> tuple[np.ndarray | None, tuple[str, ...]]:
    if options.missing != "refuse":
        raise DatasetError(
            f"Got --missing {options.missing} for {points.path}, but expected a complete table: of one this large no "
            "row is left out and no gap is filled. Do so before the file is written."
        )
    return class_labels.encode(points)


def _keeps_bytes(scale: Scaled) -> bool:
    return scale.what in ("values / 255", "values as they are")


def _with_labels(digest: str, labels: np.ndarray | None) -> str:
    return digest if labels is None else sha256(f"{digest}{labels.dtype}".encode() + labels.tobytes()).hexdigest()


def _parts(order: np.ndarray, n_features: int) -> Iterator[tuple[int, np.ndarray]]:
    step = max(1, BLOCK_VALUES // n_features)
    for start in range(0, len(order), step):
        yield start, order[start : start + step]
