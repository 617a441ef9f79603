"""Hostile study files: each is answered by one sentence, or is accepted and reads back the same."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bench.commands.running import Asked
from bench.errors import BenchError
from bench.execution import pipeline
from bench.execution.runner import Runner
from bench.studies.study import read
from reducers import ReducerError
from tests.bench.studies.hostile import ACCEPTED, STUDIES
from tests.torture.found import Found
from tests.torture.isolated import answers

KIND = "studies"
SECONDS = 0.3
LIMIT_S = 60.0


def cases(share: int = 1) -> list[str]:
    """Return the names of every so many-th file."""
    return list(STUDIES)[::share]


def jobs(names: list[str]) -> list[list[str]]:
    """Return all files as one job."""
    return [names]


def run(names: list[str]) -> Iterator[Found]:
    """Read one file after the other, each in a process of its own."""
    wanted = {name: STUDIES[name].expected for name in names}
    yield from answers(
        KIND,
        "hostile study files",
        wanted,
        _answer,
        "accepts it, and reads back what it wrote",
        "nothing was run",
        LIMIT_S,
    )


def _answer(name: str, folder: Path) -> str:
    path, again = folder / "mine.toml", folder / "study.toml"
    path.write_bytes(STUDIES[name].text)
    try:
        asked = Asked(str(path), out=folder / "out").request()
        if STUDIES[name].expected == ACCEPTED:
            again.write_text(asked.whole.to_toml(), encoding="utf-8")
            return "accepted|" + ("" if read(str(again)) == asked.whole else "but it reads back another study")
        Runner.execute = _never  # type: ignore[method-assign]
        pipeline.execute(asked, Console(file=io.StringIO()), _never)
    except (BenchError, ReducerError) as error:
        return f"refused|{error}"
    except Exception as error:  # noqa: BLE001 - whatever it raises is an answer
        return f"raised {type(error).__name__}|{error}"
    return "accepted|"


def _never(*_: object) -> None:
    raise AssertionError("a study was run that should have been refused")
