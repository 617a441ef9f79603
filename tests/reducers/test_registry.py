from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import reducers
from bench import catalogue
from reducers import DuplicateReducerError, UnavailableReducerError, UnknownReducerError

GOOD = """from reducers.base import Reducer

class Mine(Reducer):
    '''Mine in short.

    And at length.
    '''
    label = "My own"
    def __init__(self, n_components=2):
        self.n_components = n_components
    def _fit(self, X, rng):
        return X[:, : self.n_components].copy()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the folder of reducers."""
    monkeypatch.setattr(reducers, "FOLDER", tmp_path)
    return tmp_path


def test_the_projects_reducers_are_found() -> None:
    assert set(reducers.names()) >= {"autoencoder", "opentsne", "pca", "random_projection", "tsne", "umap", "vae"}
    assert "base" not in reducers.names()


def test_listing_imports_no_heavy_library() -> None:
    code = (
        "import sys; from bench.catalogue import rows; assert rows('reducers'); rows('studies'); "
        "print([name for name in ('sklearn', 'scipy', 'torch', 'numba', 'pandas', 'umap') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_file_dropped_in_is_a_reducer(folder: Path) -> None:
    (folder / "mine.py").write_text(GOOD)
    (folder / "_helper.py").write_text("x = 1\n")
    assert reducers.names() == ["mine"]
    source = reducers.source("mine")
    assert (source.label, source.summary, source.problem) == ("My own", "Mine in short.", None)
    assert reducers.create("mine", n_components=3).n_components == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_library\n" + GOOD, "needs no_such_library, which is not installed"),
        ("from sklearn.no_such_part import X\n" + GOOD, "needs sklearn.no_such_part, which is not installed"),
        ("def broken(:\n", "SyntaxError"),
        ("raise RuntimeError('out of order')\n" + GOOD, "RuntimeError: out of order"),
        ("LIMIT = int('x')\n" + GOOD, "ValueError"),
    ],
)
def test_a_file_that_cannot_be_imported_disables_itself_alone(folder: Path, text: str, reason: str) -> None:
    (folder / "bad.py").write_text(text)
    (folder / "mine.py").write_text(GOOD)
    rows = {row["name"]: row for row in catalogue.rows("reducers")}
    assert reason in rows["bad"]["state"]
    assert rows["mine"]["state"] == "ok"
    with pytest.raises(UnavailableReducerError, match=r"bad\.py"):
        reducers.get("bad")
    assert reducers.get("mine").label == "My own"


@pytest.mark.parametrize("text", ["x = 1\n", GOOD + GOOD.replace("Mine", "Other")])
def test_a_file_holds_one_reducer(folder: Path, text: str) -> None:
    (folder / "mine.py").write_text(text)
    with pytest.raises(UnavailableReducerError, match="must hold one class that extends Reducer"):
        reducers.get("mine")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownReducerError, match="expected one of: autoencoder"):
        reducers.get("pcaa")


def test_a_class_in_a_file_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text(GOOD)
    assert reducers.get(f"{tmp_path}/elsewhere.py:Mine").label == "My own"
    with pytest.raises(UnavailableReducerError, match="has no class Other"):
        reducers.get(f"{tmp_path}/elsewhere.py:Other")
    with pytest.raises(UnknownReducerError, match="no file"):
        reducers.get(f"{tmp_path}/missing.py:Mine")


def test_an_entry_point_is_a_reducer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other_package.py").write_text(GOOD)
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint("theirs", "other_package:Mine", "reducers")
    monkeypatch.setattr(reducers, "entry_points", lambda group: [point])
    assert "theirs" in reducers.names()
    assert reducers.source("theirs").problem is None
    assert reducers.get("theirs").label == "My own"


def test_two_reducers_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("pca", "other_package:Mine", "reducers")
    monkeypatch.setattr(reducers, "entry_points", lambda group: [point])
    with pytest.raises(DuplicateReducerError, match=r"pca\.py and the entry point other_package:Mine"):
        reducers.names()


def test_the_digest_sees_code_and_not_comments(folder: Path) -> None:
    for shared in ("base.py", "_shared.py"):
        (folder / shared).write_text("x = 1\n")
    file = folder / "mine.py"
    file.write_text(GOOD)
    before = reducers.digest("mine")
    file.write_text(GOOD + "\n\n# a remark\n")
    assert reducers.digest("mine") == before
    file.write_text(GOOD.replace(".copy()", " + 1"))
    assert reducers.digest("mine") != before
    file.write_text(GOOD)
    (folder / "base.py").write_text("from reducers._shared import x\n")
    before = reducers.digest("mine")
    (folder / "_shared.py").write_text("x = 2\n")
    assert reducers.digest("mine") != before, "what its imports import counts"
    before = reducers.digest("mine")
    (folder / "_other.py").write_text("x = 2\n")
    assert reducers.digest("mine") == before, "what it never imports does not"
