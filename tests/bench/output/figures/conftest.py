"""Made-up studies to be drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from bench.datasets import Dataset
from bench.execution import scoring
from bench.execution.drawings import keep_drawings
from bench.output.figures import DRAWINGS
from bench.store.export import export
from bench.store.records import Record, Status
from bench.store.results import Results
from bench.store.store import Store
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

N_EPOCHS = 4


def keep(store: Store, one: Record, **arrays: np.ndarray) -> None:
    """Store a run with exactly these arrays."""
    partial = store.partial_arrays(one.variant, one.sample, one.seed)
    with partial.open("wb") as file:
        np.savez(file, **arrays)
    store.keep(one, partial)


def finished(store: Store, dataset: Dataset) -> Results:
    """Score a study and return its results."""
    scoring.score(store, dataset, [one for one in store.records() if one.ok], lambda _: None)
    export(store)
    keep_drawings(store, dataset, lambda _: None)
    return Results(store.folder)


def history(seed: int) -> np.ndarray:
    epochs = np.arange(1, N_EPOCHS + 1)
    columns = [epochs, 10 / epochs + seed, 9 / epochs, 1 / epochs, np.ones(N_EPOCHS), 11 / epochs, epochs * 0.1]
    return np.column_stack(columns)


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return replace(make_dataset(80, 30, n_features=6), image_shape=(2, 3))


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Results:
    """Return a study with something for most figures: a method that decodes, a transductive one, and failures."""
    records = [maker.record("good", seed, dataset, maker.successful(1.0 + seed)) for seed in range(3)]
    records += [maker.record("stays", seed, dataset, maker.successful(2.0, transductive=True)) for seed in range(2)]
    records += [maker.record("half", 0, dataset, maker.successful(0.5))]
    records += [maker.record("half", 1, dataset, maker.failed(Status.CRASHED, "ended by signal SIGSEGV"))]
    records += [maker.record("gone", 0, dataset, maker.failed(Status.TIMEOUT, "took longer than the limit of 3.0 s"))]
    store = maker.folder(tmp_path_factory.mktemp("results"), dataset, records)
    for record in records[:3]:
        rng = np.random.RandomState(record.seed)
        turned = np.linalg.qr(rng.standard_normal((2, 2)))[0]
        keep(
            store,
            record,
            train=(dataset.X[:, :2] @ turned + 0.02 * rng.standard_normal((len(dataset.X), 2))).astype(np.float32),
            test=(dataset.X_test[:, :2] @ turned).astype(np.float32),
            squared_error=np.full(len(dataset.X_test), 0.6),
            rebuilt=dataset.X_test[:4] / 2,
            grid=rng.rand(9, 6).astype(np.float32),
            grid_axes=np.array([[-1, 0, 1], [2, 0, -2]], np.float32),
            extra_history=history(record.seed),
            extra_prior_samples_by_epoch=rng.rand(2, 4, 6).astype(np.float32),
            extra_prior_sample_epochs=np.array([1, N_EPOCHS]),
            extra_embedding_by_epoch=rng.rand(3, len(dataset.X), 2).astype(np.float32),
            extra_embedding_epochs=np.array([1, 2, N_EPOCHS]),
            line=np.linspace(dataset.X_test[0], dataset.X_test[1], 24),
        )
    return finished(store, dataset)


@pytest.fixture(scope="session")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Return a study of two methods at several numbers of points, one of which passes the time limit."""
    sizes = (1_000, 10_000, 14_000, 20_000, 40_000)
    late = maker.failed(Status.TIMEOUT, "took longer than the limit of 60 s")
    fast = {n: maker.successful(n / 1_000) for n in sizes}
    slow = {n: maker.successful((n / 1_000) ** 1.5, transductive=True) if n < 20_000 else late for n in sizes}
    return maker.growing(tmp_path_factory.mktemp("growing"), {"FAST": fast, "SLOW": slow}, timeout=60.0)


def drawn(results: Results) -> dict[str, Figure]:
    """Return every figure that a study has something for, by name."""
    found = {drawing.name: drawing.draw(results) for drawing in DRAWINGS}
    return {name: figure for name, figure in found.items() if figure is not None}


def single(path: Path, dataset: Dataset, n_components: int = 2, label: str = "ONLY") -> Results:
    """Return a study of one method and one seed."""
    one = maker.record("only", 0, dataset, maker.successful(1.0, n_components=n_components), label=label)
    store = maker.folder(path, dataset, [one])
    rng = np.random.RandomState(0)
    arrays = {"train": rng.rand(len(dataset.X), n_components).astype(np.float32)}
    if len(dataset.X_test):
        arrays["test"] = rng.rand(len(dataset.X_test), n_components).astype(np.float32)
    keep(store, one, **arrays)
    return finished(store, dataset)
