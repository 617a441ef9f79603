"""Parquet, HDF5 and .h5ad, whose libraries are extras of this project."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

from bench.datasets import class_labels, large
from bench.datasets.base import Dataset
from bench.datasets.frames import Frame
from bench.datasets.guard import BYTES_PER_VALUE, check_columns, check_memory, listed, shown
from bench.datasets.in_place import digest_of
from bench.datasets.options import DataOptions
from bench.datasets.points import Points
from bench.errors import DatasetError, unknown
from reducers.rows import BLOCK_VALUES

HEAD_ROWS = 10_000
"""Rows by which it is told which columns of a large table are features."""
TRAIN, TEST = "train", "test"
"""What ann-benchmarks calls the points that are searched, and those that are searched for."""


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


def large_parquet(
    path: Path, file: BinaryIO, n: int | None, options: DataOptions, *, unlimited: bool
) -> Dataset | None:
    """Return a large table as a dataset, read in blocks; None if it is none, or not large.

    Which columns are features is told by its first rows. Raises DatasetError as for any table.
    """
    _require("pyarrow", "parquet", path)
    parquet, lib = import_module("pyarrow.parquet"), import_module("pyarrow.lib")
    try:
        stored = parquet.ParquetFile(file)
        rows, width = stored.metadata.num_rows, stored.metadata.num_columns
        names = stored.schema_arrow.names
        if rows * width < large.LARGE or len(set(names)) < len(names):
            return None
        check_columns(path, width, unlimited=unlimited)
        first = next(stored.iter_batches(batch_size=HEAD_ROWS)).to_pandas(ignore_metadata=True)
        frame = Frame(path, first.set_axis(range(first.shape[1]), axis=1), [str(name) for name in first.columns])
        features, label, notes = frame.layout(options)
        head = frame.points(options)
        labels = None
        if label is not None:
            column = stored.read(columns=[names[label]]).to_pandas(ignore_metadata=True)
            labels = column.iloc[:, 0].to_numpy()
        chosen = [names[i] for i in features]
        step = max(1, BLOCK_VALUES // len(chosen))

        def blocks() -> Iterator[np.ndarray]:
            for batch in stored.iter_batches(batch_size=step, columns=chosen):
                yield batch.to_pandas(ignore_metadata=True)[chosen].to_numpy(np.float64, na_value=np.nan)

        place = "" if label is None else frame.place_of(label)
        points = Points(path, head.X[:1], head.columns, labels, place, notes).as_images(options.image_shape)
        return large.of_blocks(points, blocks, rows, digest_of(file), options, n)
    except (lib.ArrowException, OSError, ValueError) as error:
        raise DatasetError(f"Got {path}, which is no readable Parquet file: {shown(error, 200)}.") from error


def load_hdf5(path: Path, file: BinaryIO, n: int | None, options: DataOptions, *, unlimited: bool) -> Dataset:
    """Return the points of an HDF5 file as ann-benchmarks writes it: `train`, and `test` as test points.

    Raises DatasetError if the library is not there, the file is damaged, or lacks one of the two.
    """
    for name, given in (("label", options.label), ("drop", options.drop), ("keep", options.keep)):
        if given:
            raise DatasetError(f"Got --{name} for {path}, but expected none: it has neither labels nor named columns.")
    h5py = _require("h5py", "hdf5", path)
    digest = digest_of(file)
    try:
        with h5py.File(path, "r") as stored:
            parts = _train_and_test(path, stored, unlimited=unlimited)
            distance = str(stored.attrs.get("distance", "euclidean"))
            notes = ["its own test points"]
            if distance != "euclidean":
                notes.append(f"made for {shown(distance)} distances, and compared by Euclidean ones here")

            def blocks() -> Iterator[np.ndarray]:
                for part in parts:
                    yield from large.in_blocks(part)()

            columns = range(1, parts[0].shape[1] + 1)
            points = Points(path, parts[0][:1], columns, notes=tuple(notes)).as_images(options.image_shape)
            return large.own_split(points, blocks, (len(parts[0]), len(parts[1])), digest, options, n)
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise DatasetError(f"Got {path}, which is no readable HDF5 file: {shown(error, 200)}.") from error


def _train_and_test(path: Path, stored: Any, *, unlimited: bool) -> tuple[Any, Any]:
    """Return the two arrays of an open HDF5 file, as they lie there."""
    if not {TRAIN, TEST} <= set(stored):
        raise DatasetError(f"Got {listed(stored) or 'nothing'} in {path}, but expected {TRAIN} and {TEST}.")
    train, test = stored[TRAIN], stored[TEST]
    for name, array in ((TRAIN, train), (TEST, test)):
        shape, dtype = getattr(array, "shape", ()), getattr(array, "dtype", np.dtype(object))
        if len(shape) != 2 or 0 in shape or dtype.kind not in "biuf" or dtype.itemsize > 8:
            raise DatasetError(
                f"Got {name} of {dtype} and shape {shape} in {path}, but expected real numbers of shape (n_samples, "
                "n_features)."
            )
    if train.shape[1] != test.shape[1]:
        raise DatasetError(f"Got {train.shape[1]:,} features in train and {test.shape[1]:,} in test of {path}.")
    check_columns(path, train.shape[1], unlimited=unlimited)
    return train, test


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
