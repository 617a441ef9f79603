from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
import tomllib
from email.message import Message
from graphlib import TopologicalSorter
from importlib.metadata import EntryPoint, version
from pathlib import Path

import pytest

import reducers
from bench.commands import listing
from reducers import DuplicateReducerError, UnavailableReducerError, UnknownReducerError
from reducers.dependencies import code_behind

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
    by_default = {name for name, source in reducers.sources().items() if source.by_default}
    others = {name for name, source in reducers.sources().items() if not source.by_default}
    assert by_default >= {"autoencoder", "opentsne", "pca", "random_projection", "tsne", "umap", "vae"}
    assert others >= {"chained", "convolutional_vae", "cross_entropy_autoencoder", "umap_after_pca"}
    assert others >= {"densmap", "localmap", "pacmap", "parametric_umap", "phate", "trimap"}
    assert not any(reducers.source(name).requires for name in by_default), "default depends on no extra"
    assert not any("after_pca" in name for name in by_default)
    assert not {"base", "dependencies", "discovery", "errors", "presets"} & set(reducers.names())


def test_what_the_text_says_is_what_the_class_has() -> None:
    for source in reducers.sources().values():
        if source.problem is None:
            cls = source.load()
            assert (source.by_default, source.label) == (cls.by_default, cls.label)
            assert source.requires == cls.requires


