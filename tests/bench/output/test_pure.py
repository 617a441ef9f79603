"""Tables, figures and report are pure functions of the results: nothing is fitted or computed from the data."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils import all_estimators

from bench import datasets
from bench.datasets import Dataset
from bench.metrics.reference_space import ReferenceSpace
from bench.output import figures
from bench.output.figures import style
from bench.output.publish import publish
from bench.store.export import export
from bench.store.results import Results
from tests.bench import results_maker as maker

SCORED = {"study.toml", "environment.json", "runs.csv", "scores.csv", "curves.csv", "reproducibility.csv", "arrays.npz"}
SCORED |= {"test_accuracy.csv", "test_comparisons.csv"}
"""What is written when a study is scored; everything else is made from it."""


def refused(what: str) -> Callable[..., Any]:
    def refuse(*_: object, **__: object) -> Any:
        pytest.fail(f"{what} was called")

    return refuse


def forbid_computing(patch: pytest.MonkeyPatch) -> None:
    """Forbid every fit of scikit-learn, every random generator but those of drawing, data, and the reference space."""
    for cls in {BaseEstimator, *(estimator for _, estimator in all_estimators())}:
        for name in ("fit", "fit_transform", "fit_predict"):
            if hasattr(cls, name):
                patch.setattr(cls, name, refused(f"{cls.__name__}.{name}"))
    seeded = np.random.RandomState

    class Seeded(seeded):  # type: ignore[misc, valid-type]
        def __init__(self, seed: int | None = None) -> None:
            assert seed == style.DRAW_SEED, f"a generator with seed {seed}"
            super().__init__(seed)

    patch.setattr(np.random, "RandomState", Seeded)
    for name in ("default_rng", "rand", "randn", "randint", "random", "choice", "permutation", "shuffle", "normal"):
        patch.setattr(np.random, name, refused(f"numpy.random.{name}"))
    patch.setattr(datasets, "load", refused("datasets.load"))
    for name in ("points", "neighbours", "test_neighbours"):
        patch.setattr(ReferenceSpace, name, property(refused(f"ReferenceSpace.{name}")))


@pytest.fixture
def store(tmp_path: Path, dataset: Dataset) -> Any:
    records = [maker.record(name, seed, dataset) for name in ("one", "two") for seed in range(2)]
    records += [maker.record("stays", 0, dataset, maker.successful(transductive=True))]
    made = maker.folder(tmp_path / "study", dataset, records, drawn=True)
    export(made)
    return made


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and "runs" not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.whole
def test_everything_comes_back_without_computing(store: Any, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "KINDS", ("png",))  # the other kind is the same figure written again
    publish(Results(store.folder), lambda: dataset)
    before = contents(store.folder)
    shutil.rmtree(store.folder / "runs")
    shutil.rmtree(store.folder / "references")
    for name in before:
        if name not in SCORED:
            (store.folder / name).unlink(missing_ok=True)
    forbid_computing(monkeypatch)
    published = publish(Results(store.folder), lambda: dataset)
    after = contents(store.folder)
    made = {name for name in before if name not in SCORED and not name.startswith((".", "references/"))}
    assert {"summary.csv", "summary.md", "report.html", "figures/embeddings.png", "figures/local.png"} <= made
    assert {name: after.get(name) for name in made} == {name: before[name] for name in made}
    assert published.needs_runs == ()


def test_what_is_forbidden_is_forbidden(monkeypatch: pytest.MonkeyPatch, dataset: Dataset) -> None:
    from sklearn.decomposition import PCA

    forbid_computing(monkeypatch)
    for compute in (
        lambda: PCA(2).fit(dataset.X),
        lambda: np.random.default_rng(0),
        lambda: np.random.RandomState(1),
        lambda: ReferenceSpace(dataset).neighbours,
    ):
        with pytest.raises((pytest.fail.Exception, AssertionError)):
            compute()
    np.random.RandomState(style.DRAW_SEED)
