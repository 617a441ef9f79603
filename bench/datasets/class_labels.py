"""Labels of a file as indices into the names of their classes."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

from bench.datasets.guard import listed, shown
from bench.datasets.points import Points
from bench.errors import DatasetError

NAMES = ("y", "label", "labels", "class", "target", "digit")
"""What a column of labels is called."""
MISSING = ("", "nan", "NaN", "NaT", "<NA>", "None")
"""What NumPy makes of a missing value among words."""
MAX_CLASS_NAME = 100
FEW = 20
"""So many different values may be classes in any table, more of them only if rows share them."""


def encode(points: Points) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the labels as int64 and what they stand for; None and no classes if there are none.

    Raises DatasetError if labels are missing, are no classes (one in all rows, or hardly two rows of one), or have
    names that no table can show.
    """
    if points.labels is None:
        return None, ()
    where = f"{points.path} ({points.place})"
    labels = _plain_array(points.labels, where)
    _check_complete(missing(points.labels), where)
    names, y = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise DatasetError(
            f"Got one class only, {shown(names[0])}, in all {len(labels):,} rows of {where}, but expected at least "
            "two. If these are no labels, leave them out (--drop COLUMN) or take them as a feature (--keep COLUMN)."
        )
    if len(names) > min(FEW, len(labels) / 2) and _is_continuous(names, len(labels)):
        raise DatasetError(
            f"Got {len(names):,} different labels in {len(labels):,} rows of {where}, such as {listed(names, 3)}, but "
            "expected classes that rows share. Round them into classes, leave them out (--drop COLUMN), or take them "
            "as a feature (--keep COLUMN)."
        )
    classes = tuple(str(name) for name in names)
    for name in classes:
        _check_name(name, where)
    return y.astype(np.int64), classes


def _plain_array(labels: np.ndarray, where: str) -> np.ndarray:
    """Return labels as an array of numbers or text, every item of which takes as much memory as the longest."""
    if labels.dtype != object:
        return labels
    texts = [str(label) for label in labels]
    longest = max(texts, key=len)
    if len(longest) > MAX_CLASS_NAME:
        _check_name(longest, where)
    return np.array(texts)


def missing(labels: np.ndarray) -> np.ndarray:
    """Return in which rows there is no label: an empty one, NaN or an infinity."""
    absent = np.asarray(pd.isna(labels))
    if labels.dtype.kind == "f":
        return absent | np.isinf(labels)
    if labels.dtype.kind == "U":
        return absent | np.isin(np.char.strip(labels), MISSING)
    if labels.dtype == object:
        return absent | np.array([str(label).strip() in MISSING for label in labels], dtype=bool)
    return absent


def _check_complete(absent: np.ndarray, where: str) -> None:
    if absent.any():
        raise DatasetError(
            f"Got no label (empty, NaN or None) in {np.count_nonzero(absent):,} of {len(absent):,} rows of {where}, "
            f"first in row {np.argmax(absent) + 1}, but expected one in every row. Leave these rows out with --missing "
            "drop, or give them a class of their own, such as unknown."
        )


def _is_continuous(names: np.ndarray, rows: int) -> bool:
    """Return whether so many different labels are measured values, or names of single rows."""
    return len(names) > rows / 2 or bool(names.dtype.kind == "f" and (names % 1 != 0).any())


def _check_name(name: str, where: str) -> None:
    """Refuse what could not be shown in a table, a terminal or a spreadsheet."""
    kinds = {unicodedata.category(char) for char in name}
    if kinds & {"Cc", "Cs", "Zl", "Zp"} or any(char in "\u202a\u202b\u202c\u202d\u202e" for char in name):
        problem = "without control characters"
    elif len(name) > MAX_CLASS_NAME:
        problem = f"of at most {MAX_CLASS_NAME} characters"
    elif name[0] in "=+-@" and len(name) > 1 and not is_number(name):
        problem = "that do not begin with = + - @, as formulas do"
    else:
        return
    raise DatasetError(f"Got class name '{shown(name)}' in {where}, but expected names {problem}. Rename the class.")


def is_number(text: str) -> bool:
    """Return whether a text can be read as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
