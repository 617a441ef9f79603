"""Scaling: how the costs of a method grow with the number of points, as a power of it.

A power law is a straight line on logarithmic axes, and its exponent is fitted there by least squares: 1 doubles the
cost with the points, 2 makes it four times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis import quantities
from bench.analysis.quantities import Quantity
from bench.metrics.statistics import LEVEL
from bench.store.records import Status
from bench.store.results import Results

MIN_POINTS = 10_000
"""Points beyond which exponents are fitted: fewer are mostly fixed costs, and up to here UMAP optimises for more epochs
and openTSNE approximates in another way."""
ALL_DISTANCES = 4_096
"""Points from which on UMAP searches approximate neighbours; with fewer it computes all distances."""
MIN_SIZES = 3
"""Numbers of points without which there is no exponent: a line goes through any two."""
MAX_HALF_WIDTH = 1.0
"""Half the width that the interval of an exponent may have; a wider one does not tell one power from another."""
ALL = 70_000
"""Points of the whole of MNIST, for which costs are predicted."""

FIT = quantities.QUANTITIES["fit_s"]
TRANSFORM = quantities.QUANTITIES["transform_s"]
MEMORY = Quantity("fit_mib", "memory of the fit", "cost", "MiB", "lower")
QUANTITIES = (FIT, TRANSFORM, MEMORY)


@dataclass(frozen=True)
class Law:
    """A power law `factor * n ** exponent` that was fitted on `n_from` to `n_to` points.

    The interval is Student's of the slope of a least-squares line, `r2` the share of the variance of the logarithms
    that it explains, `per_1000` what 1,000 points more cost on average: the slope of the line on plain axes.
    """

    factor: float
    exponent: float
    low: float
    high: float
    r2: float
    per_1000: float
    n_from: int
    n_to: int

    def at(self, n: float) -> float:
        """Return the cost of so many points."""
        return float(self.factor * n**self.exponent)


def law(n: Sequence[float], costs: Sequence[float]) -> Law | None:
    """Return the power law through positive costs of more than `MIN_POINTS` points; None if it is uncertain."""
    x, y = np.asarray(n, np.float64), np.asarray(costs, np.float64)
    used = (x > MIN_POINTS) & (y > 0)
    x, y = x[used], y[used]
    if len(np.unique(x)) < MIN_SIZES:
        return None
    line = stats.linregress(np.log(x), np.log(y))
    # Of costs that are all the same, neither is a number.
    error, r = (float(value) for value in np.nan_to_num([line.stderr, line.rvalue]))
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(x) - 2)) * error
    if half > MAX_HALF_WIDTH:
        return None
    factor, slope = float(np.exp(line.intercept)), float(line.slope)
    per_1000 = float(stats.linregress(x, y).slope) * 1_000
    return Law(factor, slope, slope - half, slope + half, r**2, per_1000, int(x.min()), int(x.max()))


@dataclass(frozen=True)
class Series:
    """One method, fitted on several numbers of points: rows of `runs.csv` by number of points."""

    name: str
    runs: pd.DataFrame

    @cached_property
    def ok(self) -> pd.DataFrame:
        """Successful runs."""
        return self.runs[self.runs["status"] == Status.OK.value]

    @cached_property
    def timed_out(self) -> pd.DataFrame:
        """Runs that passed the time limit, and those that were not tried because fewer points passed it."""
        return self.runs[self.runs["status"] == Status.TIMEOUT.value]

    def costs(self, quantity: Quantity) -> pd.Series:
        """Return the median cost over seeds by number of points; those that a run does not have are left out."""
        runs = self.ok
        values = runs["peak_mib"] - runs["baseline_mib"] if quantity is MEMORY else runs[quantity.key]
        return values.astype(float).groupby(runs["n_train"]).median().dropna()

    def law(self, quantity: Quantity) -> Law | None:
        """Return the power law of a cost; None if it is uncertain."""
        costs = self.costs(quantity)
        return law(costs.index.to_list(), costs.to_list())

    def no_law(self, quantity: Quantity) -> str:
        """Return why there is no power law of a cost."""
        n = self.costs(quantity).index
        if not len(n):
            return "not measured"
        if (n > MIN_POINTS).sum() < MIN_SIZES:
            return f"too few numbers of points beyond {MIN_POINTS:,}"
        return f"uncertain by more than {MAX_HALF_WIDTH:g}"

    @property
    def missing(self) -> str:
        """For which numbers of points there are no costs, and why; empty if none is missing."""
        lost = self.runs[self.runs["status"] != Status.OK.value]
        if lost.empty:
            return ""
        points = ", ".join(f"{n:,}" for n in lost["n_train"].unique())
        first = lost.iloc[0]
        return f"nothing for {points} points ({first['status'].replace('_', ' ')}: {first['reason']})"


def series(results: Results) -> list[Series]:
    """Return every method of a study that was fitted on several numbers of points."""
    names = {variant: results.variant(variant).series for variant in results.select(axis="n")}
    by_name = results.runs.groupby(results.runs["variant"].map(names), sort=False)
    grown = [Series(str(name), runs.sort_values("n_train")) for name, runs in by_name]
    return [one for one in grown if one.runs["n_train"].nunique() > 1]


def scaling_table(found: Sequence[Series]) -> pd.DataFrame:
    """Return one row for each cost of each method: its exponent and what `ALL` points would cost."""
    rows = [_row(one, quantity) for one in found for quantity in QUANTITIES]
    columns = ["series", "quantity", "unit", "exponent", "exponent_low", "exponent_high", "r2", "n_from", "n_to"]
    columns += ["n_points", "per_1000", f"at_{ALL}", "note"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("n_from", "n_to"), "Int64"))


def _row(one: Series, quantity: Quantity) -> dict[str, object]:
    found, n_points = one.law(quantity), int((one.costs(quantity).index > MIN_POINTS).sum())
    row = {"series": one.name, "quantity": quantity.key, "unit": quantity.unit, "n_points": n_points}
    if found is None:
        return row | {"note": "; ".join(filter(None, (one.no_law(quantity), one.missing)))}
    ends = {"exponent_low": found.low, "exponent_high": found.high, f"at_{ALL}": found.at(ALL)}
    return row | asdict(found) | ends | {"note": one.missing}
