"""Checks of parameters, with messages that say what is allowed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np


def one_of(reducer: Any, name: str, allowed: Collection[str]) -> None:
    """Raise ValueError for a parameter that is none of the words allowed."""
    value = getattr(reducer, name)
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"Got {name}={value!r}, but expected one of: {', '.join(allowed)}.")


def at_least(reducer: Any, name: str, least: float) -> None:
    """Raise ValueError for a parameter below its least value."""
    value = getattr(reducer, name)
    if not value >= least:
        raise ValueError(f"Got {name}={value!r}, but expected at least {least}.")


def in_unit_interval(X: np.ndarray) -> bool:
    """Tell whether all values lie in [0, 1]."""
    return bool(X.min() >= 0 and X.max() <= 1)
