"""PBMC: 700 blood cells as 765 genes, ten types of cells; 560 for training, 140 for testing. Needs the extra `pbmc`.

Source: `10x_pbmc68k_reduced.h5ad` in the wheel of scanpy, a part of the 68,000 cells of Zheng et al. 2017 with
normalised and standardised expression; types are its `bulk_labels`. Licence: BSD-3-Clause, as scanpy.
Check: SHA-256 of the arrays. One nearest neighbour tells 66.4 % of the test cells.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from bench.datasets import guard, originals
from bench.datasets.base import Dataset, split
from bench.datasets.options import DataOptions
from bench.errors import DatasetError

FILE = "10x_pbmc68k_reduced.h5ad"
N_TEST = 140


def decode(paths: Sequence[Path]) -> Dataset:
    """Return the dataset from scanpy's file."""
    from bench.datasets import class_labels, columnar

    with guard.opened(paths[0]) as file:
        points = columnar.read_h5ad(paths[0], file, DataOptions(label="bulk_labels"), unlimited=False)
    y, classes = class_labels.encode(points)
    X, scaling, _ = points.scaled()
    what = f"PBMC, {len(X)} cells, {N_TEST} for testing, {scaling}; from {paths[0].name}"
    return split(Dataset("pbmc", X, X[:0], y, None, classes, None, None, what), n_test=N_TEST, n=None)


def fetch() -> list[Path]:
    """Return the file that scanpy brings; nothing is downloaded."""
    if path := _of_scanpy():
        return [path]
    raise DatasetError(f"Got no pbmc: scanpy is not installed. {_advice()}")


def missing(data_dir: Path | None) -> str:
    """Return what must be installed first, as text; nothing if all of it is at hand."""
    if find_spec("anndata") and (ORIGINAL.find(data_dir) or _of_scanpy()):
        return ""
    return f"PBMC, which comes with an extra. {_advice()}"


def _of_scanpy() -> Path | None:
    spec = find_spec("scanpy")
    folders = [Path(folder) / "datasets" for folder in (spec and spec.submodule_search_locations) or ()]
    return next((folder / FILE for folder in folders if os.path.isfile(folder / FILE)), None)


def _advice() -> str:
    return "Install it with: pip install '.[pbmc]'"


ORIGINAL = originals.Original(
    "pbmc",
    ((FILE,),),
    decode,
    fetch,
    sha256="9d13ccedab66711531cad930a7fcab7634c0e6d92bd05998b139469535646a1c",
    needs="PBMC",
)
