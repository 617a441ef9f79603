"""The summary: one row a variant or reference, each quantity with its interval over seeds or samples of the data."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

import pandas as pd

from bench.analysis.quantities import COSTS, QUANTITIES, SCORES, Quantity
from bench.metrics.registry import REFERENCES
from bench.metrics.statistics import Interval, interval
from bench.store.machines import REASONS
from bench.store.records import Status
from bench.store.results import Results
from bench.store.values import Values

ERROR = "_standard_error"
"""Ending of a column with the standard error of a score by anchors."""
WHOLE = ("n_train", "n_test", "n_components", "n_runs", "n_ok", "n_distinct")
"""Columns of whole numbers."""
ABOUT = ("variant", "label", "reducer", "n_runs", "n_ok", "n_distinct", "status", "reason", "dataset", *WHOLE[:3])
"""Columns that say what a row is and how its runs ended."""


def interval_of(results: Results, row: str, key: str) -> Interval | None:
    """Return the mean of a quantity of a variant with its 95 % interval; None if there is no value.

    It is over seeds or, where the study has several samples of its data, over the means of samples. The single value of
    a reference has no interval, nor has a score over seeds, nor one of a method that gives the same with every seed.
    The quantity may be a measure, too.
    """
    values = results.values(row, key)
    if len(values):
        return interval_over(values, QUANTITIES.get(key) or Quantity(key, key, low=-inf))
    single, _ = results.single(row, key)
    return None if single is None else Interval(single, None, None, 1)


def interval_over(values: Values, quantity: Quantity) -> Interval | None:
    """Return the mean of the units of some values with its 95 % interval; None without values."""
    units = values.units(is_ratio=quantity.is_ratio)
    return interval(units.values(), quantity.low, quantity.high, is_ratio=quantity.is_ratio)


def summary_table(results: Results) -> pd.DataFrame:
    """Return one row a variant or reference: mean and 95 % interval over runs of every cost and score.

    Its columns hold numbers alone; `reasons` says why a variant lacks a score. The last columns are standard errors of
    scores by anchors, if there are any.
    """
    rows = [_about(results, variant) | _cells(results, variant) for variant in results.variants]
    rows += [
        {"variant": name, "label": REFERENCES[name], "reducer": "", "n_runs": 0, "n_ok": 0} | _cells(results, name)
        for name in results.references
    ]
    ends = ("", "_low", "_high")
    columns = [*ABOUT, *(f"{key}{end}" for key in (*COSTS, *SCORES) for end in ends), "reasons"]
    errors = [f"{key}{ERROR}" for key in SCORES if any(f"{key}{ERROR}" in row for row in rows)]
    return pd.DataFrame(rows, columns=[*columns, *errors]).astype(dict.fromkeys(WHOLE, "Int64"))


def _about(results: Results, variant: str) -> dict[str, object]:
    runs, ok = results.runs_of(variant), results.ok_runs(variant)
    first, failed = runs.iloc[0], runs[runs["status"] != Status.OK.value]
    about = {key: first[key] for key in ("reducer", "dataset", "n_train", "n_test")}
    status, reason = failed.iloc[0][["status", "reason"]] if len(failed) else (Status.OK.value, "")
    found = {"variant": variant, "label": results.label(variant), "n_runs": len(runs), "n_ok": len(ok)}
    found |= {"n_distinct": results.distinct_runs(variant)}
    n_components = ok["n_components"].iloc[0] if len(ok) else None
    return found | about | {"status": status, "reason": reason, "n_components": n_components}


def _cells(results: Results, row: str) -> dict[str, object]:
    """Return each quantity with its interval, and the reasons why the runs of a variant cannot have a score."""
    cells: dict[str, object] = {}
    reasons = {}
    for key in (*COSTS, *SCORES):
        found = interval_of(results, row, key)
        if found is not None:
            cells |= {key: found.mean, f"{key}_low": found.low, f"{key}_high": found.high}
            if (error := results.standard_error(row, key)) is not None:
                cells[f"{key}{ERROR}"] = error
        elif row not in REFERENCES:
            reason = results.values(row, key).reason
            if key in SCORES or reason in REASONS:  # said, so that it is not taken for a gap
                reasons[key] = reason
    return cells | {"reasons": reasons_as_text(reasons)}


def reasons_as_text(reasons: Mapping[str, str]) -> str:
    """Return why columns have no value, as one cell of a table.

    >>> reasons_as_text({"transform_s": "n/a (transductive)", "silhouette_test": "n/a (transductive)"})
    'transductive: silhouette_test transform_s'
    """
    columns: dict[str, list[str]] = {}
    for column, reason in reasons.items():
        if reason:
            columns.setdefault(reason.removeprefix("n/a (").removesuffix(")"), []).append(column)
    return "; ".join(f"{reason}: {' '.join(sorted(of))}" for reason, of in columns.items())