def test_listing_imports_no_heavy_library() -> None:
    code = (
        "import sys; from bench.commands.listing import rows; assert rows('reducers'); rows('studies'); "
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
    rows = {row["name"]: row for row in listing.rows("reducers")}
    assert reason in rows["bad"]["state"]
    assert rows["mine"]["state"] == "ok"
    with pytest.raises(UnavailableReducerError, match=r"bad\.py"):
        reducers.get("bad")
    assert reducers.get("mine").label == "My own"


REQUIRES = GOOD.replace("    label", "    requires = ('json', 'no_such_library.part')\n    label")


def test_a_reducer_whose_requirement_is_missing_disables_itself(folder: Path) -> None:
    (folder / "mine.py").write_text(REQUIRES)
    (folder / "theirs.py").write_text(GOOD.replace("    label", "    requires = ('json')\n    label"))
    rows = {row["name"]: row["state"] for row in listing.rows("reducers")}
    sentence = "mine.py needs no_such_library.part, which is not installed"
    assert rows == {"mine": f"unavailable: {sentence}", "theirs": "ok"}
    with pytest.raises(UnavailableReducerError, match=f"^{sentence}$"):
        reducers.get("mine")


def test_each_extra_reducer_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of an extra is installed, as far as it can be told."""
    names = {"localmap": "pacmap", "pacmap": "pacmap", "phate": "phate", "trimap": "trimap"}
    lines = (reducers.FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8")
    extras = tomllib.loads(lines)["project"]["optional-dependencies"]
    told = Message()
    for extra, libraries in extras.items():
        for library in libraries:
            told["Requires-Dist"] = f'{library}; extra == "{extra}"'
    monkeypatch.setattr("reducers._remedies.metadata", lambda name: told)
    monkeypatch.setattr(
        "reducers.discovery._spec", lambda module: None if module in extras else importlib.util.find_spec("json")
    )
    for name, extra in names.items():
        state = next(row["state"] for row in listing.rows("reducers") if row["name"] == name)
        assert state == (
            f"unavailable: {name}.py needs {extra}, which is not installed; `pip install '.[{extra}]'` installs it"
        )


def test_what_a_class_requires_is_no_part_of_its_digest(folder: Path) -> None:
    (folder / "base.py").write_text("class Reducer:\n    by_default = True\n")
    (folder / "mine.py").write_text(GOOD)
    before = reducers.digest("mine")
    (folder / "mine.py").write_text(REQUIRES.replace("label", "search_space = {'a': [1]}\n    label"))
    base = "class Reducer:\n    by_default = True\n    requires: tuple = ()\n    'What it needs.'\n"
    (folder / "base.py").write_text(base)
    assert reducers.digest("mine") == before
    (folder / "base.py").write_text(base.replace("True", "False"))
    assert reducers.digest("mine") != before


@pytest.mark.parametrize("text", ["x = 1\n", GOOD + GOOD.replace("Mine", "Other")])
def test_a_file_holds_one_reducer(folder: Path, text: str) -> None:
    (folder / "mine.py").write_text(text)
    with pytest.raises(UnavailableReducerError, match="must hold one class that extends Reducer"):
        reducers.get("mine")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownReducerError, match=r"expected one of: .*autoencoder, "):
        reducers.get("pcaa")


def test_a_class_in_a_file_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text(GOOD)
    assert reducers.get(f"{tmp_path}/elsewhere.py:Mine").label == "My own"
    with pytest.raises(UnavailableReducerError, match="has no class Other"):
        reducers.get(f"{tmp_path}/elsewhere.py:Other")
    with pytest.raises(UnknownReducerError, match="there is no"):
        reducers.get(f"{tmp_path}/missing.py:Mine")


def test_a_class_of_a_module_is_found_without_importing_it() -> None:
    source = reducers.source("reducers.posts.post4:Post4VAE")
    assert (source.name, source.label, source.problem) == ("post4", "VAE of post 4", None)
    assert reducers.get("reducers.posts.post4:Post4VAE").label == source.label
    with pytest.raises(UnknownReducerError, match=r"there is no reducers\.posts\.post5"):
        reducers.source("reducers.posts.post5:Post5VAE")


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


def test_the_code_behind_a_reducer_is_exactly_what_it_imports() -> None:
    def behind(name: str) -> set[str]:
        files = code_behind(reducers.source(name), reducers.FOLDER)
        return {str(path.relative_to(reducers.FOLDER)) for path in files}

    assert behind("pca") == {"pca.py", "_covariance.py", "_streaming.py", "rows.py", "base.py", "errors.py"}
    assert "posts/presets.py" not in behind("reducers.posts.post2:Post2VAE")
    more = {"posts/post2.py", "posts/displayed.py", "posts/__init__.py", "autoencoder.py"}
    assert behind("reducers.posts.post2:Post2VAE") - more == behind("vae")


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a package with a reducer, a helper that it imports and one that it does not."""
    package = tmp_path / "theirs"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "method.py").write_text("from .maths import turn\nimport sklearn\n" + GOOD)
    (package / "maths.py").write_text("import theirs.deeper\nturn = 1\n")
    for name in ("deeper", "unused"):
        (package / f"{name}.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return package


@pytest.mark.parametrize("name", ["theirs.method:Mine", "{folder}/method.py:Mine"])
def test_the_digest_covers_helpers_outside(outside: Path, name: str) -> None:
    name = name.format(folder=outside)
    (outside / "method.py").write_text("import deeper\nfrom theirs import maths\n" + GOOD)
    before = reducers.digest(name)
    (outside / "unused.py").write_text("x = 2\n")
    assert reducers.digest(name) == before
    (outside / "deeper.py").write_text("x = 2\n")
    assert reducers.digest(name) != before


def test_the_digest_follows_relative_imports(outside: Path) -> None:
    behind = code_behind(reducers.source("theirs.method:Mine"), reducers.FOLDER)
    names = {"method.py", "__init__.py", "maths.py", "deeper.py"}
    assert {path.name for path in behind if path.parent == outside} == names
    assert reducers.FOLDER / "base.py" in behind


def test_requirements_are_what_the_code_imports_and_what_that_requires(outside: Path) -> None:
    found = reducers.requirements("theirs.method:Mine")
    assert found["scikit-learn"] == version("scikit-learn")
    assert found["joblib"] == version("joblib"), "scikit-learn requires it"
    assert "torch" not in found and "reducers-bench" not in found
    assert reducers.requirements("umap").keys() >= {"umap-learn", "numba", "pynndescent", "numpy"}
    assert "openTSNE".lower() in reducers.requirements("opentsne")
    assert "torch" in reducers.requirements("vae")


def test_requirements_include_the_distribution_that_a_reducer_comes_from(
    outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = outside.parent / "their_method-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: their-method\nVersion: 1.2\n"
        "Requires-Dist: pooch>=1\nRequires-Dist: torch; extra == 'gpu'\n"
    )
    (info / "entry_points.txt").write_text("[reducers]\ntheirs = theirs.method:Mine\n")
    found = reducers.requirements("theirs")
    assert found["their-method"] == "1.2"
    assert found["pooch"] == version("pooch")
    assert "torch" not in found


def test_no_module_of_the_package_imports_itself_in_a_circle() -> None:
    def imports(module: str, path: Path) -> set[str]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
        return {node.module for node in froms if node.module in files} - {module}

    files = {
        ".".join(["reducers", *path.relative_to(reducers.FOLDER).with_suffix("").parts]): path
        for path in reducers.FOLDER.rglob("*.py")
        if path.name != "__init__.py"
    }
    TopologicalSorter({module: imports(module, path) for module, path in files.items()}).prepare()
