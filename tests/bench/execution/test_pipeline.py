"""What a study computes, and what it publishes from."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree

import numpy as np
import pytest
from rich.console import Console

from bench.datasets import Dataset
from bench.errors import DatasetError, StoreError
from bench.execution import pipeline, runner
from bench.execution.pipeline import RunRequest
from bench.store import sums
from bench.store.results import Results
from bench.studies.study import Study, Variant

FAKES = Path(__file__).parents[1] / "fakes.py"
pytestmark = pytest.mark.usefixtures("light_workers")


@dataclass
class Publisher:
    """Stands for what writes tables and figures: notes what it could have read."""

    calls: list[dict[str, object]] = field(default_factory=list)

    def __call__(self, results: Results, load_data: Callable[[], Dataset | None], force: bool) -> dict[str, object]:
        dataset = load_data()
        found = {"runs": len(results.runs), "scores": len(results.scores), "force": force}
        self.calls.append(found | {"X": None if dataset is None else dataset.X})
        return self.calls[-1]


@dataclass
class Case:
    """A finished study and what is needed to repeat it."""

    request: RunRequest
    publisher: Publisher
    said: str


@pytest.fixture
def finished(tmp_path: Path, clouds_file: Callable[[int], Path]) -> Case:
    variants = {"Calm": Variant(reducer=f"{FAKES}:Calm", label="Calm")}
    study = Study(name="s", dataset=str(clouds_file(80)), seeds=2, variants=variants)
    request, publisher, out = RunRequest(study, study, tmp_path / "out"), Publisher(), io.StringIO()
    pipeline.execute(request, Console(file=out, width=200), publisher)
    return Case(request, publisher, out.getvalue())


def _again(case: Case, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Return what is published again; no run may take place."""
    monkeypatch.setattr(runner.Runner, "execute", lambda *_: pytest.fail("nothing is to be run"))
    return pipeline.rebuild(case.request.out, None, Console(file=io.StringIO()), case.publisher)


def test_a_study_is_run_scored_and_published(finished: Case) -> None:
    [call] = finished.publisher.calls
    assert call["runs"] == 2 and call["scores"] > 20 and not call["force"]
    out = finished.request.out
    for name in ("study.toml", "environment.json", "runs.csv", "scores.csv", "curves.csv", "arrays.npz"):
        assert (out / name).is_file(), name
    environment = Results(out).environment
    assert environment is not None and environment.pools and environment.load_after is not None
    assert environment.wall_s is not None and environment.measured_s is not None
    assert environment.wall_s > environment.measured_s > 0
    assert "of it for the harness itself" in finished.said


def test_the_environment_says_how_many_points_a_usual_class_has(finished: Case, dataset: Dataset) -> None:
    environment = Results(finished.request.out).environment
    assert environment is not None and environment.class_size in range(15, 30), "64 points in three classes"
    few, most = np.repeat([0, 1, 2], [5, 15, 40]), np.repeat([0, 1, 2], [25, 25, 10])
    assert [pipeline._class_size(replace(dataset, y=y)) for y in (few, most, None)] == [40, 25, None]


def test_what_is_done_is_not_repeated(finished: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner.Runner, "execute", lambda *_: pytest.fail("nothing is to be run"))
    before = (finished.request.out / "environment.json").read_bytes()
    pipeline.execute(finished.request, Console(file=io.StringIO()), finished.publisher)
    assert (finished.request.out / "environment.json").read_bytes() == before


def test_a_study_that_was_continued_took_its_parts_together(finished: Case) -> None:
    out = finished.request.out
    took = Results(out).environment.wall_s
    (out / "runs" / "Calm" / "seed-1.json").unlink()
    pipeline.execute(finished.request, Console(file=io.StringIO()), finished.publisher)
    assert Results(out).environment.wall_s > took


def test_missing_scores_are_computed_before_it_is_published_again(
    finished: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = finished.request.out
    before = (out / "scores.csv").read_bytes()
    (out / "scores.csv").unlink()
    for path in out.rglob("scores-*.json"):
        path.unlink()
    assert _again(finished, monkeypatch)["force"]
    assert (out / "scores.csv").read_bytes() == before


def test_without_runs_it_is_published_from_the_tables(finished: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    out = finished.request.out
    rmtree(out / "runs")
    tables = {name: (out / name).read_bytes() for name in ("runs.csv", "scores.csv", "curves.csv", "arrays.npz")}
    monkeypatch.setattr(pipeline, "_compute", lambda *_: pytest.fail("nothing can be computed"))
    first = finished.publisher.calls[0]
    again = _again(finished, monkeypatch)
    assert (again["runs"], again["scores"]) == (first["runs"], first["scores"])
    np.testing.assert_array_equal(again["X"], first["X"])
    assert {name: (out / name).read_bytes() for name in tables} == tables


def test_scores_need_the_data_and_tables_do_not(finished: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(finished.request.whole.dataset).unlink()
    with pytest.raises(DatasetError, match="no such file"):
        _again(finished, monkeypatch)
    rmtree(finished.request.out / "runs")
    assert _again(finished, monkeypatch)["X"] is None


def test_other_data_are_not_taken_for_those_of_the_study(finished: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path(finished.request.whole.dataset)
    with np.load(file) as arrays:
        others = {"X": arrays["X"][::-1], "y": arrays["y"]}
    np.savez(file, **others)
    rmtree(finished.request.out / "runs")
    assert _again(finished, monkeypatch)["X"] is None


def test_more_points_than_there_are_is_an_error(tmp_path: Path, clouds_file: Callable[[int], Path]) -> None:
    study = Study(name="s", dataset=str(clouds_file(80)), n=100, variants={"pca": Variant(reducer="pca")})
    request = RunRequest(study, study, tmp_path / "out", n=100)
    with pytest.raises(DatasetError, match="expected at most 64: clouds has no more training points"):
        pipeline.execute(request, Console(file=io.StringIO()), Publisher())
    assert not (tmp_path / "out").exists()


@pytest.mark.whole
@pytest.mark.parametrize("name", ["runs.csv", "scores.csv", "curves.csv", "arrays.npz", "environment.json"])
def test_what_is_damaged_is_made_of_the_runs_again(finished: Case, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path, content = finished.request.out / name, bytearray((finished.request.out / name).read_bytes())
    assert not sums.faults(path.parent)
    whole = bytes(content)
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert sums.faults(path.parent)
    _again(finished, monkeypatch)
    sums.write(path.parent)  # as publishing does at its end
    if name == "environment.json":  # nothing can tell again where it ran
        assert path.with_name("environment.json.damaged").is_file() and not path.exists()
    else:
        assert path.read_bytes() == whole


def test_damaged_tables_without_runs_are_refused(finished: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    rmtree(finished.request.out / "runs")
    path = finished.request.out / "runs.csv"
    path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))
    monkeypatch.setattr(pipeline, "_compute", lambda *_: pytest.fail("nothing can be computed"))
    with pytest.raises(StoreError, match=r"runs\.csv, which is not what was written"):
        _again(finished, monkeypatch)


def test_a_damaged_study_is_written_again_by_a_run(finished: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    path, said = finished.request.out / "study.toml", Console(file=io.StringIO())
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"seeds = 2", b"seeds = 3"))
    with pytest.raises(StoreError, match="bench run` of its study"):
        _again(finished, monkeypatch)
    pipeline.execute(finished.request, said, finished.publisher)
    assert path.read_bytes() == whole and path.with_name("study.toml.damaged").is_file()
