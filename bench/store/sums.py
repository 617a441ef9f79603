"""The list of digests of a results folder, `SHA256SUMS`, as `sha256sum --check` reads it.

It vouches for a folder that is complete. It is written last, and removed before any file that it lists is changed.
Records, embeddings and scores, which lie in other folders, have digests of their own. So have the folders of results
that lie within that of a study over several datasets.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from bench.errors import DamagedError
from bench.store import disk
from bench.store.disk import digest_of, read, refused

FILE = "SHA256SUMS"
OF_RUNS = ("runs", "references", "monitor")
"""Folders of what belongs to single runs."""
PARTIAL = "partial"
"""Folder of what is shown of a study that is not complete."""
COPIED = "elsewhere"
"""Folder of what is copied of another study; see `bench.store.elsewhere`."""
UNLISTED = (*OF_RUNS, PARTIAL)
"""Folders of files that it does not list."""
DAMAGED = ".damaged"
"""Ending of files that are set aside."""
NEEDED = (
    "study.toml", "environment.json", "runs.csv", "scores.csv", "curves.csv", "measures.csv", "reproducibility.csv",
    "arrays.npz",
)  # fmt: skip
"""Files that cannot be made again without the runs; others may be missing, as in a fresh clone."""


def covers(name: str) -> bool:
    """Return whether the list has a file of this name, relative to the results folder.

    >>> [covers(name) for name in ("runs.csv", "figures/a.png", "runs/pca/seed-0.json", ".lock")]
    [True, True, False, False]
    """
    parts = Path(name).parts
    hidden = any(part.startswith(".") for part in parts)
    return not (name == FILE or parts[0] in UNLISTED or hidden or name.endswith(DAMAGED))


def write(folder: Path) -> Path:
    """Write the list for a results folder as it is, and return its path; StoreError if it cannot be written."""
    with refused(folder, "read"):
        lines = [f"{digest_of(folder / name)}  {name}\n" for name in _names(folder)]
    path, content = folder / FILE, "".join(lines).encode()
    if not path.is_file() or read(path) != content:
        disk.write(path, content)
    return path


def listed(folder: Path) -> dict[str, str] | None:
    """Return the digest of each file on the list; None if there is no list, as in results of earlier versions.

    Raises DamagedError if it is no such list.
    """
    path = folder / FILE
    if not os.path.lexists(path):
        return None
    try:
        *lines, end = read(path).decode().split("\n")
    except (OSError, ValueError) as error:
        raise DamagedError(f"Got {path}, which cannot be read: {error}.") from error
    found = [re.fullmatch(r"([0-9a-f]{64})  (\S.*)", line) for line in lines]
    if end or None in found:
        raise DamagedError(f"Got {path}, which is no list of digests. Remove it, or restore it from a copy.")
    return {line[2]: line[1] for line in found if line}


def check(folder: Path, name: str) -> None:
    """Check a file of a folder that has a list; DamagedError if it is not the listed one."""
    digests, path = listed(folder), folder / name
    if digests is not None and path.exists() and (fault := _fault(path, digests.get(name))):
        again = f"`python -m bench report {folder}` makes it again where the runs are"
        if name == "study.toml":  # a report is made of it
            again = "`python -m bench run` of its study writes it again where the runs are; with --out remove it first"
        raise DamagedError(
            f"Got {path}, which {fault}. {again}; else restore it from a copy. If the change is meant, remove "
            f"{folder / FILE}."
        )


def faults(folder: Path) -> dict[str, str]:
    """Return what is wrong with the files of a folder, by name; nothing if there is no list."""
    try:
        digests = listed(folder)
    except DamagedError as error:
        return {FILE: str(error)}
    if digests is None:
        return {}
    there = _names(folder)
    missing = {name: f"{name} is missing" for name in NEEDED if name in digests and name not in there}
    found = {name: _fault(folder / name, digests.get(name)) for name in there}
    return missing | {name: f"{name} {fault}" for name, fault in found.items() if fault}


def _fault(path: Path, digest: str | None) -> str:
    """Return what is wrong with a file whose digest is listed; empty if nothing is."""
    if digest is None:
        return f"is not listed in {FILE}"
    try:
        intact = digest_of(path) == digest
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if intact else f"is not what was written: its digest is not that of {FILE}"


def _names(folder: Path) -> list[str]:
    """Return the files of a folder that the list is of; symbolic links are none, nor are results on one dataset."""
    found = []
    for parent, folders, files in os.walk(folder):
        inside = Path(parent).relative_to(folder)
        names = [(inside / name).as_posix() for name in files if not (Path(parent) / name).is_symlink()]
        found += [name for name in names if covers(name)]
        own = [name for name in folders if name != COPIED and (Path(parent) / name / "study.toml").is_file()]
        folders[:] = [name for name in folders if name not in own and covers((inside / name).as_posix())]
    return sorted(found)
