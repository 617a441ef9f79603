"""Results before a study is complete."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bench.errors import StoreError
from bench.execution import partial, pipeline
from bench.execution.pipeline import RunRequest
from bench.store import sums
from bench.store.results import Results
from bench.studies.study import Study, Variant

FAKES = Path(__file__).parents[1] / "fakes.py"
pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("light_workers")]


@pytest.fixture
def request_(tmp_path: Path, clouds_file: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch) -> RunRequest:
    monkeypatch.setattr(partial, "SHORT_S", 0.0)
    monkeypatch.setattr(partial, "MAX_SHARE", 1e9)
    variants = {"calm": Variant(reducer=f"{FAKES}:Calm", label="Calm")}
    study = Study(name="s", dataset=str(clouds_file(60)), seeds=3, repeat=False, variants=variants)
    return RunRequest(study, study, tmp_path / "out")


def _silent(results: Results, load_data: object, force: bool) -> None:
    """Stand for what publishes."""


def test_after_each_round_but_the_last_there_is_what_there_is(request_: RunRequest) -> None:
    seen, out = [], io.StringIO()

    def show(results: Results, load_data: Callable[[], object]) -> None:
        assert load_data() is not None and not (request_.out / "runs.csv").exists()
        seen.append((results.folder.name, results.title, len(results.runs), len(results.values("calm", "silhouette"))))
        assert len(results.embedding("calm")) == results.runs["n_train"].max()

    pipeline.execute(request_, Console(file=out, width=200), _silent, show=show)
    assert [(folder, runs, scores) for folder, _, runs, scores in seen] == [("partial", 1, 1), ("partial", 2, 2)]
    assert seen[0][1].endswith("(seed 1 of 3)")
    assert "First results, after seed 2 of 3" in out.getvalue()
    assert not (request_.out / "partial").exists()
    assert not sums.faults(request_.out)


def test_short_rounds_are_not_shown(request_: RunRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial, "SHORT_S", 600.0)
    pipeline.execute(
        request_,
        Console(quiet=True),
        _silent,
        show=lambda *_: pytest.fail("nothing is to be shown after so short a time"),
    )


def test_a_study_without_rounds_is_shown_at_its_end(request_: RunRequest) -> None:
    study = request_.whole.model_copy(update={"rounds": False})
    pipeline.execute(
        replace(request_, whole=study, chosen=study),
        Console(quiet=True),
        _silent,
        show=lambda *_: pytest.fail("one seed of one method is no round"),
    )


def test_what_cannot_be_shown_does_not_stop_the_study(request_: RunRequest, caplog: pytest.LogCaptureFixture) -> None:
    def show(*_: object) -> None:
        raise StoreError("no room")

    pipeline.execute(request_, Console(quiet=True), _silent, show=show)
    assert len(Results(request_.out).runs) == 3
    assert "no room" in caplog.text


def test_an_interrupted_study_leaves_the_tables_and_what_was_first(
    request_: RunRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.execute(request_, Console(quiet=True), _silent)
    tables = {path: path.read_bytes() for path in request_.out.glob("*.*")}
    more = request_.whole.model_copy(update={"seeds": 5})

    def show(results: Results, load_data: object) -> None:
        raise KeyboardInterrupt

    again = RunRequest(more, more, request_.out)
    with pytest.raises(KeyboardInterrupt):
        pipeline.execute(again, Console(quiet=True), _silent, show=show)
    assert {path: path.read_bytes() for path in request_.out.glob("*.*")} == tables
    assert (request_.out / "partial" / "runs.csv").is_file()
    assert not sums.faults(request_.out)
