"""What names, labels and values of a study may be: keys are parts of paths, labels are shown, values go into a file."""

from __future__ import annotations

import json
import re
import unicodedata
from hashlib import sha256
from math import isnan
from typing import Any

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
MAX_KEY = 100
MAX_TEXT = 500
MAX_SHOWN = 60
"""Characters of a value in a label; a hash stands for the rest."""
MAX_DEPTH = 8
"""Lists and tables within each other in one value."""
FORMULA = ("=", "+", "-", "@")
"""What a cell of a spreadsheet begins with that is computed instead of shown."""
BIDIRECTIONAL = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
"""They turn around what follows them."""


def is_key(text: str) -> bool:
    """Return whether a text can name a folder and be typed in a command."""
    return len(text) <= MAX_KEY and KEY.fullmatch(text) is not None


def key_of(*parts: Any) -> str:
    """Return the key of a variant that is made from a name and values: these joined, else a slug and a short hash.

    >>> key_of("umap", "min_dist", 0.5), key_of("ae", "layers", [64, 32])
    ('umap-min_dist-0.5', 'ae-layers-64-32-99ecca8b')
    """
    text = "-".join(map(str, parts))
    if is_key(text):
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9._]+", "-", plain)[:MAX_SHOWN].strip("-._")
    return f"{slug or 'variant'}-{_hash(parts)}"


def as_label(value: Any) -> str:
    """Return a value as a part of a label: control characters escaped, and a hash instead of what is too long."""
    text = "".join(letter if _is_shown(letter) else ascii(letter)[1:-1] for letter in str(value))
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}... ({_hash(value)})"


def cut(value: Any) -> str:
    """Return a value as a message shows it."""
    text = repr(value)
    return text if len(text) <= 2 * MAX_SHOWN else f"{text[: 2 * MAX_SHOWN]}..."


def checked_key(text: str) -> str:
    """Return the name of a variant; ValueError if it cannot be a key."""
    if not is_key(text):
        raise ValueError(
            f"Got variant name {cut(text)}, but expected letters, digits, '.', '_' and '-' only, at most {MAX_KEY}."
        )
    return text


def checked_text(text: str) -> str:
    """Return a text of a study; ValueError if it is too long or holds control characters."""
    if not all(map(_is_shown, text)):
        raise ValueError(f"Got {cut(text)}, but expected a text without control characters.")
    if len(text) > MAX_TEXT:
        raise ValueError(f"Got {cut(text)}, but expected a text of at most {MAX_TEXT} characters.")
    return text


def checked_label(text: str) -> str:
    """Return a label; ValueError if it is blank, holds control characters, or a spreadsheet would compute it."""
    checked_text(text)
    if text and not text.strip():
        raise ValueError(f"Got label {text!r}, but expected one that can be seen.")
    if unicodedata.normalize("NFKC", text).lstrip().startswith(FORMULA):
        raise ValueError(f"Got label {cut(text)}, but expected one that does not begin with {', '.join(FORMULA)}.")
    return text


def checked_file_name(text: str) -> str:
    """Return the name of a study; ValueError if a folder cannot have it."""
    checked_text(text)
    if len(text) > MAX_KEY or text != text.strip() or text.startswith((".", *FORMULA)) or set(text) & set("/\\"):
        raise ValueError(
            f"Got name {cut(text)}, but expected at most {MAX_KEY} characters without '/' and '\\', and a letter or a "
            "digit at the beginning."
        )
    return text


def checked_value(value: Any, depth: int = 0) -> Any:
    """Return the value of a parameter as a study file gives it back, tuples as lists; ValueError if it holds none."""
    if depth > MAX_DEPTH:
        raise ValueError(f"Got a value with lists or tables {depth} deep, but expected at most {MAX_DEPTH}.")
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if any(unicodedata.category(letter) == "Cs" for letter in value):
            raise ValueError(f"Got {cut(value)}, but expected a text that can be written as UTF-8.")
        return value
    if type(value) is int and abs(value) < 2**63:
        return value
    if isinstance(value, float) and not isnan(value):
        return float(value)
    if isinstance(value, list | tuple):
        return [checked_value(item, depth + 1) for item in value]
    if isinstance(value, dict) and all(isinstance(name, str) for name in value):
        return {checked_value(name): checked_value(item, depth + 1) for name, item in value.items()}
    got = "a larger number" if type(value) is int else cut(value)
    raise ValueError(f"Got {got}, but expected a number of at most 64 bits, a text, true, false, a list or a table.")


def checked_values(value: Any) -> Any:
    """Return values of parameters by name, as a study file gives them back; ValueError if a name or a value is none."""
    for name in value if isinstance(value, dict) else ():
        checked_text(str(name))
    return checked_value(value)


def _is_shown(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"} and letter not in BIDIRECTIONAL


def _hash(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]
