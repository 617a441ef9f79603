from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench import cli
from bench.commands import new_study
from bench.datasets import DataOptions
from bench.errors import StudyError
from bench.studies.study import read


def test_a_new_study_is_written_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli.app, ["new", "study", "maps"])
    assert result.exit_code == 0, result.output
    assert "python -m bench run maps.toml" in result.stdout
    study = read("maps.toml").resolved()
    assert study.title.startswith("maps: ")
    assert {variant.reducer for variant in study.variants.values()} == {"pca", "tsne", "umap"}
    with pytest.raises(StudyError, match=r"maps.toml exists already"):
        new_study.write("maps")


def test_every_option_of_a_file_is_shown_and_right() -> None:
    lines = new_study.TEMPLATE.splitlines()
    start = lines.index("# [data]")
    given = "\n".join(line.removeprefix("# ") for line in lines[start : lines.index("", start)])
    options = DataOptions.model_validate(tomllib.loads(given)["data"])
    assert options.model_dump(exclude_defaults=True).keys() == DataOptions.model_fields.keys()


@pytest.mark.parametrize("name", ["../up", "", "a/b", "x" * 200])
def test_an_unsuitable_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="Got study name"):
        new_study.write(name, tmp_path)


def test_one_word_is_a_reducer(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.app, ["new", "maps", "other"])
    assert result.exit_code == 2
    assert "study NAME" in result.output
