"""Made-up studies for claims: what a run would have left is said, not measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from bench.claims.evidence import Evidence
from bench.datasets import Dataset
from bench.reading import Judged, Reading
from bench.records import Record
from bench.scores import Value
from bench.store import Store
from bench.study import Study, Variant
from tests.bench import results_maker as maker

SEEDS = 5
DIGITS = tuple("0123456789")
World = Mapping[str, Mapping[str, Any]]
"""What is said of each variant; see `arrays_of` and `values_of` for what can be."""


def digits(n: int = 400, n_test: int = 200) -> Dataset:
    """Return ten classes of 64 features, each around a corner of its own."""
    rng = np.random.RandomState(0)
    y = np.arange(n + n_test) % 10
    corners = np.eye(10, 64)
    X = np.clip(0.3 + 0.5 * corners[y] + 0.05 * rng.standard_normal((n + n_test, 64)), 0, 1).astype(np.float32)
    return Dataset("digits", X[:n], X[n:], y[:n], y[n:], DIGITS, (8, 8), None, "made up")


@dataclass(frozen=True)
class MadeUp:
    """Stands for a store: it has arrays and nothing else."""

    arrays_of: Mapping[tuple[str, int], Mapping[str, np.ndarray]]

    def arrays(self, record: Record) -> dict[str, np.ndarray]:
        """Return what a run is said to have left."""
        return dict(self.arrays_of[record.variant, record.seed])


def evidence(dataset: Dataset, variants: tuple[str, ...], world: World, seeds: int = SEEDS) -> Evidence:
    """Return a study of the variants in which all is alike but what is said otherwise."""
    judged = []
    arrays = {}
    for variant in variants:
        for seed in range(seeds):
            said = world.get(variant, {})
            record = maker.record(variant, seed, dataset)
            judged.append(Judged(record, values_of(said, seed)))
            arrays[variant, seed] = arrays_of(said, dataset, seed)
    study = Study(dataset="digits", variants={variant: Variant(reducer="vae") for variant in variants})
    reading = Reading(cast(Store, MadeUp(arrays)), study, dataset, tuple(judged), {}, None)
    return Evidence(reading)


def values_of(said: Mapping[str, Any], seed: int) -> list[Value]:
    """Return scores: `accuracy`, `silhouette` and `silhouettes` by class, each jittered a little from seed to seed."""
    jitter = 0.0005 * (seed - 2)
    of_classes = said.get("silhouettes", {})
    return [
        Value("knn_accuracy", "test", 10, said.get("accuracy", 0.5) + jitter),
        Value("silhouette", "test", None, said.get("silhouette", 0.0) + jitter),
        *(
            Value("silhouette_of_classes", "test", None, of_classes.get(digit, 0.0) + jitter, part=digit)
            for digit in DIGITS
        ),
    ]


def arrays_of(said: Mapping[str, Any], dataset: Dataset, seed: int) -> dict[str, np.ndarray]:
    """Return arrays: `units`, `kl`, `spread`, and `error`, `drawn_error`, `fitted_error` over that of the mean image.

    An array of the world's own, such as `fit`, takes the place of the usual one.
    """
    rng = np.random.RandomState(seed)
    wobble = 1 + 0.0005 * (seed - 2)
    around = np.square(dataset.X_test - dataset.X.mean(axis=0)).sum(axis=1) * wobble
    fitted = np.full(len(dataset.X), around.mean())
    usual = {
        "fit": rng.standard_normal((len(dataset.X), 2)),
        "test": rng.standard_normal((len(dataset.X_test), 2)),
        "squared_error": around * said.get("error", 0.5),
        "rebuilt": dataset.X_test[:16],
        "grid": dataset.X[:144],
        "extra_fitted_squared_error": fitted * said.get("fitted_error", 0.5),
        "extra_squared_error_through_sample": around * said.get("drawn_error", said.get("error", 0.5)),
        "extra_active_units": np.array(said.get("units", 2)),
        "extra_kl_per_dimension": np.full(2, said.get("kl", 3.0) / 2),
        "extra_standard_deviation": np.full(2, said.get("spread", 1.0) * wobble),
        "extra_posterior_deviation": np.full(2, 0.1),
        "extra_prior_samples": dataset.X[:64],
        "extra_anomaly_score": rng.standard_normal(len(dataset.X_test)),
    }
    own = {name: value for name, value in said.items() if name in usual}
    return usual | {name: value(seed) if callable(value) else value for name, value in own.items()}


def folder(path: Path) -> Store:
    """Return an empty results folder."""
    path.mkdir(parents=True, exist_ok=True)
    return Store(path)
