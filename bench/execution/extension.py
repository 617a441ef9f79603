"""Extension: finished samples of the data, which a study's tables have, are not measured again by a later run."""

from __future__ import annotations

from collections.abc import Sequence

from bench.datasets import Dataset
from bench.store import elsewhere
from bench.store.store import Store
from bench.studies import plan
from bench.studies.plan import Run
from bench.studies.study import Study


def to_measure(
    store: Store, study: Study, dataset: Dataset, runs: Sequence[Run], rerun: str | None = None, *, keep: bool = True
) -> list[Run]:
    """Return the runs of which tables do not have the sample of the data already, and keep the rows of the others.

    A sample that they have is finished if all its runs would have the same keys now: code of the reducer, versions,
    parameters, threads and data are the same then. What `rerun` names is measured again.
    """
    tables = elsewhere.earlier(store) if study.samples > 1 and rerun != "all" else None
    if tables is None:
        return list(runs)
    keys = {run.key for threads in tables.runs["threads"].unique() for run in plan.make(study, dataset, int(threads))}
    found = {pair for pair in elsewhere.finished(store, tables, runs, keys) if pair[0] != rerun}
    if keep and found:
        elsewhere.keep(store, tables, found)
    return [run for run in runs if (run.variant, run.sample) not in found]
