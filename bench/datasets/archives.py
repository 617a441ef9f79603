"""NumPy's .npy and .npz: what arrays declare is checked before their bytes are read."""

from __future__ import annotations

import lzma
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np
from numpy.lib import format as npy

from bench.datasets.guard import BYTES_PER_VALUE, check_columns, check_memory, listed, opened, shown
from bench.datasets.npy import Head, head_of
from bench.datasets.options import DataOptions
from bench.datasets.points import Points
from bench.errors import DatasetError

BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, SyntaxError, ValueError, TypeError,
    AttributeError, LookupError, ArithmeticError, RuntimeError,
)  # fmt: skip
"""What zipfile and NumPy raise for archives that are damaged or made up."""
MAX_RATIO, LARGE = 500, 2**28
"""A member beyond `LARGE` bytes that shrinks so far when packed holds hardly anything: it is meant to fill memory."""
ADVICE = {
    "c": "Write real and imaginary parts as columns of their own.",
    "m": "Divide them by a unit, such as np.timedelta64(1, 's').",
    "M": "Subtract a date and divide by a unit, such as np.timedelta64(1, 's').",
    "O": "They are pickles, which may run code when read: write them with astype(np.float64).",
    "V": "Write each field as a column of its own.",
}
"""What to do about values of a kind that is refused."""


@dataclass(frozen=True)
class _Stored:
    """An array as a file holds it, by itself or in an archive."""

    name: str
    path: Path
    size: int
    """Bytes, header included."""
    open: Callable[[], AbstractContextManager[IO[bytes]]]


def read_npz(path: Path, file: BinaryIO, options: DataOptions, *, unlimited: bool) -> Points:
    """Return array `X` of an archive as points, and array `y` or the one that is asked for, if it is there, as labels.

    Raises DatasetError if the archive is damaged, or an array has an unsuitable shape, size or kind of values.
    """
    _refuse_columns(path, options)
    label = options.label or "y"
    with _readable(path), zipfile.ZipFile(file) as archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        if not {"X", options.label or "X"} <= members.keys():
            expected = f"X and {shown(label)}" if options.label else "X, and y for labels"
            raise DatasetError(f"Got arrays {listed(members) or 'none'} in {path}, but expected {expected}.")
        stored = [_member(archive, members[name], path) for name in ("X", label) if name in members]
        X, labels = _arrays(stored, unlimited=unlimited)
    others = [name for name in members if name not in ("X", label)]
    notes = (f"other arrays are not used ({listed(others)})",) if others else ()
    return _points(path, X, labels, f"under {shown(label)}", notes)


def read_npy(path: Path, file: BinaryIO, options: DataOptions, *, unlimited: bool) -> Points:
    """Return an array as points; their labels stand beside it, for `own.npy` in `own.labels.npy`, if that is there.

    Raises DatasetError as for an archive.
    """
    place = check_beside(path, options)
    stored = _Stored("X", path, os.fstat(file.fileno()).st_size, partial(_again, file))
    with _readable(path):
        labels = labels_beside(path, _check_points(stored, unlimited=unlimited))
        X = _array(stored)
    notes = () if labels is not None else (f"there is no {place} beside it",)
    return _points(path, X, labels, f"in {place}", notes)


def check_beside(path: Path, options: DataOptions) -> str:
    """Return the name of the file of labels beside an array; DatasetError if options ask for columns of the array."""
    _refuse_columns(path, options)
    beside = path.with_suffix(".labels.npy").name
    if options.label:
        raise DatasetError(
            f"Got --label {shown(options.label)} for {path}, but expected its labels beside it, in {beside}."
        )
    return beside


def labels_beside(path: Path, rows: int) -> np.ndarray | None:
    """Return the labels beside an array of so many rows, for `own.npy` those in `own.labels.npy`; None without any."""
    beside = path.with_suffix(".labels.npy")
    if not beside.exists():
        return None
    with opened(beside) as file, _readable(beside):
        stored = _Stored("y", beside, os.fstat(file.fileno()).st_size, partial(_again, file))
        _check_labels(stored, rows)
        return _checked_text(_array(stored), beside)


def _refuse_columns(path: Path, options: DataOptions) -> None:
    if options.drop or options.keep:
        name = (*options.drop, *options.keep)[0]
        raise DatasetError(f"Got column {shown(name)} for {path}, but expected names of columns for tables only.")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise DatasetError(
            f"Got {path}, which is no readable {path.suffix} of plain arrays: {shown(error, 200)}."
        ) from error


