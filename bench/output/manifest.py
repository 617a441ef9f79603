"""Manifest: a hash of what the files of a results folder were made from. Their own digests are in `SHA256SUMS`."""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path

import reducers
from bench.store import machines, sums
from bench.store.arrays import FILE as ARRAYS
from bench.store.disk import digest_of, read
from bench.store.results import Results
from bench.store.store import Store

FILE = "runs/manifest.json"
"""Beside the runs, which nobody publishes."""
TABLES = ("runs", "scores", "curves", "measures", "reproducibility", "test_accuracy", "test_comparisons")
INPUTS = ("study.toml", *(f"{name}.csv" for name in TABLES), ARRAYS)
"""Files that all others are made from."""
PROGRAM = (Path(__file__).parents[1], reducers.FOLDER)


def input_hash(results: Results) -> str:
    """Return a hash of all that files are made from: study, runs, scores, arrays, this program and its libraries.

    Raises StoreError if one of these files is not as `SHA256SUMS` has it.
    """
    for name in INPUTS:
        sums.check(results.folder, name)
    environment = results.environment
    # How long the study took is known only when everything is drawn.
    where = environment and environment.model_copy(update={"wall_s": None, "measured_s": None})
    facts = (where, sys.version, sorted(f"{library.name} {library.version}" for library in distributions()))
    files = [path for name in INPUTS if (path := results.folder / name).is_file()]
    files += results.folder.glob(f"{machines.FOLDER}/*/*.csv")
    for package in PROGRAM:
        files += [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sha256(repr([facts, [(str(path), digest_of(path)) for path in sorted(files)]]).encode()).hexdigest()


def unchanged(results: Results, inputs: str) -> list[Path]:
    """Return the files that were written last if all are there as they were and of these inputs; else none."""
    folder = results.folder
    try:
        known = json.loads(read(folder / FILE))["inputs"]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    if known != inputs or sums.faults(folder):
        return []
    paths = [folder / name for name in sums.listed(folder) or {} if name not in (*INPUTS, "environment.json")]
    return paths if all(path.is_file() for path in paths) else []


def note(results: Results, inputs: str) -> None:
    """Write down from which inputs the files of a folder were made, and the digest of each: the folder is complete."""
    Store(results.folder).write(FILE, json.dumps({"inputs": inputs}))
    sums.write(results.folder)
