"""Files that no program should believe: how each is written, and what is said of it, or what holds if it is accepted.

`FILES` maps a name to a `HostileFile`. Every one is answered by one sentence, never a traceback, within `MAX_CPU_S`.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import os
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench import datasets
from bench.datasets import DataOptions, Dataset

MAX_CPU_S = 2.0
ACCEPTED = "accepted"
ROWS = 30
AS_IT_IS = DataOptions()
ONE_SCALE = DataOptions(scale="none")
Write = Callable[[Path], Path]


@dataclass(frozen=True)
class HostileFile:
    """A file, and how it must be answered."""

    write: Write
    """Writes it into an empty folder and returns its path."""
    says: str
    """Part of the message, or `ACCEPTED`."""
    holds: Callable[[Dataset], bool] = lambda dataset: True
    """What is true of the data if they are accepted."""
    options: DataOptions = AS_IT_IS
    dataset: str = ""
    """Name of the dataset that looks for its files in the folder; empty if the file is one of one's own."""

    def read(self, path: Path) -> Dataset:
        """Load what `write` wrote, by the path that it returned; DatasetError if it is refused."""
        return (
            datasets.load(self.dataset, data_dir=path)
            if self.dataset
            else datasets.load(str(path), options=self.options)
        )


X = np.random.RandomState(0).rand(ROWS, 3).round(4)
Y = np.arange(ROWS) % 3


def content(data: str | bytes, name: str = "own.csv") -> Write:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write


def lines(
    header: str = "a,b,c,y", labels: list[str] | None = None, *, edit: dict[int, str] | None = None, end: str = "\n"
) -> str:
    """Return a good table, with its lines numbered from 1 in `edit` replaced."""
    named = [str(label) for label in Y] if labels is None else labels
    rows = [",".join([*map(str, row), *named[i : i + 1]]) for i, row in enumerate(X)]
    every = [header, *rows] if header else rows
    for number, line in (edit or {}).items():
        every[number - 1] = line
    return end.join(every) + end


def columns(**values: Any) -> str:
    """Return a table of named columns."""
    rows = zip(*[np.broadcast_to(np.asarray(column), ROWS).tolist() for column in values.values()], strict=True)
    return "\n".join([",".join(values), *(",".join(map(str, row)) for row in rows)]) + "\n"


def alternating(*labels: str) -> list[str]:
    return [labels[i % len(labels)] for i in range(ROWS)]


def arrays(**values: Any) -> Write:
    def write(folder: Path) -> Path:
        np.savez(folder / "own.npz", **values)
        return folder / "own.npz"

    return write


def header(shape: str = "(30, 3)", descr: str = "'<f8'", version: int = 1) -> bytes:
    """Return the head of a .npy file that declares what it likes."""
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text


def members(**files: bytes) -> Write:
    """Write an archive of members with these bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.npy", data)
    return content(packed.getvalue(), "own.npz")


def zipped(payload: bytes, size: int, *, method: int = 8, flags: int = 0, name: bytes = b"X.npy") -> Write:
    """Write an archive of one member that declares to unpack to `size` bytes."""
    extra = struct.pack("<HHQQ", 1, 16, size, len(payload))
    common = struct.pack("<HHHHHIIIHH", 45, flags, method, 0, 33, 0, 2**32 - 1, 2**32 - 1, len(name), len(extra))
    local = b"PK\x03\x04" + common + name + extra + payload
    central = b"PK\x01\x02" + struct.pack("<H", 45) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name + extra
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return content(local + central + end, "own.npz")


def deflated(data: bytes, zeros_mib: int = 0) -> bytes:
    """Return a deflate stream of some bytes and very many zeros, packed once and repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * zeros_mib + packer.flush()


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array)
    return file.getvalue()


def damaged(change: Callable[[bytes], bytes], write: Write = arrays(X=X, y=Y)) -> Write:  # noqa: B008
    """Write a good file with its bytes changed."""

    def write_damaged(folder: Path) -> Path:
        path = write(folder)
        path.write_bytes(change(path.read_bytes()))
        return path

    return write_damaged


def made(make: Callable[[Path], object], name: str = "own.csv") -> Write:
    """Make something else than a file."""

    def write(folder: Path) -> Path:
        make(folder / name)
        return folder / name

    return write


