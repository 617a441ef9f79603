"""A file of one's own as a dataset: .csv, .tsv, .txt, .npz, .npy, .parquet, .h5ad."""

from __future__ import annotations

from pathlib import Path

from bench.datasets import archives, class_labels, columnar, gaps, guard, tables
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


def load(path: Path, n: int | None, options: DataOptions, *, unlimited: bool = False) -> Dataset:
    """Return a table of points as a dataset, a fifth of them test points, each class in proportion.

    Labels stand in the column that `options` name, else in the one named `y` (or label, labels, class, target, digit;
    the last such column if there are several, and the others are left out), else in the last column if it holds text,
    or whole numbers in a file without a header line. In a .npz file they are the array `y`, beside own.npy the file
    own.labels.npy, in .h5ad a column of `obs`. They may be missing.

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
    with guard.opened(path) as file:
        points = READERS[path.suffix.lower()](path, file, options, unlimited=unlimited)
        return of_points(path.stem, points, n, options)


def of_points(name: str, points: Points, n: int | None, options: DataOptions) -> Dataset:
    """Return points as a dataset, as `load` does."""
    points = gaps.closed(points.as_images(options.image_shape), options.missing)
    y, classes = class_labels.encode(points)
    X, scaling, notes = points.scaled(options.scale)
    levels = 255 if scaling == "values / 255" else None
    facts = [f"{len(X):,} rows", f"labels {points.place or 'missing'}", scaling, *points.notes, *notes]
    provenance = f"{points.path.name}: {', '.join(facts)}"
    whole = Dataset(name, X, X[:0], y, None, classes, points.image_shape, levels, provenance)
    return split(whole, n_test=round(TEST_SHARE * len(X)), n=n)
