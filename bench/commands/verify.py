"""Whether the files of a results folder are what was written. Nothing is changed by looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from bench.errors import BenchError, StoreError
from bench.store import machines, sums
from bench.store.records import Environment
from bench.store.score_store import Scored
from bench.store.store import Store


def faults(folder: Path) -> Iterator[str]:
    """Yield what is wrong with a results folder, those on each dataset or machine within it included, a sentence each.

    Raises StoreError if it is no results folder.
    """
    store = Store(folder)
    if not (folder / "study.toml").is_file():
        raise StoreError(f"Got {folder}, but expected a results folder: there is no study.toml in it.")
    listed = sums.faults(folder)
    if not (folder / sums.FILE).is_file():
        yield f"{folder / sums.FILE} is missing; `python -m bench report {folder}` writes it"
    yield from (f"{folder}: {fault}" for fault in listed.values())
    checks: dict[str, Callable[[str], object]] = {
        "study.toml": lambda name: store.study(),
        "environment.json": lambda name: store.load(name, Environment, undigested=True),
        "runs/*/se*.json": store.record,
        "runs/*/sa*.json": store.record,
        "runs/*/scores-*.json": lambda name: store.load(name, Scored),
        "references/*.json": lambda name: store.load(name, Scored),
    }
    for pattern, check in checks.items():
        names = {path.relative_to(folder).as_posix() for path in folder.glob(pattern)}
        for name in sorted(names - listed.keys()):
            try:
                check(name)
            except BenchError as error:
                yield str(error)
    members = sorted(folder.glob(f"{machines.FOLDER}/*"))
    with suppress(BenchError):  # what is wrong with the study itself is said above
        members += [folder / of for of in store.study().folders.values()]
    for one in members:
        if (one / "study.toml").is_file():
            yield from faults(one)
