"""Which runs of a study should give the same embedding, and how far apart their embeddings are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import combinations

import pandas as pd
from rich.console import Console

from bench.datasets import Dataset
from bench.execution.progress import bar
from bench.execution.scoring import embedding_of
from bench.metrics import ReferenceSpace
from bench.metrics.reproducibility import Reproducibility, compare
from bench.store.records import Record
from bench.store.store import Store

Pair = tuple[str, Record, Record]
"""What differs between two runs, and the runs."""


def write(store: Store, dataset: Dataset, console: Console) -> None:
    """Write `reproducibility.csv`, or remove it if no two runs of the study should be the same."""
    frame = table(store, dataset, console)
    if frame.empty:
        store.remove("reproducibility.csv")
    else:
        store.write("reproducibility.csv", frame.to_csv(index=False))


def table(store: Store, dataset: Dataset, console: Console) -> pd.DataFrame:
    """Return one row for each pair of runs and split; no row if no two variants of the study should be the same.

    Variants should be the same if reducer, parameters, seeds and training points are: then they differ in process, and
    perhaps in threads. As a scale for such a difference, the first of them is also compared with itself, its first seed
    with every other one.
    """
    found = list(pairs(store))
    rows = []
    with bar(console, "reproducibility", len(found)) as advance:
        for differs, one, other in found:
            names = {"reducer": one.reducer, "differs": differs, "sample": one.sample}
            names |= {"first": one.variant, "first_seed": one.seed, "second": other.variant, "second_seed": other.seed}
            compared = _compared(store, dataset, one, other)
            rows += [names | {"split": split} | asdict(same) for split, same in compared.items()]
            advance()
    return pd.DataFrame(rows)


def pairs(store: Store) -> Iterator[Pair]:
    """Yield the pairs of successful runs that are compared."""
    runs: dict[str, dict[tuple[int, int], Record]] = {}
    for record in store.records():
        runs.setdefault(record.variant, {})
        if record.ok:
            runs[record.variant][record.sample, record.seed] = record
    variants = store.study().variants
    groups: dict[str, list[str]] = {}
    for name in runs:
        spec = variants[name]
        if spec.seeded:
            same = json.dumps([spec.reducer, spec.params, spec.n, spec.without], sort_keys=True)
            groups.setdefault(same, []).append(name)
    for names in groups.values():
        for first, second in combinations(names, 2):
            for one in runs[first].values():
                other = runs[second].get((one.sample, one.seed))
                if other is None:
                    continue
                yield ("process" if one.thread_budget == other.thread_budget else "threads"), one, other
        if len(names) > 1:
            of_first = list(runs[names[0]].values())
            yield from (("seed", of_first[0], other) for other in of_first[1:] if other.sample == of_first[0].sample)


def _compared(store: Store, dataset: Dataset, one: Record, other: Record) -> dict[str, Reproducibility]:
    study = store.study()
    spec = study.variants[one.variant]
    space = ReferenceSpace(dataset.select(spec.n, spec.without, one.sample, study.samples))
    return compare(*(embedding_of(store, space, record) for record in (one, other)))
