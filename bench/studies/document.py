"""The text of a study file: its tables, and where in it a value stands that is refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails

from bench.errors import StudyError, unknown
from bench.studies.naming import MAX_DEPTH, cut

MAX_BYTES = 64 * 2**20
MAX_LEVELS = MAX_DEPTH + 12
"""Tables and lists within each other: those of a value, and those that it stands in."""
MAX_PROBLEMS = 10
EXPECTED = {
    "int_type": "a whole number",
    "bool_type": "true or false",
    "string_type": "a text",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}
"""What a type of problem asks for, in the words of TOML."""


def text_of(path: Path) -> str:
    """Return the text of a study file; StudyError if it cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise StudyError(f"Got {path} of {path.stat().st_size:,} bytes, but expected at most {MAX_BYTES:,}.")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"Got {path}, which cannot be read as UTF-8 text: {error}.") from error


def tables_of(text: str, path: Path) -> dict[str, Any]:
    """Return what a study file holds; StudyError if it is no TOML, or nested deeper than any study."""
    too_deep = f"Got {path} with more than {MAX_LEVELS} lists or tables within each other, but expected fewer."
    try:
        tables = tomllib.loads(text)
    except ValueError as error:  # also of numbers with thousands of digits
        raise StudyError(f"Got {path}, which is no TOML: {error}.") from error
    except RecursionError:
        raise StudyError(too_deep) from None
    level: list[Any] = [tables]
    for _ in range(MAX_LEVELS):
        level = [item for outer in level for item in (outer.values() if isinstance(outer, dict) else outer)]
        level = [item for item in level if isinstance(item, dict | list)]
    if level:
        raise StudyError(too_deep)
    return tables


def explain(problems: list[ErrorDetails], text: str, path: Path, keys: Mapping[str, Collection[str]]) -> str:
    """Return one sentence a problem, with its line; `keys` are the known ones of a study, its data and a variant."""
    shown = [_explained(problem, text, path, keys) for problem in problems[:MAX_PROBLEMS]]
    more = len(problems) - len(shown)
    return "\n".join([*shown, *([f"{path.name}: {more} more of such kind."] if more else [])])


def sentence(problem: ErrorDetails) -> str:
    """Return what was got and what was expected."""
    if problem["type"] == "value_error" and (said := str(problem["ctx"]["error"])).startswith("Got "):
        return said
    name = next((part for part in reversed(problem["loc"]) if isinstance(part, str)), "a value")
    expected = EXPECTED.get(problem["type"], f"another value: {problem['msg']}")
    return f"Got {cut(name)[1:-1]} = {cut(problem['input'])}, but expected {expected}."


def _explained(problem: ErrorDetails, text: str, path: Path, keys: Mapping[str, Collection[str]]) -> str:
    *parents, key = [str(part) for part in problem["loc"]] or ["a study"]
    if problem["type"] == "missing":
        return f"{path.name}: Got no {'.'.join([*parents, key])}, but expected one."
    where = f"{path.name}, line {_line_of(text, [*parents, key])}"
    if problem["type"] == "extra_forbidden":
        tables = {"variants": "variant", "data": "data", "search": "search", "hypotheses": "hypothesis"}
        table = tables.get(parents[0] if parents else "", "study")
        return f"{where}: {unknown('key', key, keys[table])}"
    return f"{where}: {sentence(problem)}"


def _line_of(text: str, names: list[str]) -> int:
    """Return the line of a key under the tables that it stands in, from the outermost on."""
    lines = text.splitlines()
    found = 0
    for name in names:
        pattern = re.compile(rf"^\s*(\[.*\b{re.escape(name)}\b.*\]|[\"']?{re.escape(name)}[\"']?\s*=)")
        found = next((place for place in range(found, len(lines)) if pattern.match(lines[place])), found)
    return found + 1
