"""What the page on writing a reducer promises, done."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import reducers
from bench.commands import listing
from bench.commands.running import Asked
from reducers.base import Reducer

README = (reducers.FOLDER / "README.md").read_text(encoding="utf-8")
PROJECT = reducers.FOLDER.parent


def _block(language: str, part: str) -> str:
    """Return the one block of a language that has a part."""
    [found] = [text for text in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL) if part in text]
    return found


REDUCER = _block("python", "(Reducer)")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project with the page's reducer."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("bench", "reducers"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "reducers" / "power_pca.py").write_text(REDUCER)
    return root


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Install the page's package into a folder, as far as Python can tell."""
    told = tomllib.loads(_block("toml", "entry-points"))["project"]
    (tmp_path / "power_pca.py").write_text(REDUCER)
    info = tmp_path / f"power_pca-{told['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n")
    points = "\n".join(f"{name} = {value}" for name, value in told["entry-points"]["reducers"].items())
    (info / "entry_points.txt").write_text(f"[reducers]\n{points}\n")
    return tmp_path


def _type(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Type a command in a folder, which is also where Python finds packages first."""
    words = command.partition("#")[0].split()
    assert words[0] == "python"
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command_line = [sys.executable, *words[1:]]
    return subprocess.run(command_line, cwd=folder, env=environment, capture_output=True, text=True, check=False)


COMMANDS = [line for text in re.findall(r"```bash\n(.*?)```", README, re.DOTALL) for line in text.splitlines()]


@pytest.mark.parametrize("command", [command for command in COMMANDS if " run " not in command])
def test_its_commands_do_what_they_say(command: str, project: Path) -> None:
    done = _type(project, command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.whole
def test_its_study_has_its_rows_and_draws_its_history(package: Path) -> None:
    (package / "mine.toml").write_text(_block("toml", "[variants.power]").replace("seeds = 3", "seeds = 1"))
    [command] = [command for command in COMMANDS if command.endswith("mine.toml")]
    results = package / "results" / "mine"
    results.parent.mkdir()  # where there is none, results go to the project's own
    done = _type(package, command)
    assert done.returncode == 0, done.stdout + done.stderr
    runs = pd.read_csv(results / "runs.csv").set_index("variant")
    assert dict(runs["status"]) == {"power": "ok", "power-long": "ok"}
    assert runs.loc["power-long", "label"] == "PCA, 100 iterations"
    assert (results / "figures" / "training.png").is_file()


def test_the_failure_that_it_shows_is_that_of_the_program(project: Path) -> None:
    shown = _block("text", "FAILS")
    file = project / "reducers" / "power_pca.py"
    file.write_text(REDUCER.replace("self.mean_) @ self.components_", "self.mean_) @ self.component_"))
    done = _type(project, "python -m bench check power_pca")
    file.write_text(REDUCER)
    assert done.returncode == 1

    def bare(text: str) -> str:
        return re.sub(r"and \d+ checks", "and N checks", text)

    assert bare(shown) in bare(done.stdout)


def test_every_way_to_use_rng_works() -> None:
    lines = [line for line in _block("python", "random_state = rng").splitlines() if line]
    assert len(lines) == 4
    for line in lines:
        names = {"rng": np.random.RandomState(0), "np": np, "torch": torch}
        exec(line, names)
        assert {"random_state", "seed", "generator"} & names.keys()


def test_it_names_every_fact_of_the_class_with_its_default() -> None:
    facts = {name for name in Reducer.__annotations__ if "ClassVar" in str(Reducer.__annotations__[name])}
    rows = dict(re.findall(r"^\| `([a-z]\w+)` \| .* \| `?(.*?)`? \|$", README, re.MULTILINE))
    assert facts == rows.keys()
    for name in facts - {"label"}:
        assert repr(getattr(Reducer, name)) == rows[name], name


def test_its_excuse_is_that_of_umap() -> None:
    names: dict[str, dict[str, str]] = {}
    exec(_block("python", "excused_checks"), names)
    assert names["excused_checks"].items() <= reducers.get("umap").excused_checks.items()


def test_its_package_is_found_once_it_is_installed(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len([line for line in _block("toml", "entry-points").splitlines() if line]) <= 10
    monkeypatch.syspath_prepend(str(package))
    assert reducers.get("power_pca").label == "PCA by power iteration"
    rows = {row["name"]: row for row in listing.rows("reducers")}
    assert rows["power_pca"]["from"] == "power-pca 1.0: power_pca:PowerPCA"
    assert "power_pca" in Asked("quick", ["power_pca"]).request().chosen.variants


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README) or ["base.py"])
def test_its_links_lead_somewhere(link: str) -> None:
    assert (reducers.FOLDER / link).exists()
