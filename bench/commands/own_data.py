"""Points that are given from Python, kept as a file that later runs and reports read."""

from __future__ import annotations

import csv
import io
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bench.datasets import class_labels, tables
from bench.errors import DatasetError
from bench.store import disk

Given: TypeAlias = "ArrayLike | pd.DataFrame | tuple[ArrayLike | pd.DataFrame, ArrayLike | None]"
"""Points, or points and their labels."""


def write(data: Given, folder: Path | None, otherwise: Path, label: str = "") -> Path:
    """Write points into a folder, as `data.csv` if they are a frame, else as `data.npz`, and return the file's path.

    Without a folder it is the other one, named also by a hash of the data, so that no other data share it. `label` is
    the column of a frame that holds labels, if it is named.

    Raises DatasetError if the points are no numbers, StoreError if the file cannot be written.
    """
    X, y = data if isinstance(data, tuple) and len(data) == 2 else (data, None)
    name, content = _frame(X, y, label) if isinstance(X, pd.DataFrame) else _arrays(X, y)
    path = (folder or Path(f"{otherwise}-{sha256(content).hexdigest()[:8]}")) / name
    if not (path.is_file() and path.read_bytes() == content):
        disk.write(path, content)
    return path


def _frame(frame: pd.DataFrame, y: ArrayLike | None, label: str) -> tuple[str, bytes]:
    if y is not None:
        if "y" in frame.columns:
            raise DatasetError("Got labels beside a frame that has a column y. Name it instead, with label='y'.")
        frame = frame.assign(y=np.asarray(y))
    # A header line of numbers would be read as a row.
    frame = frame.rename(columns=lambda name: f"x{name}" if class_labels.is_number(str(name)) else str(name))
    named = [i for i, name in enumerate(frame) if name == label or str(name).strip().lower() in class_labels.NAMES]
    texts = [i for i in named or range(frame.shape[1])[-1:] if _is_read_otherwise(frame.iloc[:, i], bool(named))]
    return "data.csv", (tables.marked(texts) + frame.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC)).encode()


def _is_read_otherwise(cells: pd.Series, are_labels: bool) -> bool:
    """Return whether a table of text would give labels back as others: 01 as 1, NA as none. Numbers may be features."""
    given = [cell for cell in cells.dropna().unique() if isinstance(cell, str) and cell]
    if not given:
        return False
    written = pd.Series(given).to_csv(index=False, header=False, quoting=csv.QUOTE_ALL)
    found = pd.read_csv(io.StringIO(written), header=None, low_memory=False)[0]
    is_feature = not are_labels and pd.api.types.is_numeric_dtype(found)
    return not is_feature and list(map(str, found)) != given


def _arrays(X: ArrayLike, y: ArrayLike | None) -> tuple[str, bytes]:
    arrays = {"X": np.asarray(X)} | ({} if y is None else {"y": np.asarray(y)})
    if arrays["X"].dtype == object:
        raise DatasetError("Got points of objects, but expected numbers: an array, a frame, or (X, y) for labels.")
    if y is not None and arrays["y"].dtype == object:
        arrays["y"] = arrays["y"].astype(str)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return "data.npz", file.getvalue()
