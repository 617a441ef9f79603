"""Numbers of results, as sentences and cells show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import reducers
from bench.analysis.comparisons import Comparison, Decision, compare_pairs
from bench.analysis.quantities import borne
from bench.analysis.summary import interval_of
from bench.metrics.registry import REFERENCES
from bench.metrics.statistics import Difference, Interval
from bench.store.results import Results
from bench.studies.sweeps import Sweep, sweeps
from bench.units import fixed


def mean(results: Results, row: str, quantity: str) -> float:
    """Return the mean over runs, or the only value; NaN if there is none."""
    found = interval_of(results, row, quantity)
    return float("nan") if found is None else found.mean


def cell(results: Results, row: str, quantity: str, digits: int = 3) -> str:
    """Return the mean of a quantity with its interval as text."""
    return spread(interval_of(results, row, quantity), digits)


def cells(results: Results, rows: Iterable[str], quantities: Iterable[str]) -> list[list[str]]:
    """Return a row a variant: its label and the cells of some quantities."""
    keys = list(quantities)
    return [[results.label(row), *(cell(results, row, key) for key in keys)] for row in rows]


def spread(found: Interval | None, digits: int = 3) -> str:
    """Return a mean with its interval as text, with so many digits or, if the interval is wide, fewer.

    >>> spread(Interval(0.9123, 0.908, 0.916, 10)), spread(None)
    ('0.912 [0.908, 0.916]', 'n/a')
    """
    if found is None:
        return "n/a"
    if found.low is None or found.high is None:
        return fixed(found.mean, digits)
    digits = borne(digits, (found.high - found.low) / 2)
    return "{} [{}, {}]".format(*(fixed(value, digits) for value in (found.mean, found.low, found.high)))


def ends(found: Interval | None) -> tuple[float, float]:
    """Return the bounds of an interval; without them NaN, which is neither less nor greater than anything."""
    if found is None or found.low is None or found.high is None:
        return float("nan"), float("nan")
    return found.low, found.high


def bounds(results: Results, row: str, quantity: str) -> tuple[float, float]:
    """Return the ends of the interval of a quantity; of a method that no seed changes twice its value; else NaN."""
    found = interval_of(results, row, quantity)
    is_fixed = found is not None and row not in REFERENCES and results.values(row, quantity).is_fixed
    return (found.mean, found.mean) if found and is_fixed else ends(found)


def change(one: Comparison | Difference | None, digits: int = 3, sign: str = "+") -> str:
    """Return a difference with its interval as text; with `sign=""` a ratio.

    >>> change(Difference(0.02, 0.002, 9))
    '+0.020 [+0.015, +0.025]'
    """
    size = one.estimate if isinstance(one, Difference) else None if one is None else one.change
    if one is None or size is None:
        return "n/a"
    low, high = one.bounds() if isinstance(one, Difference) else one.bounds
    if isinstance(one, Comparison) and one.n == 1:  # no seed changes either of the two
        return fixed(size, digits, sign)
    digits = borne(digits, (high - low) / 2)
    return "{} [{}, {}]".format(*(fixed(value, digits, sign) for value in (size, low, high)))


def listed(items: Iterable[object], pattern: str = "{}", between: str = "") -> str:
    """Return items as a list in a sentence; `pattern` says how one of several fields is written.

    They stand with "and" before the last one, or with `between` between any two.

    >>> listed(["a", "b", "c"]), listed([("a", 1), ("b", 2)], "{} ({})"), listed([])
    ('a, b and c', 'a (1) and b (2)', 'none')
    """
    texts = [pattern.format(*item) if isinstance(item, tuple) else pattern.format(item) for item in items]
    if between:
        return between.join(texts)
    *first, last = texts or ["none"]
    return f"{', '.join(first)} and {last}" if first else last


def against_defaults(results: Results, key: str) -> dict[str, Comparison]:
    """Return each setting of a parameter compared with its default, by variant, with intervals that hold for all.

    Whoever looks at some settings alone takes them from here: intervals for these alone would be too narrow.
    """
    pairs = [(sweep.variants[value], sweep.base) for sweep in run_sweeps(results) for value in sweep.others]
    return {one.first: one for one in compare_pairs(results, pairs, key)}


def decided(comparisons: Iterable[Comparison]) -> dict[str, list[Comparison]]:
    """Return comparisons by their decision: `better`, `worse`, `equivalent`, `inconclusive` and others."""
    found: dict[str, list[Comparison]] = {decision.value: [] for decision in Decision}
    for one in comparisons:
        found[one.decision.value].append(one)
    return found


def by_reducer(results: Results, **criteria: object) -> dict[str, str]:
    """Return the first variant of each reducer, by the reducer's label, among those that are selected."""
    found: dict[str, str] = {}
    for variant in results.select(**criteria):
        found.setdefault(reducers.source(results.variant(variant).reducer).label, variant)
    return found


def run_sweeps(results: Results) -> list[Sweep]:
    """Return the sweeps of the study, with the settings that have been run, the default among them."""
    found = []
    for sweep in sweeps(results.study):
        variants = {value: name for value, name in sweep.variants.items() if name in results.variants}
        if sweep.base in results.variants and len(variants) > 1:
            found.append(replace(sweep, variants=variants))
    return found
