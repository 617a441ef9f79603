"""What there is to choose from: reducers, datasets, scores, presets, studies; listed without heavy libraries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING

import reducers
from bench.commands import folders
from bench.errors import StoreError, StudyError, unknown
from bench.units import counted, seconds_as_text
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
        from bench.datasets.files import ENDINGS
        from bench.datasets.idx import IMAGES

        for name, source in SOURCES.items():
            yield {"name": name, "summary": source.summary, "needs": source.missing(None) or "at hand"}
        page = "https://www.openml.org/search?type=data"
        of_file = f"a file of your own: {' '.join(ENDINGS)}; see --label and --drop of `run`"
        of_folder = f"a folder of your own with IDX files, such as {IMAGES}.gz of Fashion-MNIST"
        yield {
            "name": "openml:NAME",
            "summary": f"any dataset of openml.org, by name or number: {page}",
            "needs": "download",
        }
        yield {"name": "FILE", "summary": of_file, "needs": "its path"}
        yield {"name": "FOLDER", "summary": of_folder, "needs": "its path"}
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
            yield {"name": name, "asks": study.title, "data": _data(study), "runs": _runs(study), "time": _time(study)}


def _data(study: Study) -> str:
    """Return which data a study takes, and how many points of them."""
    data = study.dataset or counted(len(study.datasets), "dataset")
    return f"{data}, {study.n_fitted:,} points" if study.n_fitted else data


def _runs(study: Study) -> str:
    """Return how many runs a study has."""
    if study.search:  # its configurations are drawn by a library that takes longer to import than all else here
        return f"at most {len(study.variants) * study.search.configurations:,}"
    try:
        return f"{study.resolved().n_runs:,}"
    except (StudyError, reducers.ReducerError):
        return "unknown: one of its reducers is not available"


def _time(study: Study) -> str:
    """Return how long a study took, on all its datasets that were measured, as its results say."""
    from bench.store.store import Store

    seconds = 0.0
    for folder in study.folders.values() or ("",):
        with suppress(StoreError):
            found = Store(folders.root() / study.name / folder).environment()
            seconds += (found and found.wall_s) or 0.0
    return seconds_as_text(seconds) if seconds else "not measured"


def _origin(source: Source) -> str:
    """Return where a reducer comes from: the folder of reducers, or its class in an installed distribution."""
    if source.file.parent == reducers.FOLDER:
        return "reducers/"
    installed = f"{source.distribution} {version(source.distribution)}" if source.distribution else "an entry point"
    return f"{installed}: {source.where}"
