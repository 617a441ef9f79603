"""Where the packages `bench` and `reducers` come from, and whether one of another project hides ours.

Other projects have packages of these names, too, and so may a folder of the user's: Python imports what it finds first.

A machine without this project can say so as well: `fault` needs the standard library alone, so that it may be sent
there by value (`cloudpickle.register_pickle_by_value` of this module). By reference it would not arrive.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from importlib.util import find_spec

SIGNS = {"bench": "load_results", "reducers": "ENTRY_POINT_GROUP"}
"""What the text of each of our packages has and that of another one has not. Importing a strange package runs it."""


def check() -> None:
    """Raise InstallationError if a package of another project hides one of ours, or one is missing."""
    from bench.errors import InstallationError

    if wrong := fault():
        raise InstallationError(wrong)


def fault() -> str:
    """Return what is wrong with the packages of this project here, as text; nothing if they belong together.

    They are looked for as this process and the workers that it starts do. Nothing is imported.
    """
    home = ""
    for name in SIGNS:
        found = list(origins(name))
        if not found:
            beside = f" beside that of {home}" if home else ""
            return f"Got no package {name}{beside}. Install this project with the pip of {sys.executable}."
        for file in found:
            if not is_ours(name, file):
                return (
                    f"Got package {name} from {file}, which is of another project and hides ours. Uninstall it "
                    f"({sys.executable} -m pip uninstall {name}) and install this project again; if the file is "
                    "yours, rename it or start in another folder."
                )
            home = home or home_of(file)
            if home_of(file) != home:
                return (
                    f"Got package {name} from {home_of(file)}, but another package of this project from {home}. "
                    "Uninstall one of the two copies, or start in another folder."
                )
    return ""


def origins(name: str) -> Iterator[str]:
    """Yield the file of a package for this process, and for its workers: these look into the present folder first."""
    here = "" if os.environ.get("PYTHONSAFEPATH") else _folder()
    for spec in (find_spec(name), PathFinder.find_spec(name, [here]) if here else None):
        if spec and spec.origin:  # a folder without __init__.py has none, and hides nothing
            yield spec.origin


def others(name: str) -> list[str]:
    """Return files that could be imported as this package and are not ours, wherever Python looks for it."""
    specs = [PathFinder.find_spec(name, [folder]) for folder in dict.fromkeys(sys.path)]
    return [spec.origin for spec in specs if spec and spec.origin and not is_ours(name, spec.origin)]


def is_ours(name: str, file: str) -> bool:
    """Return whether a file is that of our package; one that cannot be read, as in an archive, is taken to be."""
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            return SIGNS[name] in opened.read()
    except OSError:
        return True


def home_of(file: str) -> str:
    """Return the folder in which the package of a file lies."""
    return os.path.realpath(os.path.dirname(os.path.dirname(file)))


def _folder() -> str:
    """Return the folder that this process is in; nothing if it was removed."""
    try:
        return os.getcwd()
    except OSError:
        return ""
