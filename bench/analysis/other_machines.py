"""Other machines: what stays of a run with the same seed on a machine of another class, and how its scores differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from bench.analysis.quantities import SCORES
from bench.metrics.statistics import Interval, interval
from bench.store.machines import DIFFERS, classes
from bench.store.results import Results
from bench.store.values import RunId


@dataclass(frozen=True)
class Repetition:
    """The runs of a variant that were repeated on another machine class, each with its seed.

    Differences are the other machine's score less this one's. In intervals a value is that of a distinct run, or of a
    sample of the data, as in those of scores. Whether all bits are the same, and the share of its neighbours that a
    point keeps, are None where it is only known of scores.
    """

    variant: str
    machine: str
    n: int
    differences: Mapping[str, Interval]
    same_bits: bool | None = None
    stays: Interval | None = None


def repetitions(results: Results) -> list[Repetition]:
    """Return what was repeated on each other machine class, of methods that are given a seed."""
    pairs = results.frame("reproducibility") if results.repeated and results.has("reproducibility") else None
    return [one for other in results.repeated for one in _on(other, results, pairs)]


def _on(other: Results, results: Results, pairs: pd.DataFrame | None) -> Iterator[Repetition]:
    machine = str(classes(other.runs).iloc[0])
    keys = [key for key in SCORES if key not in _defined_otherwise(results, other)]
    for variant in other.variants:
        here = results.machine_of(variant) if results.ok(variant) and results.variant(variant).seeded else {}
        shared = [run for run in other.run_ids(variant) if here.get(run, machine) != machine]
        differences = {}
        for key in keys:
            was, now = (one.values(variant, key).by_run for one in (results, other))
            by_run = {run: now[run] - was[run] for run in shared if run in was and run in now}
            if found := interval(results.of_runs(variant, by_run).units().values()):
                differences[key] = found
        compared = pd.DataFrame()
        if pairs is not None:
            is_of = (pairs["first"] == variant) & (pairs["split"] == "train")
            compared = pairs[is_of & (pairs["differs"] == DIFFERS + machine)]
        bits = bool(compared["bit_equal"].all()) if len(compared) else None
        kept = _by_run(compared) if len(compared) else {}
        stays = interval(results.of_runs(variant, kept).units().values(), 0.0, 1.0)
        if shared:
            yield Repetition(variant, machine, len(shared), differences, bits, stays)


def _by_run(compared: pd.DataFrame) -> dict[RunId, float]:
    """Return the share of its neighbours that a point keeps, of each run that was repeated."""
    rows = compared[["sample", "first_seed", "shared_neighbours"]].itertuples(index=False, name=None)
    return {(int(sample), int(seed)): float(share) for sample, seed, share in rows}


def _defined_otherwise(results: Results, other: Results) -> set[str]:
    """Return the quantities whose scores were computed by other versions of their definition."""
    then, now = (one.environment.metrics if one.environment else {} for one in (other, results))
    changed = {score for score, version in then.items() if now.get(score, version) != version}
    return set(results.scores.loc[results.scores["score"].isin(changed), "quantity"])
