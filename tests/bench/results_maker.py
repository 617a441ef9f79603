"""Results folders for tests: records and embeddings made up, not measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench import judge, machine
from bench.datasets import Dataset
from bench.meter import Measurement
from bench.reading import Judged, Reading
from bench.records import Outcome, Record, Status
from bench.scores import Value
from bench.store import Store
from bench.study import Study, Variant


def cost(wall_s: float, other_cores: float | None = 0.0) -> Measurement:
    return Measurement(
        wall_s=wall_s, cpu_s=wall_s, peak_mib=200.0, baseline_mib=150.0, other_cores=other_cores, memory_method="VmHWM"
    )


def record(variant: str, seed: int, dataset: Dataset, outcome: Outcome | None = None, **changes: object) -> Record:
    fields = {
        "key": f"{variant}-{seed}",
        "variant": variant,
        "label": variant.upper(),
        "reducer": "pca",
        "params": {},
        "dataset": dataset.name,
        "n_fit": len(dataset.X),
        "n_test": len(dataset.X_test),
        "n_features": dataset.X.shape[1],
        "seed": seed,
        "random_state": seed,
        "thread_budget": 1,
        "timeout_s": 10.0,
        "memory_cap_mib": 1000.0,
        "started": "2026-01-01T00:00:00+00:00",
        "load_before": 0.0,
        "outcome": outcome or well(1.0 + 0.01 * seed),
        "log_tail": "",
        "arrays_sha256": None,
    }
    return Record.model_validate(fields | changes)


def well(fit_s: float, *, transductive: bool = False, **changes: object) -> Outcome:
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


def ill(status: Status, reason: str) -> Outcome:
    return Outcome(status=status, reason=reason)


def keep(store: Store, one: Record, dataset: Dataset, shift: float = 0.0) -> Record:
    """Store a record with an embedding: two columns of the data, blurred by the seed."""
    partial = store.folder / "partial.npz"
    if one.ok:
        rng = np.random.RandomState(one.seed)
        arrays = {"fit": dataset.X[:, :2] + 0.02 * rng.standard_normal((len(dataset.X), 2)) + shift}
        if one.outcome.transform is not None:
            arrays["test"] = dataset.X_test[:, :2] + shift
        with partial.open("wb") as file:
            np.savez(file, **{name: array.astype(np.float32) for name, array in arrays.items()})
    (store.folder / "runs" / one.variant).mkdir(parents=True, exist_ok=True)
    return store.keep(one, partial)


def folder(path: Path, dataset: Dataset, records: list[Record], title: str = "Clouds") -> Store:
    """Return a results folder with the records, scored."""
    store = Store(path)
    variants = {one.variant: Variant(reducer="pca", label=one.label) for one in records}
    store.write("study.toml", Study(name="clouds", title=title, dataset="clouds", variants=variants).to_toml())
    environment = machine.environment(dataset.name, dataset.fingerprint, dataset.provenance, 1)
    store.write_model("environment.json", environment)
    kept = [keep(store, one, dataset) for one in records]
    judge.judge(store, dataset, [one for one in kept if one.ok], lambda _: None)
    return store


def reading(
    dataset: Dataset,
    samples: dict[str, dict[tuple[str, int | None], list[float | str]]],
    outcomes: dict[str, list[Outcome]] | None = None,
    references: dict[str, list[Value]] | None = None,
    **of_variant: dict[str, object],
) -> Reading:
    """Return what is read of a study with these values over seeds, nothing of it stored.

    Parameters
    ----------
    samples : dict
        By variant, then by score and k: one value a seed, or the reason why there is none. Names of scores that end
        in `_test` are of held-out points.
    outcomes : dict
        How the runs of a variant ended; well, within a second, where nothing is said.
    of_variant : dict
        Other fields of its records, by variant.
    """
    judged = []
    for variant, scores in samples.items():
        n = max((len(values) for values in scores.values()), default=len((outcomes or {}).get(variant, [0])))
        for seed in range(n):
            outcome = outcomes[variant][seed] if outcomes and variant in outcomes else None
            one = record(variant, seed, dataset, outcome, **of_variant.get(variant, {}))
            judged.append(Judged(one, [_value(key, k, values[seed]) for (key, k), values in scores.items()]))
    study = Study(
        name="clouds", title="Clouds", dataset="clouds", variants={v: Variant(reducer="pca") for v in samples}
    )
    made = Reading(Store(Path("nowhere")), study, dataset, tuple(judged), references or {}, None)
    made.__dict__["across"] = {variant: [] for variant in samples}
    return made


def growing(dataset: Dataset, series: dict[str, dict[int, Outcome]], timeout: float = 100.0) -> Reading:
    """Return what is read of a study of methods fitted on several numbers of points, by label; nothing is stored."""
    variants, judged = {}, []
    for label, outcomes in series.items():
        for n, outcome in outcomes.items():
            name = f"{label.split()[0].lower()}{len(variants)}-{n}"
            variants[name] = Variant(reducer="pca", n=n, label=f"{label}, n = {n:,}", series=label, scores=False)
            one = record(name, 0, dataset, outcome, n_fit=n, label=variants[name].label)
            judged.append(Judged(one, []))
    study = Study(name="growing", dataset="clouds", timeout=timeout, variants=variants)
    made = Reading(Store(Path("nowhere")), study, dataset, tuple(judged), {}, None)
    made.__dict__["across"] = {variant: [] for variant in variants}
    return made


def _value(key: str, k: int | None, value: float | str) -> Value:
    name, split = (key.removesuffix("_test"), "test") if key.endswith("_test") else (key, "fit")
    if isinstance(value, str):
        return Value(name, split, k, None, value)
    return Value(name, split, k, value)
