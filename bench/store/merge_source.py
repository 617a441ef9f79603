"""A results folder that is merged with others: its own runs, and what it has of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from bench.errors import StoreError
from bench.store import machines, sums
from bench.store.elsewhere import has_runs
from bench.store.machines import HERE
from bench.store.records import Environment
from bench.store.results import Results
from bench.store.store import Store
from bench.store.tables import read_texts

Key = tuple[str, int, int]
"""Variant, sample of the data and seed of a run."""
OF_RUN = ["variant", "sample", "seed"]


class Run(NamedTuple):
    """What must be known of a run."""

    machine: str
    status: str
    timed: bool


@dataclass(eq=False)
class Source:
    """A folder that is merged."""

    folder: Path

    def __post_init__(self) -> None:
        self.store, self.results = Store(self.folder), Results(self.folder)
        if self.results.datasets or self.results.study.datasets:
            raise StoreError(
                f"Got {self.folder}, a study over several datasets, but expected the results on one. Merge the folders "
                "of each dataset."
            )
        where = self.results.environment
        if where is None or self.results.runs.empty:
            raise StoreError(f"Got {self.folder}, but expected a results folder with runs and an environment.json.")
        if unknown := set(self.results.variants) - self.results.study.variants.keys():
            raise StoreError(f"Got {self.folder} with runs of {sorted(unknown)}, but its study has no such variants.")
        self.environment: Environment = where
        self.has_runs = has_runs(self.store)

    @cached_property
    def runs(self) -> dict[Key, Run]:
        """Its own runs in their order: not those of another study that it shows, too."""
        runs = self.results.runs
        runs = runs[runs["measured"] == HERE] if "measured" in runs else runs
        facts = zip(machines.classes(runs), runs["status"], machines.is_timed(runs), strict=True)
        keys = runs[OF_RUN].itertuples(index=False, name=None)
        return {
            (str(variant), int(sample), int(seed)): Run(machine, status, bool(timed))
            for (variant, sample, seed), (machine, status, timed) in zip(keys, facts, strict=True)
        }

    def table(self, name: str) -> pd.DataFrame:
        """Return a table as texts; an empty one if there is none."""
        sums.check(self.folder, f"{name}.csv")
        return read_texts(self.folder / f"{name}.csv") if self.results.has(name) else pd.DataFrame()

    def positions(self, key: Key) -> list[np.ndarray]:
        """Return the embedding of a run, of training and test points; nothing where the runs are not here."""
        record = self.store.find(*key) if self.has_runs else None
        stored = self.store.arrays(record) if record is not None and record.ok else {}
        return [stored[split] for split in ("train", "test") if split in stored]

    def scores(self, key: Key) -> pd.Series:
        """Return the scores of a run."""
        found = self.results.scores
        found = found[(found["variant"] == key[0]) & (found["sample"] == key[1]) & (found["seed"] == key[2])]
        return found.set_index(["quantity", "part"])["value"].dropna()
