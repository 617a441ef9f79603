from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

import reducers
from bench.commands.running import Asked
from bench.errors import BenchError
from bench.execution import pipeline
from bench.studies.study import read
from tests.bench.studies.hostile import ACCEPTED, STUDIES


def _run(path: Path, out: Path) -> None:
    pipeline.execute(Asked(str(path), out=out).request(), Console(file=io.StringIO()), _never)


def _never(*_: object) -> None:
    raise AssertionError("a study was run that should have been refused")


@pytest.mark.parametrize("name", [name for name, case in STUDIES.items() if case.expected != ACCEPTED])
def test_a_wrong_study_is_refused_in_a_sentence(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_run", _never)
    path = tmp_path / "mine.toml"
    path.write_bytes(STUDIES[name].text)
    with pytest.raises((BenchError, reducers.ReducerError)) as refusal:
        _run(path, tmp_path / "out")
    said = str(refusal.value)
    assert STUDIES[name].expected in said
    assert all(line.isprintable() and len(line) < 3_000 for line in said.splitlines())
    assert len(said.splitlines()) <= 11
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", [name for name, case in STUDIES.items() if case.expected == ACCEPTED])
def test_a_strange_study_is_accepted_and_reads_back_the_same(name: str, tmp_path: Path) -> None:
    path, again = tmp_path / "mine.toml", tmp_path / "study.toml"
    path.write_bytes(STUDIES[name].text)
    whole = Asked(str(path)).request().whole
    again.write_text(whole.to_toml(), encoding="utf-8")
    assert read(str(again)) == whole == read(str(again)).resolved()


def test_there_are_enough_of_them() -> None:
    assert len(STUDIES) >= 60
