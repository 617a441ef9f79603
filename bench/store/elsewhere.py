"""Rows of a study that were measured elsewhere, shown beside those that are measured here.

A folder that extends a study, such as `results/default-mine`, has a copy of what the tables and figures of that study
were made from in its folder `elsewhere`. Its own tables have those rows, too. The column `measured` of its `runs.csv`
tells them apart: `here`; `earlier`, under the same conditions, so that costs can be compared; or `elsewhere`.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bench.errors import StoreError
from bench.metrics.registry import METRICS, REFERENCES
from bench.store import arrays, sums
from bench.store.disk import read
from bench.store.records import Environment
from bench.store.results import EARLIER, ELSEWHERE, HERE, Results
from bench.store.store import Store
from bench.units import counted

COPIED = ("study.toml", "environment.json", "runs.csv", "scores.csv", "curves.csv", "measures.csv", arrays.FILE)
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


def has_runs(store: Store) -> bool:
    """Return whether a folder has all runs that its tables list as measured here: those are made from the runs then."""
    stored = {(record.variant, record.sample, record.seed) for record in store.records()}
    try:
        runs = Results(store.folder).runs
    except StoreError:
        return bool(stored)  # nothing is listed yet, or what is listed is damaged
    if "measured" in runs:
        runs = runs[runs["measured"] == HERE]
    listed = set(runs[["variant", "sample", "seed"]].itertuples(index=False, name=None))
    return bool(stored) and listed <= stored


def with_rows(store: Store, name: str, own: pd.DataFrame) -> pd.DataFrame:
    """Return a table of a folder with the rows of the study that it extends, in the study's order of variants.

    A variant that has runs here is shown as measured here. Scores that have since been defined otherwise are left out.
    """
    base = of(store)
    if base is None:
        return own
    if name == "runs":
        own = own.assign(measured=HERE)
    if not base.has(name):
        return own
    others = base.frame(name)
    here = {record.variant for record in store.records()} | set(REFERENCES)
    others = others[~others["variant"].isin(here)]
    if name == "scores":
        then = base.environment.metrics if base.environment else {}
        changed = {key for key, metric in METRICS.items() if then.get(key, metric.version) != metric.version}
        others = others[~others["score"].isin(changed)]
    if name == "runs":
        alike = _alike(store.environment(), base.environment)
        others = others.assign(measured=EARLIER if alike else ELSEWHERE)
    if others.empty:
        return own
    order = {variant: place for place, variant in enumerate((*REFERENCES, *store.study().variants))}
    joined = pd.concat([own, others.reindex(columns=own.columns).astype(_whole(own))], ignore_index=True)
    return joined.sort_values("variant", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def keep_arrays(store: Store) -> None:
    """Add what figures draw of the variants that were measured elsewhere to `arrays.npz`."""
    base, own = of(store), arrays.Arrays(store.folder)
    if base is None or not base.arrays or not own:
        return
    here = {record.variant for record in store.records()}
    others = {name: array for name, array in base.arrays.stored.items() if _variant(name) not in here}
    others = {name: array for name, array in others.items() if _variant(name) in base.study.variants}
    store.write(arrays.FILE, arrays.packed({}, {**others, **own.stored}))


def _variant(name: str) -> str:
    """Return the variant that an array is of: `pca` for `embedding/pca/0-3/train`."""
    return name.partition("/")[2].partition("/")[0]


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
    if all(results.measured(variant) == EARLIER for variant in results.elsewhere):
        return f"Measured earlier under the same conditions{where}."
    return f"Measured elsewhere{where}: scores are compared, costs are not."
