"""The errors of this program, one tree.

    BenchError
    ├── StudyError             a study file or option that cannot be understood
    ├── DatasetError           data that are missing, damaged or unsuitable
    ├── StoreError             a results folder that cannot be read, written or shared
    │   ├── DamagedError       a file whose content is not what was written
    │   ├── OtherVersionError  a file that another version of the program wrote
    │   └── CannotWriteError   a worker could not write what came out of a run
    ├── WorkerError            a worker process that could not be started or ended
    ├── InstallationError      a package of this project that is missing, or hidden by another one of its name
    └── UndefinedError         a score that has no value for an embedding; it becomes the reason in a table

The command line shows each as one message. What goes wrong inside a reducer is no error of the program: it is a row of
the results, and its classes are those of `reducers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MAX_NAMES, MAX_GOT = 100, 200
"""Names that a message lists, and characters of a wrong one that it repeats."""


class BenchError(Exception):
    """What was got, what was expected, and what to do."""


class StudyError(BenchError):
    """A study file or option that cannot be understood."""


class DatasetError(BenchError):
    """Data that are missing, damaged or unsuitable."""


class StoreError(BenchError):
    """A results folder that cannot be read, written or shared."""


class DamagedError(StoreError):
    """A file whose content is not what was written."""


class OtherVersionError(StoreError):
    """A file that another version of the program wrote."""


class CannotWriteError(StoreError):
    """A worker could not write what came out of a run, which is no fault of the reducer."""


class WorkerError(BenchError):
    """A worker process that could not be started or ended."""


class InstallationError(BenchError):
    """A package of this project is missing, or another one of its name hides it."""


class UndefinedError(BenchError):
    """A score has no value for an embedding; the message is the reason, in a few words."""


def unknown(kind: str, got: str, known: Iterable[str]) -> str:
    """Return the message for a name that does not exist, with the nearest ones that do.

    >>> unknown("reducer", "pcaa", ["pca", "umap"])
    "Got reducer 'pcaa', but expected one of: pca, umap. Did you mean 'pca'?"
    """
    names = sorted(known)
    got, more = got[:MAX_GOT], f" and {len(names) - MAX_NAMES:,} more" if len(names) > MAX_NAMES else ""
    message = f"Got {kind} {got!r}, but expected one of: {', '.join(names[:MAX_NAMES])}{more}."
    nearest = get_close_matches(got.lower(), names, n=2, cutoff=0.5)
    return f"{message} Did you mean {' or '.join(map(repr, nearest))}?" if nearest else message
