"""Tables: pure functions of stored records and scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from bench.reading import Judged, Reading
from bench.records import Record, Status
from bench.scores import REFERENCES, SCORES, Value
from bench.statistics import Interval, interval
from bench.tables.model import Table

COSTS = (
    "import_s",
    "cold_start_s",
    "fit_s",
    "fit_cpu_s",
    "fit_cores",
    "fit_transform_s",
    "transform_s",
    "inverse_s",
    "peak_mib",
    "baseline_mib",
)
"""Costs of a run that the summary gives a median and an interval of."""


def column_name(score: str, split: str, k: int | None) -> str:
    """Return the name of a score's column: fitted points bare, held-out points with `_test`.

    >>> column_name("knn_accuracy", "test", 5)
    'knn_accuracy_k5_test'
    """
    return score + (f"_k{k}" if k is not None else "") + ("_test" if split == "test" else "")


def runs_table(judged: Sequence[Judged]) -> pd.DataFrame:
    """Return one row a run: what was asked, how it ended and what it cost."""
    return pd.DataFrame([_run_row(item.record) for item in judged])


def scores_table(reading: Reading) -> pd.DataFrame:
    """Return one row a score, long and tidy; what is of no one seed has none."""
    rows: list[dict[str, object]] = [
        {"variant": variant, "seed": seed, "split": value.split, "score": value.score, "k": value.k, "part": value.part}
        | {"value": value.value, "reason": value.reason}
        for variant, seed, values in [
            *((name, None, values) for name, values in reading.references.items()),
            *((item.record.variant, item.record.seed, item.values) for item in reading.judged),
            *((variant, None, values) for variant, values in reading.across.items()),
        ]
        for value in values
    ]
    columns = ["variant", "seed", "split", "score", "k", "part", "value", "reason"]
    return pd.DataFrame(rows, columns=columns).astype({"seed": "Int64", "k": "Int64"})


def summary_table(reading: Reading) -> pd.DataFrame:
    """Return one row a variant: median and 95 % interval over seeds of every cost and score."""
    rows = [_summary_row(reading.runs(variant)) | _plain_cells(reading.across[variant]) for variant in reading.variants]
    rows += [
        {"variant": name, "label": REFERENCES[name], "reducer": "", "n_runs": 0, "n_ok": 0} | _plain_cells(values)
        for name, values in reading.references.items()
    ]
    columns = ["variant", "label", "reducer", "n_runs", "n_ok", "status", "reason"]
    columns += ["dataset", "n_fit", "n_test", "n_components"]
    for name in (*COSTS, *_score_columns()):
        columns += [name, f"{name}_low", f"{name}_high"]
    whole = {name: "Int64" for name in ("n_fit", "n_test", "n_components", "n_runs", "n_ok")}
    return pd.DataFrame(rows, columns=columns).astype(whole)


def narrow_table(headline: Sequence[Table]) -> pd.DataFrame:
    """Return the headline, one row a method: what `summary.csv` has of these columns, and which cells are best."""
    rows: dict[str, dict[str, object]] = {}
    for table in headline:
        for row in table.rows:
            cells = rows.setdefault(row.key, {"variant": row.key, "label": row.label, "kind": row.kind.value})
            for column, cell in zip(table.columns, row.cells, strict=True):
                value = f"{cell.text} {cell.interval}" if cell.value is None else cell.value
                cells |= {column.key: value, f"{column.key}_low": cell.low, f"{column.key}_high": cell.high}
                cells |= {f"{column.key}_best": cell.best}
    return pd.DataFrame(list(rows.values()))


def _score_columns() -> list[str]:
    return [
        column_name(score.key, split, k)
        for score in SCORES.values()
        if not score.several
        for split in score.splits
        for k in score.ks
    ]


def _plain_cells(values: Iterable[Value]) -> dict[str, object]:
    """Return single values as cells without an interval."""
    return {column_name(v.score, v.split, v.k): v.value for v in values if v.value is not None and not v.part}


def _run_row(record: Record) -> dict[str, object]:
    outcome = record.outcome
    row: dict[str, object] = {
        "variant": record.variant,
        "label": record.label,
        "reducer": record.reducer,
        "dataset": record.dataset,
        "n_fit": record.n_fit,
        "n_test": record.n_test,
        "n_components": outcome.n_components,
        "seed": record.seed,
        "random_state": record.random_state,
        "status": outcome.status.value,
        "reason": outcome.reason,
    }
    for name, cost in outcome.costs.items():
        row |= {f"{name}_s": cost and cost.wall_s, f"{name}_cpu_s": cost and cost.cpu_s}
        row |= {f"{name}_cores": cost and cost.cores}
    fit, transform = outcome.fit, outcome.transform
    row |= {
        "repeatable": outcome.repeatable,
        "fit_other_cores": fit and fit.other_cores,
        "peak_mib": fit and fit.peak_mib,
        "baseline_mib": fit and fit.baseline_mib,
        "transform_peak_mib": transform and transform.peak_mib,
        "transform_baseline_mib": transform and transform.baseline_mib,
        "memory_method": fit and fit.memory_method,
        "threads": record.thread_budget,
        "pools": "; ".join(f"{pool.library}: {pool.threads}" for pool in outcome.pools),
        "notes": "; ".join(outcome.notes),
        "load_before": record.load_before,
        "started": record.started,
        "key": record.key,
    }
    return row


def _summary_row(items: Sequence[Judged]) -> dict[str, object]:
    first = items[0].record
    well = [item for item in items if item.record.ok]
    failed = [item.record for item in items if not item.record.ok]
    row: dict[str, object] = {
        "variant": first.variant,
        "label": first.label,
        "reducer": first.reducer,
        "dataset": first.dataset,
        "n_fit": first.n_fit,
        "n_test": first.n_test,
        "n_components": well[0].record.outcome.n_components if well else None,
        "n_runs": len(items),
        "n_ok": len(well),
        "status": failed[0].outcome.status.value if failed else Status.OK.value,
        "reason": failed[0].outcome.reason if failed else "",
    }
    runs = runs_table(well)
    for name in COSTS:
        cost = interval(runs[name].dropna(), lowest=0) if well else None
        row |= _cells(name, cost)
    by_column: dict[tuple[str, str, int | None], list[float]] = {}
    for item in well:
        for value in item.values:
            if value.part:
                continue
            if value.value is not None:
                by_column.setdefault((value.score, value.split, value.k), []).append(value.value)
            else:
                # What a method cannot have is said, so that it is not taken for a gap.
                row[column_name(value.score, value.split, value.k)] = value.reason
    for (key, split, k), values in by_column.items():
        row |= _cells(column_name(key, split, k), interval(values, SCORES[key].low, SCORES[key].high))
    return row


def _cells(name: str, cost: Interval | None) -> dict[str, object]:
    if cost is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: cost.median, f"{name}_low": cost.low, f"{name}_high": cost.high}
