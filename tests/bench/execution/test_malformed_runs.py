"""Stores with runs whose arrays are not what they should be: everything else is scored, drawn and reported."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from bench.analysis.caveats import caveats
from bench.datasets import Dataset
from bench.execution import reproducibility, scoring
from bench.execution.drawings import keep_drawings
from bench.output import figures
from bench.output.publish import publish
from bench.store import test_set
from bench.store.export import export
from bench.store.results import Results
from bench.store.store import Store
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker
from tests.bench.output.figures.conftest import history, keep
from tests.conftest import make_dataset

pytestmark = [pytest.mark.whole, pytest.mark.filterwarnings("default")]
"""What libraries warn of, such as sums that overflow, ends no study."""

MEASURED = ("training_loss", "unexplained_by_class", "distance_from_gaussian", "knn_score", "spread_of_codes", "error")
N, N_TEST = 80, 30
Arrays = dict[str, np.ndarray]


def good(data: Dataset, seed: int = 0) -> Arrays:
    rng = np.random.RandomState(seed)
    return {
        "train": (data.X[:, :2] + 0.02 * rng.standard_normal((len(data.X), 2))).astype(np.float32),
        "test": data.X_test[:, :2].astype(np.float32),
        "squared_error": rng.rand(len(data.X_test)),
        "rebuilt": data.X_test[:4],
        "grid": rng.rand(9, 6).astype(np.float32),
        "grid_axes": np.array([[-1, 0, 1], [2, 0, -2]], np.float32),
        "extra_history": history(seed),
        "extra_prior_samples_by_epoch": rng.rand(2, 4, 6).astype(np.float32),
        "extra_prior_sample_epochs": np.array([1, 4]),
        "line": np.linspace(data.X_test[0], data.X_test[1], 24),
    }


def of(values: float, *shape: int) -> np.ndarray:
    return np.full(shape, values, np.float32)


def scattered(*shape: int, size: float = 1.0) -> np.ndarray:
    return (size * np.random.RandomState(0).uniform(-1, 1, shape)).astype(np.float32)


UNSCORED: dict[str, Arrays] = {
    "few rows": {"train": scattered(10, 2)},
    "no rows": {"train": scattered(0, 2)},
    "no columns": {"train": scattered(N, 0)},
    "flat": {"train": scattered(N)},
    "cube": {"train": scattered(N, 2, 2)},
    "texts": {"train": np.full((N, 2), "a")},
    "complex": {"train": scattered(N, 2).astype(complex)},
    "other test points": {"test": scattered(7, 2)},
    "test of three dimensions": {"test": scattered(N_TEST, 3)},
    "errors of others": {"squared_error": np.ones(3)},
    "refit of three dimensions": {"refit": scattered(10, 3)},
}
"""What is no embedding of these data."""
ODD: dict[str, Arrays] = {
    "nan": {"train": of(np.nan, N, 2)},
    "one nan": {"train": np.where(np.arange(2 * N).reshape(N, 2) == 7, np.nan, scattered(N, 2)).astype(np.float32)},
    "inf": {"train": np.copysign(np.float32(np.inf), scattered(N, 2))},
    "inf in test": {"test": of(np.inf, N_TEST, 2)},
    "huge": {"train": scattered(N, 2, size=3.4e38), "test": scattered(N_TEST, 2, size=3.4e38)},
    "huge line": {"train": scattered(N, 1, size=3.4e38), "test": scattered(N_TEST, 1, size=3.4e38)},
    "beyond squares": {"train": 1e200 * scattered(N, 2).astype(np.float64)},
    "tiny": {"train": scattered(N, 2, size=1e-44), "test": scattered(N_TEST, 2)},
    "three dimensions": {"train": scattered(N, 3), "test": scattered(N_TEST, 3)},
    "a plane in three": {"train": scattered(N, 3) * np.float32([1, 1, 0]), "test": scattered(N_TEST, 3)},
    "at one place in three": {"train": of(1, N, 3), "test": of(1, N_TEST, 3)},
    "one dimension": {"train": scattered(N, 1), "test": scattered(N_TEST, 1)},
    "at one place": {"train": of(1, N, 2), "test": of(1, N_TEST, 2)},
    "at one place on a line": {"train": of(1, N, 1), "test": of(1, N_TEST, 1)},
    "errors of nan": {"squared_error": np.full(N_TEST, np.nan)},
    "whole numbers": {"train": scattered(N, 2, size=9).astype(np.int64)},
}
"""What can be stored, and has few scores or none."""
NOT_DRAWN: dict[str, Arrays] = {
    "flat history": {"extra_history": np.ones(4)},
    "empty history": {"extra_history": np.ones((0, 7))},
    "narrow history": {"extra_history": np.ones((4, 2))},
    "history of texts": {"extra_history": np.full((4, 7), "a")},
    "images of another shape": {"rebuilt": of(0, 4, 5)},
    "one image": {"rebuilt": of(0, 6)},
    "no images": {"rebuilt": of(0, 0, 6)},
    "images of nan": {"rebuilt": of(np.nan, 4, 6)},
    "grid of another shape": {"grid": of(0, 9, 5)},
    "grid of another length": {"grid": of(0, 8, 6)},
    "axes of one dimension": {"grid_axes": of(0, 3)},
    "axes of three": {"grid_axes": of(0, 3, 3)},
    "samples of one dimension": {"extra_prior_samples_by_epoch": of(0, 6)},
    "samples of five pixels": {"extra_prior_samples_by_epoch": of(0, 2, 4, 5)},
    "epochs of two dimensions": {"extra_prior_sample_epochs": of(0, 2, 2)},
    "line of nan": {"line": of(np.nan, 24, 6)},
    "line of one step": {"line": of(0, 6)},
}
"""What embeds well and cannot be drawn; `None` below stands for what is missing."""
MISSING = {
    "grid without axes": "grid_axes",
    "axes without grid": "grid",
    "samples without epochs": "extra_prior_sample_epochs",
}


def key(name: str) -> str:
    return name.replace(" ", "-")


ONE_RUN = {key(name) for name in (*NOT_DRAWN, *MISSING)}
"""What has no second run, with which the positions of the first would be compared: they are good."""
PUBLISHED = ("few rows", "one nan", "tiny", "at one place in three", "flat history", "grid without axes")
"""What is also drawn and reported; that takes time."""


def finish(store: Store, data: Dataset) -> Results:
    """Score and compare as after a study, and keep what is drawn."""
    study, console = store.study(), Console(quiet=True)
    successful = [record for record in store.records() if record.ok]
    scoring.score(store, data, successful, lambda _: None, study.measures)
    export(store)
    reproducibility.write(store, data, console)
    keep_drawings(store, data, lambda _: None)
    test_set.write(store)
    return Results(store.folder)


def study_of(folder: Path, data: Dataset, **arrays: Arrays) -> Store:
    """Return a store with a good method of three seeds, and a run of each variant, or two of one with bad positions."""
    variants = {name: Variant(reducer="pca", label=name.upper()) for name in ("good", *arrays)}
    store = Store(folder)
    study = Study(name="clouds", dataset="clouds", variants=variants, measures=MEASURED)
    store.write("study.toml", study.to_toml())
    for seed in range(3):
        keep(store, maker.record("good", seed, data), **good(data, seed))
    for name, of_run in arrays.items():
        keep(store, maker.record(name, 0, data), **of_run)
        if name not in ONE_RUN:
            keep(store, maker.record(name, 1, data), **good(data, 1))
    return store


@pytest.fixture(autouse=True)
def _fewer_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "KINDS", ("png",))


@pytest.fixture(scope="module")
def data() -> Dataset:
    return replace(make_dataset(N, N_TEST, n_features=6), image_shape=(2, 3))


def texts(results: Results, variant: str) -> list[str]:
    return [caveat.text for caveat in caveats(results) if variant in caveat.rows]


def malformed(data: Dataset) -> dict[str, Arrays]:
    """Return all arrays of a run, by what is wrong with them."""
    bad = {key(name): good(data) | arrays for name, arrays in (UNSCORED | ODD | NOT_DRAWN).items()}
    return bad | {key(name): {k: v for k, v in good(data).items() if k != lost} for name, lost in MISSING.items()}


@contextmanager
def logged_lines() -> Iterator[list[str]]:
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    handler = Lines()
    logging.getLogger("bench").addHandler(handler)
    try:
        yield lines
    finally:
        logging.getLogger("bench").removeHandler(handler)


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory, data: Dataset) -> tuple[Results, str]:
    """Return a study with a malformed run of each kind, scored and ready to be drawn."""
    store = study_of(tmp_path_factory.mktemp("malformed"), data, **malformed(data))
    with logged_lines() as lines:
        return finish(store, data), "\n".join(lines)


def test_the_others_are_scored_drawn_and_reported(
    tmp_path: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "KINDS", ("png",))
    bad = {name: arrays for name, arrays in malformed(data).items() if name in map(key, PUBLISHED)}
    results = finish(study_of(tmp_path, data, **bad), data)
    with logged_lines() as lines:
        publish(results, lambda: data)
    assert results.values("good", "trustworthiness_k5").array.min() > 0.8
    for name in ("embeddings", "local", "seed-overlays", "latent-grids", "interpolations", "training"):
        assert (tmp_path / "figures" / f"{name}.png").is_file(), name
    assert (tmp_path / "report.html").stat().st_size > 100_000
    assert not [line for line in lines if "could not be drawn" in line]
    summary = (tmp_path / "summary.md").read_text()
    assert "1 of 2 runs cannot be scored: Got Z of shape (10, 2), but expected (80, n_components)." in summary
    assert "Not drawn: history of shape (4,) and type float64." in summary


@pytest.mark.parametrize("name", UNSCORED)
def test_what_is_no_embedding_has_no_scores_and_says_why(logged: tuple[Results, str], name: str) -> None:
    results, lines = logged
    assert set(results.unscored(key(name))) == {(0, 0)}
    assert f"{key(name)}, seed 0 cannot be scored: Got " in lines
    assert results.shown(key(name)) == (0, 1), "the run that has scores"
    assert f"1 of 2 runs {results.unscored(key(name))[0, 0]}." in texts(results, key(name))


@pytest.mark.parametrize("name", [*NOT_DRAWN, *MISSING])
def test_what_cannot_be_drawn_is_named(logged: tuple[Results, str], name: str) -> None:
    results, lines = logged
    found = results.not_drawn(key(name))
    assert found and f"{key(name)}, seed 0: not drawn: {'; '.join(found)}" in lines
    assert {f"Not drawn: {why}." for why in found} <= set(texts(results, key(name)))
    assert results.values(key(name), "trustworthiness_k5").array.min() > 0.8


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_costs_itself_alone(logged: tuple[Results, str], name: str) -> None:
    results, _ = logged
    assert not results.unscored(key(name))
    rows = results.scores[(results.scores["variant"] == key(name)) & (results.scores["seed"] == 0)]
    assert len(rows) and (rows["value"].notna() | (rows["reason"] != "")).all()


def test_labels_of_one_class_and_images_of_one_pixel(tmp_path: Path) -> None:
    data = make_dataset(40, 12, n_features=1)
    one = replace(data, y=0 * data.y, y_test=0 * data.y_test, classes=("a",), image_shape=(1, 1))
    store = Store(tmp_path)
    store.write("study.toml", maker.study_of("only").to_toml())
    keep(store, maker.record("only", 0, one), train=one.X, test=one.X_test, rebuilt=one.X_test[:4])
    results = finish(store, one)
    publish(results, lambda: one)
    assert results.values("only", "knn_recall_k5").array.min() > 0.9
    assert (tmp_path / "report.html").is_file()


def test_one_point(tmp_path: Path) -> None:
    data = make_dataset(1, 1, n_features=2)
    store = Store(tmp_path)
    store.write("study.toml", maker.study_of("only").to_toml())
    keep(store, maker.record("only", 0, data), train=data.X, test=data.X_test)
    results = finish(store, data)
    publish(results, lambda: data)
    assert set(pd.read_csv(tmp_path / "scores.csv")["variant"]) >= {"only"} and results.ok("only")
