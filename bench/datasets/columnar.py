"""Parquet and .h5ad, whose libraries are extras of this project."""

from __future__ import annotations

import warnings
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

import numpy as np
import pandas as pd

from bench.datasets import class_labels
from bench.datasets.frames import Frame
from bench.datasets.guard import BYTES_PER_VALUE, check_columns, check_memory, listed, shown
from bench.datasets.options import DataOptions
from bench.datasets.points import Points
from bench.errors import DatasetError, unknown


def read_parquet(path: Path, file: BinaryIO, options: DataOptions, *, unlimited: bool) -> Points:
    """Return a table as points, as one of text with a header line is.

    Raises DatasetError if the library is not there, or the file is damaged, too large or holds no numbers.
    """
    _require("pyarrow", "parquet", path)
    parquet, lib = import_module("pyarrow.parquet"), import_module("pyarrow.lib")
    try:
        stored = parquet.ParquetFile(file)
        check_columns(path, stored.metadata.num_columns, unlimited=unlimited)
        check_memory(path, stored.metadata.num_columns * stored.metadata.num_rows * BYTES_PER_VALUE)
        table = stored.read().to_pandas(ignore_metadata=True)
    except (lib.ArrowException, OSError, ValueError) as error:
        raise DatasetError(f"Got {path}, which is no readable Parquet file: {shown(error, 200)}.") from error
    header = [str(name) for name in table.columns]
    if table.empty:
        raise DatasetError(f"Got no rows of numbers in {path}, but expected a table of points.")
    return Frame(path, table.set_axis(range(table.shape[1]), axis=1), header).points(options)


def read_h5ad(path: Path, file: BinaryIO, options: DataOptions, *, unlimited: bool) -> Points:
    """Return X of an AnnData file as points, and the column of `obs` that is asked for or named as labels as labels.

    Raises DatasetError if the library is not there, or the file is damaged, too large or lacks what is asked for.
    """
    if options.keep:
        raise DatasetError(f"Got --keep for {path}, but expected it for tables only: every variable is a feature.")
    try:
        X, names, obs = _parts(path, unlimited=unlimited)
    except (OSError, KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise DatasetError(f"Got {path}, which is no readable .h5ad file: {shown(error, 200)}.") from error
    if X.size == 0:
        raise DatasetError(f"Got X of shape {X.shape} in {path}, but expected observations and variables.")
    for name in options.drop:
        if name not in names:
            raise DatasetError(unknown(f"variable of {path}", name, map(shown, names)))
    features = [i for i, name in enumerate(names) if name not in options.drop]
    notes = (f"variables that --drop names are left out ({listed(options.drop)})",) if options.drop else ()
    label = options.label or next((name for name in reversed(obs.columns) if name.lower() in class_labels.NAMES), "")
    if options.label and label not in obs.columns:
        raise DatasetError(unknown(f"column of obs in {path}", label, map(shown, obs.columns)))
    if not label and len(obs.columns):
        notes = (*notes, f"--label names a column of obs ({listed(obs.columns)})")
    labels, place = (obs[label].to_numpy(), f"in obs, column {shown(label)}") if label else (None, "")
    return Points(path, X[:, features], [names[i] for i in features], labels, place, notes, same_unit=True)


def _require(library: str, extra: str, path: Path) -> ModuleType:
    try:
        return import_module(library)
    except ImportError as error:
        raise DatasetError(
            f"Got {path}, but {library} is not installed. Install it with: pip install '.[{extra}]'."
        ) from error


def _parts(path: Path, *, unlimited: bool) -> tuple[np.ndarray, list[str], pd.DataFrame]:
    """Return X, names of its variables, and the table of its observations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's to its own developers
        stored = _require("anndata", "anndata", path).read_h5ad(path, backed="r")
        try:
            check_columns(path, stored.n_vars, unlimited=unlimited)
            check_memory(path, stored.n_obs * stored.n_vars * BYTES_PER_VALUE)
            X = stored.X.to_memory() if hasattr(stored.X, "to_memory") else stored.X[:]
            dense = np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=np.float64)
            return dense, list(map(str, stored.var_names)), stored.obs
        finally:
            stored.file.close()
