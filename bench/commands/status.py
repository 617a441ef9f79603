"""Which results are older than the code or the libraries that made them, and what measuring them again costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import reducers
from bench.errors import BenchError
from bench.metrics.registry import METRICS
from bench.store import protocol
from bench.store.records import Environment
from bench.store.store import Store
from bench.studies.plan import MEASUREMENT
from bench.studies.study import Study, names, read
from bench.units import counted

MAX_NAMED = 4
OF_PROTOCOL = ("dataset", "n", "seeds", "samples", "measures")
"""Fields of a study whose change makes its tables old."""


@dataclass(frozen=True)
class State:
    """What is known of a results folder: its protocol, why it is old, and how long it took."""

    folder: Path
    protocol: str
    reasons: tuple[str, ...]
    wall_s: float | None


def states(root: Path) -> Iterator[State]:
    """Yield the state of every results folder in a folder."""
    digest = cache(reducers.digest)
    for path in sorted(root.glob("*/study.toml")):
        store = Store(path.parent)
        try:
            study, where = store.study(), store.environment()
            reasons = tuple(_reasons(study, where, digest))
        except (BenchError, reducers.ReducerError) as error:
            yield State(path.parent, "", (str(error),), None)
            continue
        yield State(path.parent, protocol.cited(study, where), reasons, where.wall_s if where else None)


def _reasons(study: Study, where: Environment | None, digest: Callable[[str], str]) -> Iterator[str]:
    """Yield why results are old."""
    if where is None:
        yield "it is not known where they were measured"
        return
    if where.measurement != MEASUREMENT:
        was = "an earlier edition" if where.measurement is None else f"edition {where.measurement}"
        yield f"measured by {was} of the measurement, which is {MEASUREMENT} now"
    used = {variant.reducer for variant in study.variants.values()}
    there = {name for name in used if ":" not in name and name in reducers.sources()}
    if changed := [name for name in sorted(there) if where.reducers.get(name, digest(name)) != digest(name)]:
        yield f"changed since: {_named(changed)}"
    if gone := sorted(name for name in used - there if ":" not in name):
        yield f"no longer there: {_named(gone)}"
    now = {library: version for name in there for library, version in reducers.requirements(name).items()}
    other = [
        f"{library} {where.versions[library]} (here {version})"
        for library, version in sorted(now.items())
        if where.versions.get(library, version) != version
    ]
    if other:
        yield f"other versions of {_named(other)}"
    if scores := [key for key, metric in METRICS.items() if where.metrics.get(key, metric.version) != metric.version]:
        yield f"scores defined otherwise since (`python -m bench report` where the runs are): {_named(scores)}"
    yield from _of_study(study)


def _of_study(study: Study) -> Iterator[str]:
    """Yield what the study of this name asks by now, if it comes with the project."""
    if study.name not in names():
        return
    now = read(study.name).resolved()
    if fields := [name for name in OF_PROTOCOL if getattr(study, name) != getattr(now, name)]:
        yield f"the study asks for other {_named(fields)} by now"
    if more := [name for name in now.variants if name not in study.variants]:
        yield f"the study has more methods by now: {_named(more)}"


def _named(things: list[str]) -> str:
    more = len(things) - MAX_NAMED
    return ", ".join(things[:MAX_NAMED]) + (f" and {counted(more, 'other')}" if more > 0 else "")
