"""The results folder of one study: everything is written aside, synced and renamed, and read back with suspicion."""

from __future__ import annotations

import fcntl
import logging
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ValidationError

from bench.errors import StoreError
from bench.machine import Environment
from bench.plan import Run
from bench.records import SCHEMA, Record
from bench.study import Study, read

log = logging.getLogger(__name__)


class Store:
    """The folder `results/<study>`: `study.toml`, `environment.json`, and a record and an embedding of every run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder alone.

        Raises
        ------
        StoreError
            If the folder cannot be written, or another study holds it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / ".lock").open("a+")
        except OSError as error:
            raise StoreError(f"Got results folder {self.folder}, which cannot be written: {error}.") from error
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
        """Write a file of the folder so that it is there whole or not at all, and return its path.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        path = self.folder / name
        aside = path.with_name(f".partial-{path.name}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(content.encode() if isinstance(content, str) else content)
            _settle(aside, path)
        except OSError as error:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise StoreError(f"Got {path}, which cannot be written: {error}.") from error
        return path

    def remove(self, name: str) -> None:
        """Remove a file of the folder, if it is there.

        Raises
        ------
        StoreError
            If it cannot be removed.
        """
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"Got {self.folder / name}, which cannot be removed: {error}.") from error

    def write_model(self, name: str, model: BaseModel) -> Path:
        """Write a model as JSON."""
        return self.write(name, model.model_dump_json(indent=1) + "\n")

    def study(self) -> Study:
        """Return the study as it was resolved.

        Raises
        ------
        StoreError
            If the folder holds none.
        """
        path = self.folder / "study.toml"
        if not path.is_file():
            raise StoreError(f"Got {self.folder}, but expected a results folder: there is no study.toml in it.")
        return read(str(path))

    def environment(self) -> Environment | None:
        """Return where the study ran; None where that cannot be read."""
        try:
            return Environment.model_validate_json((self.folder / "environment.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def partial_arrays(self, run: Run) -> Path:
        """Return where a worker writes the embedding of a run before it counts."""
        folder = self._stem(run.variant, run.seed).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"Got {folder}, which cannot be written: {error}.") from error
        return folder / f".partial-seed-{run.seed}.npz"

    def keep(self, record: Record, partial: Path) -> Record:
        """Store a run: first its embedding, if there is one, then the record that vouches for it.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        stem = self._stem(record.variant, record.seed)
        if record.ok:
            record = record.model_copy(update={"arrays_sha256": _sum(partial)})
            try:
                _settle(partial, stem.with_suffix(".npz"))
            except OSError as error:
                raise StoreError(f"Got {stem}.npz, which cannot be written: {error}.") from error
        else:
            stem.with_suffix(".npz").unlink(missing_ok=True)
        self.write_model(f"runs/{record.variant}/seed-{record.seed}.json", record)
        return record

    def find(self, variant: str, seed: int) -> Record | None:
        """Return the record of a run; None where there is none that can be believed."""
        path = self._stem(variant, seed).with_suffix(".json")
        return _believed(path) if path.is_file() else None

    def records(self, study: Study | None = None) -> list[Record]:
        """Return the records of the study's variants, in the study's order."""
        study = study or self.study()
        return [record for variant in study.variants for record in self.records_of(variant)]

    def records_of(self, variant: str) -> list[Record]:
        """Return the records of one variant, by seed."""
        paths = (self.folder / "runs" / variant).glob("seed-*.json")
        found = [record for path in paths if (record := _believed(path)) is not None]
        return sorted(found, key=lambda record: record.seed)

    def arrays(self, record: Record) -> dict[str, np.ndarray]:
        """Return what a run left.

        Returns
        -------
        dict of str to ndarray
            `fit`, the embedding of the fitted points, and where the reducer can: `test`, that of the held-out points;
            `refit`, of fitted points placed once more; `few` and `alone`, of held-out points placed in other company;
            `squared_error` of each held-out point rebuilt; `rebuilt`, the first of them; `grid`, the data of places
            spread over the embedding, with `grid_axes`; and `extra_NAME`, what the reducer itself wished to keep.
        """
        with np.load(self._stem(record.variant, record.seed).with_suffix(".npz"), allow_pickle=False) as arrays:
            return dict(arrays)

    def forget(self, record: Record) -> None:
        """Remove a run that is no longer a result of this study."""
        stem = self._stem(record.variant, record.seed)
        for path in (stem.with_suffix(".json"), stem.with_suffix(".npz"), stem.with_name(f"scores-{record.seed}.json")):
            path.unlink(missing_ok=True)

    def _stem(self, variant: str, seed: int) -> Path:
        return self.folder / "runs" / variant / f"seed-{seed}"


def _believed(path: Path) -> Record | None:
    """Return the record in a file if it is whole and its embedding is the one it vouches for."""
    try:
        record = Record.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        log.warning("%s is no readable record and is passed over (%s)", path, str(error).splitlines()[0])
        return None
    if record.schema_version != SCHEMA or path.stem != f"seed-{record.seed}" or path.parent.name != record.variant:
        log.warning("%s belongs to another place or schema and is passed over", path)
        return None
    if record.arrays_sha256 is not None:
        arrays = path.with_suffix(".npz")
        if not arrays.is_file() or not zipfile.is_zipfile(arrays) or _sum(arrays) != record.arrays_sha256:
            log.warning("%s is missing or damaged; its run is passed over", arrays)
            return None
    return record


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


def _sum(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
