"""What README promises, done."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import reducers
from bench.output import faq
from bench.studies.plan import MEASUREMENT

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reducer_text() -> str:
    """Return the reducer that README shows, to the letter."""
    [block] = [block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "(Reducer)" in block]
    return block


def test_the_reducer_is_short(reducer_text: str) -> None:
    assert len([line for line in reducer_text.splitlines() if line.strip()]) <= 15


@pytest.mark.whole
def test_a_file_dropped_in_is_in_the_tables_and_the_figure(tmp_path: Path, reducer_text: str) -> None:
    for folder in ("bench", "reducers"):  # with what is compiled already, save what other processes just write
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.pyc.*", "*.tmp.*"))
    for other in set(reducers.names()) - {"pca", "random_gaussian", "random_projection"}:  # the others take long
        (tmp_path / "reducers" / f"{other}.py").unlink(missing_ok=True)
    (tmp_path / "reducers" / "truncated_svd.py").write_text(reducer_text)
    command = [sys.executable, "-m", "bench", "run", "quick", "--dataset", "digits", "--n", "300"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    results = tmp_path / "results" / "quick-digits-n300"
    summary = pd.read_csv(results / "summary.csv").set_index("variant")
    row = summary.loc["truncated_svd"]
    assert (row["label"], row["status"], row["n_ok"]) == ("TruncatedSVD", "ok", 1)
    assert float(row["knn_accuracy_k5"]) > 0.2
    assert float(row["knn_accuracy_k5_test"]) > 0.2
    checked = [sys.executable, "-m", "bench", "check", "truncated_svd"]
    done = subprocess.run(checked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    drawn = (results / "figures" / "embeddings.svg").read_text()
    assert "<!-- TruncatedSVD" in drawn, "its panel is missing"


def test_the_changes_by_version_begin_with_the_version_of_today() -> None:
    versions = re.findall(r"^\| (\d+) \|", (PROJECT / "bench" / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(version) for version in versions] == list(range(MEASUREMENT, 0, -1))


@pytest.mark.parametrize("folder", [PROJECT, PROJECT / "results"], ids=["README", "results/README"])
def test_every_file_it_links_to_is_there(folder: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", (folder / "README.md").read_text(encoding="utf-8")):
        assert (folder / link).exists(), link


def test_its_table_is_that_of_the_stored_results() -> None:
    [shown] = re.findall(r"<!-- headline.*?-->\n(.*?)<!-- end of headline -->", README, re.DOTALL)
    stored = (PROJECT / "results" / "default" / "summary.md").read_text(encoding="utf-8")
    assert shown.strip() in stored


def test_the_findings_are_those_of_the_stored_results(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "results", tmp_path / "results", ignore=shutil.ignore_patterns("runs", "figures"))
    copy = tmp_path / "README.md"
    copy.write_text(README, encoding="utf-8")
    written = faq.write(tmp_path / "results", copy)
    assert written.read_text(encoding="utf-8") == (PROJECT / "results" / "README.md").read_text(encoding="utf-8")
    assert copy.read_text(encoding="utf-8") == README


def test_its_lines_of_python_do_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    [block] = [block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "bench.score" in block]
    monkeypatch.chdir(PROJECT)
    names: dict[str, Any] = {}
    exec(block, names)
    assert list(names["scores"]) == ["score", "k", "split", "value", "reason"]
    assert names["Z"].shape == (4_000, 2)
