"""What is written already: the files made from a results folder, and of what, so that nothing is drawn twice alike."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

import reducers
from bench.reading import Reading
from bench.store import Store

FILE = "runs/drawn.json"
"""Beside the runs, which nobody publishes."""
PROGRAM = (Path(__file__).parent, reducers.FOLDER)


class Drawn(BaseModel):
    """The files that were written last.

    Attributes
    ----------
    origin : str
        Sum over all that they were made from.
    files : dict of str to str
        Sum of each, by its name in the results folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    origin: str
    files: dict[str, str]


def origin(reading: Reading) -> str:
    """Return a sum over all that files are made from: study, runs, scores, data, this program and its libraries.

    How long the study took is no part of it, which is known only when everything is drawn.
    """
    folder, data, environment = reading.store.folder, reading.dataset, reading.environment
    said = (
        [(item.record.variant, item.record.seed, item.record.arrays_sha256) for item in reading.judged],
        environment and environment.model_copy(update={"wall_s": None, "measured_s": None}),
        (data.fingerprint, data.name, data.classes, data.image_shape, data.levels, data.provenance),
        (sys.version, sorted(f"{library.name} {library.version}" for library in distributions())),
    )
    files = [folder / "study.toml", *folder.glob("runs/*/*.json"), *folder.glob("references/*.json")]
    for package in PROGRAM:
        files += [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sha256(repr([said, [(str(path), _sum(path)) for path in sorted(files)]]).encode()).hexdigest()


def unchanged(store: Store, origin: str) -> list[Path]:
    """Return the files that were written last if they are all there as they were and of that origin; else none."""
    try:
        drawn = Drawn.model_validate_json((store.folder / FILE).read_bytes())
        whole = drawn.origin == origin and all(_sum(store.folder / name) == was for name, was in drawn.files.items())
    except (OSError, ValidationError):
        return []
    return [store.folder / name for name in drawn.files] if whole else []


def note(store: Store, origin: str, paths: Iterable[Path]) -> None:
    """Write down what was written, and of what."""
    files = {str(path.relative_to(store.folder)): _sum(path) for path in paths}
    store.write_model(FILE, Drawn(origin=origin, files=files))


def _sum(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
