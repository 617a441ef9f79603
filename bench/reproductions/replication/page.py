"""The page of the replication: ours compared with theirs, and an experiment for every larger difference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from bench.reproductions.pages import is_kept, mark_as_kept, render
from bench.reproductions.replication.comparison import ERRORS, Comparison, plain, signed
from bench.reproductions.replication.published import published
from bench.store.results import Results
from bench.store.store import Store

PAGE = "replication.md"


def write(results: Results) -> list[Path]:
    """Write the table and the page of a study that asks for the measures of the published table; else nothing.

    Where no table has the measures, the page stays and is marked.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    if is_kept(results, PAGE):
        mark_as_kept(results, PAGE)
    asked = {measure.quantity.partition(":")[0] for measure in published().measures.values()}
    if not results.has("measures") or not asked <= set(results.study.measures):
        return []
    store, found = Store(results.folder), Comparison(results)
    return [
        store.write("replication.csv", table(found).to_csv(index=False)),
        store.write(PAGE, page(found)),
    ]


def table(found: Comparison) -> pd.DataFrame:
    """Return one row a cell: method, variant, measure, ours, theirs, difference, verdict."""
    rows = [
        {
            "method": cell.pair.theirs,
            "variant": found.alike(cell.pair.ours)[0],
            "measure": cell.measure,
            "ours": cell.ours,
            "theirs": cell.theirs,
            "difference": round(cell.difference, 6),
            "verdict": found.verdict(cell),
        }
        for cell in found.cells()
    ]
    return pd.DataFrame(rows, columns=["method", "variant", "measure", "ours", "theirs", "difference", "verdict"])


def page(found: Comparison) -> str:
    """Return the page as Markdown."""
    cells = list(found.cells())
    exact = min(pair.limit for pair in published().pairs)
    runs = found.results.runs
    return render(
        "replication/replication.md.jinja",
        found=found,
        published=published(),
        cells=cells,
        groups={
            "PCA": [cell for cell in cells if cell.pair.limit == exact],
            "the other methods": [cell for cell in cells if cell.pair.limit != exact],
        },
        limits=sorted({pair.limit for pair in published().pairs}),
        errors=ERRORS,
        data={
            "name": runs["dataset"].iloc[0],
            "n_train": int(runs["n_train"].max()),
            "n_test": int(runs["n_test"].max()),
        },
        changes=list(_changes(found)),
        trainings=list(_trainings(found)),
        plain=plain,
        signed=signed,
    )


def _changes(found: Comparison) -> Iterator[tuple[str, ...]]:
    """Yield what each experiment does to each measure, and how far apart runs are that differ by chance alone."""
    measures = published().measures
    for experiment in published().experiments.values():
        effects = [found.effect(experiment, key) for key in measures]
        if any(effect is not None for effect in effects):
            shown = ("" if effect is None else signed(effect) for effect in effects)
            yield experiment.what, found.between(experiment), *shown
    for role in dict.fromkeys(pair.chance for pair in published().pairs if pair.chance):
        spreads = [found.spread(role, key) for key in measures]
        if any(spread is not None for spread in spreads):
            shown = ("" if spread is None else plain(spread) for spread in spreads)
            yield "chance", f"{len(found.alike(role))} times {found.label(role)}", *shown


def _trainings(found: Comparison) -> Iterator[dict[str, Any]]:
    """Yield how the loss falls in our training and in theirs, epoch by epoch, in nats a sample."""
    for training in published().trainings:
        theirs = [training.unit * loss for loss in training.losses]
        both = list(zip(found.losses(training.ours), theirs, strict=False))
        if both:
            yield {
                "label": found.label(training.ours),
                "theirs": training.theirs,
                "n_epochs": training.n_epochs,
                "last": f"{training.unit * training.last:.2f}",
                "epochs": [(f"{a:.2f}", f"{b:.2f}", f"{signed(100 * (a / b - 1), 2)} %") for a, b in both],
            }
