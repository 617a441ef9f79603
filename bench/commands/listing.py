"""What there is to choose from: reducers, datasets, scores, presets, studies; listed without heavy libraries."""

from __future__ import annotations

import reducers
from bench.errors import StudyError, unknown


def rows(what: str) -> list[dict[str, str]]:
    """Return one row for each thing of a kind.

    Raises
    ------
    StudyError
        If there is no such kind.
    """
    if what not in KINDS:
        raise StudyError(unknown("list", what, KINDS))
    return KINDS[what]()


def _reducers() -> list[dict[str, str]]:
    return [
        {"name": source.name, "label": source.label, "state": source.problem or "ok", "summary": source.summary}
        for source in reducers.sources().values()
    ]


def _datasets() -> list[dict[str, str]]:
    from bench.datasets import SOURCES

    own = {"name": "FILE", "summary": "a file of your own: .npz, or .csv .tsv .txt with labels in the last column"}
    return [{"name": name, "summary": source.summary} for name, source in SOURCES.items()] + [own]


def _scores() -> list[dict[str, str]]:
    from bench.metrics import METRICS

    return [metric.row() for metric in METRICS.values()]


def _presets() -> list[dict[str, str]]:
    return [
        {"name": preset.name, "reducer": preset.reducer, "faults": str(len(preset.faults)), "source": preset.source}
        for preset in reducers.presets().values()
    ]


def _studies() -> list[dict[str, str]]:
    from bench.studies.study import names, read

    studies = [(name, read(name)) for name in names()]
    return [
        {"name": name, "dataset": study.dataset, "seeds": str(study.seeds), "title": study.title}
        for name, study in studies
    ]


KINDS = {"reducers": _reducers, "datasets": _datasets, "scores": _scores, "presets": _presets, "studies": _studies}
