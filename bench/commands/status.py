"""Which results are older than the code or the libraries that made them, and what measuring them again costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import reducers
from bench.errors import BenchError
from bench.metrics.registry import METRICS
from bench.store import alike, protocol
from bench.store.records import Environment
from bench.store.results import Results
from bench.store.store import Store
from bench.studies.plan import MEASUREMENT
from bench.studies.study import Study, Variant, names, read
from bench.units import counted

MAX_NAMED = 4
OF_PROTOCOL = ("dataset", *protocol.OF_STUDY, "fit_on", "map", "anchors")
"""Fields of a study whose change makes its tables old."""
OF_VARIANT = ("reducer", *alike.OF_VARIANT)
"""Fields of a variant whose change makes its rows old."""


@dataclass(frozen=True)
class State:
    """What is known of a results folder: its protocol, why it is old, and how long it took."""

    folder: Path
    name: str
    """Its name below the folder of results: `default`, or `datasets/usps` of a study over several datasets."""
    protocol: str
    reasons: tuple[str, ...]
    wall_s: float | None


def states(root: Path) -> Iterator[State]:
    """Yield the state of every results folder in a folder, of a study over several datasets one for each of them."""
    digest = cache(reducers.digest)
    for path in sorted(root.glob("*/study.toml")):
        try:
            study = Store(path.parent).study()
        except BenchError as error:
            yield State(path.parent, path.parent.name, "", (str(error),), None)
            continue
        for dataset, below in study.folders.items() or [("", "")]:
            folder = path.parent / below
            yield _state(folder, folder.relative_to(root).as_posix(), study.name, dataset, digest)


def _state(folder: Path, name: str, of_study: str, dataset: str, digest: Callable[[str], str]) -> State:
    """Return the state of the results of a study, or of those on one of its datasets."""
    if not (folder / "study.toml").is_file():
        return State(folder, name, "", ("not measured yet",), None)
    store = Store(folder)
    try:
        study, where = store.study(), store.environment()
        reasons = (*_reasons(study, where, _asked_now(of_study, dataset), digest), *_missing(folder, study))
    except (BenchError, reducers.ReducerError) as error:
        return State(folder, name, "", (str(error),), None)
    return State(folder, name, protocol.cited(study, where), reasons, where.wall_s if where else None)


def _missing(folder: Path, study: Study) -> Iterator[str]:
    """Yield how many samples of the data have no runs yet, which a run adds."""
    if study.samples > 1 and (n := Results(folder).n_samples) < study.samples:
        yield f"{n} of {study.samples} samples of the data are measured; a run adds the others"


def _asked_now(name: str, dataset: str) -> Study | None:
    """Return what the study of a name asks by now, on one of its datasets; None if none comes with the project."""
    if name not in names():
        return None
    now = read(name).resolved()
    return now.on(dataset) if dataset else now


def _reasons(
    study: Study, where: Environment | None, asked: Study | None, digest: Callable[[str], str]
) -> Iterator[str]:
    """Yield why results are old, of a study that asks by now for what is `asked`."""
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
    if asked is not None:
        yield from _of_study(study, asked)


def _of_study(study: Study, now: Study) -> Iterator[str]:
    """Yield what a study asks otherwise by now."""
    if fields := [name for name in OF_PROTOCOL if getattr(study, name) != getattr(now, name)]:
        yield f"the study asks for other {_named(fields)} by now"
    if more := [name for name in now.variants if name not in study.variants]:
        yield f"the study has more methods by now: {_named(more)}"
    own = {name for name, variant in study.variants.items() if ":" in variant.reducer}
    if gone := [name for name in study.variants if name not in now.variants and name not in own]:
        yield f"the study does not ask for these methods by now: {_named(gone)}"
    shared = [name for name in study.variants if name in now.variants]
    if other := [name for name in shared if _facts(study.variants[name]) != _facts(now.variants[name])]:
        yield f"the study asks for other settings of {_named(other)} by now"


def _facts(variant: Variant) -> list[object]:
    return [getattr(variant, name) for name in OF_VARIANT]


def _named(things: list[str]) -> str:
    more = len(things) - MAX_NAMED
    return ", ".join(things[:MAX_NAMED]) + (f" and {counted(more, 'other')}" if more > 0 else "")
