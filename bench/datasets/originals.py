"""Datasets in the files of their publishers: found in a folder of the user's, in the cache or downloaded; checked."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from bench.datasets import guard
from bench.datasets.base import Dataset
from bench.datasets.options import DataOptions
from bench.datasets.points import Points
from bench.errors import DatasetError

DATA_DIR = "BENCH_DATA_DIR"
"""Environment variable with a folder that is searched for the files of every dataset."""
MAX_BYTES = 2**26
"""No file of a publisher is larger; what grows beyond that when unpacked is not unpacked any further."""
MALFORMED = (ValueError, LookupError, TypeError, EOFError, zlib.error)
"""What decoding raises for files that do not hold what their names say."""


def cache(name: str = "") -> Path:
    """Return the user's cache folder for the files of a dataset."""
    return user_cache_path("reducers-bench") / name


def own_folders(name: str, data_dir: Path | None) -> dict[str, Path]:
    """Return the folders of the user's that are searched for a dataset, in order, by what they are called.

    A folder within them that has the dataset's name is preferred, so that one folder serves several datasets.

    Raises DatasetError if a folder that was named does not exist.
    """
    given = {"--data-dir": data_dir, DATA_DIR: os.environ.get(DATA_DIR)}
    folders = {where: Path(folder) for where, folder in given.items() if folder}
    for where, folder in folders.items():
        if not os.path.isdir(folder):
            raise DatasetError(f"Got {where} {folder}, but there is no such folder.")
    return {where: folder / name if os.path.isdir(folder / name) else folder for where, folder in folders.items()}


@dataclass(frozen=True)
class Original:
    """A dataset in files, which are the same points and labels whichever of them are read.

    Attributes
    ----------
    files : tuple of tuples of str
        Files that together hold the dataset, each set of them by itself; any of them may be packed by gzip, too.
    decode : function
        Returns the whole dataset of one of these sets.
    fetch : function
        Downloads one of these sets into the cache and returns its paths; an OSError or ValueError says why not.
    sha256 : str
        Fingerprint of the whole dataset.
    needs : str
        What is downloaded, and how large that is.
    """

    name: str
    files: tuple[tuple[str, ...], ...]
    decode: Callable[[Sequence[Path]], Dataset]
    fetch: Callable[[], Sequence[Path]]
    sha256: str
    needs: str

    def load(self, n: int | None, data_dir: Path | None) -> Dataset:
        """Return the dataset with `n` training points at most.

        Raises DatasetError if it is nowhere and cannot be downloaded, or is not the published one.
        """
        paths = self.find(data_dir) or self._fetched()
        shown = ", ".join(map(str, paths))
        advice = f"Remove it or put the published {self._listed()} there."
        try:
            dataset = self.decode(paths)
        except MALFORMED as error:
            what = guard.shown(error, 200)
            raise DatasetError(f"Got {shown}, which is not the published {self.name} ({what}). {advice}") from error
        if dataset.fingerprint != self.sha256:
            raise DatasetError(
                f"Got {shown} with SHA-256 {dataset.fingerprint} of points and labels, but expected {self.sha256} for "
                f"{self.name}. {advice}"
            )
        return dataset.select(n)

    def missing(self, data_dir: Path | None) -> str:
        """Return what must be downloaded first, as text; nothing if it is at hand."""
        if self.find(data_dir):
            return ""
        where = f"downloaded into {cache(self.name)}, or found in the folder of --data-dir or {DATA_DIR}"
        return f"{self.needs}, which is {where} ({self._listed()})"

    def find(self, data_dir: Path | None) -> list[Path]:
        """Return the paths of the first set of files that one folder has whole; none if no folder has."""
        for folder in [*own_folders(self.name, data_dir).values(), cache(self.name)]:
            for names in self.files:
                choices = [[folder / name, folder / f"{name}.gz"] for name in names]
                found = [path for pair in choices for path in pair if os.path.isfile(path)]
                if all(any(path in found for path in pair) for pair in choices):
                    return [next(path for path in pair if path in found) for pair in choices]
        return []

    def _fetched(self) -> Sequence[Path]:
        try:
            return self.fetch()
        except (OSError, ValueError) as error:
            raise DatasetError(
                f"Got no {self.name}, and it could not be downloaded ({guard.shown(error, 300)}). Put {self._listed()} "
                f"into a folder and name it with --data-dir or {DATA_DIR}."
            ) from error

    def _listed(self) -> str:
        return " or ".join(" and ".join(names) for names in self.files)


def download(name: str, urls: Mapping[str, str]) -> list[Path]:
    """Download files into the cache of a dataset, each under its name, and return their paths."""
    import pooch  # as soon as it is imported into a notebook, it warns that there is no widget for its progress

    return [
        Path(pooch.retrieve(url, known_hash=None, fname=file, path=cache(name), progressbar=False))
        for file, url in urls.items()
    ]


def keep(name: str, file: str, X: np.ndarray, y: np.ndarray) -> list[Path]:
    """Write arrays that a library downloaded into the cache of a dataset, and return the path of their file."""
    path = cache(name) / file
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{os.getpid()}-{path.name}")
    np.savez_compressed(unfinished, X=X, y=y)
    os.replace(unfinished, path)
    return [path]


def cells(path: Path, kind: type = float) -> np.ndarray:
    """Return the cells of a table of text, which commas or blanks separate; lines from @ on are a head."""
    with guard.opened(path) as file:
        stream = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        text = stream.read(MAX_BYTES).decode("ascii").replace(",", " ")
    rows = [line for line in text.splitlines() if line.strip() and not line.startswith("@")]
    if not rows:
        raise ValueError("no rows")
    return np.loadtxt(rows, dtype=kind, ndmin=2)


def arrays(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return X and y of a .npz file; a DatasetError or ValueError says what is wrong with it."""
    from bench.datasets.archives import read_npz

    with guard.opened(path) as file:
        points: Points = read_npz(path, file, DataOptions(), unlimited=False)
    if points.labels is None:
        raise ValueError("no array y")
    return points.X, points.labels


def in_one_order(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a table sorted by their values, since copies of it differ in the order of their rows."""
    order = np.lexsort([y, *X.T[::-1]])
    return X[order], y[order]
