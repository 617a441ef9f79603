"""Rows of a study that were measured elsewhere, shown beside those that are measured here.

A folder that extends a study, such as `results/default-mine`, has a copy of what the tables and figures of that study
were made from in its folder `elsewhere`. Its own tables have those rows, too. The column `measured` of its `runs.csv`
tells them apart: `here`; `earlier`, under the same conditions, so that costs can be compared; or `elsewhere`.

A study on several samples of its data extends itself: samples that its committed tables have, and whose runs are not
here, are copied there, too, and only the others are measured.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable
from pathlib import Path

import pandas as pd

from bench.errors import StoreError
from bench.metrics.registry import METRICS, REFERENCES
from bench.store import arrays, sums
from bench.store.disk import read
from bench.store.machines import EARLIER, ELSEWHERE, HERE, classes, is_timed
from bench.store.records import Environment
from bench.store.results import Results
from bench.store.store import Store
from bench.store.tables import to_csv
from bench.studies.plan import Run
from bench.units import counted

COPIED = ("study.toml", "environment.json", "runs.csv", "scores.csv", "curves.csv", "measures.csv", arrays.FILE)
Finished = tuple[str, int]
"""A variant and a sample of the data that it has all runs on."""
CONDITIONS = ("fingerprint", "thread_budget", "measurement")
"""Fields of an environment that must be the same for costs to be compared."""


def copy(store: Store, base: Path, dataset_fingerprint: str) -> None:
    """Copy the rows of a study into a folder that extends it.

    Raises StoreError if they are of other data, or what is to be copied is damaged.
    """
    where = Store(base).environment()
    if where is None or where.dataset_fingerprint != dataset_fingerprint:
        raise StoreError(
            f"Got {base}, but its results are of other data than those at hand. Name a folder of its own with --out."
        )
    for name in COPIED:
        if (base / name).is_file():
            sums.check(base, name)
            store.write(f"{ELSEWHERE}/{name}", read(base / name))
        else:
            store.remove(f"{ELSEWHERE}/{name}")


def of(store: Store) -> Results | None:
    """Return the results of the study that a folder extends; None if it extends none."""
    found = Results(store.runs_in / ELSEWHERE)
    return found if found.exists else None


def earlier(store: Store) -> Results | None:
    """Return the tables that may have finished samples of the data of a study: what a folder extends, or its own.

    Its own are of runs elsewhere only if it has no run. None if there are none, or they do not say what was run.
    """
    found = of(store) or Results(store.folder)
    try:
        if not found.exists or (found.folder == store.folder and store.records()):
            return None
        return found if {"key", "machine"} <= {*found.runs} else None
    except StoreError:
        return None


def finished(store: Store, tables: Results, runs: Iterable[Run], keys: Collection[str]) -> set[Finished]:
    """Return the variants, each with a sample of the data, of which tables have all runs and the folder has none.

    The runs must be those that would be done now: `keys` are theirs, made of the code, the versions and the data at
    hand. Tables that lack nothing are not extended, but measured again: there are none.
    """
    valid = tables.runs[tables.runs["key"].isin(keys)]
    known = set(valid[["variant", "sample", "seed"]].itertuples(index=False, name=None))
    here = {(record.variant, record.sample) for record in store.records()}
    asked: dict[Finished, list[int]] = {}
    for run in runs:
        asked.setdefault((run.variant, run.sample), []).append(run.seed)
    found = {
        pair for pair, seeds in asked.items() if pair not in here and all((*pair, seed) in known for seed in seeds)
    }
    return found if len(found) < len(asked) or of(store) is not None else set()


def keep(store: Store, tables: Results, found: Container[Finished]) -> None:
    """Copy the rows of finished samples of the data to where they stay when a folder's own tables are replaced."""
    if tables.folder == store.runs_in / ELSEWHERE:
        return  # they are there since it was first extended
    for name in COPIED:
        if not (tables.folder / name).is_file():
            continue
        sums.check(tables.folder, name)
        content: str | bytes = read(tables.folder / name)
        if name.endswith(".csv"):
            frame = tables.frame(name.removesuffix(".csv"))
            pairs = zip(frame["variant"], frame["sample"].fillna(0), strict=True)
            content = to_csv(frame[[(variant, int(s)) in found or variant in REFERENCES for variant, s in pairs]])
        store.write(f"{ELSEWHERE}/{name}", content)


def has_runs(store: Store) -> bool:
    """Return whether a folder has all runs that its tables list as measured here: those are made from the runs then.

    Rows that were measured elsewhere must be there, too.
    """
    stored = {(record.variant, record.sample, record.seed) for record in store.records()}
    try:
        runs = Results(store.folder).runs
    except StoreError:
        return bool(stored)  # nothing is listed yet, or what is listed is damaged
    if "measured" in runs:
        if (runs["measured"] != HERE).any() and of(store) is None:
            return False
        runs = runs[runs["measured"] == HERE]
    listed = set(runs[["variant", "sample", "seed"]].itertuples(index=False, name=None))
    return bool(stored) and listed <= stored