def listening(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.chdir(here)


def beside(write: Write) -> Write:
    """Write a file, and return a link to it."""

    def link(folder: Path) -> Path:
        target = write(folder)
        path = folder / f"link{target.suffix}"
        path.symlink_to(target)
        return path

    return link


def mnist(data: bytes, name: str = "train-images-idx3-ubyte.gz") -> Write:
    """Write one of MNIST's files, and return its folder."""

    def write(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder

    return write


def sparse(size: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.write(b"1,2,3\n")
            file.truncate(size)

    return make


def said(text: str) -> Callable[[Dataset], bool]:
    return lambda dataset: text in dataset.provenance


def of_classes(*names: str) -> Callable[[Dataset], bool]:
    return lambda dataset: dataset.classes == names


def is_good(dataset: Dataset) -> bool:
    """The table of `lines`, as if nothing were wrong with it."""
    rows = np.concatenate([dataset.X, dataset.X_test])
    return dataset.classes == ("0", "1", "2") and np.array_equal(np.sort(rows, axis=0), np.sort(np.float32(X), axis=0))


def is_standardised(dataset: Dataset) -> bool:
    """Both columns spread alike, and how far is said."""
    spread = np.concatenate([dataset.X, dataset.X_test]).std(axis=0)
    return np.allclose(spread, spread[0], rtol=1e-3) and "each column standardised" in dataset.provenance


def _texts() -> dict[str, HostileFile]:
    good = lines()
    wide = "\n".join(",".join([str(i)] * 9_999 + [str(i % 2)]) for i in range(20)) + "\n"
    half = good.encode()[:200]
    return {
        "empty": HostileFile(content(b""), "is empty"),
        "newlines only": HostileFile(content("\n\n\r\n"), "Got no rows"),
        "comments only": HostileFile(content("# a\n# b\n"), "Got no rows"),
        "header only": HostileFile(content("a,b,c\n"), "Got no rows"),
        "byte order mark only": HostileFile(content(codecs.BOM_UTF8), "Got no rows"),
        "byte order mark": HostileFile(content(codecs.BOM_UTF8 + good.encode()), ACCEPTED, is_good),
        "byte order mark before a label": HostileFile(
            content(codecs.BOM_UTF8 + columns(y=Y, a=X[:, 0]).encode()), ACCEPTED, of_classes("0", "1", "2")
        ),
        "UTF-16": HostileFile(content(good.encode("utf-16")), "in UTF-16"),
        "UTF-16 big-endian": HostileFile(content(codecs.BOM_UTF16_BE + good.encode("utf-16-be")), "in UTF-16"),
        "UTF-16 without mark": HostileFile(content(good.encode("utf-16-le")), "Got a NUL byte in line 1"),
        "UTF-32 big-endian": HostileFile(content(good.encode("utf-32-be")), "Got a NUL byte in line 1"),
        "NUL": HostileFile(content(lines(edit={9: "1,\0,2,1"})), "Got a NUL byte in line 9"),
        "NUL far behind": HostileFile(content(lines(edit={20: "#" + "x" * 100_000, 31: "\0"})), "NUL byte in line 31"),
        "Latin-1": HostileFile(content(lines("é,b,c,y").encode("latin-1")), "no UTF-8 in line 1 "),
        "Latin-1 late": HostileFile(content(lines(edit={8: "1,2,3,é"}).encode("latin-1")), "no UTF-8 in line 8 "),
        "gzip named csv": HostileFile(content(gzip.compress(good.encode())), "Got"),
        "image named csv": HostileFile(content(b"\x89PNG\r\n\x1a\n" + bytes(100)), "NUL byte"),
        "two million columns": HostileFile(content(",".join(["1"] * 2_000_000)), "Got 2,000,000 columns"),
        "two million names": HostileFile(content("a," * 1_999_999 + "a\n" + half.decode()), "Got 2,000,000 columns"),
        "two million cells below three names": HostileFile(content("a,b,y\n" + "1," * 2_000_000), "2,000,001 columns"),
        "two million cells in row 2": HostileFile(
            content("1,2,3\n4,5,6\n" + "1," * 2_000_000), "Got 2,000,001 cells in line 3 of"
        ),
        "10,000 columns": HostileFile(content(wide), ACCEPTED, lambda d: d.X.shape[1] == 9_999),
        "longer rows": HostileFile(content(lines("a,b,y")), "Got 4 cells in line 2"),
        "longer first row": HostileFile(content(lines(edit={2: "1,2,3,1,5"})), "Got 5 cells in line 2"),
        "longer row": HostileFile(content(lines(edit={7: "1,2,3,1,5"})), "Got 5 cells in line 7 of"),
        "longer last row": HostileFile(content(lines() + "1,2,3,1,5\n"), "Got 5 cells in line 32 of"),
        "longer row without header": HostileFile(content(lines("", edit={7: "1,2,3,1,5"})), "Got 5 cells in line 7 of"),
        "longer row behind a comment": HostileFile(content("# a\n\n" + lines("a,b,y")), "Got 4 cells in line 4"),
        "longer row of separators": HostileFile(content(lines(edit={7: "1,2,3,1,,"})), "Got 6 cells in line 7 of"),
        "shorter row": HostileFile(content(lines(edit={7: "1,2"})), "Got no value or NaN in row 6, column c"),
        "separator at each end": HostileFile(content(good.replace("\n", ",\n")), "in row 1, column 5"),
        "semicolons": HostileFile(content(good.replace(",", ";")), "Got no column of features"),
        "tabs in csv": HostileFile(content(good.replace(",", "\t")), "Got no column of features"),
        "commas in tsv": HostileFile(content(good, "own.tsv"), "separated by tabs"),
        "one column of labels": HostileFile(content(columns(y=Y)), "Got no column of features"),
        "quote never closed": HostileFile(content(lines(edit={7: '1,2,"3,1'})), "which is no table"),
        "quote never closed in the header": HostileFile(content(lines('"a,b,c,y')), "Got 4 cells in line 2"),
        "name of 200,000 characters": HostileFile(content(lines("a" * 200_000 + ",b,c,y")), "field larger than"),
        "cell of a million characters": HostileFile(
            content(lines(edit={7: f"{'x' * 10**6},2,3,1"})), "xxxx...' in row"
        ),
        "NaN": HostileFile(content(lines(edit={7: "1,nan,3,1"})), "Got no value or NaN in row 6, column b"),
        "infinity": HostileFile(content(lines(edit={7: "1,-inf,3,1"})), "Got '-inf' in row 6, column b"),
        "1e999": HostileFile(content(lines(edit={7: "1,1e999,3,1"})), "Got 'inf' in row 6, column b"),
        "decimal comma": HostileFile(content(lines(edit={7: '1,"2,5",3,1'})), "Got '2,5' in row 6, column b"),
        "date": HostileFile(content(lines(edit={7: "1,2024-01-01,3,1"})), "Got '2024-01-01' in row 6"),
        "complex": HostileFile(content(lines(edit={7: "1,1+2j,3,1"})), "Got '1+2j' in row 6"),
        "escape in a cell": HostileFile(content(lines(edit={7: "1,\x1b[31m,3,1"})), r"Got '\x1b[31m' in row 6"),
        "escape in a name": HostileFile(content(lines("a,\x1b[31m,c,y", edit={7: "1,x,3,1"})), r"column \x1b[31m of"),
        "markup in a name": HostileFile(content(lines("a,b,c,y,[/red]y")), "Got no value or NaN in row 1"),
        "integer beyond 64 bits": HostileFile(
            content(columns(a=X[:, 0], b=[10**30 + i for i in range(ROWS)], y=Y)), ACCEPTED, said("column b")
        ),
        "integer beyond floats": HostileFile(
            content(lines(edit={7: f"1,{'9' * 400},3,1", 8: "1,x,3,1"})), "Got '999999"
        ),
        "constant column": HostileFile(
            content(columns(a=X[:, 0], b=5, c=0, y=Y)), ACCEPTED, said("2 of 3 columns are constant (columns b, c)")
        ),
        "equal rows": HostileFile(content(columns(a=1, b=2, y=Y)), "equal rows"),
        "1e308 and -1e308": HostileFile(
            content(columns(a=X[:, 0], b=[1e308, -1e308] * 15, y=Y)), "the largest in column b"
        ),
        "1e300 beside 1": HostileFile(content(columns(a=X[:, 0], b=1e300 * X[:, 1], y=Y)), ACCEPTED, is_standardised),
        "1e300 beside 1 with one scale": HostileFile(
            content(columns(a=X[:, 0], b=1e300 * X[:, 1], y=Y)), "Got column a of", options=ONE_SCALE
        ),
        "time beside fractions": HostileFile(
            content(columns(a=X[:, 0], t=[1e12 + i for i in range(ROWS)], y=Y)), ACCEPTED, is_standardised
        ),
        "time beside fractions with one scale": HostileFile(
            content(columns(a=X[:, 0], t=[1e12 + i for i in range(ROWS)], y=Y)), "Got column t of", options=ONE_SCALE
        ),
        "denormal values": HostileFile(content(columns(a=1e-320 * np.arange(ROWS), y=Y)), "expected a range between"),
        "denormal column": HostileFile(
            content(columns(a=X[:, 0], b=1e-320 * np.arange(ROWS), y=Y)), ACCEPTED, is_standardised
        ),
        "denormal column with one scale": HostileFile(
            content(columns(a=X[:, 0], b=1e-320 * np.arange(ROWS), y=Y)), "Got column b of", options=ONE_SCALE
        ),
        "denormal as float32": HostileFile(
            content(columns(a=X[:, 0], b=1e-40 * X[:, 1], y=Y)), "Got column b of", options=ONE_SCALE
        ),
        "negative denormals": HostileFile(content(columns(a=-1e-320 * np.arange(ROWS), y=Y)), "expected a range"),
        "missing label": HostileFile(content(lines(edit={7: "1,2,3,"})), "in 1 of 30 rows"),
        "labels NaN": HostileFile(content(lines(labels=alternating("0", "1", "nan"))), "in 10 of 30 rows"),
        "every label missing": HostileFile(content(lines(labels=[" "] * ROWS)), "in 30 of 30 rows"),
        "labels NA": HostileFile(content(lines(labels=alternating("cat", "NA"))), "first in row 2"),
        "infinite label": HostileFile(content(lines(edit={7: "1,2,3,inf"})), "in 1 of 30 rows"),
        "continuous labels": HostileFile(content(columns(a=X[:, 0], y=X[:, 1])), "Round them into classes"),
        "names of rows": HostileFile(
            content(columns(a=X[:, 0], name=[f"row{i}" for i in range(ROWS)])), "Got 30 different labels in 30 rows"
        ),
        "whole numbers in the last column": HostileFile(
            content(lines("", [str(i * i) for i in range(ROWS)])), "take them as a feature"
        ),
        "half steps as labels": HostileFile(
            content(lines(labels=alternating("0.5", "1", "1.5"))), ACCEPTED, of_classes("0.5", "1.0", "1.5")
        ),
        "one class": HostileFile(content(lines(labels=["1"] * ROWS)), "Got one class only"),
        "escape in a class": HostileFile(content(lines(labels=alternating("a", "\x1b[31mb"))), r"'\x1b[31mb'"),
        "newline in a class": HostileFile(content(lines(labels=alternating("a", '"b\nc"'))), r"Got class name 'b\nc'"),
        "right-to-left override in a class": HostileFile(
            content(lines(labels=alternating("a", "\u202eb"))), r"\u202eb"
        ),
        "formula as class": HostileFile(content(lines(labels=alternating("a", "=1+1"))), "Got class name '=1+1'"),
        "function as class": HostileFile(content(lines(labels=alternating("a", "@SUM(A1)"))), "as formulas do"),
        "class of a million characters": HostileFile(
            content(lines(labels=alternating("a", "b" * 10**6))), "of at most 100 characters"
        ),
        "signs as classes": HostileFile(content(lines(labels=alternating("+", "-"))), ACCEPTED, of_classes("+", "-")),
        "signed classes": HostileFile(content(lines(labels=alternating("-1", "1"))), ACCEPTED, of_classes("-1", "1")),
        "classes with a hash": HostileFile(
            content(lines(labels=alternating("C", "C#"))), ACCEPTED, of_classes("C", "C#")
        ),
        "three columns of labels": HostileFile(
            content(columns(a=X[:, 0], y=Y, label=Y, b=X[:, 1], digit=Y)),
            ACCEPTED,
            lambda d: (
                d.X.shape[1] == 2
                and said("labels in column digit")(d)
                and said("left out as labels by name: y, label")(d)
            ),
        ),
        "column y twice": HostileFile(
            content(lines("a,y,c,y")),
            ACCEPTED,
            lambda d: d.X.shape[1] == 2 and said("left out as labels by name: y (")(d),
        ),
        "name in spaces": HostileFile(content(lines("a,b,c, Label ")), ACCEPTED, is_good),
        "comments between": HostileFile(content(good.replace("\n", "\n# a, b\n")), ACCEPTED, is_good),
        "empty lines between": HostileFile(content(good.replace("\n", "\n\n")), ACCEPTED, is_good),
        "lines of Windows": HostileFile(content(lines(end="\r\n")), ACCEPTED, is_good),
        "lines of old Macs": HostileFile(content(lines(end="\r")), ACCEPTED, is_good),
        "last line not ended": HostileFile(content(good.rstrip()), ACCEPTED, is_good),
        "ten rows": HostileFile(content("\n".join(good.splitlines()[:11])), "expected more than 10"),
    }


def _places() -> dict[str, HostileFile]:
    here = content(lines())
    return {
        "missing": HostileFile(made(lambda path: None), "there is no such file"),
        "folder": HostileFile(made(Path.mkdir), "Is a directory"),
        "folder named npz": HostileFile(made(Path.mkdir, "own.npz"), "Is a directory"),
        "pipe": HostileFile(made(os.mkfifo), "a device or a pipe"),
        "pipe named npz": HostileFile(made(os.mkfifo, "own.npz"), "a device or a pipe"),
        "link to a pipe": HostileFile(beside(made(os.mkfifo)), "a device or a pipe"),
        "socket": HostileFile(made(listening), "cannot be read"),
        "link to nothing": HostileFile(made(lambda path: path.symlink_to("nothing.csv")), "there is no such file"),
        "link to itself": HostileFile(made(lambda path: path.symlink_to(path)), "cannot be read"),
        "link to zeros": HostileFile(made(lambda path: path.symlink_to("/dev/zero")), "a device or a pipe"),
        "link to a process's memory": HostileFile(made(lambda path: path.symlink_to("/proc/self/mem")), "is empty"),
        "link to a good file": HostileFile(beside(here), ACCEPTED, is_good),
        "below a file": HostileFile(lambda folder: here(folder) / "own.csv", "Not a directory"),
        "name too long": HostileFile(lambda folder: folder / f"{'x' * 5_000}.csv", "File name too long"),
        "escape in the path": HostileFile(lambda folder: folder / "\x1b[31m.csv", "without control characters"),
        "NUL in the path": HostileFile(lambda folder: folder / "own\0.csv", "without control characters"),
        "unknown ending": HostileFile(content(lines(), "own.xlsx"), "A file of your own ends in one of"),
        "a terabyte of holes": HostileFile(made(sparse(2**40)), "needs 1,024.0 GiB"),
        "a terabyte of holes named npz": HostileFile(made(sparse(2**40), "own.npz"), "needs 1,024.0 GiB"),
    }


def _archives() -> dict[str, HostileFile]:
    good, far = npy(X), header("(1000000, 1000000)")
    values = {"float16": X.astype("f2"), "big-endian": X.astype(">f8"), "Fortran order": np.asfortranarray(X)}
    refused = {
        "complex numbers": X + 1j,
        "long double": X.astype(np.longdouble),
        "durations": (X * 100).astype("m8[s]"),
        "dates": (X * 100).astype("M8[s]"),
        "objects": X.astype(object),
        "words": X.astype(str),
        "bytes": X.astype("S8"),
        "records": np.zeros((ROWS, 3), [("a", "f8")]),
    }
    shapes = {"no rows": (0, 4), "no columns": (ROWS, 0), "flat": (ROWS,), "no dimensions": (), "4-D": (ROWS, 2, 2, 1)}
    shapes |= {"no height": (ROWS, 0, 5)}
    wrong_y = {
        "y too short": Y[:-1],
        "y of two dimensions": Y[:, None],
        "y a number": np.array(3),
    }
    missing = {
        "y with NaN": np.where(Y == 1, np.nan, Y),
        "y with infinity": np.where(Y == 1, np.inf, Y),
        "y with the word nan": np.array(["cat", "dog", "nan"])[Y],
        "y with empty words": np.array(["cat", "dog", ""])[Y],
    }
    of_kind = {
        "y of objects": Y.astype(object),
        "y of complex numbers": Y + 1j,
        "y of long doubles": Y.astype(np.longdouble),
        "y of dates": Y.astype("M8[D]"),
        "y of durations": Y.astype("m8[s]"),
    }
    return {
        **{f"X of {name}": HostileFile(arrays(X=array, y=Y), "Got X of") for name, array in refused.items()},
        **{f"X {name}": HostileFile(arrays(X=np.ones(s)), "Got X of shape") for name, s in shapes.items()},
        **{f"X {name}": HostileFile(arrays(X=array, y=Y), ACCEPTED) for name, array in values.items()},
        **{name: HostileFile(arrays(X=X, y=y), "Got y of shape") for name, y in wrong_y.items()},
        **{name: HostileFile(arrays(X=X, y=y), "in 10 of 30 rows") for name, y in missing.items()},
        **{name: HostileFile(arrays(X=X, y=y), "expected whole numbers or words") for name, y in of_kind.items()},
        "X of truth values": HostileFile(arrays(X=X > 0.5, y=Y), ACCEPTED, lambda d: set(np.unique(d.X)) == {0, 1}),
        "X of images": HostileFile(arrays(X=X.reshape(-1, 3, 1)), ACCEPTED, lambda d: d.image_shape == (3, 1)),
        "X of large whole numbers": HostileFile(arrays(X=2**63 + np.uint64(X * 1e3)), "expected a range"),
        "X with NaN": HostileFile(arrays(X=np.where(X[4, 1] == X, np.nan, X)), "in row 5, column 2 of"),
        "X with infinity": HostileFile(arrays(X=np.where(X[4, 1] == X, -np.inf, X)), "in row 5, column 2 of"),
        "X of 1.7e308": HostileFile(arrays(X=np.where(X > 0.5, 1.7e308, -1.7e308)), "expected a range between"),
        "X of denormals": HostileFile(arrays(X=X * 1e-310), "expected a range between"),
        "X constant": HostileFile(arrays(X=np.ones((ROWS, 3))), "equal rows"),
        "X of 100,001 columns": HostileFile(arrays(X=np.ones((2, 100_001), "u1")), "Got 100,001 columns"),
        "X of images of 400 by 400": HostileFile(arrays(X=np.ones((2, 400, 400), "u1")), "Got 160,000 columns"),
        "y continuous": HostileFile(arrays(X=X, y=X[:, 0]), "Round them into classes"),
        "y of bytes": HostileFile(arrays(X=X, y=np.array([b"cat", b"dog"])[Y % 2]), ACCEPTED, of_classes("cat", "dog")),
        "y of bytes in Latin-1": HostileFile(arrays(X=X, y=np.array([b"a", b"\xe9"])[Y % 2]), "no text"),
        "y beyond Unicode": HostileFile(members(X=good, y=header("(30,)", "'<U1'") + b"\xff" * 120), "no text"),
        "y with surrogates": HostileFile(arrays(X=X, y=np.array(["a", "\ud83d"])[Y % 2]), r"'\ud83d'"),
        "no X": HostileFile(arrays(data=X, y=Y), "Got arrays data, y"),
        "no arrays": HostileFile(members(), "Got arrays none"),
        "escape in an array's name": HostileFile(arrays(**{"\x1b[31m": X}), r"Got arrays \x1b[31m"),
        "other arrays": HostileFile(arrays(X=X, y=Y, label=Y), ACCEPTED, said("not used (label)")),
        "empty archive": HostileFile(content(b"", "own.npz"), "is empty"),
        "half an archive": HostileFile(content(b"PK\x03\x04 half a zip", "own.npz"), "no readable .npz"),
        "table named npz": HostileFile(content(lines(), "own.npz"), "no readable .npz"),
        "npy named npz": HostileFile(content(good, "own.npz"), "no readable .npz"),
        "archive cut": HostileFile(damaged(lambda data: data[: len(data) // 2]), "no readable .npz"),
        "archive without its beginning": HostileFile(damaged(lambda data: data[100:]), "cannot be read"),
        "bit flipped in the values": HostileFile(damaged(lambda data: _flip(data, 300)), "Bad CRC-32"),
        "bit flipped in the magic": HostileFile(damaged(lambda data: _flip(data, data.find(b"NUMPY"))), "Bad CRC-32"),
        "member that is no NPY": HostileFile(members(X=b"hello world, this is text"), "magic"),
        "member without bytes": HostileFile(members(X=b""), "no readable .npz"),
        "10^12 values in the header": HostileFile(
            members(X=far + bytes(80)), "header declares shape (1000000, 1000000)"
        ),
        "10^12 values in header and directory": HostileFile(zipped(deflated(far), len(far) + 8 * 10**12), "GiB"),
        "deflate bomb": HostileFile(
            zipped(deflated(header("(524288, 1024)"), 4_096), len(header("(524288, 1024)")) + 2**32), "which grows from"
        ),
        "bzip2 bomb": HostileFile(zipped(bz2.compress(bytes(2**20)), 2**32, method=12), "which grows from"),
        "bomb that declares little": HostileFile(zipped(deflated(good, 2_000), len(good)), "Bad CRC-32"),
        "less packed than declared": HostileFile(zipped(deflated(good[:400]), len(good)), "no readable .npz"),
        "damaged deflate": HostileFile(zipped(b"\xff" * 500, len(good)), "no readable .npz"),
        "encrypted": HostileFile(zipped(good, len(good), method=0, flags=1), "encrypted"),
        "unknown compression": HostileFile(zipped(good, len(good), method=77), "compression method"),
        "member outside": HostileFile(zipped(good, len(good), method=0, name=b"../../X.npy"), "Got arrays ../../X"),
        "negative shape": HostileFile(members(X=header("(-30, -3)") + bytes(720)), "holds 720 bytes"),
        "endless shape": HostileFile(members(X=header(f"({'9' * 3_000}, 3)") + bytes(80)), "999..."),
        "shape of words": HostileFile(members(X=header("('a', 3)") + bytes(80)), "no readable .npz"),
        "shape smaller than the member": HostileFile(members(X=header("(2, 3)") + bytes(720)), "holds 720 bytes"),
        "nested header": HostileFile(members(X=header("(" * 3_000) + bytes(80)), "no readable .npz"),
        "header of minus signs": HostileFile(members(X=header("(" + "-" * 9_000 + "1,)")), "no readable .npz"),
        "header of code": HostileFile(members(X=header("__import__('os')")), "no readable .npz"),
        "header too long": HostileFile(members(X=header("(30, 3)" + " " * 50_000) + bytes(720)), "no readable .npz"),
        "header without end": HostileFile(members(X=b"\x93NUMPY\x02\x00\xff\xff\xff\xffabc"), "no readable .npz"),
        "unknown dtype": HostileFile(members(X=header(descr="'<q99'") + bytes(80)), "no readable .npz"),
        "dtype of an array": HostileFile(members(X=header(descr="('<f8', (1000000000,))")), "Got"),
        "version 3": HostileFile(members(X=header(version=3) + bytes(720)), "NPY version (3, 0)"),
        "version 9": HostileFile(members(X=header(version=9) + bytes(720)), "no readable .npz"),
        "pickled object": HostileFile(
            members(X=header(descr="'|O'") + b"cos\nsystem\n(S'false'\ntR."), "Got X of object"
        ),
        "y that is no NPY": HostileFile(members(X=good, y=b"nothing"), "no readable .npz"),
        "y of 10^12 values": HostileFile(members(X=good, y=header("(1000000000000,)", "'|i1'")), "holds 0 bytes"),
    }


def _flip(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 16]) + data[position + 1 :]


def _mnist() -> dict[str, HostileFile]:
    images = struct.pack(">IIII", 2_051, 60_000, 28, 28)
    files = {
        "no gzip": mnist(b"<html>not found</html>"),
        "empty gzip": mnist(b""),
        "gzip of nothing": mnist(gzip.compress(b"")),
        "gzip cut": mnist(gzip.compress(images + bytes(60_000 * 784))[:-9]),
        "gzip with a wrong sum": mnist(gzip.compress(images)[:-8] + bytes(8)),
        "images of wrong size": mnist(gzip.compress(struct.pack(">IIII", 2_051, 10**9, 28, 28) + bytes(784))),
        "images all black": mnist(gzip.compress(images + bytes(60_000 * 784), 1)),
        "gzip bomb": mnist(_gzip_bomb(2_000)),
        "unpacked file of the wrong bytes": mnist(images, "train-images-idx3-ubyte"),
        "labels instead of images": mnist(gzip.compress(struct.pack(">II", 2_049, 60_000) + bytes(60_000))),
    }
    return {
        **{f"mnist: {name}": HostileFile(write, "expected", dataset="mnist") for name, write in files.items()},
        "mnist: no folder": HostileFile(lambda folder: folder / "nowhere", "no such folder", dataset="mnist"),
        "mnist: a file for a folder": HostileFile(content(b"1"), "no such folder", dataset="mnist"),
    }


def _gzip_bomb(mib: int) -> bytes:
    return b"\x1f\x8b\x08" + bytes(7) + deflated(b"", mib) + bytes(8)


FILES: dict[str, HostileFile] = {**_texts(), **_places(), **_archives(), **_mnist()}
