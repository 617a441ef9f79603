"""The summary: one row a variant or reference, each quantity with its interval over seeds."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bench.analysis.quantities import COSTS, QUANTITIES, SCORES
from bench.metrics.registry import REFERENCES
from bench.metrics.statistics import Interval, interval
from bench.store.records import Status
from bench.store.results import Results

WHOLE = ("n_train", "n_test", "n_components", "n_runs", "n_ok")
"""Columns of whole numbers."""
ABOUT = ("variant", "label", "reducer", "n_runs", "n_ok", "status", "reason", "dataset", *WHOLE[:3])
"""Columns that say what a row is and how its runs ended."""


def interval_of(results: Results, row: str, key: str) -> Interval | None:
    """Return the mean of a quantity over a variant's runs with its 95 % interval; None if there is no value.

    The single value of a reference has no interval, nor has a score over seeds.
    """
    quantity = QUANTITIES[key]
    values = {} if row in REFERENCES else results.values(row, key).by_run
    if values:
        return interval(values.values(), quantity.low, quantity.high, is_ratio=quantity.is_ratio)
    single, _ = results.single(row, key)
    return None if single is None else Interval(single, None, None, 1)


def summary_table(results: Results) -> pd.DataFrame:
    """Return one row a variant or reference: mean and 95 % interval over runs of every cost and score.

    Its columns hold numbers alone; `reasons` says why a variant lacks a score.
    """
    rows = [_about(results, variant) | _cells(results, variant) for variant in results.variants]
    rows += [
        {"variant": name, "label": REFERENCES[name], "reducer": "", "n_runs": 0, "n_ok": 0} | _cells(results, name)
        for name in results.references
    ]
    ends = ("", "_low", "_high")
    columns = [*ABOUT, *(f"{key}{end}" for key in (*COSTS, *SCORES) for end in ends), "reasons"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(WHOLE, "Int64"))


def _about(results: Results, variant: str) -> dict[str, object]:
    runs, ok = results.runs_of(variant), results.ok_runs(variant)
    first, failed = runs.iloc[0], runs[runs["status"] != Status.OK.value]
    about = {key: first[key] for key in ("reducer", "dataset", "n_train", "n_test")}
    status, reason = failed.iloc[0][["status", "reason"]] if len(failed) else (Status.OK.value, "")
    found = {"variant": variant, "label": results.label(variant), "n_runs": len(runs), "n_ok": len(ok)}
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
        elif key in SCORES and row not in REFERENCES:
            # Said, so that it is not taken for a gap.
            reasons[key] = results.values(row, key).reason
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
