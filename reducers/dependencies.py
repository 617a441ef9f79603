"""The code and the installed distributions that a reducer depends on, told from text without importing anything."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from reducers.discovery import PACKAGE, Source, assigned, file_of, parsed, text_of

NOT_IN_A_KEY = ("requires", "search_space")
"""Facts of a class that change no embedding, so that a run stays valid when they are written or changed."""

_distributions = lru_cache(packages_distributions)


def canonical(file: Path) -> str:
    """Return the code of a file without comments, layout and `NOT_IN_A_KEY`; its raw text if it does not parse."""
    return _canonical(text_of(file))


@lru_cache(maxsize=256)
def _canonical(text: str) -> str:
    tree = parsed(text)
    return text if tree is None else ast.dump(_without_facts(tree))


def _without_facts(tree: ast.Module) -> ast.Module:
    """Return a copy whose classes lack what changes no embedding, and its documentation."""
    tree = deepcopy(tree)
    for node in [node for node in tree.body if isinstance(node, ast.ClassDef)]:
        for value in filter(None, [assigned(node, name) for name in NOT_IN_A_KEY]):
            at = next(at for at, part in enumerate(node.body) if getattr(part, "value", None) is value)
            documented = any(isinstance(part, ast.Expr) for part in node.body[at + 1 : at + 2])
            del node.body[at : at + 1 + documented]
    return tree


def code_behind(source: Source, folder: Path) -> list[Path]:
    """Return the file of a reducer, then all files of its package or folder that it imports, directly or not.

    Parameters
    ----------
    folder : Path
        The folder of reducers, whose files count for reducers elsewhere too.
    """
    modules = _modules_behind(source, _roots(source, folder), folder)
    return [source.file, *sorted(modules.keys() - {source.file}, key=lambda path: modules[path])]


def versions_behind(source: Source, folder: Path) -> dict[str, str]:
    """Return the versions of the distributions that a reducer's code imports or comes from, and of all they require."""
    roots, distributions = _roots(source, folder), _distributions()
    modules = _modules_behind(source, roots, folder)
    tops = {name.partition(".")[0] for file, module in modules.items() for name in _imported(file, module)}
    imported = {name for top in tops - roots.keys() for name in distributions.get(top, ())}
    top = (source.module or "").partition(".")[0]
    origin = {source.distribution} if source.distribution else set(distributions.get(top, ()))
    # This project's own distribution requires what any reducer needs, which tells nothing about this one.
    return _installed(imported | origin - set(distributions.get(PACKAGE, ())))


def _modules_behind(source: Source, roots: Mapping[str, Path], folder: Path) -> dict[Path, str]:
    """Return the files of a reducer's code, each with its module's name."""
    first = f"{PACKAGE}.{source.file.stem}" if source.file.parent == folder else source.module or source.file.stem
    found, waiting = {source.file: first}, [source.file]
    while waiting:
        file = waiting.pop()
        for name in _imported(file, found[file]):
            for module, path in _files_of(name, roots):
                if path not in found:
                    found[path] = module
                    waiting.append(path)
    return found


def _installed(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of distributions and of all that they require, as far as they are installed."""
    found: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name not in found and (installed := _distribution(name)) is not None:
            found[name], required = installed
            waiting += required
    return dict(sorted(found.items()))


@lru_cache
def _distribution(name: str) -> tuple[str, list[str]] | None:
    """Return the version of a distribution and the names of those that it requires; None if it is not installed."""
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        return None
    required = [line for line in installed.requires or () if not re.search(r"\bextra\s*==", line)]
    return installed.version, [match[0] for line in required if (match := re.match(r"[\w.-]+", line))]


def _roots(source: Source, folder: Path) -> dict[str, Path]:
    """Return the files and folders whose code belongs to a reducer, by the name that they are imported by."""
    roots = {PACKAGE: folder}
    if source.module is not None:
        top = source.module.partition(".")[0]
        file = file_of(top)
        if top != PACKAGE and file is not None:
            roots[top] = file.parent if file.name == "__init__.py" else file
    elif source.file.parent != folder:
        nearby = (p for p in source.file.parent.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file())
        roots = {path.stem: path for path in nearby} | roots
    return roots


def _files_of(name: str, roots: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """Yield module and file of a dotted name and of the packages that it lies in, if it lies below one of the roots."""
    top, *rest = name.split(".")
    if top not in roots:
        return
    for depth in range(len(rest) + 1):
        module, path = ".".join([top, *rest[:depth]]), roots[top].joinpath(*rest[:depth])
        for file in (path, path.with_suffix(".py"), path / "__init__.py"):
            # What this package's own `__init__.py` does, finding reducers, changes no embedding.
            if file.is_file() and module != PACKAGE:
                yield module, file


def _imported(file: Path, module: str) -> Iterator[str]:
    """Yield the modules that a file imports anywhere, and what it imports from them; `module` is its own name."""
    parts = [*module.split("."), "__init__"] if file.name == "__init__.py" else module.split(".")
    for node in _import_statements(text_of(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
            continue
        base = [*(parts[: -node.level] if node.level else []), *([node.module] if node.module else [])]
        if base:
            yield ".".join(base)
        yield from (".".join([*base, alias.name]) for alias in node.names)


@lru_cache(maxsize=256)
def _import_statements(text: str) -> list[ast.Import | ast.ImportFrom]:
    tree = parsed(text)
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)] if tree else []
