"""Results folders for tests: made up, not measured.

`write` makes the committed files by hand, from values by quantity. `folder` makes a real store of records and
embeddings and scores it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console

from bench.datasets import Dataset
from bench.execution import environment, reproducibility, scoring
from bench.execution.drawings import keep_drawings
from bench.metrics.metric import column_name
from bench.metrics.registry import METRICS, REFERENCES
from bench.store import test_set
from bench.store.arrays import FILE, packed
from bench.store.export import CURVE_COLUMNS, MEASURE_COLUMNS, SCORE_COLUMNS, export, runs_table
from bench.store.records import Measurement, Outcome, Record, Status
from bench.store.results import Results
from bench.store.store import Store
from bench.store.values import RunId
from bench.studies.study import Study, Variant

Number = float | str | None
"""A value, the reason why there is none, or nothing at all."""
ByRun = Sequence[Number] | Mapping[RunId, Number] | float | str
"""Values by seed or by (sample, seed); a single one for references and for scores over seeds."""

SCORES = {
    column_name(score.key, split, k): (score.key, split, k)
    for score in METRICS.values()
    for split in score.splits
    for k in score.ks
}
COSTS = ("import", "cold_start", "fit", "fit_transform", "transform", "inverse")
MEMORY = ("peak_mib", "baseline_mib", "transform_peak_mib", "transform_baseline_mib", "memory_method")
COST_COLUMNS = (*(f"{name}_{what}" for name in COSTS for what in ("s", "cpu_s", "cores")), "fit_other_cores", *MEMORY)


def cost(wall_s: float, other_cores: float | None = 0.0) -> Measurement:
    return Measurement(
        wall_s=wall_s,
        cpu_s=wall_s,
        peak_mib=200.0,
        baseline_mib=150.0,
        mapped_mib=100.0,
        other_cores=other_cores,
        memory_method="VmHWM less mapped",
    )


def successful(fit_s: float = 1.0, *, transductive: bool = False, **changes: object) -> Outcome:
    fields = {
        "status": Status.OK,
        "imported": cost(0.5),
        "cold_start": cost(0.7),
        "fit": cost(fit_s),
        "transform": None if transductive else cost(0.1),
        "n_components": 2,
        "can_transform": not transductive,
        "can_invert": False,
    }
    return Outcome.model_validate(fields | changes)


def failed(status: Status, reason: str) -> Outcome:
    return Outcome(status=status, reason=reason)


def record(
    variant: str, seed: int, dataset: Dataset | None = None, outcome: Outcome | None = None, **changes: object
) -> Record:
    fields: dict[str, object] = {
        "key": f"{variant}-{seed}",
        "variant": variant,
        "label": variant.upper(),
        "reducer": "pca",
        "params": {},
        "dataset": "clouds" if dataset is None else dataset.name,
        "n_train": 1_000 if dataset is None else len(dataset.X),
        "n_test": 500 if dataset is None else len(dataset.X_test),
        "n_features": 10 if dataset is None else dataset.X.shape[1],
        "seed": seed,
        "random_state": seed,
        "thread_budget": 1,
        "host": "somewhere",
        "machine": "a machine",
        "timeout_s": 10.0,
        "memory_cap_mib": 1000.0,
        "started": "2026-01-01T00:00:00+00:00",
        "load_before": 0.0,
        "outcome": outcome or successful(1.0 + 0.01 * seed),
        "log_tail": "",
        "arrays_sha256": None,
    }
    return Record.model_validate(fields | changes)


def write(
    path: Path,
    values: Mapping[str, Mapping[str, ByRun]],
    study: Study | None = None,
    *,
    outcomes: Mapping[str, Sequence[Outcome]] | None = None,
    runs: Mapping[str, Mapping[str, object]] | None = None,
    curves: pd.DataFrame | None = None,
    positions: Mapping[str, np.ndarray] | None = None,
    arrays: Mapping[str, np.ndarray] | None = None,
) -> Results:
    """Write a results folder as it is committed and return it.

    Parameters
    ----------
    values : mapping
        By variant or reference, then by quantity: a column of `summary.csv` (`fit_s`, `knn_accuracy_k10_test`), a score
        with parts (`silhouette_of_classes_test:3`), or else a measure (`name` or `name:part`). Costs that are not
        given are empty, unless `outcomes` tells them.
    study : Study or None
        None makes each variant a `pca` with its name in capitals for a label.
    outcomes : mapping
        How the runs of a variant ended, by seed; successful if not given.
    runs : mapping
        By variant other columns of `runs.csv`: one value for all runs, or a list by seed.
    curves : DataFrame or None
        Rows of `curves.csv`.
    positions, arrays : mapping or None
        What `arrays.npz` holds; see `bench.store.arrays.packed`.
    """
    study = (study or study_of(*(row for row in values if row not in REFERENCES))).resolved()
    store = Store(path)
    store.write("study.toml", study.to_toml())
    store.write("runs.csv", _runs(study, values, outcomes or {}, runs or {}).to_csv(index=False))
    rows = [row for name, of_row in values.items() for row in _scores(name, of_row)]
    table = pd.DataFrame(rows, columns=SCORE_COLUMNS).astype(dict.fromkeys(("sample", "seed", "k"), "Int64"))
    store.write("scores.csv", table.to_csv(index=False))
    measured = [row for name, of_row in values.items() for row in _measures(name, of_row)]
    if measured:
        store.write("measures.csv", pd.DataFrame(measured, columns=MEASURE_COLUMNS).to_csv(index=False))
    if curves is not None:
        store.write("curves.csv", curves[CURVE_COLUMNS].to_csv(index=False))
    if positions or arrays:
        store.write(FILE, packed(positions or {}, arrays or {}))
    return Results(path)


def study_of(*names: str, **fields: object) -> Study:
    """Return a study of clouds whose variants have these names."""
    variants = {name: Variant(reducer="pca", label=name.upper()) for name in names}
    usual = {"name": "clouds", "title": "Clouds", "dataset": "clouds", "variants": variants}
    return Study.model_validate(usual | fields)


def growing(
    path: Path,
    series: Mapping[str, Mapping[int, Outcome | Sequence[Outcome]]],
    timeout: float = 100.0,
    **specs: Mapping[str, object],
) -> Results:
    """Write a study of methods fitted on several numbers of points, and return its results.

    `series` are outcomes, one or one a seed, by label and number of points; `specs` other fields of variants by label.
    """
    variants, outcomes, runs = {}, {}, {}
    for label, by_n in series.items():
        for n, ended in by_n.items():
            name = f"{label.split()[0].lower()}{len(variants)}-{n}"
            usual = {"reducer": "pca", "n": n, "label": f"{label}, n = {n:,}", "series": label, "axis": "n"}
            variants[name] = Variant.model_validate({**usual, "scores": False, **specs.get(label, {})})
            outcomes[name], runs[name] = [ended] if isinstance(ended, Outcome) else list(ended), {"n_train": n}
    study = study_of(name="growing", timeout=f"{timeout:g}s", variants=variants)
    return write(path, {variant: {} for variant in variants}, study, outcomes=outcomes, runs=runs)


def _by_run(values: ByRun) -> dict[RunId, Number]:
    if isinstance(values, Mapping):
        return dict(values)
    return {(0, seed): value for seed, value in enumerate(values if isinstance(values, list | tuple) else [])}


def _run_ids(of_variant: Mapping[str, ByRun], outcomes: Sequence[Outcome] | None) -> list[RunId]:
    found = {run for values in of_variant.values() for run in _by_run(values)}
    return sorted(found | {(0, seed) for seed in range(len(outcomes or ()))}) or [(0, 0)]


def _runs(
    study: Study,
    values: Mapping[str, Mapping[str, ByRun]],
    outcomes: Mapping[str, Sequence[Outcome]],
    fields: Mapping[str, Mapping[str, object]],
) -> pd.DataFrame:
    made: list[tuple[Record, dict[str, object]]] = []
    for variant in [variant for variant in study.variants if variant in values]:
        spec, ended = study.variants[variant], outcomes.get(variant)
        named = {"label": spec.label, "reducer": spec.reducer, "params": spec.params}
        for index, (sample, seed) in enumerate(_run_ids(values[variant], ended)):
            outcome = ended[index] if ended else successful()
            state = {"sample": sample, "random_state": seed if spec.seeded else None}
            cells: dict[str, object] = {"dataset": study.dataset} | ({} if ended else dict.fromkeys(COST_COLUMNS))
            costs = [column for column in COST_COLUMNS if column in values[variant]]
            cells |= {column: _by_run(values[variant][column]).get((sample, seed)) for column in costs}
            of_variant = fields.get(variant, {})
            cells |= {name: cell[index] if isinstance(cell, list) else cell for name, cell in of_variant.items()}
            made.append((record(variant, seed, None, outcome, **named, **state), cells))
    table = runs_table(one for one, _ in made)
    rows = [row | cells for row, (_, cells) in zip(table.astype(object).to_dict("records"), made, strict=True)]
    return pd.DataFrame(rows, columns=table.columns)


def _scores(row: str, of_row: Mapping[str, ByRun]) -> Iterator[tuple[object, ...]]:
    for quantity, values in of_row.items():
        name, _, part = quantity.partition(":")
        if name not in SCORES:
            continue
        score, split, k = SCORES[name]
        if row in REFERENCES or split == "seeds":
            single = values[0] if isinstance(values, list | tuple) else values
            by_run: dict[RunId | tuple[None, None], Number] = {(None, None): single}
        else:
            by_run = dict(_by_run(values))
        for (sample, seed), value in by_run.items():
            if value is not None:
                is_reason = isinstance(value, str)
                shown = (None, value) if is_reason else (value, "")
                yield (row, sample, seed, split, score, k, part, *shown)


def _measures(row: str, of_row: Mapping[str, ByRun]) -> Iterator[tuple[object, ...]]:
    for quantity, values in of_row.items():
        name, _, part = quantity.partition(":")
        if name not in SCORES and name not in COST_COLUMNS:
            for (sample, seed), value in _by_run(values).items():
                if value is not None:
                    yield row, sample, seed, name, part, value


def keep(store: Store, one: Record, dataset: Dataset, shift: float = 0.0) -> Record:
    """Store a record with an embedding: two columns of the data, blurred by the seed."""
    partial = store.partial_arrays(one.variant, one.sample, one.seed)
    if one.ok:
        rng = np.random.RandomState(one.seed)
        arrays = {"train": dataset.X[:, :2] + 0.02 * rng.standard_normal((len(dataset.X), 2)) + shift}
        if one.outcome.transform is not None:
            arrays["test"] = dataset.X_test[:, :2] + shift
        with partial.open("wb") as file:
            np.savez(file, **{name: array.astype(np.float32) for name, array in arrays.items()})
    return store.keep(one, partial)


def folder(
    path: Path, dataset: Dataset, records: Sequence[Record], title: str = "Clouds", *, drawn: bool = False
) -> Store:
    """Return a results folder with the records and an embedding of each, scored.

    Parameters
    ----------
    drawn : bool
        Whether it has what figures draw, and `reproducibility.csv`, too.
    """
    store = Store(path)
    variants = {one.variant: Variant(reducer=one.reducer, label=one.label, params=one.params) for one in records}
    store.write("study.toml", Study(name="clouds", title=title, dataset="clouds", variants=variants).to_toml())
    where = environment.environment(dataset.name, dataset.fingerprint, dataset.provenance, 1)
    store.write_model("environment.json", where)
    kept = [keep(store, one, dataset) for one in records]
    scoring.score(store, dataset, [one for one in kept if one.ok], lambda _: None)
    export(store)
    if drawn:
        reproducibility.write(store, dataset, Console(quiet=True))
        keep_drawings(store, dataset, lambda _: None)
        test_set.write(store)
    return store
