"""Checks of parameters, with messages that say what is allowed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import torch


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


def known_device(name: str) -> None:
    """Raise ValueError for a device that torch does not know or that is not there."""
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:  # the latter where torch was built without CUDA
        raise ValueError(f"Got device={name!r}, but torch cannot use it here; device='cpu' always works.") from error
