"""The reducers: every file of this folder, and every installed entry point of the group "reducers".

A reducer is named after its file: `reducers/umap.py` is `umap`. To add one, put a file here; nothing else is edited.
Importing this package imports no reducer and no heavy library.
"""

from __future__ import annotations

from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reducers._entry_points import entry_points
from reducers._neural.history import HISTORY_COLUMNS, Epoch
from reducers._neural.presets import NETWORKS
from reducers._remedies import hint, unknown_reducer
from reducers._signature import parameters_of
from reducers.dependencies import canonical, code_behind, versions_behind
from reducers.discovery import Source
from reducers.errors import (
    DuplicateReducerError,
    InvalidEmbeddingError,
    PosteriorCollapseWarning,
    ReducerError,
    TrainingDivergedError,
    UnavailableReducerError,
    UnknownPresetError,
    UnknownReducerError,
)
from reducers.posts.presets import PRESETS, Preset

if TYPE_CHECKING:
    from reducers.base import Reducer

FOLDER = Path(__file__).parent
ENTRY_POINT_GROUP = "reducers"
NO_REDUCERS = {"__init__", "base", "dependencies", "discovery", "errors", "rows"}
"""Files of this folder that hold no reducer."""

__all__ = [
    "ENTRY_POINT_GROUP",
    "FOLDER",
    "HISTORY_COLUMNS",
    "DuplicateReducerError",
    "Epoch",
    "InvalidEmbeddingError",
    "PosteriorCollapseWarning",
    "Preset",
    "ReducerError",
    "Source",
    "TrainingDivergedError",
    "UnavailableReducerError",
    "UnknownPresetError",
    "UnknownReducerError",
    "create",
    "digest",
    "get",
    "hint",
    "names",
    "parameters",
    "preset",
    "presets",
    "requirements",
    "source",
    "sources",
]


def sources() -> dict[str, Source]:
    """Return where each reducer is written, by name in alphabetical order.

    Raises
    ------
    DuplicateReducerError
        If an entry point has the name of a file or of another entry point.
    """
    files = [path for path in FOLDER.glob("*.py") if path.stem not in NO_REDUCERS and not path.stem.startswith("_")]
    found = {path.stem: Source(path.stem, path, None) for path in files}
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name in found:
            first = found[point.name]
            raise DuplicateReducerError(
                f"Got two reducers named {point.name!r}, {first.where} and the entry point {point.value}; "
                "rename or uninstall one."
            )
        found[point.name] = Source.of_import(point.name, point.value, point.dist.name if point.dist else None)
    return dict(sorted(found.items()))


def names() -> list[str]:
    """Return the names of all reducers, importing none."""
    return list(sources())


def source(name: str) -> Source:
    """Return where a reducer is written.

    Parameters
    ----------
    name : str
        A reducer's name, `package.module:Class`, or `path/to/file.py:Class`.

    Raises
    ------
    UnknownReducerError
        If there is none.
    """
    where, _, class_name = name.rpartition(":")
    if where.endswith(".py"):
        found = Source(Path(where).stem, Path(where).resolve(), class_name)
    elif where:
        found = Source.of_import(where.rpartition(".")[2], name)
    else:
        known = sources()
        if name not in known:
            raise UnknownReducerError(unknown_reducer(name, known))
        return known[name]
    if not found.exists:
        raise UnknownReducerError(f"Got reducer {name!r}, but there is no {found.file}.")
    return found


def get(name: str) -> type[Reducer]:
    """Return the class of a reducer, importing its library.

    Raises
    ------
    UnknownReducerError
        If there is no reducer of that name.
    UnavailableReducerError
        If its library is missing, its file does not import or holds no reducer.
    """
    return source(name).load()


def parameters(name: str) -> frozenset[str] | None:
    """Return the names of the parameters of a reducer, as far as its text tells; None if only an import can."""
    return parameters_of(source(name))


def create(name: str, **params: Any) -> Reducer:
    """Return a reducer with the given parameters; the others keep their defaults."""
    return get(name)(**params)


def presets() -> dict[str, Preset]:
    """Return the presets by name: each published program followed by its fixed twin, then networks that converge."""
    return {**PRESETS, **NETWORKS}


def preset(name: str) -> Preset:
    """Return a preset; `create(preset.reducer, **preset.params)` makes its reducer.

    Raises
    ------
    UnknownPresetError
        If there is none of that name; the message has the nearest names.
    """
    known = presets()
    if name not in known:
        near = get_close_matches(name, known, cutoff=0.4) or list(known)
        raise UnknownPresetError(f"Got preset {name!r}, but expected a known one, such as: {', '.join(near)}.")
    return known[name]


def digest(name: str) -> str:
    """Return a hash of the code of a reducer: its file, and all files of its package or folder that it imports.

    Comments and layout do not count.
    """
    files = code_behind(source(name), FOLDER)
    return sha256("\n".join(canonical(path) for path in files).encode()).hexdigest()


def requirements(name: str) -> dict[str, str]:
    """Return the version of every installed distribution that a reducer depends on, importing none.

    These are the distribution that an outside reducer comes from, those that its code imports, and all that they
    require.
    """
    return versions_behind(source(name), FOLDER)
