"""The parameters of a reducer as its text tells, so that they can be checked without importing its library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from reducers.discovery import Source, file_of, parsed, text_of

NO_INIT = ("Reducer", "ABC", "object")
"""Classes at the end of the search: none has parameters of its own."""
MAX_BASES = 20
PLAIN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign, ast.AnnAssign, ast.Expr, ast.Pass)


class _CannotTellError(Exception):
    """Only an import can tell."""


def parameters_of(source: Source) -> frozenset[str] | None:
    """Return the names of the parameters of a reducer, as far as its text tells; None if only an import can."""
    tree = parsed(text_of(source.file))
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.bases] if tree else []
    names = [source.class_name] if source.class_name else classes
    try:
        return _found_in(source.file, names[0], MAX_BASES) or frozenset() if len(names) == 1 else None
    except _CannotTellError:
        return None


def _found_in(file: Path, class_name: str, depth: int) -> frozenset[str] | None:
    """Return the parameters of a class; None if neither it nor its bases have an `__init__`."""
    text = text_of(file)
    tree, nodes = parsed(text), [node for node in _classes(text) if node.name == class_name]
    if tree is None or len(nodes) != 1 or nodes[0] not in tree.body or not depth:
        raise _CannotTellError
    (node,) = nodes
    if node.decorator_list or node.keywords or not all(isinstance(part, PLAIN) for part in node.body):
        raise _CannotTellError
    names = [name for part in node.body for name in ast.walk(part) if isinstance(name, ast.Name)]
    assigned = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    functions = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
    if {"__init__", "__new__"} & assigned or "__new__" in functions:
        raise _CannotTellError
    if "__init__" in functions:
        return _keywords_of(functions["__init__"])
    found = {known for base in node.bases if (known := _of_base(base, tree, file, depth)) is not None}
    if len(found) > 1:
        raise _CannotTellError
    return found.pop() if found else None


@lru_cache(maxsize=256)
def _classes(text: str) -> list[ast.ClassDef]:
    """Return all classes that are defined anywhere in a source text."""
    tree = parsed(text)
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)] if tree else []


def _of_base(base: ast.expr, tree: ast.Module, file: Path, depth: int) -> frozenset[str] | None:
    if not isinstance(base, ast.Name):
        raise _CannotTellError
    imported = dict(_imported(tree))
    if base.id not in imported:
        return None if base.id in NO_INIT else _found_in(file, base.id, depth - 1)
    module, name = imported[base.id]
    if name in NO_INIT:
        return None
    where = file_of(module)
    if where is None:
        raise _CannotTellError
    return _found_in(where, name, depth - 1)


def _imported(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each name that is imported at the top of a file, with its module and its name there."""
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            for alias in statement.names:
                yield alias.asname or alias.name, (statement.module, alias.name)


def _keywords_of(function: ast.FunctionDef) -> frozenset[str]:
    given = function.args
    if function.decorator_list or given.kwarg or given.vararg:
        raise _CannotTellError
    return frozenset(argument.arg for argument in (*given.args[1:], *given.kwonlyargs))
