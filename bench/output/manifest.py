"""Manifest: the files that were made of a results folder, and a hash of what they were made from."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from hashlib import file_digest, sha256
from importlib.metadata import distributions
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

import reducers
from bench.store.arrays import FILE as ARRAYS
from bench.store.results import Results
from bench.store.store import Store

FILE = "runs/manifest.json"
"""Beside the runs, which nobody publishes."""
INPUTS = ("study.toml", "runs.csv", "scores.csv", "curves.csv", "measures.csv", "reproducibility.csv", ARRAYS)
"""Files that all others are made from."""
PROGRAM = (Path(__file__).parents[1], reducers.FOLDER)


class Manifest(BaseModel):
    """The files that were written last.

    Attributes
    ----------
    input_hash : str
        Hash of all that they were made from.
    files : dict of str to str
        Hash of each, by its name in the results folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_hash: str
    files: dict[str, str]


def input_hash(results: Results) -> str:
    """Return a hash of all that files are made from: study, runs, scores, arrays, this program and its libraries.

    How long the study took is no part of it: that is known only when everything is drawn.
    """
    environment = results.environment
    facts = (
        environment and environment.model_copy(update={"wall_s": None, "measured_s": None}),
        (sys.version, sorted(f"{library.name} {library.version}" for library in distributions())),
    )
    files = [path for name in INPUTS if (path := results.folder / name).is_file()]
    for package in PROGRAM:
        files += [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sha256(repr([facts, [(str(path), _hash(path)) for path in sorted(files)]]).encode()).hexdigest()


def unchanged(results: Results, inputs: str) -> list[Path]:
    """Return the files that were written last if all are there as they were and of these inputs; else none."""
    folder = results.folder
    try:
        manifest = Manifest.model_validate_json((folder / FILE).read_bytes())
        if manifest.input_hash == inputs and all(_hash(folder / name) == was for name, was in manifest.files.items()):
            return [folder / name for name in manifest.files]
    except (OSError, ValidationError):
        pass
    return []


def note(results: Results, inputs: str, paths: Iterable[Path]) -> None:
    """Write down what was written, and from which inputs."""
    files = {str(path.relative_to(results.folder)): _hash(path) for path in paths}
    Store(results.folder).write_model(FILE, Manifest(input_hash=inputs, files=files))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
