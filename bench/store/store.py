"""The results folder of one study: every file is written aside, synced and renamed, and checked when it is read."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ValidationError

from bench.errors import StoreError
from bench.store.records import SCHEMA, Environment, Record
from bench.studies.study import Study, read

log = logging.getLogger(__name__)


class Store:
    """The folder `results/<study>`: `study.toml`, `environment.json`, and a record and an embedding of every run.

    Every method that writes or removes raises StoreError if it cannot.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder alone; StoreError if another study holds it."""
        with _refused(f"results folder {self.folder}", "written"):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / ".lock").open("a+")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                raise StoreError(
                    f"Got results folder {self.folder}, but another study is writing to it (process "
                    f"{lock.read().strip() or 'unknown'}). Wait for it, or name another folder with --out."
                ) from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the folder so that it is there whole or not at all, and return its path."""
        path = self.folder / name
        aside = path.with_name(f".partial-{path.name}")
        with _refused(path, "written"):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                aside.write_bytes(content.encode() if isinstance(content, str) else content)
                _settle(aside, path)
            except OSError:
                with suppress(OSError):
                    aside.unlink(missing_ok=True)
                raise
        return path

    def write_model(self, name: str, model: BaseModel) -> Path:
        """Write a model as JSON."""
        return self.write(name, model.model_dump_json(indent=1) + "\n")

    def remove(self, name: str) -> None:
        """Remove a file of the folder, if it is there."""
        with _refused(self.folder / name, "removed"):
            (self.folder / name).unlink(missing_ok=True)

    def study(self) -> Study:
        """Return the study as it was resolved; StoreError if the folder holds none."""
        path = self.folder / "study.toml"
        if not path.is_file():
            raise StoreError(f"Got {self.folder}, but expected a results folder: there is no study.toml in it.")
        return read(str(path))

    def environment(self) -> Environment | None:
        """Return where the study ran; None if that cannot be read."""
        try:
            return Environment.model_validate_json((self.folder / "environment.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def partial_arrays(self, variant: str, sample: int, seed: int) -> Path:
        """Return where a worker writes the arrays of a run before it counts."""
        folder = self.stem(variant, sample, seed).parent
        with _refused(folder, "written"):
            folder.mkdir(parents=True, exist_ok=True)
        return folder / f".partial-{sample}-{seed}.npz"

    def keep(self, record: Record, partial: Path) -> Record:
        """Store a run: first its embedding, if there is one, then the record that vouches for it."""
        stem = self.stem_of(record)
        arrays = stem.with_suffix(".npz")
        if record.ok:
            record = record.model_copy(update={"arrays_sha256": digest_of(partial)})
            with _refused(arrays, "written"):
                _settle(partial, arrays)
        else:
            arrays.unlink(missing_ok=True)
        self.write_model(str(stem.with_suffix(".json").relative_to(self.folder)), record)
        return record

    def find(self, variant: str, sample: int, seed: int) -> Record | None:
        """Return the record of a run; None where there is none that passes its checks."""
        path = self.stem(variant, sample, seed).with_suffix(".json")
        return self._checked(path) if path.is_file() else None

    def records(self) -> list[Record]:
        """Return the records of the study's variants, in the study's order, then by sample and seed."""
        found: list[Record] = []
        for variant in self.study().variants:
            folder = self.folder / "runs" / variant
            paths = [*folder.glob("seed-*.json"), *folder.glob("sample-*-seed-*.json")]
            records = [record for path in paths if (record := self._checked(path)) is not None]
            found += sorted(records, key=lambda record: (record.sample, record.seed))
        return found

    def arrays(self, record: Record) -> dict[str, np.ndarray]:
        """Return the arrays of a run.

        Returns
        -------
        dict of str to ndarray
            `train`, the embedding of the training points, and where the reducer can: `test`, that of the test points;
            `refit`, of training points mapped again; `few` and `alone`, of test points mapped in other company;
            `squared_error` of each reconstructed test point; `rebuilt`, the first reconstructions; `grid`, the decoded
            lattice of the embedding, with `grid_axes`; and `extra_NAME`, what the reducer itself offers.
        """
        with np.load(self.stem_of(record).with_suffix(".npz"), allow_pickle=False) as arrays:
            return dict(arrays)

    def forget(self, record: Record) -> None:
        """Remove a run that is no longer a result of this study."""
        stem = self.stem_of(record)
        for path in (*stem.parent.glob(f"{stem.name}.*"), *stem.parent.glob(f"scores-{stem.name}.json")):
            path.unlink(missing_ok=True)

    def stem_of(self, record: Record) -> Path:
        """Return the path of a run's files without their endings."""
        return self.stem(record.variant, record.sample, record.seed)

    def stem(self, variant: str, sample: int, seed: int) -> Path:
        """Return the path of a run's files without their endings."""
        return self.folder / "runs" / variant / (f"sample-{sample}-seed-{seed}" if sample else f"seed-{seed}")

    def _checked(self, path: Path) -> Record | None:
        """Return the record in a file if it is whole and its arrays are those that it was written with."""
        try:
            record = Record.model_validate_json(path.read_bytes())
        except (ValidationError, OSError) as error:
            log.warning("%s is no readable record and is ignored (%s)", path, str(error).splitlines()[0])
            return None
        if record.schema_version != SCHEMA or path != self.stem_of(record).with_suffix(".json"):
            log.warning("%s belongs to another run or schema and is ignored", path)
            return None
        arrays = path.with_suffix(".npz")
        if record.arrays_sha256 and (not arrays.is_file() or digest_of(arrays) != record.arrays_sha256):
            log.warning("%s is missing or damaged; its run is ignored", arrays)
            return None
        return record


@contextmanager
def _refused(what: Path | str, done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"Got {what}, which cannot be {done}: {error}.") from error


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, read again only if the file has changed."""
    stat = path.stat()
    return _digest(path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


@lru_cache(maxsize=4096)
def _digest(path: Path, *_state: int) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _settle(aside: Path, path: Path) -> None:
    """Give a file written aside its name, once its bytes are on the disk."""
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
