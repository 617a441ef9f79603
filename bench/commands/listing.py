"""What there is to choose from: reducers, datasets, scores, presets, studies; listed without heavy libraries."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

import reducers
from bench.commands import folders
from bench.errors import StoreError, StudyError, unknown
from bench.units import seconds_as_text
from reducers import Source

if TYPE_CHECKING:
    from bench.studies.study import Study

KINDS = ("reducers", "datasets", "scores", "presets", "studies")


def rows(what: str) -> list[dict[str, str]]:
    """Return one row for each thing of a kind; StudyError if there is no such kind."""
    if what not in KINDS:
        raise StudyError(unknown("list", what, KINDS))
    return list(_rows(what))


def _rows(what: str) -> Iterator[dict[str, str]]:
    if what == "reducers":
        for found in reducers.sources().values():
            state = f"unavailable: {found.problem}" if found.problem else "ok"
            yield {
                "name": found.name,
                "label": found.label,
                "state": state,
                "from": _origin(found),
                "summary": found.summary,
            }
    elif what == "datasets":
        from bench.datasets import SOURCES
        from bench.datasets.files import READERS

        for name, source in SOURCES.items():
            yield {"name": name, "summary": source.summary}
        yield {"name": "FILE", "summary": f"a file of your own: {' '.join(READERS)}; see --label and --drop of `run`"}
    elif what == "scores":
        from bench.metrics import METRICS

        yield from (metric.row() for metric in METRICS.values())
    elif what == "presets":
        for preset in reducers.presets().values():
            faults = str(len(preset.faults))
            yield {"name": preset.name, "reducer": preset.reducer, "faults": faults, "source": preset.source}
    else:
        from bench.studies.study import names, read

        for name in names():
            study = read(name)
            yield {"name": name, "asks": study.title, "data": _data(study), "runs": _runs(study), "time": _time(name)}


def _data(study: Study) -> str:
    """Return which data a study takes, and how many points of them."""
    return f"{study.dataset}, {study.n:,} points" if study.n else study.dataset


def _runs(study: Study) -> str:
    """Return how many runs a study has."""
    if study.search:  # its configurations are drawn by a library that takes longer to import than all else here
        return f"at most {len(study.variants) * study.search.configurations:,}"
    try:
        return f"{study.resolved().n_runs:,}"
    except (StudyError, reducers.ReducerError):
        return "unknown: one of its reducers is not available"


def _time(name: str) -> str:
    """Return how long a study took, as its results say."""
    from bench.store.store import Store

    try:
        found = Store(folders.root() / name).environment()
    except StoreError:
        found = None
    return seconds_as_text(found.wall_s) if found and found.wall_s else "not measured"


def _origin(source: Source) -> str:
    """Return where a reducer comes from: the folder of reducers, or its class in an installed distribution."""
    if source.file.parent == reducers.FOLDER:
        return "reducers/"
    installed = f"{source.distribution} {version(source.distribution)}" if source.distribution else "an entry point"
    return f"{installed}: {source.where}"
