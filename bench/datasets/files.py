"""A file of one's own as a dataset: .npz, .csv, .tsv, .txt."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from bench.datasets.base import Dataset, split
from bench.errors import DatasetError

LABEL_NAMES = ("y", "label", "labels", "class", "target", "digit")
TEST_SHARE = 0.2


def load(path: Path, n: int | None) -> Dataset:
    """Return a table of points as a dataset, a fifth of them test points, each class in proportion.

    Labels stand in the column named `y` (or label, class, target, digit), else in the last column if it holds text,
    or whole numbers in a file without a header line. In a .npz file they are the array `y`. They may be missing.

    Raises DatasetError if the file cannot be read, or a value is missing or no number: with its row and column.
    """
    if not path.is_file():
        raise DatasetError(f"Got {path}, but there is no such file.")
    X, labels, label_column = READERS[path.suffix.lower()](path)
    if not X.size:
        raise DatasetError(f"Got no rows of numbers in {path}, but expected a table of points.")
    if X.min() == X.max():
        raise DatasetError(f"Got {X.flat[0]:g} in every cell of {path}, but expected points that differ.")
    image_shape = X.shape[1:] if X.ndim == 3 else (28, 28) if X.shape[1] == 784 else None
    X, scaling = _to_unit_interval(X.reshape(len(X), -1).astype(np.float64, copy=False))
    y, classes = _encode(labels, path, label_column)
    levels = 255 if scaling == "values / 255" else None
    provenance = f"{path.name}: {len(X):,} rows, labels {label_column or 'missing'}, {scaling}"
    whole = Dataset(path.stem, X, X[:0], y, None, classes, image_shape, levels, provenance)
    return split(whole, n_test=round(TEST_SHARE * len(X)), n=n)


def _read_npz(path: Path) -> tuple[np.ndarray, np.ndarray | None, str]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            if "X" not in arrays:
                raise DatasetError(f"Got arrays {', '.join(arrays)} in {path}, but expected X, and y for labels.")
            X, labels = arrays["X"], arrays.get("y")
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, AttributeError) as error:
        raise DatasetError(f"Got {path}, which is no readable .npz of plain arrays: {error}.") from error
    if X.ndim not in (2, 3) or not np.issubdtype(X.dtype, np.number) or np.iscomplexobj(X):
        raise DatasetError(
            f"Got X of shape {X.shape} and dtype {X.dtype} in {path}, but expected real numbers of shape "
            "(n_samples, n_features) or (n_samples, height, width)."
        )
    if labels is not None and labels.shape != X.shape[:1]:
        raise DatasetError(f"Got y of shape {labels.shape} in {path}, but expected {X.shape[:1]}, one label a row.")
    bad = np.argwhere(~np.isfinite(X.reshape(len(X), -1)))
    if bad.size:
        row, column = bad[0]
        raise DatasetError(f"Got NaN or infinity in row {row + 1}, column {column + 1} of X in {path}.")
    return X, labels, "" if labels is None else "under y"


def _read_table(path: Path) -> tuple[np.ndarray, np.ndarray | None, str]:
    separator = "," if path.suffix.lower() == ".csv" else "\t"
    header = _has_header(path, separator)
    try:
        first = 0 if header else None
        table = pd.read_csv(path, sep=separator, header=first, comment="#", low_memory=False, index_col=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DatasetError(f"Got {path}, which is no table: {str(error).strip()}.") from error
    table.columns = [str(name) for name in table.columns] if header else [str(i + 1) for i in range(table.shape[1])]
    label_column = _label_column(table, header)
    features = table.drop(columns=label_column) if label_column else table
    if features.shape[1] == 0:
        raise DatasetError(f"Got one column in {path}, but expected features; are the columns separated as expected?")
    X = np.column_stack([_numbers(features[name], path) for name in features])
    if label_column is None:
        return X, None, ""
    missing = np.flatnonzero(table[label_column].isna())
    if missing.size:
        raise DatasetError(f"Got no label in row {missing[0] + 1}, column {label_column} of {path}.")
    return X, table[label_column].to_numpy(), f"in column {label_column}"


READERS = {".npz": _read_npz, ".csv": _read_table, ".tsv": _read_table, ".txt": _read_table}


def _has_header(path: Path, separator: str) -> bool:
    """Tell whether the first line holds names: more than half of its cells are no numbers."""
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        lines = (line for line in file if line.strip() and not line.startswith("#"))
        cells = next(csv.reader(lines, delimiter=separator), [])
    return sum(not _is_number(cell) for cell in cells) > len(cells) / 2


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _label_column(table: pd.DataFrame, header: bool) -> str | None:
    named = [name for name in table.columns if header and name.strip().lower() in LABEL_NAMES]
    if named:
        return str(named[-1])
    last = table.iloc[:, -1]
    if pd.api.types.is_numeric_dtype(last):
        are_labels = not header and bool((last.dropna() % 1 == 0).all())
    else:
        # Text in the last column is its labels, but a single slip in a column of numbers is a slip.
        are_labels = pd.to_numeric(last, errors="coerce").notna().mean() < 0.5
    return str(table.columns[-1]) if are_labels else None


def _numbers(column: pd.Series, path: Path) -> np.ndarray:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        cell = column.iloc[bad[0]]
        got = "no value or NaN" if pd.isna(cell) else repr(str(cell))
        raise DatasetError(
            f"Got {got} in row {bad[0] + 1}, column {column.name} of {path}, but expected a finite number."
        )
    return numbers


def _encode(labels: np.ndarray | None, path: Path, where: str) -> tuple[np.ndarray | None, tuple[str, ...]]:
    if labels is None:
        return None, ()
    names, y = np.unique(labels.astype(str) if labels.dtype == object else labels, return_inverse=True)
    if len(names) < 2:
        raise DatasetError(
            f"Got one class only, {names[0]}, in all {len(labels)} rows ({where}) of {path}, but expected at least "
            "two; if these are no labels, give the file a header line that names no column y."
        )
    return y.astype(np.int64), tuple(str(name) for name in names)


def _to_unit_interval(X: np.ndarray) -> tuple[np.ndarray, str]:
    """Scale all features by one shift and one factor, so that no distance changes its proportion to the others."""
    low, high = X.min(), X.max()
    if low >= 0 and 1 < high <= 255 and np.array_equal(X, np.rint(X)):
        return (X / 255).astype(np.float32), "values / 255"
    if low >= 0 and high <= 1:
        return X.astype(np.float32), "values as they are"
    return ((X - low) / (high - low)).astype(np.float32), f"(values - {low:g}) / {high - low:g}"
