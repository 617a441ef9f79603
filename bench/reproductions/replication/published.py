"""What was published, and which of our variants is compared with it: `published.toml`, whose comments explain it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bench.store.records import Frozen


class Measure(Frozen):
    """A measure of the published table, and what ours is called."""

    title: str
    quantity: str


class Experiment(Frozen):
    """Two of our variants that differ in one thing; its effect is the difference of their means."""

    what: str
    before: str
    after: str


class Pair(Frozen):
    """One of our variants and the column of theirs that it is compared with."""

    ours: str
    theirs: str
    differs: str
    experiments: tuple[str, ...] = ()


class Training(Frozen):
    """What their training printed: the mean loss of the first epochs, and of the last one."""

    ours: str
    theirs: str
    losses: tuple[float, ...]
    n_epochs: int
    last: float
    unit: float = 1.0


class Published(Frozen):
    """The whole file."""

    source: str
    pairs: tuple[Pair, ...]
    measures: Mapping[str, Measure]
    theirs: Mapping[str, Mapping[str, float]]
    ours: Mapping[str, Mapping[str, Any]]
    experiments: Mapping[str, Experiment]
    trainings: tuple[Training, ...]


@cache
def published() -> Published:
    """Return what was published."""
    path = Path(__file__).with_name("published.toml")
    return Published.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
