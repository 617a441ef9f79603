from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bench import cli, datasets
from bench.analysis.card import cards
from bench.commands import card
from bench.commands.running import published
from bench.errors import StoreError
from bench.execution import pipeline
from bench.execution.pipeline import RunRequest
from bench.output import figures
from bench.output.card import write
from bench.store.records import Status
from bench.store.results import Results
from bench.studies.study import Study, Variant, read
from reducers import ReducerError
from tests.bench import results_maker
from tests.bench.results_maker import failed
from tests.conftest import make_dataset

FAKES = """
import os

import numpy as np
from reducers.base import Reducer


class Perfect(Reducer):
    label = "Perfect"

    def __init__(self, n_components=2, random_state=None):
        self.n_components, self.random_state = n_components, random_state

    def _fit(self, X, rng):
        return self._transform(X)

    def _transform(self, X):
        return np.array(X[:, :2])


class OfRows(Perfect):
    "Depends on the row that a point stands in."

    def _fit(self, X, rng):
        return X[:, :2] + 0.3 * np.random.RandomState(0).standard_normal((len(X), 2))


class OfBatch(Perfect):
    "Depends on how many points are transformed at once."

    def _transform(self, X):
        return np.array(X[:, :2] if len(X) > 1 else X[:, 3:])


class OfThreads(Perfect):
    def _fit(self, X, rng):
        return np.array(X[:, :2] if os.environ["OMP_NUM_THREADS"] == "1" else X[:, 3:])
"""
LINES = ("seed", "permuted", "doubled", "threads", "process", "alone", "few", "refit", "clusters")


@pytest.fixture
def fakes(tmp_path: Path) -> str:
    (tmp_path / "fakes.py").write_text(FAKES)
    return str(tmp_path / "fakes.py")


@pytest.mark.whole
@pytest.mark.usefixtures("light_workers")
def test_each_dependence_is_found_and_no_other(tmp_path: Path, fakes: str, clouds_file: Callable[[int], Path]) -> None:
    again = {
        "Perfect": ("process", "threads", "permuted", "doubled"),
        "OfRows": ("permuted",),
        "OfBatch": ("process",),
        "OfThreads": ("threads",),
    }
    variants = {name: Variant.model_validate({"reducer": f"{fakes}:{name}", "again": of}) for name, of in again.items()}
    study = Study(
        name="s", dataset=str(clouds_file(150)), seeds=2, threads=1, rounds=False, repeat=False, variants=variants
    ).resolved()
    request = RunRequest(study, study, tmp_path / "out")
    pipeline.execute(request, Console(file=io.StringIO()), lambda results, load_data, force: write(results))
    results = Results(request.out)
    assert set(results.runs["status"]) == {"ok"}
    found = {
        one.label: {key: line.interval.mean for key, line in one.lines.items() if line.interval}
        for one in cards(results)
    }
    assert found["Perfect"] == dict.fromkeys(LINES, 1.0)
    of_rows, of_batch, of_threads = found["OfRows"], found["OfBatch"], found["OfThreads"]
    assert of_rows["permuted"] < 0.8 and of_rows["seed"] == 1
    assert of_batch.pop("alone") < 0.8 and set(of_batch.values()) == {1.0}
    assert of_threads["threads"] < 0.8 and of_threads["seed"] == 1
    assert (request.out / "card.csv").is_file()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let cards have little data and two seeds, and stand in an empty folder."""
    clouds = datasets.Source("clouds", lambda n, folder: make_dataset(100, 40))
    monkeypatch.setitem(datasets.SOURCES, "mnist-5k", clouds)
    few = read("cards").with_changes({"n": 100, "seeds": 2, "timeout": "1m"})
    monkeypatch.setattr(card, "read", lambda name: few)
    monkeypatch.setattr(figures, "DRAWINGS", ())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    return tmp_path


@pytest.mark.whole
@pytest.mark.usefixtures("light_workers")
def test_a_reducer_of_ones_own_gets_its_card(small: Path, fakes: str) -> None:
    said = CliRunner().invoke(cli.app, ["card", f"{fakes}:Perfect"])
    assert said.exit_code == 0, said.output
    assert "what changes" in said.output and "rows in another order" in said.output
    assert "1.000 to 1.000, n = 2" in said.output and "wrote results/card-fakes/card.md" in said.output
    folder = small / "results" / "card-fakes"
    assert "| another process | 1.000 | 1.000 to 1.000, n = 2 | yes |" in (folder / "card.md").read_text()
    assert not (folder / "figures").exists(), "a card takes a minute or two"
    pipeline.rebuild(folder, None, Console(quiet=True), published)
    summary = (folder / "summary.md").read_text()
    assert "| Perfect |" in summary and "another process" not in summary, "tables show the method once"


def test_a_method_that_fails_is_answered_with_the_reason(tmp_path: Path) -> None:
    study = card.study_of("umap").resolved()
    outcomes = {name: [failed(Status.FAILED, "fit: no luck")] * 3 for name in study.variants}
    results = results_maker.write(tmp_path, {name: {} for name in study.variants}, study, outcomes=outcomes)
    with pytest.raises(StoreError, match="Got no card of UMAP: fit: no luck"):
        card.rows(results.folder)


def test_a_dry_run_names_the_method_once_and_runs_nothing(small: Path, fakes: str) -> None:
    said = CliRunner().invoke(cli.app, ["card", f"{fakes}:Perfect", "--dry-run"])
    assert said.exit_code == 0 and "would run 10 runs" in said.output and "methods: Perfect\n" in said.output
    assert not (small / "results" / "card-fakes").exists()


def test_a_method_is_named_as_in_the_study_or_as_anywhere_else() -> None:
    umap = card.study_of("umap")
    assert (umap.name, list(umap.variants), umap.figures) == ("card-umap", ["umap"], ("umap",))
    assert umap.variants["umap"].params == {"force_approximation_algorithm": True}
    assert card.study_of("parametric-umap").variants["parametric-umap"].reducer == "parametric_umap"
    assert card.study_of("post1-vae").variants["post1-vae"].preset == "post1-vae"
    assert len(card.study_of("random_projection").resolved().variants) == 5
    with pytest.raises(ReducerError, match="Did you mean 'umap'"):
        card.study_of("umpa")
