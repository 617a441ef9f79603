"""A file of one's own as a dataset: .csv, .tsv, .txt, .npz, .npy, .parquet, .h5ad, .hdf5."""

from __future__ import annotations

import os
from pathlib import Path

from bench.datasets import archives, class_labels, columnar, gaps, guard, large, tables
from bench.datasets.base import Dataset, split
from bench.datasets.options import DataOptions
from bench.datasets.points import Points

TEST_SHARE = 0.2
READERS = {
    ".csv": tables.read,
    ".tsv": tables.read,
    ".txt": tables.read,
    ".npz": archives.read_npz,
    ".npy": archives.read_npy,
    ".parquet": columnar.read_parquet,
    ".h5ad": columnar.read_h5ad,
}
IN_BLOCKS = {
    ".npy": large.of_npy,
    ".parquet": columnar.large_parquet,
    ".hdf5": columnar.load_hdf5,
    ".h5": columnar.load_hdf5,
}
"""Formats that are read in blocks where they are large; HDF5 always is."""
ENDINGS = tuple({**READERS, **IN_BLOCKS})


def load(path: Path, n: int | None, options: DataOptions, *, unlimited: bool = False) -> Dataset:
    """Return a table of points as a dataset, a fifth of them test points, each class in proportion.

    Labels stand in the column that `options` name, else in the one named `y` (or label, labels, class, target, digit;
    the last such column if there are several, and the others are left out), else in the last column if it holds text,
    or whole numbers in a file without a header line. In a .npz file they are the array `y`, beside own.npy the file
    own.labels.npy, in .h5ad a column of `obs`. They may be missing.

    Large files are mapped, where they lie or once they are converted; see `bench.datasets.large`.

    Parameters
    ----------
    n : int or None
        Training points, at most.
    unlimited : bool
        Whether more than `guard.MAX_COLUMNS` columns are read.

    Raises
    ------
    DatasetError
        If the file cannot be read, or its values or labels are unsuitable: with what and where, in one sentence.
    """
    ending = path.suffix.lower()
    with guard.opened(path) as file:
        if (
            ending in IN_BLOCKS
            and (found := IN_BLOCKS[ending](path, file, n, options, unlimited=unlimited)) is not None
        ):
            return found
        file.seek(0)

        def whole() -> Dataset:
            file.seek(0)
            return _whole(path.stem, READERS[ending](path, file, options, unlimited=unlimited), options)

        if ending != ".npy" and os.fstat(file.fileno()).st_size >= large.LARGE_FILE:
            return large.kept(path, file, n, options, whole)
        dataset = whole()
    return split(dataset, n_test=round(TEST_SHARE * len(dataset.X)), n=n)


def of_points(name: str, points: Points, n: int | None, options: DataOptions) -> Dataset:
    """Return points as a dataset, as `load` does."""
    whole = _whole(name, points, options)
    return split(whole, n_test=round(TEST_SHARE * len(whole.X)), n=n)


def _whole(name: str, points: Points, options: DataOptions) -> Dataset:
    """Return points as a dataset without test points yet."""
    points = gaps.closed(points.as_images(options.image_shape), options.missing)
    y, classes = class_labels.encode(points)
    X, scaling, notes = points.scaled(options.scale)
    levels = 255 if scaling == "values / 255" else None
    facts = [f"{len(X):,} rows", f"labels {points.place or 'missing'}", scaling, *points.notes, *notes]
    provenance = f"{points.path.name}: {', '.join(facts)}"
    return Dataset(name, X, X[:0], y, None, classes, points.image_shape, levels, provenance)
