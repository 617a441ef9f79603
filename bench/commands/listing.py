"""What there is to choose from: reducers, datasets, scores, presets, studies; listed without heavy libraries."""

from __future__ import annotations

from collections.abc import Iterator

import reducers
from bench.errors import StudyError, unknown

KINDS = ("reducers", "datasets", "scores", "presets", "studies")


def rows(what: str) -> list[dict[str, str]]:
    """Return one row for each thing of a kind; StudyError if there is no such kind."""
    if what not in KINDS:
        raise StudyError(unknown("list", what, KINDS))
    return list(_rows(what))


def _rows(what: str) -> Iterator[dict[str, str]]:
    if what == "reducers":
        for found in reducers.sources().values():
            state = found.problem or "ok"
            yield {"name": found.name, "label": found.label, "state": state, "summary": found.summary}
    elif what == "datasets":
        from bench.datasets import SOURCES

        for name, source in SOURCES.items():
            yield {"name": name, "summary": source.summary}
        yield {"name": "FILE", "summary": "a file of your own: .npz, or .csv .tsv .txt with labels in the last column"}
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
            yield {"name": name, "dataset": study.dataset, "seeds": str(study.seeds), "title": study.title}
