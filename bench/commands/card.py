"""Reproducibility cards: what stays of an embedding when its seed, rows, threads, process or batch change."""

from __future__ import annotations

from pathlib import Path

import reducers
from bench.analysis.card import cards
from bench.errors import StoreError
from bench.execution.pipeline import LoadData
from bench.output.card import STUDY, lines, page_of, write
from bench.store.results import Results
from bench.studies.naming import key_of
from bench.studies.study import Study, Variant, read
from bench.studies.variant import CHANGES

__all__ = ["STUDY", "page_of", "rows", "study_of", "written"]


def study_of(name: str) -> Study:
    """Return the study that makes the card of one method: a variant of the study `cards`, a preset, or a reducer.

    A reducer is a name or `FILE.py:Class`; it runs with its defaults.

    Raises StudyError or ReducerError if there is none of that name.
    """
    study = read(STUDY)
    again = tuple(CHANGES)
    if name in study.variants:
        key, variant = name, study.variants[name]
    elif name in reducers.presets():
        key, variant = key_of(name), Variant.model_validate({"preset": name, "again": again})
    else:
        key = key_of(reducers.source(name).name)
        variant = Variant.model_validate({"reducer": name, "again": again})
    changes = {"name": f"card-{key}", "title": f"Reproducibility card: {key}", "variants": {key: variant}}
    return study.model_copy(update={**changes, "figures": (key,)})


def written(results: Results, load_data: LoadData, force: bool) -> list[Path]:
    """Write the card alone; `python -m bench report` makes tables, figures and report of the same folder."""
    return write(results)


def rows(folder: Path) -> list[dict[str, str]]:
    """Return the card of the one method of a folder, a line a change, for a terminal.

    Raises StoreError if no run of it was successful; it says why.
    """
    results = Results(folder)
    [card] = cards(results)
    if not results.ok(card.variant):
        raise StoreError(f"Got no card of {card.label}: {card.lines['seed'].reason}")
    titles = ("what changes", "what stays", "lowest and highest", "same bits")
    return [dict(zip(titles, cells, strict=True)) for cells in lines(card)]
