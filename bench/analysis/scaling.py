"""Scaling: how the costs of a method grow with the number of points, as a power of it.

A power law is a straight line on logarithmic axes, and its exponent is fitted there by least squares: 1 doubles the
cost with the points, 2 makes it four times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis import quantities
from bench.analysis.quantities import Quantity
from bench.analysis.statistics import LEVEL
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
    """A power law `factor * n ** exponent`.

    Attributes
    ----------
    exponent, low, high : float
        With its 95 % interval, Student's of the slope of a least-squares line.
    r2 : float
        Share of the variance of the logarithms that it explains.
    per_1000 : float
        What 1,000 points more cost on average: slope of the line on plain axes.
    n_from, n_to : int
        Fewest and most points that it was fitted on.
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
    return Law(
        factor=float(np.exp(line.intercept)),
        exponent=float(line.slope),
        low=float(line.slope) - half,
        high=float(line.slope) + half,
        r2=r**2,
        per_1000=float(stats.linregress(x, y).slope) * 1_000,
        n_from=int(x.min()),
        n_to=int(x.max()),
    )


@dataclass(frozen=True)
class Series:
    """One method, fitted on several numbers of points.

    Attributes
    ----------
    name : str
        What its variants are called together.
    runs : DataFrame
        Rows of `runs.csv`, by number of points.
    """

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

    @property
    def missing(self) -> str:
        """For which numbers of points there are no costs, and why; empty if none is missing."""
        lost = self.runs[self.runs["status"] != Status.OK.value]
        if not len(lost):
            return ""
        points = ", ".join(f"{n:,}" for n in lost["n_train"].unique())
        first = lost.iloc[0]
        return f"nothing for {points} points ({first['status'].replace('_', ' ')}: {first['reason']})"


def series(results: Results) -> list[Series]:
    """Return every method of a study that was fitted on several numbers of points."""
    found: dict[str, list[str]] = {}
    for variant in results.variants:
        spec = results.variant(variant)
        if spec.axis == "n":
            found.setdefault(spec.series, []).append(variant)
    grown = [
        Series(name, results.runs[results.runs["variant"].isin(variants)].sort_values("n_train"))
        for name, variants in found.items()
    ]
    return [one for one in grown if one.runs["n_train"].nunique() > 1]


def scaling_table(found: Sequence[Series]) -> pd.DataFrame:
    """Return one row for each cost of each method: its exponent and what `ALL` points would cost."""
    rows = [_row(one, quantity) for one in found for quantity in QUANTITIES]
    columns = ["series", "quantity", "unit", "exponent", "exponent_low", "exponent_high", "r2", "n_from", "n_to"]
    columns += ["n_points", "per_1000", f"at_{ALL}", "note"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("n_from", "n_to"), "Int64"))


def _row(one: Series, quantity: Quantity) -> dict[str, object]:
    costs, found = one.costs(quantity), one.law(quantity)
    row: dict[str, object] = {"series": one.name, "quantity": quantity.key, "unit": quantity.unit}
    row |= {"n_points": int((costs.index > MIN_POINTS).sum()), "note": one.missing}
    if found is None:
        return row | {"note": "; ".join(filter(None, (no_law(costs), one.missing)))}
    row |= {"exponent": found.exponent, "exponent_low": found.low, "exponent_high": found.high, "r2": found.r2}
    return row | {
        "n_from": found.n_from,
        "n_to": found.n_to,
        "per_1000": found.per_1000,
        f"at_{ALL}": found.at(ALL),
    }


def no_law(costs: pd.Series) -> str:
    """Return why there is no power law of these costs."""
    if not len(costs):
        return "not measured"
    if int((costs.index > MIN_POINTS).sum()) < MIN_SIZES:
        return f"too few numbers of points beyond {MIN_POINTS:,}"
    return f"uncertain by more than {MAX_HALF_WIDTH:g}"
