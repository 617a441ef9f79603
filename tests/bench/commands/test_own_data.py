"""Data of one's own, from Python and from the command line, to their results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import bench
from bench import cli, datasets
from bench.commands import own_data
from bench.commands.running import Asked
from bench.datasets import DataOptions
from bench.errors import DatasetError, StudyError
from bench.studies.study import Study, Variant, read
from tests.conftest import make_dataset

pytestmark = pytest.mark.usefixtures("one_figure")

STUDY = Study(name="mine", title="A title of other data", dataset="digits", seeds=1, threads=1, repeat=False)
STUDY = STUDY.model_copy(update={"variants": {"a": Variant(reducer="pca")}})


def _frame() -> pd.DataFrame:
    data = make_dataset(60, 0)
    frame = pd.DataFrame(data.X.astype(np.float64), columns=[f"x{i}" for i in range(5)])
    return frame.assign(species=np.array(data.classes)[data.y])


def _file(name: Path) -> Path:
    with np.load(name) as arrays:
        assert set(arrays) == {"X", "y"}
    return name


@pytest.mark.whole
def test_arrays_are_kept_where_the_next_run_finds_them(tmp_path: Path) -> None:
    data = make_dataset(60, 0)
    results = bench.run(STUDY, data=(data.X, data.y), out=tmp_path / "out")
    assert results.study.dataset == str(_file(tmp_path / "out" / "data.npz"))
    assert results.title == "mine: data, 48 points, 1 seed"
    key = results.runs["key"].tolist()
    again = bench.run(tmp_path / "out" / "study.toml", out=tmp_path / "out")
    assert again.runs["key"].tolist() == key


@pytest.mark.whole
def test_a_frame_and_its_options_are_part_of_the_study(tmp_path: Path) -> None:
    results = bench.run(STUDY, data=_frame(), label="species", drop="x4", scale="minmax", out=tmp_path / "out")
    assert results.study.data.model_dump(exclude_defaults=True) == {
        "label": "species",
        "drop": ("x4",),
        "scale": "minmax",
    }
    assert read(str(tmp_path / "out" / "study.toml")) == results.study
    assert results.data.classes == ("a", "b", "c")
    said = CliRunner().invoke(cli.app, ["report", str(tmp_path / "out")])
    assert said.exit_code == 0, said.output


def test_data_of_one_content_have_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    frame, X = _frame(), np.arange(60.0).reshape(20, 3)
    paths = [own_data.write(data, None, Path("study-data")) for data in (frame, frame, X, X + 1, (X, list("ab") * 10))]
    assert len(set(paths)) == 4 and paths[0] == paths[1]
    assert all(path.parent.name.startswith("study-data-") for path in paths)


def test_frames_without_names_and_labels_beside_them(tmp_path: Path) -> None:
    frame = pd.DataFrame(np.arange(60.0).reshape(20, 3))
    path = own_data.write((frame, pd.Series(["a", "b"] * 10)), tmp_path, tmp_path)
    assert path.read_text().splitlines()[:2] == ['"x0","x1","x2","y"', '0.0,1.0,2.0,"a"']
    with pytest.raises(DatasetError, match="that has a column y"):
        own_data.write((frame.assign(y=1), np.ones(20)), tmp_path, tmp_path)
    with pytest.raises(DatasetError, match="Got points of objects"):
        own_data.write([["a", None]], tmp_path, tmp_path)


@pytest.mark.parametrize("labels", [["01", "1"], ["NA", "b"], ["true", "True"], ["1.0", "1"], ["a", "b"]])
def test_labels_that_are_text_stay_as_they_are_given(tmp_path: Path, labels: list[str]) -> None:
    frame = pd.DataFrame(make_dataset(60, 0).X, columns=[f"x{i}" for i in range(5)])
    given = (labels * 60)[:60]
    path = own_data.write((frame, given), tmp_path / "beside", tmp_path)
    assert set(datasets.load(str(path)).classes) == set(labels)
    assert path.read_text().startswith("# text") == (labels != ["a", "b"]), "other files stay as they were"
    path = own_data.write(frame.assign(kind=given), tmp_path / "within", tmp_path, "kind")
    assert set(datasets.load(str(path), options=DataOptions(label="kind")).classes) == set(labels)


def test_text_in_a_last_column_of_numbers_is_a_feature(tmp_path: Path) -> None:
    frame = pd.DataFrame(make_dataset(60, 0).X, columns=[f"x{i}" for i in range(5)])
    for text in (["0.10", "0.2", "0.30"], ["NA", "0.2", "0.3"]):
        path = own_data.write(frame.assign(mass=text * 20), tmp_path, tmp_path)
        assert datasets.load(str(path), options=DataOptions(missing="mean")).X.shape[1] == 6


@pytest.mark.whole
def test_options_of_the_command_line_reach_the_data(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    _frame().assign(note="text", mass=np.random.RandomState(0).randint(0, 9_000, 60)).to_csv(path, index=False)
    arguments = ["run", "quick", "--reducers", "pca", "--dataset", str(path), "--out", str(tmp_path / "out")]
    refused = CliRunner().invoke(cli.app, arguments)
    assert "Got text in 2 of 8 columns" in str(refused.exception)
    done = CliRunner().invoke(cli.app, [*arguments, "--label", "species", "--drop", "note", "--n", "40", "--json"])
    assert done.exit_code == 0, done.output
    assert "own: 40 of 48 training points are fitted, 12 others tested; --n 48 fits all" in done.stderr
    assert "each column standardised" in done.stderr
    kept = read(str(tmp_path / "out" / "study.toml"))
    assert (kept.data.label, kept.data.drop, kept.title) == ("species", ("note",), "")


def test_options_of_other_data_are_forgotten() -> None:
    own = STUDY.with_changes({"dataset": "a.csv", "data": {"label": "kind", "drop": ["b"]}})
    assert Asked(own, options={"scale": "none"}).request().whole.data.model_dump(exclude_defaults=True) == {
        "label": "kind",
        "drop": ("b",),
        "scale": "none",
    }
    assert Asked(own, dataset="b.csv").request().whole.data.model_dump(exclude_defaults=True) == {}


@pytest.mark.parametrize("changes", [{"n": 500}, {"seeds": 2}, {"dataset": "b.csv"}, {"options": {"scale": "none"}}])
def test_a_title_of_other_data_or_seeds_is_forgotten(changes: dict[str, Any]) -> None:
    own = STUDY.with_changes({"dataset": "a.csv"})
    assert Asked(own).request().whole.title == "A title of other data"
    assert Asked(own, **changes).request().whole.title == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [({"scale": "std"}, "scale = 'std'"), ({"image": "28"}, "such as 28x28"), ({"missing": "x"}, "mean")],
)
def test_a_wrong_option_is_refused(options: dict[str, str], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        Asked("quick", dataset="a.csv", options=options).request()


def test_a_wrong_key_of_a_study_file_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('dataset = "a.csv"\nevery_reducer = true\n[data]\nlable = "kind"\n')
    with pytest.raises(StudyError, match=r"own.toml, line 4: Got key 'lable', .* Did you mean 'label'"):
        read(str(tmp_path / "own.toml"))
