"""The plan: a study and its data become runs, each with a key that shows whether its result is still valid."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import product

import reducers
from bench.datasets import Dataset
from bench.studies.study import Study, Variant

MEASUREMENT = 3
"""Raised whenever the worker or the meter measures something else under the same name."""


@dataclass(frozen=True)
class Run:
    """One fit of one variant on one sample of the data with one seed.

    Attributes
    ----------
    variant : str
        Name of the variant.
    spec : Variant
        Its reducer and parameters.
    sample : int
        Which sample of the training points, from 0.
    seed : int
        Index of the seed, from 0.
    random_state : int or None
        What the reducer is given; the same for every variant of one seed index, None for unseeded variants.
    threads : int
        Thread budget.
    key : str
        Hash of all that the result depends on.
    """

    variant: str
    spec: Variant
    sample: int
    seed: int
    random_state: int | None
    threads: int
    key: str


def derive_seed(**axes: str | int) -> int:
    """Return a seed from named axes, so that a new value of one axis changes no other seed.

    >>> derive_seed(use="fit", seed=0) == derive_seed(seed=0, use="fit")
    True
    """
    text = json.dumps(sorted(axes.items()))
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") % 2**31


def make(study: Study, dataset: Dataset, threads: int, machine: str) -> list[Run]:
    """Return the runs of a resolved study in the order they take place.

    With rounds, samples and seeds are outermost and the order within each round is shuffled by the study's seed, so
    that a machine that slows down does so for all variants. Without rounds, the runs of one variant follow each other.

    Parameters
    ----------
    threads : int
        Thread budget of every run whose variant has none of its own.
    machine : str
        Fingerprint of the machine: times of another machine are not times of this one.
    """
    common = {"measurement": MEASUREMENT, "machine": machine}
    names = {variant.reducer for variant in study.variants.values()}
    code = {name: {"code": reducers.digest(name), "versions": reducers.requirements(name)} for name in names}
    data: dict[tuple[int | None, str, int], str] = {}
    runs = []
    for name, sample, seed in _order(study):
        variant = study.variants[name]
        selection = (variant.n, variant.without, sample)
        if selection not in data:
            data[selection] = dataset.select(*selection, study.samples).fingerprint
        random_state = derive_seed(use="fit", seed=seed) if variant.seeded else None
        own = {
            "data": data[selection],
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


def _order(study: Study) -> Iterator[tuple[str, int, int]]:
    """Yield variant, sample and seed of each run in their order."""
    rounds = product(range(study.samples), range(study.seeds))
    if not study.rounds:
        for name, (sample, seed) in product(study.variants, rounds):
            yield name, sample, seed
        return
    for sample, seed in rounds:
        axes = {"seed": seed, "sample": sample} if sample else {"seed": seed}
        shuffled = sorted(study.variants)
        random.Random(derive_seed(use="order", study=study.order_seed, **axes)).shuffle(shuffled)
        for name in shuffled:
            yield name, sample, seed
