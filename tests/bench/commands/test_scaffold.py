from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import reducers
from bench import cli
from bench.commands import scaffold
from bench.errors import StudyError
from reducers import Epoch

X = np.random.RandomState(0).random_sample((80, 12)).astype(np.float32)


@pytest.mark.parametrize("template", scaffold.TEMPLATES)
def test_every_template_is_written_and_works(template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reducers, "FOLDER", tmp_path)
    name = f"map_by_{template}"
    result = CliRunner().invoke(cli.app, ["new", name, "--template", template])
    assert result.exit_code == 0, result.output
    assert f"python -m bench check {name}" in result.stdout
    reducer = reducers.create(name, random_state=0, **reducers.get(name).quick_params)
    assert reducer.fit_transform(X).shape == (80, 2)
    assert hasattr(reducer, "transform") == (template != "transductive")
    assert reducers.source(name).summary.endswith(": replace it with your method.") or template == "torch"


@pytest.mark.parametrize("template", scaffold.TEMPLATES)
def test_every_template_has_our_style(template: str, tmp_path: Path) -> None:
    (tmp_path / "a_new_kind_of_map.py").write_text(scaffold.text("a_new_kind_of_map", template))
    for check in (["check", "--select=E,F,W,I,B,UP"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *check, "--line-length=120", "--isolated", "--no-cache", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_torch_template_trains_in_our_loop(tmp_path: Path) -> None:
    (tmp_path / "deep.py").write_text(scaffold.text("deep", "torch"))
    cls = reducers.get(f"{tmp_path / 'deep.py'}:Deep")
    quick = {"hidden_layer_sizes": (8,), "random_state": 1}
    seen: list[Epoch] = []
    reducer = cls(n_epochs=3, callback=seen.append, **quick).fit(X)
    assert seen == list(reducer.history_)
    assert reducer.extras(X)["history"].shape == (3, len(reducers.HISTORY_COLUMNS))
    again = cls(n_epochs=3, **quick).fit(X)
    assert again.embedding_.tobytes() == reducer.embedding_.tobytes()
    stopped = cls(n_epochs=500, early_stopping=True, learning_rate=0.05, **quick).fit(X)
    assert stopped.n_iter_ < 500
    assert not np.isnan(stopped.history_[-1].validation)


def test_a_template_that_does_not_exist() -> None:
    with pytest.raises(StudyError, match="Did you mean 'torch'"):
        scaffold.text("mine", "troch")
