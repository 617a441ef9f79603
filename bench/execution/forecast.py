"""Whether runs will keep within their limits of time and memory, told from earlier runs before any of them starts.

Time grows as a power of the number of points, and memory by so much a point. Both are told by a results folder in which
the same reducer was fitted on several numbers of points; where there is none, they are taken to grow in proportion.
Memory of a reducer that reads large data in blocks is taken not to grow. What is expected far beyond the points that
were measured is an extrapolation, and is said to be one. Costs are those of one class of machines: of this one, if any
is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import reducers
from bench.datasets import Dataset
from bench.errors import StoreError
from bench.execution import environment
from bench.store import machines
from bench.store.machines import ELSEWHERE
from bench.store.records import Status
from bench.store.results import Results
from bench.store.sums import PARTIAL
from bench.studies.plan import Run
from bench.studies.study import Study, Variant
from bench.units import counted, seconds_as_text
from reducers.rows import Rows

COLUMNS = ["label", "reducer", "n_train", "fit_s", "peak_mib", "baseline_mib", "import_s"]
LARGE = 2**30
"""Bytes of data from which on a reducer that can reads them in blocks."""
MIN_SIZES = 3
"""Numbers of points without which growth is not known."""
MIN_POINTS = 10_001
"""Points from which growth is told: with fewer, fixed costs are a large part, and UMAP takes more epochs."""
MIN_RANGE = 3.0
"""How many times as many points the most must be as the fewest."""
MAX_POWER = 2.5
FAR = 2.0
"""How many times as many points as were measured are told without a word."""
Earlier = Mapping[str, Sequence[pd.DataFrame]]
"""Successful runs by class of machines, in tables that are each of one results folder."""


@dataclass(frozen=True)
class Growth:
    """How costs grow with the number of points: time as a power, memory by so many MiB a point."""

    power: float
    mib: float


@dataclass(frozen=True)
class Forecast:
    """What one fit of a method is expected to take."""

    label: str
    n: int
    measured: int
    """The number of points that is nearest to this one, of those that were measured."""
    seconds: float
    mib: float
    """Memory that the run itself holds, its libraries included."""
    growth: Growth | None
    """How costs grow with the number of points; None where they are taken to grow in proportion to it."""

    def beyond(self, study: Study) -> str:
        """Return which limit the method would pass, and why that is expected; empty if none."""
        said = f"measured on {self.measured:,} points"
        if self.mib * 2**20 > study.memory:
            rate = f"by {self.growth.mib * 1e3:,.2f} MiB for 1,000 more" if self.growth else "in proportion to them"
            limit = f"{self.mib / 2**10:,.1f} GiB, more than the limit of {study.memory / 2**30:g} GiB"
            return f"{self.label} would hold {limit} ({said}; it grows {rate})"
        if self.seconds > study.timeout:
            rate = f"as n^{self.growth.power:.2f}" if self.growth else "in proportion to them"
            limit = f"{seconds_as_text(self.seconds)}, more than the limit of {seconds_as_text(study.timeout)}"
            return f"{self.label} would take {limit} ({said}; it grows {rate})"
        return ""


def lines(study: Study, runs: Sequence[Run], data: Dataset, folder: Path) -> Iterator[str]:
    """Yield whether runs are expected to keep within the limits of a study, as results in a folder tell."""
    earlier, n_train = _earlier(folder), len(data.X)
    variants = {run.variant: run.spec for run in runs}
    growth = {reducer: _growth(earlier, reducer) for reducer in {one.reducer for one in variants.values()}}
    found = {}
    for name, one in variants.items():
        n, in_blocks = min(one.n or n_train, n_train), _in_blocks(one.reducer, data)
        found[name] = _expected(earlier, one, n, growth[one.reducer], in_blocks=in_blocks)
    known = [one for one in found.values() if one is not None]
    within = [one for one in known if not one.beyond(study)]
    if within:
        slowest, largest = max(within, key=lambda one: one.seconds), max(within, key=lambda one: one.mib)
        time, memory = seconds_as_text(slowest.seconds), f"{largest.mib / 2**10:,.1f} GiB"
        share = f"{counted(len(within), 'method')} of {len(variants)}"
        yield f"expected to fit: {share}, at most {time} ({slowest.label}) and {memory} ({largest.label}) a fit"
    yield from (f"will not fit: {one.beyond(study)}" for one in known if one.beyond(study))
    if far := [one for one in known if one.n > FAR * one.measured]:
        most = max(one.n / one.measured for one in far)
        yield f"extrapolated: {counted(len(far), 'method')}, up to {most:,.0f} times as many points as were measured"
    if absent := [variants[name].label for name, one in found.items() if one is None]:
        yield f"not known whether it fits, as there is no earlier run: {'; '.join(absent)}"


def _in_blocks(reducer: str, data: Dataset) -> bool:
    """Return whether a reducer reads these data in blocks, and so holds no more of more of them."""
    is_large = isinstance(data.X, Rows) or data.X.nbytes >= LARGE
    return is_large and data.in_place is not None and reducers.source(reducer).streams


def _expected(earlier: Earlier, variant: Variant, n: int, growth: Growth | None, *, in_blocks: bool) -> Forecast | None:
    """Return what a method is expected to take on n points; None without earlier runs of it."""
    alike = _alike(earlier, variant, n)
    if alike is None:
        return None
    measured = int(alike["n_train"].iloc[int(_how_far(alike, n).argmin())])
    nearest = alike[alike["n_train"] == measured]
    added = float(nearest["added"].median() if nearest["added"].notna().any() else alike["added"].max())
    seconds = float(nearest["fit_s"].median() * (n / measured) ** (growth.power if growth else 1.0))
    more = 0.0 if in_blocks else (n - measured) * (growth.mib if growth else added / measured)
    held = float(alike["baseline_mib"].min()) + max(added + more, 0.0)
    return Forecast(variant.label, n, measured, seconds, held, growth)


def _alike(earlier: Earlier, variant: Variant, n: int) -> pd.DataFrame | None:
    """Return runs of a method on one class of machines: on this one, or else where they are of most nearly n points.

    They have its label or, if there are none, its reducer; None if there are none of that either.
    """
    every = {machine: pd.concat(tables) for machine, tables in earlier.items()}
    for name in ("label", "reducer"):
        found = {machine: runs[runs[name] == getattr(variant, name)] for machine, runs in every.items()}
        found = {machine: runs for machine, runs in found.items() if len(runs)}
        if found:
            nearest = min(found, key=lambda machine: float(_how_far(found[machine], n).min()))
            return found.get(environment.fingerprint(), found[nearest])
    return None


def _how_far(runs: pd.DataFrame, n: int) -> pd.Series:
    """Return how far the number of points of each run is from n, on a logarithmic scale."""
    return (np.log(runs["n_train"]) - np.log(n)).abs()


def _growth(earlier: Earlier, reducer: str) -> Growth | None:
    """Return how costs of a reducer grow on this class of machines or, if that is not known, on another one.

    It is that of the folder with the widest range of points; None if none has enough.
    """
    here = environment.fingerprint()
    others = [table for machine, tables in earlier.items() if machine != here for table in tables]
    found = (_widest(tables, reducer) for tables in (earlier.get(here, ()), others))
    best = next((by_size for by_size in found if _range(by_size) >= MIN_RANGE), None)
    if best is None:
        return None
    n, seconds, added = (np.asarray(column, np.float64) for column in (best.index, best["fit_s"], best["added"]))
    power = np.polyfit(np.log(n), np.log(np.maximum(seconds, 1e-4)), 1)[0]
    return Growth(float(np.clip(power, 0.0, MAX_POWER)), float(max(np.polyfit(n, added, 1)[0], 0.0)))


def _widest(tables: Sequence[pd.DataFrame], reducer: str) -> pd.DataFrame:
    """Return median costs of a reducer by number of points, from the table with the widest range of these."""
    best = pd.DataFrame()
    for table in tables:
        own = table[(table["reducer"] == reducer) & (table["n_train"] >= MIN_POINTS)]
        by_size = own.groupby("n_train")[["fit_s", "added"]].median().dropna()
        best = by_size if len(by_size) >= MIN_SIZES and _range(by_size) > _range(best) else best
    return best


def _range(by_size: pd.DataFrame) -> float:
    """Return how many times as many points the last row is of as the first."""
    return float(by_size.index[-1] / by_size.index[0]) if len(by_size) else 0.0


def _earlier(folder: Path) -> Earlier:
    """Return the successful runs of each results folder in a folder, those of studies over datasets included."""
    paths = sorted(path for pattern in ("*/runs.csv", "*/*/runs.csv") for path in folder.glob(pattern))
    found: dict[str, list[pd.DataFrame]] = {}
    for path in paths:
        try:
            runs = Results(path.parent).runs if path.parent.name != PARTIAL else pd.DataFrame()
            ok = runs[(runs["status"] == Status.OK.value) & runs["fit_s"].notna()]
            kept = ok[COLUMNS].astype(dict.fromkeys(COLUMNS[3:], float))
        except (StoreError, KeyError, ValueError):
            continue
        # What a later run of a process adds is less: it finds what the first one left there.
        added = (kept["peak_mib"] - kept["baseline_mib"]).clip(lower=0).where(kept["import_s"].notna())
        for machine, of_class in kept.assign(added=added).groupby(_classes(ok, path.parent), sort=False):
            found.setdefault(str(machine), []).append(of_class)
    return found


def _classes(runs: pd.DataFrame, folder: Path) -> pd.Series:
    """Return the class of machines of each run: of its folder if it is not told, and of its own if it was elsewhere."""
    found = machines.classes(runs)
    found = found.where(found != "", str(folder))
    return found.where(runs["measured"] != ELSEWHERE, found + f", {ELSEWHERE}") if "measured" in runs else found
