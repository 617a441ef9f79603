"""A study over several datasets, from the command line and from Python."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from shutil import copytree, rmtree

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import bench
from bench import cli
from bench.commands import folders, over_datasets, status
from bench.commands.running import Asked
from bench.errors import StoreError, StudyError
from bench.execution import pipeline, runner, worker_handle
from bench.output.publish import Published
from bench.output.report import markup
from bench.store import sums
from bench.store.results import Results
from tests.bench import light_worker
from tests.conftest import make_dataset

FAKES = Path(__file__).parents[1] / "fakes.py"
pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("light_workers", "one_figure")]
STUDY = f"""
title = "Two clouds"
datasets = ["one.npz", "two.npz", "gone.npz"]
n = 5000
seeds = 2
threads = 1
repeat = false
[variants.calm]
reducer = "{FAKES}:Calm"
label = "Calm"
[[hypotheses]]
text = "Calm keeps more neighbours than components"
better = ["calm"]
than = ["pca-50"]
by = "knn_recall_k15"
"""


def _call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), catch_exceptions=True)


def _given(folder: Path) -> None:
    (folder / "results").mkdir()  # or else they went to those of the project
    (folder / "clouds.toml").write_text(STUDY)
    for name, n in (("one", 60), ("two", 80)):
        data = make_dataset(n, 0, 5)
        np.savez(folder / f"{name}.npz", X=data.X)


def _publish(names: list[str], results: Results, *_: object) -> Published:
    names.append(results.folder.name)
    sums.write(results.folder)
    return Published(results.title, (), (), (), [])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return a folder in which the study was run, and what the command said."""
    folder = tmp_path_factory.mktemp("made")
    _given(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(worker_handle, "WORKER", light_worker.COMMAND)
        patch.setattr(over_datasets, "published", partial(_publish, []))
        result = _call("run", "clouds.toml")
    return folder, result


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the folders whose pages would be written, and write none, which takes longest."""
    names: list[str] = []
    monkeypatch.setattr(over_datasets, "published", partial(_publish, names))
    return names


@pytest.fixture
def here(made: tuple[Path, Result], published: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of results of the study, in a working directory of its own."""
    copytree(made[0], tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Path("results/clouds")


def _no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner.Runner, "execute", lambda *_: pytest.fail("nothing is to be run"))


def test_each_dataset_has_an_ordinary_folder_and_above_them_is_a_page(made: tuple[Path, Result], here: Path) -> None:
    result = made[1]
    assert result.exit_code == 0, result.output
    for name, n in (("one", 48), ("two", 64)):
        one = Results(here / name)
        assert one.exists
        assert one.study.name == f"clouds-{name}" and one.study.dataset == f"{name}.npz"
        assert one.runs["n_train"].max() == n, "as many as there are, up to the study's"
    assert not (here / "gone").exists()
    page = (here / "summary.md").read_text()
    assert page.startswith("# Two clouds\n") and "| one.npz | 48 | 12 |" in page
    assert "Calm keeps more neighbours than components: holds on 0 of 2 datasets" in page
    assert "gone.npz is left out: " in result.output and "Does it hold on other data?" in result.output


def test_data_that_cannot_be_had_are_a_row_with_the_reason(here: Path) -> None:
    summary = Results(here).summary
    [row] = summary[summary["dataset"] == "gone.npz"].to_dict("records")
    assert row["status"] == "unavailable" and "no such file" in row["reason"]
    assert set(summary["dataset"]) == {"one.npz", "two.npz", "gone.npz"}
    assert "gone.npz: " in (here / "summary.md").read_text()


def test_what_is_done_is_not_repeated_and_what_was_missing_is_added(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (here / "one" / "runs.csv").read_bytes()
    data = make_dataset(60, 0, 5)
    np.savez("gone.npz", X=data.X)
    over_datasets.execute(Asked("clouds.toml").request(), cli.console)
    assert (here / "one" / "runs.csv").read_bytes() == before
    results = Results(here)
    assert list(results.datasets) == ["one.npz", "two.npz", "gone.npz"]
    assert "unavailable" not in set(results.summary["status"])
    _no_run(monkeypatch)
    over_datasets.execute(Asked("clouds.toml").request(), cli.console)


def test_one_of_the_datasets_can_be_run_alone(here: Path, published: list[str]) -> None:
    rmtree(here / "one")
    request = Asked("clouds.toml", dataset="two.npz").request()
    assert (request.out, list(request.members())) == (here, ["two.npz"])
    over_datasets.execute(request, cli.console)
    assert list(Results(here).datasets) == ["two.npz"] and published == ["two"]
    assert "one.npz: not measured yet" in (here / "summary.md").read_text()
    other = Asked("clouds.toml", dataset="other.npz").request()
    assert other.out == Path("results/clouds-other") and not other.members()


def test_an_interrupted_study_continues(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rmtree(here / "two")
    execute = pipeline.execute

    def interrupted(request: pipeline.RunRequest, *rest: object) -> object:
        if request.out.name == "two":
            raise KeyboardInterrupt
        return execute(request, *rest)

    monkeypatch.setattr(pipeline, "execute", interrupted)
    result = _call("run", "clouds.toml")
    assert result.exit_code == 130
    said = " ".join(result.output.split())
    assert "Every completed run is kept in results/clouds, and the same command continues" in said
    assert list(Results(here).datasets) == ["one.npz"] and "two.npz: not measured" in (here / "summary.md").read_text()
    assert "gone.npz" in (here / "summary.md").read_text()
    monkeypatch.setattr(pipeline, "execute", execute)
    before = (here / "one" / "runs.csv").read_bytes()
    assert _call("run", "clouds.toml").exit_code == 0
    assert (here / "one" / "runs.csv").read_bytes() == before and len(Results(here).datasets) == 2


def test_a_dry_run_adds_up_all_datasets_and_writes_nothing(here: Path) -> None:
    rmtree(here / "two")
    before = sorted(here.rglob("*"))
    result = _call("run", "clouds.toml", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "one.npz: all 2 runs done already" in result.stdout
    assert "two.npz: 64 training points, 2 runs (1 variant, up to 2 seeds each), about " in result.stdout
    assert "gone.npz: left out, because its data are not here: " in result.stdout
    assert "would run 2 runs in all, about " in result.stdout and "results: results/clouds\n" in result.stdout
    assert sorted(here.rglob("*")) == before


def test_events_say_which_dataset_they_are_of(here: Path) -> None:
    result = _call("run", "clouds.toml", "--json")
    said = [json.loads(line) for line in result.stdout.splitlines()]
    events = [("dataset", "one.npz"), ("dataset", "two.npz"), ("dataset", "gone.npz"), ("finished", None)]
    assert [(one["event"], one.get("dataset")) for one in said] == events
    assert said[-1]["folder"] == "results/clouds" and "results/clouds/summary.csv" in said[-1]["paths"]


@pytest.mark.parametrize("has_runs", [True, False])
def test_all_is_written_again_without_one_fit(
    here: Path, published: list[str], monkeypatch: pytest.MonkeyPatch, has_runs: bool
) -> None:
    _no_run(monkeypatch)
    before = {
        name: (here / name).read_bytes() for name in ("summary.md", "summary.csv", "comparisons.csv", "SHA256SUMS")
    }
    for name in before:
        (here / name).unlink() if name != "summary.csv" else None
    if not has_runs:
        for name in ("one", "two"):
            rmtree(here / name / "runs")
        Path("one.npz").unlink()
    result = _call("report", "clouds")
    assert result.exit_code == 0, result.output
    assert {name: (here / name).read_bytes() for name in before} == before
    assert published == ["one", "two"]


def test_faults_of_every_folder_are_found(here: Path) -> None:
    assert _call("verify", "clouds").exit_code == 0
    (here / "two" / "scores.csv").write_text("variant")
    (here / "comparisons.csv").write_text("dataset")
    result = _call("verify", "clouds")
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.output.splitlines()] == ["wrong", "wrong"]
    assert "comparisons.csv" in result.output and "two" in result.output


def test_each_dataset_has_a_state(here: Path) -> None:
    states = {state.name: state.reasons for state in status.states(folders.root())}
    assert states == {"clouds/one": (), "clouds/two": (), "clouds/gone": ("not measured yet",)}
    assert "clouds/two" in _call("status").stdout


def test_python_reads_it_by_dataset(here: Path) -> None:
    results = bench.load_results("clouds")
    assert list(results.datasets) == ["one.npz", "two.npz"]
    assert results.datasets["two.npz"].embedding("calm").shape == (64, 2)
    assert isinstance(results.datasets["two.npz"], bench.Results)
    assert {*results.summary["dataset"]} == {"one.npz", "two.npz", "gone.npz"}
    assert list(results.comparisons["dataset"]) == ["one.npz", "two.npz"]
    assert "Calm keeps more" in str(results.table()) and "<table" in results._repr_html_()
    assert [column.key for column in results.table("knn_recall_k15").content.columns] == ["one.npz", "two.npz"]
    with pytest.raises(StoreError, match=r"results/clouds/one\.$"):
        results.frame("runs")
    with pytest.raises(StoreError, match="has no inverse_s on any dataset"):
        bench.load_results("clouds").table("inverse_s")


def test_some_methods_are_added_to_every_dataset_or_have_a_folder_of_their_own(here: Path) -> None:
    request = Asked("clouds.toml", ["calm"]).request()
    assert request.out == here and [*request.members()["one.npz"].whole.variants] == ["calm"]
    study = Path("clouds.toml").read_text()
    Path("clouds.toml").write_text(study.replace("variants.calm", "variants.other").replace('"calm"', '"other"'))
    assert [*Asked("clouds.toml", ["other"]).request().whole.variants] == ["other", "calm"], "its runs stay"
    Path("clouds.toml").write_text(study)
    for name in ("one", "two"):
        rmtree(here / name / "runs")
    request = Asked("clouds.toml", ["calm"]).request()
    assert request.out == Path("results/clouds-calm")
    members = request.members()
    assert members["one.npz"].base == here / "one" and members["gone.npz"].base is None
    assert Asked("clouds.toml").request().out == Path("results/clouds-own")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"two.npz"', '"mnst"', "Got dataset 'mnst', .* Did you mean 'mnist'"),
        ('["calm"]', '["clam"]', "Got method of a hypothesis 'clam'.* Did you mean 'calm'"),
        ("knn_recall_k15", "knn_recal_k15", "Did you mean 'knn_recall_k15'"),
        ("knn_recall_k15", "silhouette", "Got quantity of a hypothesis 'silhouette'"),
    ],
)
def test_a_slip_is_answered_before_anything_runs(here: Path, old: str, new: str, message: str) -> None:
    Path("clouds.toml").write_text(STUDY.replace(old, new))
    with pytest.raises(StudyError, match=message):
        Asked("clouds.toml").request()


def test_estimates_learn_from_other_studies_and_from_other_datasets(here: Path) -> None:
    request = Asked("clouds.toml").request()
    assert {one.root for one in request.members().values()} == {Path("results")}
    assert all(one.n is None and not one.note for one in request.members().values())


def test_the_report_of_a_dataset_names_its_study(here: Path) -> None:
    assert "run results/clouds/one/study.toml " in markup.runs(Results(here / "one"), "calm")["command"]
    assert (
        "run results/one/study.toml "
        in markup.runs(Results(copytree(here / "one", Path("results/one"))), "calm")["command"]
    )
