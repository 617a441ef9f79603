"""The page of what a study of 10 million points costs: what was measured, what is extrapolated, and what is missing."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

from bench.analysis.extrapolation import COLUMNS, SCORE_COLUMNS, TARGET
from bench.errors import StoreError
from bench.execution import environment
from bench.output.scale import FOLDER, SCORES, STEPS, page
from bench.store.store import Store
from bench.studies.study import Variant, read
from tests.bench import results_maker as maker

N = (14_000, 20_000, 28_000, 40_000, 69_000)
TIMES = {"loading": 0.5, "fit": 2.0, "scoring": 50.0, "further": 20.0}


def _steps(results: Path, *sizes: int, machine: str = "here") -> None:
    rows = [
        (n, 50, 5_000, step, s * n / 1e6, 100.0 * s, 2, "a processor", machine, "today")
        for n in sizes
        for step, s in TIMES.items()
    ]
    (results / FOLDER).mkdir(exist_ok=True)
    pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(results / FOLDER / STEPS, index=False)


def _fits(results: Path, machine: str = "here") -> None:
    """Write a study in which a method grows in proportion, and another that no exponent is known of."""
    grows = {n: maker.successful(n / 1_000) for n in N}
    others = {"FEW": {n: maker.successful(1.0) for n in N[:2]}, "SCORES": grows}
    no_method = {"reducer": "bench.execution.metric_cost:MetricCost"}
    maker.growing(results / "scaling", {"GROWS": grows, **others}, SCORES=no_method)
    where = environment.environment("clouds", "", "", 1).model_copy(
        update={"fingerprint": machine, "processor": "A CPU"}
    )
    Store(results / "scaling").write_model("environment.json", where)


def _rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading."""
    below = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("| ") and not line.startswith("| :")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_with_nothing_measured_it_says_what_is_missing_and_has_no_number(tmp_path: Path) -> None:
    text = page(tmp_path)
    commands = re.findall(r"`(python -m bench [^`]+)`", text)
    assert "python -m bench scale --measure 10000000" in commands and len(commands) == len(set(commands)) == 5
    for words in map(shlex.split, commands):
        assert words[3] == "scale" or read(words[4]).variants
    said = re.sub(r"`[^`]+`|loading and scoring [\d,]+ points|10 million", "", text)
    assert "## " not in text and not re.search(r"\d", said)


def test_a_fit_is_extrapolated_and_says_so(tmp_path: Path) -> None:
    _fits(tmp_path)
    grows, few = _rows(page(tmp_path), "Fit")[1:]
    assert grows[:4] == ["GROWS", "clouds", "69,000", "1 min 09 s"] and grows[5] == "1.00 (1.00 to 1.00)"
    assert grows[6].startswith("≈ 2 h 46 min")
    assert few[2:4] == ["20,000", "1.0 s"] and few[5:7] == ["n/a", "n/a (too few numbers of points from 10,000 on)"]
    text = page(tmp_path)
    assert "These numbers go 145 to 145 times beyond what was measured." in text
    assert "- `scaling`: A CPU" in text and "bench run scaling`" not in text and "bench run word-vectors`" in text


def test_steps_are_measured_or_go_on_in_proportion(tmp_path: Path) -> None:
    _steps(tmp_path, TARGET // 10)
    rows = _rows(page(tmp_path), "Loading and scoring")
    assert rows[1] == ["loading", "1,000,000", "0.5 s", "50 MiB", "≈ 5.0 s"]
    assert rows[2][0] == "fit of PCA" and rows[3][-1] == "≈ 8 min 20 s"
    assert "--measure 1000000`" not in page(tmp_path) and "--measure 10000000`" in page(tmp_path)
    _steps(tmp_path, TARGET // 10, TARGET)
    rows = _rows(page(tmp_path), "Loading and scoring")
    assert [row[1:3] + row[4:] for row in rows[1:3]] == [
        ["1,000,000", "0.5 s", ""],
        ["10,000,000", "5.0 s", "measured"],
    ]
    assert "--measure" not in page(tmp_path)
    assert "Points of 50 columns" in page(tmp_path) and "by 5,000 anchors" in page(tmp_path)


def test_each_class_of_machines_has_steps_of_its_own(tmp_path: Path) -> None:
    _fits(tmp_path)
    _steps(tmp_path, TARGET // 10)
    path = tmp_path / FOLDER / STEPS
    here = pd.read_csv(path)
    there = here.assign(machine="there", processor="another one", threads=4, seconds=3 * here["seconds"])
    pd.concat([here, there]).to_csv(path, index=False)
    rows = _rows(page(tmp_path), "Loading and scoring")[1:]
    assert [[row[0], row[2], row[4]] for row in rows[:: len(TIMES)]] == [
        ["loading, machine 1", "0.5 s", "≈ 5.0 s"],
        ["loading, machine 2", "1.5 s", "≈ 15 s"],
    ]
    said = "- loading and scoring: machine 1: a processor; machine 2: another one"
    assert said in page(tmp_path) and "on 2 or 4 threads" in page(tmp_path)


def test_a_sum_is_of_one_class_of_machines(tmp_path: Path) -> None:
    _fits(tmp_path)
    _steps(tmp_path, TARGET)
    ((*_, one_run, several),) = _rows(page(tmp_path), "Together")[1:]
    # 10,000 s of a fit, 5 s of loading, 500 s of scoring, and 200 s for each other embedding.
    assert one_run == "≈ 2 h 55 min" and several == "≈ 8 h 35 min"
    _steps(tmp_path, TARGET, machine="elsewhere")
    assert "## Together" not in page(tmp_path)


def test_mapping_has_a_table_of_its_own(tmp_path: Path) -> None:
    study = maker.study_of(variants={"a": Variant(reducer="pca", label="A")}, fit_on=50_000, map="all")
    fields = {"a": {"n_train": 50_000, "n_test": 200_000}}
    maker.write(tmp_path / "word-vectors-mapped", {"a": {"fit_s": [2.0], "transform_s": [4.0]}}, study, runs=fields)
    (row,) = _rows(page(tmp_path), "Fit some, map the others")[1:]
    assert row == ["A", "clouds", "50,000: 2.0 s", "200,000: 4.0 s", "≈ 3 min 21 s"]


def test_scores_stand_with_their_error(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    rows = [
        (TARGET, 50, 5_000, "PCA", "trustworthiness", 15, "train", 0.75, 0.002, ""),
        (TARGET, 50, 5_000, "PCA", "silhouette", None, "train", 0.1, 0.0, ""),
        (TARGET, 50, 5_000, "PCA", "calinski_harabasz", None, "train", 12.0, 0.0, ""),
        (TARGET, 50, 5_000, "PCA", "r_nx_auc", None, "train", None, None, "n/a (because)"),
        (TARGET // 10, 50, 5_000, "PCA", "trustworthiness", 15, "train", 0.5, 0.1, ""),
    ]
    pd.DataFrame(rows, columns=list(SCORE_COLUMNS)).to_csv(tmp_path / FOLDER / SCORES, index=False)
    found = _rows(page(tmp_path), "What the anchors say")[1:]
    assert [row[1:] for row in found] == [["0.750", "± 0.0020"], ["0.100", "exact"]]


def test_a_damaged_table_is_refused_by_name(tmp_path: Path) -> None:
    _steps(tmp_path, TARGET)
    path = tmp_path / FOLDER / STEPS
    path.write_text(path.read_text().replace("seconds", "hours", 1))
    with pytest.raises(StoreError, match=r"Got .*steps\.csv, which is no such table: it has no column seconds"):
        page(tmp_path)
