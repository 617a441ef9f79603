"""Hostile data files: each is answered by one sentence, or is accepted for what it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.errors import DatasetError
from tests.bench.datasets.hostile import FILES
from tests.torture.found import Found
from tests.torture.isolated import answers

KIND = "data"
SECONDS = 0.3
LIMIT_S = 30.0


def cases(share: int = 1) -> list[str]:
    """Return the names of every so many-th file."""
    return list(FILES)[::share]


def jobs(names: list[str]) -> list[list[str]]:
    """Return all files as one job."""
    return [names]


def run(names: list[str]) -> Iterator[Found]:
    """Load one file after the other, each in a process of its own."""
    wanted = {name: FILES[name].says for name in names}
    yield from answers(
        KIND, "hostile data files", wanted, _answer, "accepts it for what it is", "the user's file", LIMIT_S
    )


def _answer(name: str, folder: Path) -> str:
    hostile = FILES[name]
    path = hostile.write(folder)
    try:
        dataset = hostile.read(path)
    except DatasetError as error:
        return f"refused|{error}".replace(str(path), path.name[:50])
    except Exception as error:  # noqa: BLE001 - whatever it raises is an answer
        return f"raised {type(error).__name__}|{error}"
    return "accepted|" + ("" if hostile.holds(dataset) else f"but other data: {dataset.provenance}")
