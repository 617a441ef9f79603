"""The rooms of the house: imports run one way, nothing private is imported across packages, and there is no circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
FREE = {"errors", "texts", "units"}
"""Modules that every room may import."""
MAY_IMPORT = {
    "commands": {"execution", "reproductions", "output", "analysis", "store", "metrics", "studies", "datasets"},
    "execution": {"store", "metrics", "studies", "datasets"},
    "reproductions": {"output", "analysis", "store", "metrics", "studies", "datasets"},
    "output": {"analysis", "store", "metrics", "studies", "datasets"},
    "analysis": {"store", "metrics", "studies", "datasets"},
    "store": {"metrics", "studies", "datasets"},
    "metrics": {"studies", "datasets"},
    "studies": {"datasets"},
    "datasets": set(),
    "errors": set(),
    "texts": set(),
    "units": set(),
    "cli": {"commands", "execution", "output"},
    "__main__": {"cli"},
    "__init__": {"commands", "execution", "store", "metrics"},
}


def modules(package: str) -> dict[str, Path]:
    paths = (PROJECT / package).rglob("*.py")
    return {".".join(path.relative_to(PROJECT).with_suffix("").parts): path for path in paths}


SOURCES = modules("bench") | modules("reducers")


def imported(path: Path, *, at_top: bool = False) -> Iterator[str]:
    """Yield the modules of the project that a file imports: anywhere, those for types included, or at its top only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if at_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            module = next(
                (m for m in (name, name.rpartition(".")[0]) if m in SOURCES or f"{m}.__init__" in SOURCES), None
            )
            if module:
                yield module if module in SOURCES else f"{module}.__init__"


def room(module: str) -> str:
    return module.split(".")[1]


@pytest.mark.parametrize("module", [name for name in SOURCES if name.startswith("bench.")])
def test_imports_run_one_way(module: str) -> None:
    for other in imported(SOURCES[module]):
        if other.startswith("bench.") and room(other) not in {room(module), *FREE}:
            assert room(other) in MAY_IMPORT[room(module)], f"{module} imports {other}"


@pytest.mark.parametrize("module", [name for name in SOURCES if name.startswith("reducers.")])
def test_reducers_know_nothing_of_the_bench(module: str) -> None:
    assert not [other for other in imported(SOURCES[module]) if other.startswith("bench")]


@pytest.mark.parametrize("module", [name for name in SOURCES if name.startswith("bench.")])
def test_nothing_private_of_reducers_is_imported(module: str) -> None:
    others = [other for other in imported(SOURCES[module]) if other.startswith("reducers")]
    assert not [
        other for other in others if any(part.startswith("_") and part != "__init__" for part in other.split("."))
    ]


@pytest.mark.parametrize("package", ["bench", "reducers"])
def test_no_two_modules_import_each_other(package: str) -> None:
    graph = {
        name: {other for other in imported(path) if other != name and other.startswith(package)}
        for name, path in SOURCES.items()
        if name.startswith(package)
    }
    for name in graph:  # a package's own file is imported with every module of it
        graph[name] -= {f"{package}.__init__"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"circle: {' -> '.join(error.args[1])}")


def test_there_are_few_rooms() -> None:
    folders = [path for path in (PROJECT / "bench").iterdir() if (path / "__init__.py").exists()]
    files = [path for path in (PROJECT / "bench").glob("*.py")]
    assert len(folders) <= 10
    assert len(files) <= 6


def test_tests_mirror_the_rooms() -> None:
    """Every folder of tests is one of the program."""
    for folder in (PROJECT / "tests" / "bench").rglob("*"):
        if folder.is_dir() and (folder / "__init__.py").exists():
            assert (PROJECT / "bench" / folder.relative_to(PROJECT / "tests" / "bench")).is_dir(), folder
