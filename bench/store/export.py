"""What the store has of all runs, as tidy tables: the files that `Results` reads."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from bench.metrics.metric import Value
from bench.store import elsewhere
from bench.store.records import Record
from bench.store.score_store import Scored, ScoreStore
from bench.store.store import Store
from bench.store.tables import to_csv

RUN = ["variant", "sample", "seed"]
SCORE_COLUMNS = [*RUN, "split", "score", "k", "part", "value", "reason"]
STANDARD_ERROR = "standard_error"
"""A last column of scores by anchors."""
CURVE_COLUMNS = [*RUN, "k", "r_nx", "recall", "trustworthiness", "continuity"]
MEASURE_COLUMNS = [*RUN, "measure", "part", "value"]


def export(store: Store) -> None:
    """Write `runs.csv`, `scores.csv`, `curves.csv` and `measures.csv` of the runs that the store has.

    If the folder extends a study, they have its rows, too.

    Raises StoreError if there is no run, or a file cannot be written.
    """
    records, scores = store.records(), ScoreStore(store)
    scored = [(record, scores.of_run(record)) for record in records]
    found = [(record, of_run) for record, of_run in scored if of_run is not None]
    tables = {
        "runs": runs_table(records),
        "scores": _scores_table(scores, records, found),
        "curves": _curves_table(found),
        "measures": _measures_table(found),
    }
    for name, own in tables.items():
        table = _without_nothing(elsewhere.with_rows(store, name, own))
        if table.empty and name in ("curves", "measures"):
            store.remove(f"{name}.csv")
        else:
            store.write(f"{name}.csv", to_csv(table))


def runs_table(records: Iterable[Record]) -> pd.DataFrame:
    """Return one row a run: what was asked, how it ended and what it cost.

    A column `timed` says of which runs costs are measurements, unless they are of all.
    """
    whole = {name: "Int64" for name in ("n_components", "random_state", "n_iter")}
    table = pd.DataFrame([_run_row(record) for record in records]).astype(whole)
    return table.drop(columns="timed") if table["timed"].all() else table


def _run_row(record: Record) -> dict[str, object]:
    outcome = record.outcome
    costs = {name: cost if record.timed else None for name, cost in outcome.costs.items()}
    fit, transform = costs["fit"], costs["transform"]
    row: dict[str, object] = {
        **_fields(record, "variant", "label", "reducer", "dataset", "n_train", "n_test"),
        "n_components": outcome.n_components,
        **_fields(record, "sample", "seed", "random_state"),
        "status": outcome.status.value,
        "reason": outcome.reason,
        "n_iter": outcome.n_iter,
        "converged": outcome.converged,
    }
    for name, cost in costs.items():
        row |= {f"{name}_s": cost and cost.wall_s, f"{name}_cpu_s": cost and cost.cpu_s}
        row |= {f"{name}_cores": cost and cost.cores}
    return row | {
        "repeatable": outcome.repeatable,
        "fit_other_cores": fit and fit.other_cores,
        "peak_mib": fit and fit.peak_mib,
        "baseline_mib": fit and fit.baseline_mib,
        "mapped_mib": fit and fit.mapped_mib,
        "transform_peak_mib": transform and transform.peak_mib,
        "transform_baseline_mib": transform and transform.baseline_mib,
        "memory_method": fit and fit.memory_method,
        "threads": record.thread_budget,
        "pools": "; ".join(f"{pool.library}: {pool.threads}" for pool in outcome.pools),
        "notes": "; ".join(outcome.notes),
        **_fields(record, "load_before", "started", "key"),
        "new_on_disk": outcome.new_on_disk,
        **_fields(record, "host", "machine", "attempts", "exclusive", "timed"),
    }


def _fields(record: Record, *names: str) -> dict[str, object]:
    return {name: getattr(record, name) for name in names}


def _scores_table(scores: ScoreStore, records: list[Record], found: list[tuple[Record, Scored]]) -> pd.DataFrame:
    """Return one row a score; those of references have no seed, and those over seeds neither seed nor sample."""
    samples = range(scores.store.study().samples)
    groups: list[tuple[str, int | None, int | None, Iterable[Value]]] = [
        (name, sample if len(samples) > 1 else None, None, values)
        for sample in samples
        for name, values in scores.references(sample).items()
    ]
    groups += [(record.variant, record.sample, record.seed, of_run.current) for record, of_run in found]
    for variant in dict.fromkeys(record.variant for record in records):
        across = scores.across([one for one in records if one.variant == variant and one.sample == 0])
        groups += [(variant, None, None, across.current)] if across else []
    rows = [
        (variant, sample, seed, v.split, v.score, v.k, v.part, v.value, v.reason, v.standard_error)
        for variant, sample, seed, values in groups
        for v in values
    ]
    types = {**dict.fromkeys(("sample", "seed", "k"), "Int64"), STANDARD_ERROR: "float64"}
    return pd.DataFrame(rows, columns=[*SCORE_COLUMNS, STANDARD_ERROR]).astype(types)


def _without_nothing(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without a column of standard errors if there is none."""
    has_none = STANDARD_ERROR in table and table[STANDARD_ERROR].isna().all()
    return table.drop(columns=STANDARD_ERROR) if has_none else table


def _curves_table(found: list[tuple[Record, Scored]]) -> pd.DataFrame:
    rows = [
        (record.variant, record.sample, record.seed, int(k), *(round(one, 6) for one in at_k))
        for record, scored in found
        if scored.curves
        for k, *at_k in zip(*(scored.curves[name] for name in CURVE_COLUMNS[3:]), strict=True)
    ]
    return pd.DataFrame(rows, columns=CURVE_COLUMNS)


def _measures_table(found: list[tuple[Record, Scored]]) -> pd.DataFrame:
    rows = [
        (record.variant, record.sample, record.seed, name, part, value)
        for record, scored in found
        for name, parts in scored.measures.items()
        for part, value in parts.items()
    ]
    return pd.DataFrame(rows, columns=MEASURE_COLUMNS)
