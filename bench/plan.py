"""The plan: a study and its data become runs, each with a key that tells whether its result is still the result."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from itertools import product

import reducers
from bench.datasets import Dataset
from bench.study import Study, Variant

MEASUREMENT = 2
"""Raised whenever the worker or the meter measures something else under the same name."""

LIBRARIES = ("numpy", "scipy", "scikit-learn", "umap-learn", "pynndescent", "numba", "openTSNE", "torch")


@dataclass(frozen=True)
class Run:
    """One fit of one variant with one seed.

    Attributes
    ----------
    variant : str
        Name of the variant.
    spec : Variant
        Its reducer and parameters.
    seed : int
        Index of the seed, from 0; also the round in which the run takes place.
    random_state : int or None
        What the reducer is given; the same for every variant of one seed index, None for unseeded variants.
    threads : int
        Thread budget.
    key : str
        Hash of all that the result depends on.
    """

    variant: str
    spec: Variant
    seed: int
    random_state: int | None
    threads: int
    key: str


def derive_seed(**axes: str | int) -> int:
    """Return a seed from named axes, so that adding an axis's value changes no other seed.

    >>> derive_seed(use="fit", seed=0) == derive_seed(seed=0, use="fit")
    True
    """
    text = json.dumps(sorted(axes.items()))
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") % 2**31


def make(study: Study, dataset: Dataset, threads: int, machine: str) -> list[Run]:
    """Return the runs of a resolved study in the order they take place.

    With rounds, these are outermost and the order within each is shuffled by the study's seed, so that a machine that
    slows down slows down for all; without, the seeds of one variant follow each other.

    Parameters
    ----------
    threads : int
        Thread budget of every run whose variant has none of its own.
    machine : str
        Fingerprint of the machine: times of another machine are no times of this one.
    """
    versions = {name: version(name) for name in LIBRARIES}
    common = {"measurement": MEASUREMENT, "machine": machine, "versions": versions}
    digests = {name: reducers.digest(variant.reducer) for name, variant in study.variants.items()}
    data = _fingerprints(study, dataset)
    runs = []
    for name, seed in _order(study):
        variant = study.variants[name]
        random_state = derive_seed(use="fit", seed=seed) if variant.seeded else None
        own = {
            "data": data[variant.n, variant.without],
            "reducer": variant.reducer.rpartition("/")[2],
            "threads": variant.threads or threads,
            "code": digests[name],
            "params": variant.params,
            "random_state": random_state,
            "seed": seed,
        }
        key = sha256(json.dumps(common | own, sort_keys=True).encode()).hexdigest()
        runs.append(Run(name, variant, seed, random_state, variant.threads or threads, key))
    return runs


def _order(study: Study) -> Iterator[tuple[str, int]]:
    """Yield variant and seed of each run in their order."""
    if not study.rounds:
        yield from product(study.variants, range(study.seeds))
        return
    for seed in range(study.seeds):
        shuffled = sorted(study.variants)
        random.Random(derive_seed(use="order", study=study.order_seed, seed=seed)).shuffle(shuffled)
        for name in shuffled:
            yield name, seed


def _fingerprints(study: Study, dataset: Dataset) -> dict[tuple[int | None, str], str]:
    """Return the fingerprint of every selection of the data that a variant is fitted on, by its `n` and `without`."""
    selections = {(variant.n, variant.without) for variant in study.variants.values()}
    return {selection: dataset.select(*selection).fingerprint for selection in selections}
