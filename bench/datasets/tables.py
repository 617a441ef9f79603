"""Tables of text, with commas or tabs."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from bench.datasets import class_labels
from bench.datasets.frames import Frame
from bench.datasets.guard import BYTES_PER_VALUE, check_columns, check_memory, shown
from bench.datasets.options import DataOptions
from bench.datasets.points import Points
from bench.errors import DatasetError

HEAD = 2**16
"""So many bytes tell text from other files before the rest is read."""
AS_TEXT = "# text: "
"""Begins a first line that marks columns whose cells are read as they stand: 01 is not 1, and NA is no gap."""
MISSING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null", "None")
"""Cells without a value, which are no names; NaN is a number."""


def read(path: Path, file: BinaryIO, options: DataOptions, *, unlimited: bool) -> Points:
    """Return a table as points; its last column named as labels are, or its last column if that looks so, as labels.

    Raises DatasetError if the file is no such table, or a value is missing or no number: with its row and column.
    """
    separator = "," if path.suffix.lower() == ".csv" else "\t"
    content = _text(path, file)
    header, width, left_out = _layout(path, content, separator, unlimited=unlimited)
    check_memory(path, len(content) + (content.count(separator.encode()) + content.count(b"\n")) * BYTES_PER_VALUE)
    texts = _texts(content, width)
    try:
        table = pd.read_csv(
            io.BytesIO(content), sep=separator, header=None, names=range(width), skiprows=left_out, low_memory=False,
            index_col=False, converters=dict.fromkeys(texts, "'".__add__),
        )  # fmt: skip
    except (ValueError, OverflowError) as error:  # the parser's own errors among them
        raise DatasetError(_what_is_wrong(path, str(error).strip())) from error
    if table.empty:
        raise DatasetError(f"Got no rows of numbers in {path}, but expected a table of points.")
    for i in texts:  # behind an apostrophe NA is no missing value
        table[i] = table[i].str[1:]
    return Frame(path, table, header).points(options)


def marked(columns: Sequence[int]) -> str:
    """Return the first line of a table that says which of its columns hold text, counted from 0; empty if none do."""
    return f"{AS_TEXT}{','.join(map(str, columns))}\n" if columns else ""


def _texts(content: bytes, width: int) -> list[int]:
    """Return the columns that a table marks as text."""
    found = re.match(AS_TEXT.encode() + rb"([0-9,]{1,99})\n", content)
    return [i for i in range(width) if str(i) in found[1].decode().split(",")] if found else []


def _text(path: Path, file: BinaryIO) -> bytes:
    """Return the content of a file of text without its byte order mark."""
    head = file.read(HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DatasetError(f"Got {path} in UTF-16 or UTF-32, but expected UTF-8. Save it as UTF-8.")
    size = os.fstat(file.fileno()).st_size
    check_memory(path, size)
    content = head if b"\0" in head else head + file.read(max(size - len(head), 0))
    if (position := content.find(b"\0")) >= 0:
        line = content.count(b"\n", 0, position) + 1
        raise DatasetError(f"Got a NUL byte in line {line:,} of {path}, but expected text. Save it as UTF-8.")
    if not content.isascii():
        try:
            content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise DatasetError(f"Got bytes that are no UTF-8 in line {line:,} of {path}. Save it as UTF-8.") from error
    return content.removeprefix(codecs.BOM_UTF8)


def _what_is_wrong(path: Path, parsed: str) -> str:
    """Return the parser's message in the words of this program."""
    if longer := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", parsed):
        expected, line, got = (f"{int(number):,}" for number in longer.groups())
        return f"Got {got} cells in line {line} of {path}, but expected {expected}. Remove what is too much."
    return f"Got {path}, which is no table: {shown(parsed, 200)}."


def _layout(path: Path, content: bytes, separator: str, *, unlimited: bool) -> tuple[list[str], int, list[int]]:
    """Return the names of a table's columns, if its first line holds some, their number, and the lines to leave out."""
    first = list(islice(((i, line) for i, line in _lines(content) if _holds_cells(line)), 2))
    if not first:
        raise DatasetError(f"Got no rows of numbers in {path}, but expected a table of points.")
    for _, line in first:
        check_columns(path, line.count(separator) + 1, unlimited=unlimited)
    try:
        cells = [next(csv.reader([line], delimiter=separator)) for _, line in first]
    except csv.Error as error:
        raise DatasetError(f"Got {path}, which is no table: {error}.") from error
    comments = [i for i, line in _lines(content) if line.startswith("#")] if b"#" in content else []
    if not _are_names(cells[0]):
        return [], len(cells[0]), comments
    if len(cells) > 1 and len(cells[1]) > len(cells[0]):
        raise DatasetError(
            f"Got {len(cells[1]):,} cells in line {first[1][0] + 1} of {path}, but {len(cells[0]):,} in its header "
            "line. Name every column, or remove what is too much."
        )
    return cells[0], len(cells[0]), sorted([*comments, first[0][0]])


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield each line without its end, with its number from 0."""
    for i, line in enumerate(io.TextIOWrapper(io.BytesIO(content), "utf-8")):
        yield i, line.removesuffix("\n")


def _holds_cells(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _are_names(cells: Sequence[str]) -> bool:
    """Tell whether a line holds names: in more than half of its cells, of which an empty first one is over an index."""
    cells = cells[1:] if len(cells) > 1 and not cells[0].strip() else cells
    names = [cell for cell in cells if cell.strip() not in MISSING and not class_labels.is_number(cell)]
    return len(names) > len(cells) / 2
