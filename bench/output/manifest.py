"""Manifest: the files that were made of a results folder, and a hash of what they were made from."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from hashlib import file_digest, sha256
from importlib.metadata import distributions
from pathlib import Path

import reducers
from bench.store.arrays import FILE as ARRAYS
from bench.store.results import Results
from bench.store.store import Store

FILE = "runs/manifest.json"
"""Beside the runs, which nobody publishes."""
INPUTS = ("study.toml", "runs.csv", "scores.csv", "curves.csv", "measures.csv", "reproducibility.csv", ARRAYS)
"""Files that all others are made from."""
PROGRAM = (Path(__file__).parents[1], reducers.FOLDER)


def input_hash(results: Results) -> str:
    """Return a hash of all that files are made from: study, runs, scores, arrays, this program and its libraries."""
    environment = results.environment
    # How long the study took is known only when everything is drawn.
    machine = environment and environment.model_copy(update={"wall_s": None, "measured_s": None})
    facts = (machine, sys.version, sorted(f"{library.name} {library.version}" for library in distributions()))
    files = [path for name in INPUTS if (path := results.folder / name).is_file()]
    for package in PROGRAM:
        files += [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sha256(repr([facts, [(str(path), _hash(path)) for path in sorted(files)]]).encode()).hexdigest()


def unchanged(results: Results, inputs: str) -> list[Path]:
    """Return the files that were written last if all are there as they were and of these inputs; else none."""
    folder = results.folder
    try:
        known = json.loads((folder / FILE).read_bytes())
        if known["inputs"] == inputs and all(_hash(folder / name) == was for name, was in known["files"].items()):
            return [folder / name for name in known["files"]]
    except (OSError, ValueError, LookupError, TypeError):
        pass
    return []


def note(results: Results, inputs: str, paths: Iterable[Path]) -> None:
    """Write down what was written, and from which inputs."""
    files = {str(path.relative_to(results.folder)): _hash(path) for path in paths}
    Store(results.folder).write(FILE, json.dumps({"inputs": inputs, "files": files}, indent=1))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
