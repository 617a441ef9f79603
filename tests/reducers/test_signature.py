from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import reducers

HEAD = "from reducers.base import Reducer\n"


@pytest.mark.parametrize("name", sorted({*reducers.names(), *(one.reducer for one in reducers.presets().values())}))
def test_the_text_tells_what_the_class_takes(name: str) -> None:
    told = reducers.parameters(name)
    if reducers.source(name).problem is None:
        assert told == inspect.signature(reducers.get(name)).parameters.keys()


def _told(tmp_path: Path, text: str) -> frozenset[str] | None:
    (tmp_path / "mine.py").write_text(HEAD + text)
    return reducers.parameters(f"{tmp_path}/mine.py:Mine")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("class Mine(Reducer):\n    def __init__(self, a, *, b=1): ...\n", {"a", "b"}),
        ("class Mine(Reducer): ...\n", set()),
        ("class Other(Reducer):\n    def __init__(self, a): ...\nclass Mine(Other): ...\n", {"a"}),
        (
            "class Mixin: ...\nclass Other(Reducer):\n    def __init__(self, a): ...\nclass Mine(Mixin, Other): ...\n",
            {"a"},
        ),
        ("from reducers.pca import PCA as Other\nclass Mine(Other): ...\n", {"n_components", "svd_solver"}),
    ],
)
def test_a_signature_is_found_behind_bases(text: str, names: set[str], tmp_path: Path) -> None:
    assert _told(tmp_path, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "class Mine(Reducer):\n    def __init__(self, **params): ...\n",
        "@wrapped\nclass Mine(Reducer):\n    def __init__(self, a): ...\n",
        "class Mine(Reducer):\n    @wrapped\n    def __init__(self, a): ...\n",
        "class Mine(Reducer):\n    if True:\n        def __init__(self, a): ...\n",
        "class Mine(Reducer):\n    __init__ = make()\n",
        "class Mine(One, Two): ...\n",
        "class A(Reducer):\n    def __init__(self, a): ...\nclass B(Reducer):\n    def __init__(self, b): ...\n"
        "class Mine(A, B): ...\n",
        "class Mine(Reducer, metaclass=Some): ...\n",
        "class Mine(module.Other): ...\n",
        "from no.such.place import Other\nclass Mine(Other): ...\n",
        "class Mine(Mine): ...\n",
        "if True:\n    class Mine(Reducer): ...\n",
        "class Mine(Reducer): ...\nclass Mine(Reducer): ...\n",
        "class Other(Reducer): ...\n",
        "def broken(:\n",
        "x = " + "[" * 3_000 + "]" * 3_000,
    ],
)
def test_what_a_text_cannot_tell_is_left_to_the_import(text: str, tmp_path: Path) -> None:
    assert _told(tmp_path, text) is None


def test_classes_that_extend_each_other_end(tmp_path: Path) -> None:
    assert _told(tmp_path, "class Other(Mine): ...\nclass Mine(Other): ...\n") is None


def test_no_library_is_imported() -> None:
    code = (
        "import sys, reducers; reducers.parameters('umap'); reducers.parameters('vae'); "
        "print([name for name in ('sklearn', 'scipy', 'torch', 'numba', 'umap') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
