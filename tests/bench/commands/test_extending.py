"""Where results go, and that none of another selection are lost."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import copytree, rmtree

import numpy as np
import pytest
from rich.console import Console

from bench.analysis.comparisons import ranking
from bench.commands import extending
from bench.commands.running import Asked, published
from bench.errors import StoreError, StudyError
from bench.execution import pipeline
from bench.store.records import Environment
from bench.store.results import Results
from bench.store.store import Store
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

FAKES = Path(__file__).parents[1] / "fakes.py"
MINE = f"{FAKES}:Calm"
pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("light_workers", "one_figure")]


def _run(asked: Asked, publish: Callable[..., object] = lambda *_: None) -> Path:
    request = asked.request()
    pipeline.execute(request, Console(quiet=True), publish)
    return request.out


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    whole, file = make_dataset(60, 0), tmp_path_factory.mktemp("data") / "clouds.npz"
    np.savez(file, X=whole.X, y=whole.y)
    variants = {"a": Variant(reducer="pca", label="A"), "b": Variant(reducer="random_projection", label="B")}
    return Study(name="s", dataset=str(file), seeds=2, threads=1, repeat=False, variants=variants, figures=("a",))


@pytest.fixture(scope="module")
def run(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the study with its runs."""
    return _run(Asked(study, out=tmp_path_factory.mktemp("run") / "s"))


@pytest.fixture
def folder(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the study in the working directory."""
    monkeypatch.chdir(tmp_path)
    return copytree(run, Path("results/s"))


@pytest.fixture
def base(folder: Path) -> Path:
    """A study as a fresh clone has it: without its runs."""
    rmtree(folder / "runs")
    rmtree(folder / "references")
    return folder


def test_a_method_is_shown_beside_a_study_that_stays_as_it_is(study: Study, base: Path) -> None:
    before = _content(base)
    request = Asked(study, files=[MINE]).request()
    assert (request.base, request.out, list(request.chosen.variants)) == (base, Path("results/s-fakes"), ["fakes"])
    assert "the rows of its 2 other variants are shown there, too, as measured elsewhere" in request.note
    out = _run(Asked(study, files=[MINE]), published)
    assert _content(base) == before
    mine, theirs = Results(out), Results(base)
    assert mine.variants == ("a", "b", "fakes")
    assert mine.pictured.variants == ("a", "fakes")
    assert list(Store(out).folder.joinpath("runs").glob("*/seed-0.json")) == [out / "runs/fakes/seed-0.json"]
    for quantity in ("knn_accuracy_k10_test", "trustworthiness_k5", "fit_s"):
        assert mine.values("a", quantity).by_run == theirs.values("a", quantity).by_run
    np.testing.assert_array_equal(mine.embedding("a"), theirs.embedding("a"))
    assert "as published in s" in (out / "summary.md").read_text()
    rows = _content(out)["runs.csv"]
    pipeline.rebuild(out, None, Console(quiet=True), lambda *_: None)
    assert _content(out)["runs.csv"] == rows


@pytest.mark.parametrize("machine", ["another", ""])
def test_costs_of_another_machine_are_not_compared(study: Study, base: Path, machine: str) -> None:
    if machine:
        where = Store(base).load("environment.json", Environment)
        (base / "SHA256SUMS").unlink()
        Store(base).write_model("environment.json", where.model_copy(update={"fingerprint": machine}))
    out = Results(_run(Asked(study, files=[MINE])))
    assert out.measured("a") == ("elsewhere" if machine else "earlier")
    assert (out.measured("fakes"), out.elsewhere) == ("here", ("a", "b"))
    assert set(ranking(out, "trustworthiness_k5").means) == {"a", "fakes"}
    assert set(ranking(out, "fit_s").means) == ({"fakes"} if machine else {"a", "fakes"})


def test_rows_on_other_data_are_refused(study: Study, base: Path) -> None:
    where = Store(base).load("environment.json", Environment)
    (base / "SHA256SUMS").unlink()
    Store(base).write_model("environment.json", where.model_copy(update={"dataset_fingerprint": "other"}))
    with pytest.raises(StoreError, match="are of other data"):
        _run(Asked(study, files=[MINE]))


def test_where_the_runs_are_a_method_is_added_and_others_stay(study: Study, folder: Path) -> None:
    assert _run(Asked(study, files=[MINE], reducers=["fakes"])) == folder
    assert Results(folder).variants == ("a", "b", "fakes")
    assert _run(Asked(study, reducers=["a"])) == folder
    assert Results(folder).variants == ("a", "b", "fakes")


def test_runs_of_others_keep_the_settings_that_they_were_measured_with(study: Study, folder: Path) -> None:
    changed = Variant(reducer="random_projection", label="New", params={"n_components": 3})
    edited, former = study.model_copy(update={"variants": {**study.variants, "b": changed}}), Store(folder).study()
    assert Asked(edited).request().whole.variants["b"] == Asked(edited, reducers=["b"]).request().whole.variants["b"]
    assert Asked(edited).request().whole.variants["b"].label == "New"
    assert _run(Asked(edited, reducers=["a"])) == folder
    assert Store(folder).study().variants == former.variants
    with pytest.raises(StudyError, match=r"Got another n than that of results/s, but its runs of b stay"):
        Asked(study.model_copy(update={"n": 20}), reducers=["a"]).request()


def test_what_git_has_stays_as_it_is(study: Study, tmp_path: Path, folder: Path) -> None:
    assert not extending.is_kept(folder)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", str(tmp_path / folder / "runs.csv")], check=True)
    assert extending.is_kept(folder)
    assert Asked(study, reducers=["a"]).request().out == Path("results/s-a")


def test_limits_and_a_study_of_ones_own_do_not_replace_what_is_kept(study: Study, base: Path) -> None:
    assert Asked(study).request().out == Path("results/s-own")
    assert Asked(study, timeout="7m").request().out == Path("results/s-timeout-7m-own")
    assert Asked(study, ["a"], timeout="7m").request().whole.timeout == 420


def test_a_whole_study_that_comes_with_the_project_replaces_its_tables_when_it_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker.write(tmp_path / "results" / "quick", {"pca": {}})
    monkeypatch.chdir(tmp_path)
    request = Asked("quick").request()
    assert request.out == Path("results/quick")
    assert "They stay until this run is complete" in request.note


def test_a_named_folder_is_refused_if_results_would_be_lost(study: Study, base: Path) -> None:
    with pytest.raises(StudyError, match="its results would be replaced"):
        Asked(study, ["a"], out=base).request()
    with pytest.raises(StudyError, match=r"on other data \(n differs\)"):
        Asked(study, n=20, out=base).request()
