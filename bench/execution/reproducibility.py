"""Which runs of a study should give the same embedding, and how far apart their embeddings are."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache, lru_cache
from itertools import combinations

import pandas as pd
from rich.console import Console

from bench.datasets import Dataset
from bench.datasets.base import order_of_rows, places_of_points
from bench.execution.progress import bar
from bench.execution.scoring import UNREADABLE, embedding_of, run_name, space_of
from bench.metrics import Embedding, ReferenceSpace
from bench.metrics.stability import compare
from bench.store import machines
from bench.store.records import Record
from bench.store.store import Store
from bench.store.tables import to_csv

log = logging.getLogger(__name__)

MAX_KEPT = 16
"""Embeddings that are kept in memory: those of one variant are compared with those of several others."""


def write(store: Store, dataset: Dataset, console: Console) -> None:
    """Write `reproducibility.csv`, or remove it if no two runs of the study should be the same."""
    frame = table(store, dataset, console)
    if frame.empty:
        store.remove("reproducibility.csv")
    else:
        store.write("reproducibility.csv", to_csv(frame))


def table(store: Store, dataset: Dataset, console: Console) -> pd.DataFrame:
    """Return one row for each pair of runs and split; no row if no two variants of the study should be the same.

    Variants should be the same if reducer, parameters, seeds and training points are: then they differ in process, and
    perhaps in threads, or in the rows that the points stand in. Of points that stand in two rows the first one counts.
    As a scale for such a difference, the first of them is also compared with itself, its first seed with every other
    one. Runs of a merged folder that were repeated on another machine are compared with those, too.
    """
    study, rows = store.study(), []
    found = [(differs, store, one, other) for differs, one, other in pairs(store)] + list(on_machines(store))

    @cache
    def space(n: int | None, without: str, sample: int) -> ReferenceSpace:
        return space_of(dataset.select(n, without, sample, study.samples))

    @lru_cache(MAX_KEPT)
    def embedding(where: Store, variant: str, sample: int, seed: int) -> Embedding:
        """Return the embedding of a run, its points in the order in which the study has them."""
        spec, record = study.variants[variant], where.find(variant, sample, seed)
        assert record is not None
        points = space(spec.n, spec.without, sample)
        return _in_order(where, points, record, spec.rows) if spec.rows else embedding_of(where, points, record)

    with bar(console, "reproducibility", len(found)) as advance:
        for differs, where, one, other in found:
            names = {"reducer": one.reducer, "differs": differs, "sample": one.sample}
            names |= {"first": one.variant, "first_seed": one.seed, "second": other.variant, "second_seed": other.seed}
            try:
                both = ((store, one), (where, other))
                compared = compare(*(embedding(of, run.variant, run.sample, run.seed) for of, run in both))
            except UNREADABLE as error:
                log.warning("%s and %s cannot be compared: %s", run_name(one), run_name(other), error)
                compared = {}
            rows += [names | {"split": split} | asdict(same) for split, same in compared.items()]
            advance()
    return pd.DataFrame(rows)


def pairs(store: Store) -> Iterator[tuple[str, Record, Record]]:
    """Yield the pairs of successful runs that are compared, each with what it differs in.

    Where that is the rows of its points, runs are compared with the first variant alone.
    """
    variants = store.study().variants
    groups: dict[str, dict[str, list[Record]]] = {}
    for record in store.records():
        spec = variants[record.variant]
        if spec.seeded:
            same = json.dumps([spec.reducer, spec.params, spec.n, spec.without], sort_keys=True)
            of_variant = groups.setdefault(same, {}).setdefault(record.variant, [])
            of_variant += [record] if record.ok else []
    for runs in groups.values():
        for first, second in combinations(runs, 2):
            rows = variants[second].rows
            if variants[first].rows or (rows and first != next(iter(runs))):
                continue
            others = {(other.sample, other.seed): other for other in runs[second]}
            for one in runs[first]:
                other = others.get((one.sample, one.seed))
                if other is not None:
                    elsewhere = "process" if one.thread_budget == other.thread_budget else "threads"
                    yield rows or elsewhere, one, other
        if len(runs) > 1:
            of_first = next(iter(runs.values()))
            yield from (("seed", of_first[0], other) for other in of_first[1:] if other.sample == of_first[0].sample)


def on_machines(store: Store) -> Iterator[tuple[str, Store, Record, Record]]:
    """Yield each successful run, with a seed, that was repeated on another machine; between them the other's store."""
    variants = store.study().variants
    for path in sorted((store.folder / machines.FOLDER).glob("*/study.toml")):
        other = Store(path.parent)
        for again in other.records():
            one = store.find(again.variant, again.sample, again.seed)
            is_again = one is not None and one.ok and again.ok and one.machine != again.machine
            if one is not None and is_again and variants[again.variant].seeded:
                yield machines.DIFFERS + again.machine, other, one, again


def _in_order(store: Store, space: ReferenceSpace, record: Record, rows: str) -> Embedding:
    """Return the embedding of a run whose points stood in other rows as that of the points of a space.

    Raises one of `UNREADABLE` if what is stored is no embedding of these rows.
    """
    arrays, expected = store.arrays(record), len(order_of_rows(rows, space.n))
    if len(arrays["train"]) != expected:
        raise ValueError(f"Got positions of {len(arrays['train'])} rows, but expected {expected}")
    return Embedding(space, arrays["train"][places_of_points(rows, space.n)], arrays.get("test"))
