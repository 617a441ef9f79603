"""Where results are: in the folder `results` one is in, or else in that of the project."""

from __future__ import annotations

from pathlib import Path

from bench.errors import StoreError, unknown

PROJECT = Path(__file__).parents[2]
RESULTS = Path("results")


def root() -> Path:
    """Return the folder of results: `results` here, or if there is none, that of the project if it has one."""
    return PROJECT / RESULTS if not RESULTS.is_dir() and (PROJECT / RESULTS).is_dir() else RESULTS


def find(name: str | Path) -> Path:
    """Return the results folder of a name or path: as it stands, below `results` here, or below that of the project.

    Raises StoreError if there is none; it says what there is.
    """
    roots = [Path(), RESULTS, PROJECT, PROJECT / RESULTS]
    candidates = [above / name for above in roots]
    for folder in candidates:
        if (folder / "study.toml").is_file():
            return folder
    there = {path.parent.name for above in (RESULTS, PROJECT / RESULTS) for path in above.glob("*/study.toml")}
    for folder in filter(Path.is_dir, candidates):
        raise StoreError(f"Got {folder}, but expected a results folder: there is no study.toml in it.")
    if not there:
        raise StoreError(f"Got results {str(name)!r}, but there are none yet. `python -m bench run quick` makes some.")
    raise StoreError(unknown("results", str(name).removeprefix("results/"), there))
