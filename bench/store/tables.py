"""Tables as CSV files that a spreadsheet shows and does not run."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from bench.store.disk import opened
from bench.texts import plain

TEXTS = dict.fromkeys(
    ("variant", "first", "second", "part", "reason", "notes", "pools", "status", "label", "host", "machine"), str
)  # fmt: skip
_FORMULA = r"[=+\-@\t\n]"


def to_csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV: texts without control characters, and what looks like a formula behind an apostrophe."""
    return _with_texts(frame, _as_text).to_csv(index=False)


def read_csv(path: Path) -> pd.DataFrame:
    """Return a table that `to_csv` made. Its texts are as they were, but for control characters, and never missing.

    Raises OSError if it cannot be read or is a symbolic link, and ValueError if it is no table.
    """
    with opened(path) as file:
        frame = pd.read_csv(file, dtype=TEXTS, keep_default_na=False, na_values=[""])
    return _with_texts(frame.fillna({name: "" for name in TEXTS if name in frame}), _as_it_was)


def read_texts(path: Path) -> pd.DataFrame:
    """Return a table with every cell as it is written; see `read_csv` for what is raised."""
    with opened(path) as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def _with_texts(frame: pd.DataFrame, change: Callable[[object], object]) -> pd.DataFrame:
    """Return a table with its texts changed; each text is looked at once, however many rows have it."""
    changed: dict[str, pd.Series] = {}
    for name, cells in frame.select_dtypes(exclude=["number", "bool"]).items():
        others = {cell: new for cell in cells.unique() if (new := change(cell)) is not cell}
        if others:
            changed[str(name)] = cells.map({cell: cell for cell in cells.unique()} | others)
    return frame.assign(**changed)


def _as_text(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    text = plain(cell, sys.maxsize)
    return f"'{text}" if re.match(rf"'*{_FORMULA}", text) and not _is_number(text) else text


def _as_it_was(cell: object) -> object:
    return cell[1:] if isinstance(cell, str) and re.match(rf"'+{_FORMULA}", cell) else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    # Python reads a number between blanks and line ends; a spreadsheet reads what stands before it.
    return text == text.strip()