@contextmanager
def _again(file: BinaryIO) -> Iterator[IO[bytes]]:
    """Yield an open file from its beginning."""
    file.seek(0)
    yield file


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> _Stored:
    """Return an array of an archive, if it does not grow beyond belief when unpacked."""
    check_memory(path, info.file_size)
    if info.file_size > max(LARGE, MAX_RATIO * info.compress_size):
        raise DatasetError(
            f"Got {shown(info.filename)} in {path}, which grows from {info.compress_size:,} to {info.file_size:,} "
            f"bytes when unpacked, but expected at most {MAX_RATIO} times its size. Write it with np.savez."
        )
    return _Stored(info.filename, path, info.file_size, lambda: archive.open(info))


def _arrays(stored: Sequence[_Stored], *, unlimited: bool) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the array of points and that of labels, if there is one, once what they declare is suitable."""
    rows = _check_points(stored[0], unlimited=unlimited)
    for labels in stored[1:]:
        _check_labels(labels, rows)
    X, *y = map(_array, stored)
    return X, _checked_text(y[0], stored[1].path) if y else None


def _points(path: Path, X: np.ndarray, labels: np.ndarray | None, place: str, notes: tuple[str, ...]) -> Points:
    columns = range(1, math.prod(X.shape[1:]) + 1)
    return Points(path, X, columns, labels, "" if labels is None else place, notes)


def _check_points(stored: _Stored, *, unlimited: bool) -> int:
    """Raise DatasetError if X is unsuitable by what it declares, and return its number of rows."""
    shape, dtype = _header(stored)
    check_kind(stored.path, shape, dtype, unlimited=unlimited)
    check_memory(stored.path, math.prod(shape) * (dtype.itemsize + BYTES_PER_VALUE))
    return shape[0]


def check_kind(path: Path, shape: Sequence[int], dtype: np.dtype, *, unlimited: bool) -> None:
    """Raise DatasetError if points have an unsuitable shape or kind of values, or very many columns."""
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        advice = ADVICE.get(dtype.kind, "Write them with astype(np.float64).")
        raise DatasetError(f"Got X of {shown(dtype)} in {path}, but expected real numbers. {advice}")
    if len(shape) not in (2, 3) or 0 in shape:
        raise DatasetError(
            f"Got X of shape {shown(tuple(shape))} in {path}, but expected (n_samples, n_features) or (n_samples, "
            "height, width), none of them 0."
        )
    check_columns(path, math.prod(shape[1:]), unlimited=unlimited)


def _check_labels(stored: _Stored, rows: int) -> None:
    """Raise DatasetError if y is unsuitable by what it declares."""
    shape, dtype = _header(stored)
    if dtype.kind not in "biufUS" or (dtype.kind == "f" and dtype.itemsize > 8):
        raise DatasetError(
            f"Got y of {shown(dtype)} in {stored.path}, but expected whole numbers or words. Write labels with "
            "astype(str)."
        )
    if shape != (rows,):
        raise DatasetError(f"Got y of shape {shown(shape)} in {stored.path}, but expected ({rows},), one label a row.")
    check_memory(stored.path, 8 * stored.size)


def _header(stored: _Stored) -> tuple[tuple[int, ...], np.dtype]:
    """Return shape and dtype that an array declares, if its size agrees with them."""
    check_memory(stored.path, stored.size)
    with stored.open() as member:
        head = head_of(member)
    check_size(stored.name, stored.path, head, stored.size - head.offset)
    return head.shape, head.dtype


def check_size(name: str, path: Path, head: Head, held: int) -> None:
    """Raise DatasetError if an array declares another size than what is held."""
    if not head.dtype.hasobject and (head.nbytes != held or min(head.shape, default=0) < 0):
        raise DatasetError(
            f"Got {shown(name)} in {path}, whose header declares shape {shown(head.shape)} of {head.dtype}, but "
            f"which holds {held:,} bytes. Write the file again."
        )


def _array(stored: _Stored) -> np.ndarray:
    with stored.open() as member:
        array: np.ndarray = npy.read_array(member, allow_pickle=False)
    return array


def _checked_text(labels: np.ndarray, path: Path) -> np.ndarray:
    """Return labels, bytes among them as text; DatasetError if they hold what is no character."""
    try:
        if labels.dtype.kind == "S":
            return np.char.decode(labels, "utf-8")
        if labels.dtype.kind == "U":
            encoding = "utf-32-be" if labels.dtype.byteorder == ">" else "utf-32-le"
            labels.tobytes().decode(encoding, "surrogatepass")
    except UnicodeDecodeError as error:
        raise DatasetError(f"Got y of bytes that are no text in {path}. Write labels with astype(str).") from error
    return labels
