from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

import reducers
from bench.commands import listing
from bench.commands.running import Asked
from bench.errors import StudyError
from reducers import UnavailableReducerError, UnknownReducerError

GOOD = """from reducers.base import Reducer

class Mine(Reducer):
    '''Mine in short.'''
    def __init__(self, n_components=2):
        self.n_components = n_components
    def _fit(self, X, rng):
        return X[:, : self.n_components].copy()
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a package with a reducer, as far as Python can tell."""
    (tmp_path / "their_package.py").write_text(GOOD)
    info = tmp_path / "their_method-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-method\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[reducers]\ntheirs = their_package:Mine\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_each_reducer_says_where_it_comes_from(installed: Path) -> None:
    rows = {row["name"]: row for row in listing.rows("reducers")}
    assert rows["pca"]["from"] == "reducers/"
    assert rows["theirs"]["from"] == "their-method 1.2: their_package:Mine"
    assert (rows["theirs"]["state"], rows["theirs"]["summary"]) == ("ok", "Mine in short.")


def test_an_unavailable_reducer_says_why_and_which_extra_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reducers, "FOLDER", tmp_path)
    _extra(monkeypatch, "no-such-library")
    (tmp_path / "mine.py").write_text("import no_such_library.part\n" + GOOD)
    (tmp_path / "other.py").write_text("import nor_this_one\n" + GOOD)
    rows = {row["name"]: row for row in listing.rows("reducers")}
    assert rows["mine"]["state"] == (
        "unavailable: mine.py needs no_such_library.part, which is not installed; `pip install '.[more]'` installs it"
    )
    assert rows["other"]["state"] == "unavailable: other.py needs nor_this_one, which is not installed"
    with pytest.raises(UnavailableReducerError, match=r"^mine\.py needs .*; `pip install '\.\[more\]'` installs it$"):
        reducers.get("mine")


def _extra(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """Let the project have an extra `more` that brings a library."""
    told = metadata.metadata("reducers-bench")
    told["Requires-Dist"] = f'{library}>=2 ; extra == "more"'
    monkeypatch.setattr("reducers._remedies.metadata", lambda name: told)


def test_each_dataset_says_what_is_missing_and_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.datasets.originals.user_cache_path", lambda name: tmp_path / "cache")
    needs = {row["name"]: row["needs"] for row in listing.rows("datasets")}
    assert needs["digits"] == needs["tree"] == "at hand"
    assert re.search(
        r"downloaded into .*cache.letter, or found .* BENCH_DATA_DIR .*letter-recognition", needs["letter"]
    )
    assert needs.keys() > {"pbmc", "noise", "openml:NAME", "FILE", "FOLDER"}


WAYS = (
    "FILE.py:Class",
    "PACKAGE.MODULE:Class",
    "a file in the folder reducers/",
    "an entry point of the group 'reducers'",
)


@pytest.mark.parametrize("asked", [{"files": ["pcaa"]}, {"reducers": ["pcaa"]}])
def test_an_unknown_reducer_is_told_how_reducers_are_named(asked: dict[str, list[str]]) -> None:
    with pytest.raises((StudyError, UnknownReducerError)) as refused:
        Asked("quick", **asked).request()
    assert "Did you mean 'pca'" in str(refused.value)
    assert all(way in str(refused.value) for way in WAYS)
    assert "pip install" not in str(refused.value)


@pytest.mark.parametrize("name", ["more", "Some_Map"])
def test_an_unknown_reducer_of_an_extra_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _extra(monkeypatch, "some-map")
    with pytest.raises(UnknownReducerError, match=re.escape("Its library comes with `pip install '.[more]'`.")):
        reducers.get(name)


@pytest.mark.parametrize("name", ["elsewhere", "Mine"])
def test_the_file_and_the_class_both_select_a_reducer_of_ones_own(name: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text(GOOD)
    spec = f"{tmp_path / 'elsewhere.py'}:Mine"
    request = Asked("quick", ["pca", name], [spec]).request()
    assert {variant.reducer for variant in request.chosen.variants.values()} == {"pca", spec}


def test_a_study_says_what_it_asks_its_size_and_its_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # the results of the project are found from any folder
    rows = {row["name"]: row for row in listing.rows("studies")}
    assert rows["default"]["asks"].startswith("Dimensionality reducers")
    assert int(rows["dimensions"]["runs"]) == 60
    assert rows["quick"]["data"] == "mnist-5k, 1,000 points"
    assert rows["datasets"]["data"] == "11 datasets, 5,000 points"
    assert rows["default"]["time"].endswith((" s", " min"))
    (tmp_path / "results").mkdir()
    assert {row["time"] for row in listing.rows("studies")} == {"not measured"}
