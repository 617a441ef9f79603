"""What to do about a reducer that is not there: how to name one of your own, and what to install."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, metadata

DISTRIBUTION = "reducers-bench"
MAX_NAME = 100
"""Characters of a name that are shown."""
WAYS = (
    "A reducer of your own is FILE.py:Class, PACKAGE.MODULE:Class, a file in the folder reducers/, or an entry point "
    "of the group 'reducers' of an installed package."
)


def unknown_reducer(name: str, known: Iterable[str]) -> str:
    """Return the message for a reducer that does not exist: the known ones, the nearest, and how to name one's own."""
    names, short = sorted(known), name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}..."
    near = get_close_matches(name.lower(), names, n=2, cutoff=0.5)
    meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"Got reducer {short!r}, but expected one of: {', '.join(names)}.{meant} {hint(name)}"


def hint(name: str) -> str:
    """Return what to do about a name that no reducer has: install an extra, or name a reducer of one's own."""
    command = _extra(name)
    return f"Its library comes with `{command}`. {WAYS}" if command else WAYS


def to_install(*modules: str) -> str:
    """Return how to install a library of these modules, as the end of a sentence; empty if no extra brings any."""
    command = next(filter(None, (_extra(module.partition(".")[0]) for module in modules)), "")
    return f"; `{command}` installs it" if command else ""


def _extra(name: str) -> str:
    """Return the command that installs the extra of that name, or the one with a library of that name; or nothing."""
    found = next((extra for extra, library in _extras() if name.lower().replace("_", "-") in (extra, library)), "")
    return f"pip install '.[{found}]'" if found else ""


def _extras() -> Iterator[tuple[str, str]]:
    """Yield each extra with each library that it brings."""
    try:
        lines = metadata(DISTRIBUTION).get_all("Requires-Dist") or []
    except PackageNotFoundError:
        return
    for line in lines:
        library, extra = re.match(r"[\w.-]+", line), re.search(r"extra\s*==\s*['\"]([\w.-]+)", line)
        if library and extra:
            yield extra[1], library[0].lower().replace("_", "-")
