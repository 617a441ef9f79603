"""Scaling: how the costs of a method grow with the number of points, as a power of it.

A power law is a straight line on logarithmic axes, and its exponent is fitted there by least squares: 1 doubles the
cost with the points, 2 makes it four times as much.

Each number of points counts once, with the geometric mean of its runs. What moves a number of points off the line (a
grid of another resolution, a cache that is full, the minutes in which it was measured) all of its runs share: they are
a cluster. The interval of the exponent is therefore Student's over numbers of points, with as many degrees of freedom
as there are more than two. An interval over single runs would take repetition for evidence of the slope. Where all
numbers of points have equally many runs, the exponent itself is that of all runs.

Nothing is said beyond what was seen: no law reaches across a change of algorithm, no number of points counts with which
a run passed a limit, and nothing is predicted there or far beyond.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from math import log

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis import quantities
from bench.analysis.quantities import Quantity
from bench.analysis.summary import interval_of
from bench.metrics.statistics import LEVEL, Interval
from bench.store.records import Status
from bench.store.results import Results
from bench.units import three_figures

MIN_POINTS = 10_000
"""Points from which exponents are fitted; with fewer, fixed costs are a large part of many fits."""
ALL_DISTANCES = 4_096
"""Points from which on UMAP searches approximate neighbours; with fewer it computes all distances."""
FEWER_EPOCHS = 10_001
"""Points from which on UMAP optimises for 200 epochs instead of 500."""
INTERPOLATION = 10_000
"""Points from which on openTSNE approximates forces by interpolation instead of by a tree."""
IN_BLOCKS = 11_586
"""Points, without test points, from which on not all ranks in the data fit into the memory that scores may take."""
SWITCHES = {
    "umap": (ALL_DISTANCES, FEWER_EPOCHS),
    "opentsne": (INTERPOLATION,),
    "bench.execution.metric_cost:MetricCost": (IN_BLOCKS,),
}
"""Points from which on a method takes another algorithm, by reducer."""
MIN_SIZES = 3
"""Numbers of points without which there is no exponent: a line goes through any two."""
MAX_HALF_WIDTH = 1.0
"""Half the width that the interval of an exponent may have; a wider one does not tell one power from another."""
ALL = 70_000
"""Points of the whole of MNIST, for which costs are predicted."""
MAX_FACTOR = 2
"""How many times as many points as were measured a cost is predicted for."""
LIMITED = (Status.TIMEOUT.value, Status.OUT_OF_MEMORY.value)
"""How a run ends that passed a limit."""

FIT = quantities.QUANTITIES["fit_s"]
TRANSFORM = quantities.QUANTITIES["transform_s"]
MEMORY = Quantity("fit_mib", "memory of the fit", "cost", "MiB", "lower")
QUANTITIES = (FIT, TRANSFORM, MEMORY)


@dataclass(frozen=True)
class Law:
    """A power law that was fitted on `n_from` to `n_to` points: a cost grows as `n ** exponent`.

    The interval is Student's of the slope of a least-squares line, `r2` the share of the variance of the logarithms
    that it explains, `per_1000` what 1,000 points more cost on average: the slope of the line on plain axes.
    """

    exponent: float
    low: float
    high: float
    r2: float
    per_1000: float
    n_from: int
    n_to: int


def law(n: Sequence[float], costs: Sequence[float]) -> Law | None:
    """Return the power law through positive costs, one a number of points; None if it is uncertain."""
    x, y = np.asarray(n, np.float64), np.asarray(costs, np.float64)
    x, y = x[y > 0], y[y > 0]
    if len(np.unique(x)) < MIN_SIZES:
        return None
    line = stats.linregress(np.log(x), np.log(y))
    # Of costs that are all the same, neither is a number.
    error, r = (float(value) for value in np.nan_to_num([line.stderr, line.rvalue]))
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(x) - 2)) * error
    if half > MAX_HALF_WIDTH:
        return None
    slope = float(line.slope)
    per_1000 = float(stats.linregress(x, y).slope) * 1_000
    return Law(slope, slope - half, slope + half, r**2, per_1000, int(x.min()), int(x.max()))


@dataclass(frozen=True)
class Series:
    """One method, fitted on several numbers of points: its variants by that number, ascending."""

    name: str
    variants: Mapping[int, str]
    results: Results

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Rows of `runs.csv` whose costs are pooled, by number of points, of each in the order of seeds."""
        found = self.results.runs[self.results.is_pooled & self.results.runs["variant"].isin(self.variants.values())]
        return found.sort_values(["n_train", "sample", "seed"], kind="stable")

    @property
    def reducer(self) -> str:
        """The name of the reducer."""
        return self.results.variant(next(iter(self.variants.values()))).reducer

    @property
    def is_on_one_thread(self) -> bool:
        """Whether the study asks for one thread here."""
        return self.results.variant(next(iter(self.variants.values()))).threads == 1

    @cached_property
    def ok(self) -> pd.DataFrame:
        """Successful runs."""
        return self.runs[self.runs["status"] == Status.OK.value]

    @cached_property
    def timed_out(self) -> pd.DataFrame:
        """Runs that passed the time limit, and those that were not tried because fewer points passed it."""
        return self.runs[self.runs["status"] == Status.TIMEOUT.value]

    @cached_property
    def limit(self) -> float:
        """The least number of points with which a run passed a limit; infinite if none did."""
        passed = self.runs[self.runs["status"].isin(LIMITED)]["n_train"]
        return float(passed.min()) if len(passed) else float("inf")

    @property
    def start(self) -> int:
        """The number of points from which on one law may hold: beyond it the algorithm stays the same."""
        return max((MIN_POINTS, *SWITCHES.get(self.reducer, ())))

    def intervals(self, quantity: Quantity) -> dict[int, Interval]:
        """Return the geometric mean of a cost over runs, with its interval, by number of points.

        Left out are numbers of points from the limit on, where the mean of the runs that ended would be that of the
        fast ones.
        """
        return self._intervals[quantity]

    @cached_property
    def _intervals(self) -> dict[Quantity, dict[int, Interval]]:
        kept = {n: variant for n, variant in self.variants.items() if n < self.limit}
        found = {
            quantity: {n: interval_of(self.results, variant, quantity.key) for n, variant in kept.items()}
            for quantity in (FIT, TRANSFORM)
        }
        found[MEMORY] = {n: self._added_memory(n) for n in kept}
        return {quantity: {n: one for n, one in of.items() if one is not None} for quantity, of in found.items()}

    def costs(self, quantity: Quantity) -> pd.Series:
        """Return the means of `intervals` by number of points."""
        return pd.Series({n: one.mean for n, one in self.intervals(quantity).items()}, dtype=float)

    def used(self, quantity: Quantity) -> dict[int, float]:
        """Return the costs that a law is fitted to, by number of points."""
        return {n: one.mean for n, one in self.intervals(quantity).items() if n >= self.start}

    def law(self, quantity: Quantity) -> Law | None:
        """Return the power law of a cost from `start` on; None if it is uncertain."""
        used = self.used(quantity)
        return law(list(used), list(used.values()))

    def no_law(self, quantity: Quantity) -> str:
        """Return why there is no power law of a cost."""
        if self.costs(quantity).empty:
            return "not measured"
        if len(self.used(quantity)) < MIN_SIZES:
            return f"too few numbers of points from {self.start:,} on"
        return f"uncertain by more than {MAX_HALF_WIDTH:g}"

    def at_all(self, quantity: Quantity) -> float | None:
        """Return what `ALL` points would cost: what the nearest number of points cost, and the law from there on.

        None where nothing is predicted: as many or fewer points passed a limit, or `ALL` is beyond `MAX_FACTOR` times
        the most that were measured.
        """
        found = self.law(quantity)
        if found is None or self.limit <= ALL or found.n_to * MAX_FACTOR < ALL:
            return None
        used = self.used(quantity)
        nearest = min(used, key=lambda n: abs(log(n / ALL)))
        return float(used[nearest] * (ALL / nearest) ** found.exponent)

    def all_as_text(self, quantity: Quantity) -> str:
        """Return what `ALL` points cost as tables show it; `> 120 s` if as many or fewer passed that limit.

        The limit is one of fit and transform together, which is said of a method that has both.
        """
        if quantity is FIT and len(self.timed_out) and self.timed_out["n_train"].min() <= ALL:
            both = " with transform" if len(self.costs(TRANSFORM)) else ""
            return f"> {self.results.study.timeout:,.0f} s{both}"
        predicted = self.at_all(quantity)
        return "n/a" if predicted is None else three_figures(predicted)

    @property
    def missing(self) -> str:
        """For which numbers of points there are no costs, and why; empty if none is missing."""
        known = self.costs(FIT).index
        lost = self.runs[(self.runs["status"] != Status.OK.value) & ~self.runs["n_train"].isin(known)]
        if lost.empty:
            return ""
        points = ", ".join(f"{n:,}" for n in lost["n_train"].unique())
        first = lost.iloc[0]
        return f"nothing for {points} points ({first['status'].replace('_', ' ')}: {first['reason']})"

    def n_runs(self, quantity: Quantity) -> int:
        """Return how many runs are behind the law of a cost."""
        return sum(one.n for n, one in self.intervals(quantity).items() if n >= self.start)

    def _added_memory(self, n: int) -> Interval | None:
        """Return what the first successful run added: a later one of its process finds what that one left there."""
        first = self.ok[self.ok["n_train"] == n].head(1)
        added = (first["peak_mib"] - first["baseline_mib"]).astype(float).dropna()
        return Interval(float(added.iloc[0]), None, None, 1) if len(added) else None


