"""The results folder of one study: every file is written aside, synced and renamed, and checked when it is read."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import BaseModel

from bench.errors import DamagedError, OtherVersionError, StoreError
from bench.store import disk, sums
from bench.store.checked import Model, from_json, to_json
from bench.store.disk import digest_of, inside, opened, refused
from bench.store.records import SCHEMA, Environment, Record
from bench.studies.study import Study, read

log = logging.getLogger(__name__)

Found = TypeVar("Found")
_OF_OTHER_VERSIONS: set[Path] = set()
"""Folders for which it has been said that another version wrote what they hold."""


class Store:
    """The folder `results/<study>`: `study.toml`, `environment.json`, and a record and an embedding of every run.

    Every method that writes or removes raises StoreError if it cannot. Runs and their scores may lie in the folder of
    another store, `runs_in`, so that tables can be made of them without touching those that are there.
    """

    def __init__(self, folder: Path, runs_in: Path | None = None) -> None:
        self.folder, self.runs_in = folder, runs_in or folder
        self._is_locked = False

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder alone; StoreError if another study holds it."""
        path = self.folder / ".lock"
        with refused(f"results folder {self.folder}", "written"):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644), "r+")
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
            self._is_locked = True
            try:
                yield
            finally:
                self._is_locked = False

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the folder so that it is there whole or not at all, and return its path."""
        path, new = self._path(name), content.encode() if isinstance(content, str) else content
        with refused(path, "written"):
            if not path.is_symlink() and path.is_file() and disk.read(path) == new:
                return path
        self._change(name)
        disk.write(path, new)
        return path

    def write_model(self, name: str, model: BaseModel) -> Path:
        """Write a model as JSON with a digest of its content."""
        return self.write(name, to_json(model))

    def load(self, name: str, kind: type[Model], *, undigested: bool = False) -> Model:
        """Return the model that a file holds.

        Raises DamagedError if it is not what was written; OtherVersionError if another version of the program wrote it,
        or it has no digest and must not be `undigested`; StoreError if it cannot be read.
        """
        path = self._path(name)
        try:
            return from_json(disk.read(path), kind, undigested=undigested)
        except OSError as error:
            raise StoreError(f"Got {path}, which cannot be read: {error}.") from error
        except DamagedError as error:
            raise DamagedError(f"Got {path}, but {error}.") from error
        except OtherVersionError as error:
            raise OtherVersionError(f"Got {path}, but {error}.") from error

    def read_model(self, name: str, kind: type[Model], *, undigested: bool = False) -> Model | None:
        """Return the model that a file holds; None if there is none that can be believed.

        What is damaged is named in a warning and set aside as `NAME.damaged`.
        """
        return self._believed(name, lambda name: self.load(name, kind, undigested=undigested))

    def remove(self, name: str) -> None:
        """Remove a file of the folder, if it is there."""
        path = self._path(name)
        if os.path.lexists(path):
            self._change(name)
            with refused(path, "removed"):
                path.unlink(missing_ok=True)

    def set_aside_damaged(self) -> None:
        """Set aside, as `NAME.damaged`, tables that differ from `SHA256SUMS`; they are made of the runs again."""
        faults = sums.faults(self.folder)
        for name, fault in faults.items():
            log.warning("%s: %s. What is made of the runs is made again.", self.folder, fault)
            if name in sums.NEEDED:
                _set_aside(inside(self.folder, name))
        if faults:
            self.remove(sums.FILE)

    def _change(self, name: str) -> None:
        """Take back that the folder is complete before a file that its list of digests has is changed."""
        if sums.covers(name):
            with refused(self.folder / sums.FILE, "removed"):
                (self.folder / sums.FILE).unlink(missing_ok=True)

    def study(self) -> Study:
        """Return the study as it was resolved; StoreError if the folder holds none."""
        path = self.folder / "study.toml"
        sums.check(self.folder, path.name)
        if not path.is_file():
            raise StoreError(f"Got {self.folder}, but expected a results folder: there is no study.toml in it.")
        return read(str(path))

    def environment(self) -> Environment | None:
        """Return where the study ran; None if that is not known."""
        sums.check(self.folder, "environment.json")
        return self.read_model("environment.json", Environment, undigested=True)

    def partial_arrays(self, variant: str, sample: int, seed: int) -> Path:
        """Return where a worker writes the arrays of a run before it counts."""
        path = self.stem(variant, sample, seed).parent / f".partial-{sample}-{seed}.npz"
        with refused(path.parent, "written"):
            path.parent.mkdir(parents=True, exist_ok=True)
        disk.discard(path)
        return path

    def keep(self, record: Record, partial: Path) -> Record:
        """Store a run: first its embedding, if there is one, then the record that vouches for it.

        Whatever a worker left where its embedding was to be is removed.
        """
        stem = self.stem_of(record)
        arrays = stem.with_suffix(".npz")
        if record.ok:
            with refused(arrays, "written"):
                record = record.model_copy(update={"arrays_sha256": digest_of(partial)})
                disk.settle(partial, arrays)
        else:
            arrays.unlink(missing_ok=True)
        disk.discard(partial)
        self.write_model(self._name(stem.with_suffix(".json")), record)
        return record

    def find(self, variant: str, sample: int, seed: int) -> Record | None:
        """Return the record of a run; None where there is none that passes its checks."""
        name = self._name(self.stem(variant, sample, seed).with_suffix(".json"))
        return self._believed(name, self.record)

    def record(self, name: str) -> Record:
        """Return the record that a file holds.

        Raises DamagedError if it or the embedding that it vouches for is not what was written, or belongs to another
        run; OtherVersionError if another version of the program wrote it.
        """
        record = self.load(name, Record)
        if record.schema_version != SCHEMA:
            raise OtherVersionError(f"Got {self.folder / name}, but another version of the program wrote it.")
        if name != self._name(self.stem_of(record).with_suffix(".json")):
            raise DamagedError(f"Got {self.folder / name}, which is the record of another run.")
        arrays = self.stem_of(record).with_suffix(".npz")
        with refused(arrays, "read"):
            if record.ok and not (arrays.exists() and digest_of(arrays) == record.arrays_sha256):
                raise DamagedError(f"Got {arrays}, which is missing or not what was written.")
        return record

    def records(self, variants: Iterable[str] | None = None) -> list[Record]:
        """Return the records of some variants or all of the study's, in their order, then by sample and seed."""
        found: list[Record] = []
        for variant in self.study().variants if variants is None else variants:
            folder = self.runs_in / "runs" / variant
            paths = [*folder.glob("seed-*.json"), *folder.glob("sample-*-seed-*.json")]
            names = map(self._name, paths)
            records = [record for name in names if (record := self._believed(name, self.record))]
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
            lattice of the embedding, with `grid_axes`; `line`, the decoded way from one test point to another; and
            `extra_NAME`, what the reducer itself offers.
        """
        with opened(self.stem_of(record).with_suffix(".npz")) as file:
            return dict(np.load(file, allow_pickle=False))

    def packed_arrays(self, record: Record) -> bytes:
        """Return the file with the arrays of a run, as it is stored."""
        return disk.read(self.stem_of(record).with_suffix(".npz"))

    def forget(self, record: Record) -> None:
        """Remove a run that is no longer a result of this study."""
        stem = self.stem_of(record)
        for path in (*stem.parent.glob(f"{stem.name}.*"), *stem.parent.glob(f"scores-{stem.name}.json")):
            path.unlink(missing_ok=True)
        disk.discard(self.monitor(record.variant, record.sample, record.seed))

    def monitor(self, variant: str, sample: int, seed: int) -> Path:
        """Return the folder of the events of a run's training."""
        name = self.stem(variant, sample, seed).name
        return inside(self.runs_in.resolve(), Path("monitor") / variant / name)

    def stem_of(self, record: Record) -> Path:
        """Return the path of a run's files without their endings."""
        return self.stem(record.variant, record.sample, record.seed)

    def stem(self, variant: str, sample: int, seed: int) -> Path:
        """Return the path of a run's files without their endings."""
        name = f"sample-{sample}-seed-{seed}" if sample else f"seed-{seed}"
        return inside(self.runs_in, Path("runs") / variant / name)

    def _path(self, name: str) -> Path:
        return inside(self.runs_in if name.partition("/")[0] in sums.OF_RUNS else self.folder, name)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.runs_in).as_posix()

    def _believed(self, name: str, load: Callable[[str], Found]) -> Found | None:
        """Return what a file holds; None if it does not exist, is damaged and set aside, or of another version."""
        path = self._path(name)
        if not os.path.lexists(path):
            return None
        try:
            return load(name)
        except OtherVersionError as error:
            if path.parent not in _OF_OTHER_VERSIONS:  # of many files there the first one says it for all
                log.warning("%s It is ignored. Run it again.", error)
            _OF_OTHER_VERSIONS.add(path.parent)
        except DamagedError as error:
            if not self._is_locked:  # another study may be about to write it
                with suppress(StoreError), self.locked():
                    return self._believed(name, load)
            log.warning("%s It is ignored%s.", error, " and set aside" if self._is_locked else "")
            for damaged in {path, path.with_suffix(".npz")} if self._is_locked else ():
                _set_aside(damaged)
        except StoreError as error:
            log.warning("%s It is ignored.", error)
        return None


def _set_aside(path: Path) -> None:
    """Give a damaged file another name, where the folder can be written."""
    with suppress(OSError):
        path.replace(path.with_name(path.name + sums.DAMAGED))
