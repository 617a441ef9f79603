"""What was published, and which of our variants is compared with it: `published.toml`, checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("published.toml")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Measure(_Entry):
    """A measure of the published table, and what ours is called."""

    title: str
    quantity: str


class Experiment(_Entry):
    """Two of our variants that differ in one thing; its effect is the difference of their measures."""

    what: str
    before: str
    after: str


class Pair(_Entry):
    """One of our variants and the column of theirs that it is compared with."""

    ours: str
    theirs: str
    differs: str
    experiment: str = ""
    chance: str = ""
    limit: float = 0.03


class Training(_Entry):
    """What their training printed: the mean loss of the first epochs, and of the last one."""

    ours: str
    theirs: str
    losses: tuple[float, ...]
    n_epochs: int
    last: float
    unit: float = 1.0


class Published(_Entry):
    """The whole file; its comments explain the fields."""

    source: str
    measures: Mapping[str, Measure]
    theirs: Mapping[str, Mapping[str, float]]
    ours: Mapping[str, Mapping[str, Any]]
    experiments: Mapping[str, Experiment]
    pairs: tuple[Pair, ...]
    trainings: tuple[Training, ...]


@cache
def published() -> Published:
    """Return what was published."""
    return Published.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))