def with_rows(store: Store, name: str, own: pd.DataFrame) -> pd.DataFrame:
    """Return a table of a folder with the rows of the study that it extends, in the study's order of variants.

    A variant that has runs here is shown as measured here; on samples of the data without a run here as measured
    elsewhere, if it is the same there. Scores that have since been defined otherwise are left out.
    """
    base = of(store)
    if base is None:
        return own
    if name == "runs":
        own = own.assign(measured=HERE)
    if not base.has(name):
        return own
    others, is_here = base.frame(name), _here(store, base)
    scored = {pair for pair in _pairs(own) if pair[0] in REFERENCES}

    def is_kept(variant: str, sample: int) -> bool:
        if variant in REFERENCES:
            return base.study.samples > 1 and (variant, sample) not in scored
        return not is_here(variant, sample)

    others = others[[is_kept(*pair) for pair in _pairs(others)]]
    if name == "scores":
        then = base.environment.metrics if base.environment else {}
        changed = {key for key, metric in METRICS.items() if then.get(key, metric.version) != metric.version}
        others = others[~others["score"].isin(changed)]
    if name == "runs":
        others = others.assign(measured=_where(store.environment(), base.environment, others))
    if others.empty:
        return own
    if "timed" in (*own, *others):
        own, others = own.assign(timed=is_timed(own)), others.assign(timed=is_timed(others))
    order = {variant: place for place, variant in enumerate((*REFERENCES, *store.study().variants))}
    joined = pd.concat([own, others.reindex(columns=own.columns).astype(_whole(own))], ignore_index=True)
    by = ["place", "sample", "seed"] if base.study.samples > 1 else ["place"]
    joined = joined.assign(place=joined["variant"].map(order)).sort_values(by, kind="stable", ignore_index=True)
    return joined.drop(columns="place")


def keep_arrays(store: Store) -> None:
    """Add what figures draw of what was measured elsewhere to `arrays.npz`."""
    base, own = of(store), arrays.Arrays(store.folder)
    if base is None or not base.arrays or not own:
        return
    is_here, there = _here(store, base), set(_pairs(base.runs))
    others = {
        name: array
        for name, array in base.arrays.stored.items()
        if (pair := _pair(name)) in there and not is_here(*pair)
    }
    store.write(arrays.FILE, arrays.packed({}, {**others, **own.stored}))


def _here(store: Store, base: Results) -> Callable[[str, int], bool]:
    """Return whether rows of a variant on a sample of the data are replaced by what was measured here."""
    pairs = {(record.variant, record.sample) for record in store.records()}
    variants, own, where = {variant for variant, _ in pairs}, store.study().variants, store.environment()

    def is_same(variant: str) -> bool:
        spec, then = own.get(variant), base.study.variants.get(variant)
        if spec is None or spec != then or where is None or base.environment is None:
            return False
        return where.reducers.get(spec.reducer) == base.environment.reducers.get(spec.reducer)

    other = {variant for variant in variants if not is_same(variant)}
    return lambda variant, sample: variant in other or (variant, sample) in pairs


def _pairs(rows: pd.DataFrame) -> list[Finished]:
    """Return variant and sample of rows; without a sample, scores are of the first one."""
    return [(str(v), int(s)) for v, s in zip(rows["variant"], rows["sample"].fillna(0), strict=True)]


def _pair(name: str) -> Finished:
    """Return variant and sample of an array: `("pca", 0)` for `embedding/pca/0-3/train`."""
    _, variant, run, *_ = (*name.split("/"), "", "")
    sample = run.partition("-")[0]
    return variant, int(sample) if sample.isdecimal() else 0


def _where(here: Environment | None, there: Environment | None, rows: pd.DataFrame) -> list[str]:
    """Return of each run that was measured elsewhere whether the conditions were the same, so that costs compare."""
    before = rows["measured"] if "measured" in rows else pd.Series(HERE, rows.index)
    alike = (before != ELSEWHERE) & _alike(here, there)
    if here is not None and there is not None and there.machines:
        alike = (before != ELSEWHERE) & (here.measurement == there.measurement)
        alike &= (classes(rows) == here.fingerprint) & (rows["threads"] == here.thread_budget)
    if here is not None and "machine" in rows:  # what was elsewhere there may be of this machine
        alike |= (before == ELSEWHERE) & (rows["machine"] == here.fingerprint) & (rows["threads"] == here.thread_budget)
    return [EARLIER if one else ELSEWHERE for one in alike]


def _alike(here: Environment | None, there: Environment | None) -> bool:
    """Return whether costs were measured under the same conditions."""
    return None not in (here, there) and all(getattr(here, name) == getattr(there, name) for name in CONDITIONS)


def _whole(own: pd.DataFrame) -> dict[str, str]:
    """Return the columns of whole numbers, some of which may be missing."""
    return {str(name): "Int64" for name, kind in own.dtypes.items() if str(kind) == "Int64"}


def described(results: Results) -> str:
    """Return what must be known of rows that were measured elsewhere, and where that was; empty if there are none."""
    if not results.elsewhere:
        return ""
    base = of(Store(results.folder))
    where = f", as published in {base.study.name}" if base else ""
    if base and base.environment:
        where += f" ({base.environment.processor}, {counted(base.environment.cores, 'core')})"
    measured = results.runs[["variant", "measured"]]
    others = measured[measured["measured"] != HERE]
    is_partly = bool((measured["variant"].isin(others["variant"]) & (measured["measured"] == HERE)).any())
    begins = "Some samples of the data were measured" if is_partly else "Measured"
    if (others["measured"] == EARLIER).all():
        return f"{begins} earlier under the same conditions{where}."
    costs = "their costs are left out" if is_partly else "costs are not"
    return f"{begins} elsewhere{where}: scores are compared, {costs}."
