"""The reducers at hand: every file of this folder, and every installed entry point of the group "reducers".

A reducer is named after its file: `reducers/umap.py` is `umap`. To add one, put a file here; nothing else is edited.
Importing this package imports no reducer and no heavy library.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from difflib import get_close_matches
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from reducers._errors import (
    DuplicateReducerError,
    PosteriorCollapseWarning,
    ReducerError,
    SavedReducerError,
    TrainingDivergedError,
    UnavailableReducerError,
    UnknownPresetError,
    UnknownReducerError,
)
from reducers._history import HISTORY_COLUMNS
from reducers._presets import PRESETS, Preset
from reducers._sources import Source, canonical, code_behind

if TYPE_CHECKING:
    from reducers.base import Reducer

FOLDER = Path(__file__).parent
ENTRY_POINT_GROUP = "reducers"

__all__ = [
    "ENTRY_POINT_GROUP",
    "FOLDER",
    "HISTORY_COLUMNS",
    "DuplicateReducerError",
    "PosteriorCollapseWarning",
    "Preset",
    "ReducerError",
    "SavedReducerError",
    "TrainingDivergedError",
    "UnavailableReducerError",
    "UnknownPresetError",
    "UnknownReducerError",
    "create",
    "digest",
    "get",
    "names",
    "preset",
    "presets",
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
    found = {
        path.stem: Source(path.stem, path, None)
        for path in FOLDER.glob("*.py")
        if path.stem != "base" and not path.stem.startswith("_")
    }
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name in found:
            first = found[point.name]
            raise DuplicateReducerError(
                f"Got two reducers named {point.name!r}, {first.where} and the entry point {point.value}; "
                "rename or uninstall one."
            )
        found[point.name] = Source.of_entry_point(point.name, point.value)
    return dict(sorted(found.items()))


def names() -> list[str]:
    """Return the names of all reducers, importing none."""
    return list(sources())


def source(name: str) -> Source:
    """Return where a reducer is written; `name` may also be `path/to/file.py:Class`.

    Raises
    ------
    UnknownReducerError
        If there is none.
    """
    path, _, class_name = name.rpartition(":")
    if path.endswith(".py"):
        file = Path(path).resolve()
        if not file.is_file():
            raise UnknownReducerError(f"Got reducer {name!r}, but there is no file {file}.")
        return Source(file.stem, file, class_name)
    known = sources()
    if name not in known:
        raise UnknownReducerError(f"Got reducer {name!r}, but expected one of: {', '.join(known)}.")
    return known[name]


def get(name: str) -> type[Reducer]:
    """Return the class of a reducer, importing its library.

    Raises
    ------
    UnknownReducerError
        If there is no reducer of that name.
    UnavailableReducerError
        If its library is missing, its file does not import or holds no reducer.
    """
    found = source(name)
    try:
        return _class_in(_module(found), found)
    except ReducerError:
        raise
    except Exception as error:
        raise UnavailableReducerError(f"{found.where} does not import: {type(error).__name__}: {error}") from error


def create(name: str, **params: Any) -> Reducer:
    """Return a reducer with the given parameters; the others keep their defaults."""
    return get(name)(**params)


def presets() -> dict[str, Preset]:
    """Return the presets by name, each seed system followed by its sound twin."""
    return dict(PRESETS)


def preset(name: str) -> Preset:
    """Return a preset; `create(preset.reducer, **preset.params)` makes its reducer.

    Raises
    ------
    UnknownPresetError
        If there is none of that name; the message has the nearest names.
    """
    if name not in PRESETS:
        near = get_close_matches(name, PRESETS, cutoff=0.4) or list(PRESETS)
        raise UnknownPresetError(f"Got preset {name!r}, but expected a known one, such as: {', '.join(near)}.")
    return PRESETS[name]


def digest(name: str) -> str:
    """Return a hash of the code behind a reducer: its file, and those of this folder that it imports.

    Comments and layout do not count.
    """
    files = code_behind(source(name).file, FOLDER)
    return sha256("\n".join(canonical(path) for path in files).encode()).hexdigest()


def _module(found: Source) -> ModuleType:
    if found.module is not None:
        return importlib.import_module(found.module)
    spec = importlib.util.spec_from_file_location(f"_reducer_file_{found.name}", found.file)
    if spec is None or spec.loader is None:
        raise UnavailableReducerError(f"{found.where} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # pickles of its instances look it up there
    spec.loader.exec_module(module)
    return module


def _class_in(module: ModuleType, found: Source) -> type[Reducer]:
    from reducers.base import Reducer

    if found.class_name:
        cls = getattr(module, found.class_name, None)
        if not (isinstance(cls, type) and issubclass(cls, Reducer)):
            raise UnavailableReducerError(f"{found.where} has no class {found.class_name} that extends Reducer.")
        return cls
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Reducer) and value.__module__ == module.__name__
    ]
    if len(classes) != 1:
        got = ", ".join(cls.__name__ for cls in classes) or "none"
        raise UnavailableReducerError(f"{found.where} must hold one class that extends Reducer, but holds: {got}.")
    return classes[0]
