from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench import cli
from bench.commands import folders
from bench.errors import StoreError
from bench.store import sums
from tests.bench import results_maker as maker


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project, here = tmp_path / "project", tmp_path / "elsewhere"
    maker.write(project / "results" / "default", {"a": {}})
    here.mkdir()
    monkeypatch.setattr(folders, "PROJECT", project)
    monkeypatch.chdir(here)
    return here


def test_results_of_the_project_are_found_from_any_folder(here: Path) -> None:
    project = folders.PROJECT / "results"
    assert folders.find("default") == project / "default"
    assert folders.find("results/default") == project / "default"
    assert folders.find(project / "default") == project / "default"
    assert folders.root() == project


def test_those_of_the_folder_one_is_in_come_first(here: Path) -> None:
    maker.write(here / "results" / "default", {"a": {}})
    assert folders.find("default") == Path("results/default")
    assert folders.root() == Path("results")


def test_an_unknown_name_is_answered_with_what_there_is(here: Path) -> None:
    with pytest.raises(StoreError, match="Did you mean 'default'"):
        folders.find("results/defualt")
    (here / "other").mkdir()
    with pytest.raises(StoreError, match=r"no study\.toml in it"):
        folders.find("other")


def test_every_command_on_results_takes_a_name_from_any_folder(here: Path) -> None:
    folder = folders.PROJECT / "results" / "default"
    sums.write(folder)
    verified = CliRunner().invoke(cli.app, ["verify", "default", "results/default", str(folder)])
    assert verified.output.split() == ["ok", str(folder)]
    compared = CliRunner().invoke(cli.app, ["compare", "default", str(folder)])
    assert str(compared.exception).startswith(f"Got {folder}, but expected a results folder with a readable environ")
    for command in ("compare", "verify", "report", "score"):
        names = ["defualt"] * (2 if command == "compare" else 1)
        assert "Did you mean 'default'" in str(CliRunner().invoke(cli.app, [command, *names]).exception)