def series(results: Results) -> list[Series]:
    """Return every method of a study that was fitted on several numbers of points."""
    found: dict[str, dict[int, str]] = {}
    for variant in results.select(axis="n"):
        n = int(results.runs_of(variant)["n_train"].iloc[0])
        found.setdefault(results.variant(variant).series, {})[n] = variant
    return [Series(name, dict(sorted(of.items())), results) for name, of in found.items() if len(of) > 1]


def scaling_table(found: Sequence[Series]) -> pd.DataFrame:
    """Return one row for each cost of each method: its exponent and what `ALL` points would cost."""
    rows = [_row(one, quantity) for one in found for quantity in QUANTITIES]
    columns = ["series", "quantity", "unit", "exponent", "exponent_low", "exponent_high", "r2", "n_from", "n_to"]
    columns += ["n_points", "n_runs", "per_1000", f"at_{ALL}", "note"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("n_from", "n_to"), "Int64"))


def _row(one: Series, quantity: Quantity) -> dict[str, object]:
    """Return the row of a cost; `n_points` numbers of points with `n_runs` runs are in the law."""
    found = one.law(quantity)
    row: dict[str, object] = {"series": one.name, "quantity": quantity.key, "unit": quantity.unit}
    row |= {"n_points": len(one.used(quantity)), "n_runs": one.n_runs(quantity)}
    if found is None:
        return row | {"note": "; ".join(filter(None, (one.no_law(quantity), one.missing)))}
    ends = {"exponent_low": found.low, "exponent_high": found.high, f"at_{ALL}": one.at_all(quantity)}
    return row | asdict(found) | ends | {"note": one.missing}
