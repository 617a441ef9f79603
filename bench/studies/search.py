"""A search: which configurations of a method are tried, from a stated space, and when no further one is begun.

A space is a table of parameters. A range is `{ low = 5, high = 100, log = true }`, of whole numbers if both ends are
some; `log` spreads them evenly over powers. A list is a choice. The points are those of a scrambled Sobol sequence with
a fixed seed. They are the same for every method with as many parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log
from typing import Any, TypeGuard

from pydantic import BaseModel, ConfigDict, Field

from bench.studies.amounts import Duration
from bench.studies.naming import checked_values, cut

AXIS = "search"
"""The axis of variants that are configurations of a search."""
SEED = 0
FIGURES = 3
"""Significant digits of a value that is not whole."""
MAX_CONFIGURATIONS = 1_000
SPARE = 4
"""Points drawn for each configuration that is asked for: choices and whole numbers give some of them twice."""
RANGE = {"low", "high", "log"}
ENOUGH = "{ low = 5, high = 100, log = true }, or a list of at least two values"


class Search(BaseModel):
    """How long a study searches for configurations of each variant that states a space."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    configurations: int = Field(30, strict=True, ge=2, le=MAX_CONFIGURATIONS)
    """Configurations of a variant, its own parameters among them as the first."""
    budget: Duration = 400.0
    """Seconds of fit and transform, after which no further configuration of a variant is begun."""


def checked_space(space: Any) -> Any:
    """Return a space as a study file gives it back; ValueError if a parameter has no two values."""
    if space is None:
        return None
    if not isinstance(space, Mapping) or not space:
        raise ValueError(f"Got search = {cut(space)}, but expected a table with at least one parameter.")
    space = checked_values(dict(space))
    for name, values in space.items():
        if not (_is_range(values) if isinstance(values, dict) else _is_choice(values)):
            raise ValueError(f"Got {name} = {cut(values)} in a search, but expected {ENOUGH}.")
    return space


def configurations(space: Mapping[str, Any], n: int) -> list[dict[str, Any]]:
    """Return at most `n` different configurations of a space, in the order in which they are tried.

    >>> configurations({"k": {"low": 5, "high": 50, "log": True}, "metric": ["cosine", "euclidean"]}, 2)
    [{'k': 12, 'metric': 'euclidean'}, {'k': 26, 'metric': 'cosine'}]
    """
    from scipy.stats.qmc import Sobol  # takes longer to import than to list all studies

    points = Sobol(len(space), rng=SEED).random_base2((SPARE * n).bit_length())
    found: list[dict[str, Any]] = []
    for point in points.tolist():
        one = {name: _value(values, at) for (name, values), at in zip(space.items(), point, strict=True)}
        if one not in found:
            found.append(one)
    return found[:n]


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _is_range(values: Mapping[str, Any]) -> bool:
    low, high = values.get("low"), values.get("high")
    if values.keys() - RANGE or not (_is_number(low) and _is_number(high)):
        return False
    is_log = values.get("log", False)
    return low < high and is_log in (True, False) and not (is_log and low <= 0)


def _is_choice(values: Any) -> bool:
    return isinstance(values, list) and len(values) > 1


def _value(values: Any, at: float) -> Any:
    """Return the value of a parameter for a number from 0 up to 1."""
    if isinstance(values, list):
        return values[int(at * len(values))]
    low, high = values["low"], values["high"]
    is_whole = isinstance(low, int) and isinstance(high, int)
    start, end = (low, high + 1) if is_whole else (low, high)
    found = exp(log(start) + at * (log(end) - log(start))) if values.get("log") else start + at * (end - start)
    return min(int(found), high) if is_whole else float(f"{found:.{FIGURES}g}")
