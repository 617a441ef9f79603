"""The examples in docstrings, run: each module of the program that has some."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SOURCES = [path.relative_to(PROJECT) for room in ("bench", "reducers") for path in (PROJECT / room).rglob("*.py")]
MODULES = [
    ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(SOURCES)
    if ">>> " in (PROJECT / path).read_text(encoding="utf-8")
]


@pytest.mark.usefixtures("one_figure")
@pytest.mark.parametrize("module", MODULES)
def test_examples_do_what_they_say(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "results").mkdir()  # what an example writes is not written into the project
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(import_module(module), optionflags=doctest.ELLIPSIS)
    assert found.attempted and not found.failed


def test_the_python_door_has_examples() -> None:
    assert {"bench", "bench.commands.notebook", "bench.metrics.functions"} <= set(MODULES)
