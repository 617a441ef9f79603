"""How long a study will take, learnt from runs that have been measured before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pandas as pd

from bench.plan import Run
from bench.records import Record
from bench.units import seconds_in_words

COLUMNS = [
    "label",
    "reducer",
    "n_fit",
    "fit_s",
    "transform_s",
    "inverse_s",
    "import_s",
    "cold_start_s",
    "fit_transform_s",
]
ONCE = ["import_s", "cold_start_s", "fit_transform_s"]
"""What a variant costs once, whatever the number of its seeds."""


@dataclass
class Estimate:
    """Expected seconds by variant, kept up to date as runs end."""

    run_s: dict[str, float]
    start_s: dict[str, float]

    def learn(self, record: Record) -> None:
        """Take a run that has just ended into account."""
        outcome = record.outcome
        costs = [cost.wall_s for cost in (outcome.fit, outcome.transform, outcome.inverse) if cost is not None]
        if record.ok:
            self.run_s[record.variant] = sum(costs)

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

    def in_words(self, runs: Sequence[Run]) -> str:
        """Return what the runs of a study will cost before it starts, and who takes most of it."""
        variants = {run.variant: run.spec.label for run in runs}
        seeds = len({run.seed for run in runs})
        size = f"{len(runs)} runs ({len(variants)} variants, up to {seeds} seed(s) each)"
        seconds = self.seconds(runs)
        if seconds is None:
            return f"{size}; how long they take will be known as they go"
        shares = {
            variant: self.start_s.get(variant, 0.0)
            + self.run_s.get(variant, 0.0) * sum(r.variant == variant for r in runs)
            for variant in variants
        }
        most = max(shares, key=lambda variant: shares[variant])
        share = f"{variants[most]} {shares[most] / seconds:.0%}"
        return f"{size}, about {seconds_in_words(seconds)}, {share}; then scores and figures"


def learn_from(folder: Path, runs: Sequence[Run], n_fit: int) -> Estimate:
    """Return an estimate from every `runs.csv` under the results folder.

    A run is compared with earlier runs of its own label, or else of its reducer, at the nearest number of points;
    time is taken to grow in proportion to that number.
    """
    tables = [_read(path) for path in sorted(folder.glob("*/runs.csv"))]
    earlier = pd.concat(tables) if tables else pd.DataFrame(columns=COLUMNS)
    estimate = Estimate({}, {})
    for run in runs:
        for column, value in (("label", run.spec.label), ("reducer", run.spec.reducer)):
            alike = earlier[earlier[column] == value]
            if len(alike) and run.variant not in estimate.run_s:
                n = min(run.spec.n or n_fit, n_fit)
                nearest = alike[(alike["n_fit"] - n).abs() == (alike["n_fit"] - n).abs().min()]
                costs = nearest[["fit_s", "transform_s", "inverse_s"]].sum(axis=1) * n / nearest["n_fit"]
                estimate.run_s[run.variant] = float(costs.median())
                starts = nearest[nearest["import_s"].notna()][ONCE].sum(axis=1)
                estimate.start_s[run.variant] = float(starts.median()) if len(starts) else 0.0
    return estimate


def _read(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError):
        return pd.DataFrame(columns=COLUMNS)
    if not set(COLUMNS) <= set(table.columns):
        return pd.DataFrame(columns=COLUMNS)
    return table[table["status"] == "ok"][COLUMNS]
