"""How long a study will take, estimated from runs that were measured before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pandas as pd

from bench.errors import StoreError
from bench.store.records import Record, Status
from bench.store.results import Results
from bench.store.sums import PARTIAL
from bench.studies.plan import Run
from bench.units import counted, seconds_as_text

EACH_RUN = ["fit_s", "transform_s", "inverse_s"]
ONCE = ["import_s", "cold_start_s", "fit_transform_s"]
"""What a variant costs once, whatever the number of its seeds."""
COLUMNS = ["label", "reducer", "n_train", *EACH_RUN, *ONCE]


@dataclass
class Estimate:
    """Expected seconds by variant, kept up to date as runs end."""

    run_s: dict[str, float]
    start_s: dict[str, float]
    guessed: frozenset[str] = frozenset()
    """Variants of which runs of their reducer are known under another label only, so perhaps with other parameters."""

    def learn(self, record: Record) -> None:
        """Take a run that has just ended into account."""
        if record.ok:
            costs = (record.outcome.fit, record.outcome.transform, record.outcome.inverse)
            self.run_s[record.variant] = sum(cost.wall_s for cost in costs if cost)

    def seconds(self, runs: Iterable[Run], warm: Iterable[str] = ()) -> float | None:
        """Return the expected seconds of `runs`; None while nothing is known of more than half of their variants."""
        runs = list(runs)
        variants = {run.variant for run in runs}
        known = [variant for variant in variants if variant in self.run_s]
        if not runs or 2 * len(known) <= len(variants):
            return None
        usual = median(self.run_s[variant] for variant in known)
        starts = sum(self.start_s.get(variant, 0.0) for variant in variants - set(warm))
        return sum(self.run_s.get(run.variant, usual) for run in runs) + starts

    def as_text(self, runs: Sequence[Run]) -> str:
        """Return how long the runs of a study will take, before it starts, and which variant takes most of it."""
        variants = {run.variant: run.spec.label for run in runs}
        seeds = len({(run.sample, run.seed) for run in runs})
        what = "run" if any(run.sample for run in runs) else "seed"
        each = f", up to {counted(seeds, what)} each" if len(runs) > len(variants) else ""
        size = f"{counted(len(runs), 'run')} ({counted(len(variants), 'variant')}{each})"
        seconds = self.seconds(runs)
        if seconds is None:
            return f"{size}; an estimate of the time follows once the first runs are done"
        count = Counter(run.variant for run in runs)
        shares = {name: self.start_s.get(name, 0.0) + self.run_s.get(name, 0.0) * count[name] for name in variants}
        longest = max(shares, key=lambda variant: shares[variant])
        share = f"{variants[longest]} takes {shares[longest] / seconds:.0%} of it"
        guess = " (partly from runs under other labels)" if self.guessed & variants.keys() else ""
        return f"{size}, about {seconds_as_text(seconds)}{guess}, {share}; then scores and figures"


def learn_from(folder: Path, runs: Sequence[Run], n_train: int) -> Estimate:
    """Return an estimate from all results folders in a folder, those of a study over several datasets included.

    A run is compared with earlier runs of its own label, or else of its reducer, at the nearest number of training
    points. Time is assumed to grow in proportion to that number.
    """
    paths = sorted(path for pattern in ("*/runs.csv", "*/*/runs.csv") for path in folder.glob(pattern))
    tables = [_earlier_runs(path.parent) for path in paths if path.parent.name != PARTIAL]
    earlier = pd.concat(tables) if tables else pd.DataFrame(columns=COLUMNS)
    known = {name: set(earlier[name]) for name in ("label", "reducer")}
    unlabelled = (run for run in runs if run.spec.label not in known["label"] and run.spec.reducer in known["reducer"])
    estimate = Estimate({}, {}, frozenset(run.variant for run in unlabelled))
    for run in runs:
        for column, value in (("label", run.spec.label), ("reducer", run.spec.reducer)):
            alike = earlier[earlier[column] == value]
            if len(alike) and run.variant not in estimate.run_s:
                n = min(run.spec.n or n_train, n_train)
                nearest = alike[(alike["n_train"] - n).abs() == (alike["n_train"] - n).abs().min()]
                costs = nearest[EACH_RUN].sum(axis=1) * n / nearest["n_train"]
                estimate.run_s[run.variant] = float(costs.median())
                starts = nearest[nearest["import_s"].notna()][ONCE].sum(axis=1)
                estimate.start_s[run.variant] = float(starts.median()) if len(starts) else 0.0
    return estimate


def _earlier_runs(folder: Path) -> pd.DataFrame:
    """Return the successful runs of a results folder that were timed; none if it cannot be read."""
    try:
        runs = Results(folder).runs
        return runs.loc[(runs["status"] == Status.OK.value) & runs["fit_s"].notna(), COLUMNS]
    except (StoreError, KeyError):
        return pd.DataFrame(columns=COLUMNS)
