"""The plan: a study and its data become runs, each with a key that shows whether its result is still valid."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import product

import reducers
from bench.datasets import Dataset
from bench.studies.study import Study, Variant

MEASUREMENT = 4
"""Raised whenever the worker or the meter measures something else under the same name."""


@dataclass(frozen=True)
class Run:
    """One fit of one variant on one sample of the training points with one seed, both counted from 0."""

    variant: str
    spec: Variant
    sample: int
    seed: int
    random_state: int | None
    """What the reducer is given; the same for every variant of one seed index, None for unseeded variants."""
    threads: int
    key: str
    """Hash of all that the result depends on."""


def derive_seed(**axes: str | int) -> int:
    """Return a seed from named axes, so that a new value of one axis changes no other seed.

    >>> derive_seed(use="fit", seed=0) == derive_seed(seed=0, use="fit")
    True
    """
    text = json.dumps(sorted(axes.items()))
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") % 2**31


def make(study: Study, dataset: Dataset, threads: int, samples: int | None = None) -> list[Run]:
    """Return the runs of a resolved study in the order they take place.

    With rounds, samples and seeds are outermost and the order within each round is shuffled by the study's seed, so
    that a machine that slows down does so for all variants. Without rounds, the runs of one variant follow each other.
    Variants without a thread budget of their own get `threads`. With `samples` only so many of the study's samples of
    the data are included, the first ones; a sample has the same points however many are.
    """
    common = {"measurement": MEASUREMENT}
    names = {variant.reducer for variant in study.variants.values()}
    code = {name: {"code": reducers.digest(name), "versions": reducers.requirements(name)} for name in names}

    @cache
    def fingerprint(n: int | None, without: str, sample: int, rows: str) -> str:
        return dataset.select(n, without, sample, study.samples, rows).fingerprint

    runs = []
    for name, sample, seed in _order(study, samples or study.samples):
        variant = study.variants[name]
        random_state = derive_seed(use="fit", seed=seed) if variant.seeded else None
        own = {
            "data": fingerprint(variant.n, variant.without, sample, variant.rows),
            "reducer": variant.reducer.rpartition("/")[2],
            "threads": variant.threads or threads,
            "params": variant.params,
            "random_state": random_state,
            "sample": sample,
            "seed": seed,
        }
        key = sha256(json.dumps(common | own | code[variant.reducer], sort_keys=True).encode()).hexdigest()
        runs.append(Run(name, variant, sample, seed, random_state, variant.threads or threads, key))
    return runs


def _order(study: Study, samples: int) -> Iterator[tuple[str, int, int]]:
    """Yield variant, sample and seed of each run in their order."""
    if not study.rounds:
        yield from product(study.variants, range(samples), range(study.seeds))
        return
    for sample, seed in product(range(samples), range(study.seeds)):
        axes = {"seed": seed, "sample": sample} if sample else {"seed": seed}
        shuffled = sorted(study.variants)
        random.Random(derive_seed(use="order", study=study.order_seed, **axes)).shuffle(shuffled)
        for name in shuffled:
            yield name, sample, seed
