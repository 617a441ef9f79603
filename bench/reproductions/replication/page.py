"""The page of the replication: ours compared with theirs, and an experiment for every larger difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from bench.output.markdown import markdown
from bench.reproductions.replication.comparison import ERRORS, Comparison, plain, signed
from bench.reproductions.replication.published import published
from bench.store.results import Results
from bench.store.store import Store
from bench.store.tables import to_csv


def write(results: Results) -> list[Path]:
    """Write the table and the page of a study that asks for the measures of the published table; else nothing.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    asked = {measure.quantity.partition(":")[0] for measure in published().measures.values()}
    if not results.has("measures") or not asked <= set(results.study.measures):
        return []
    store, found = Store(results.folder), Comparison(results)
    return [
        store.write("replication.csv", to_csv(table(found))),
        store.write("replication.md", page(found)),
    ]


def table(found: Comparison) -> pd.DataFrame:
    """Return one row a cell: method, variant, measure, ours, theirs, difference, verdict."""
    rows = [
        (c.pair.theirs, found.alike(c.pair.ours)[0], c.measure, c.ours, c.theirs, round(c.difference, 6), c.verdict)
        for c in found.cells
    ]
    return pd.DataFrame(rows, columns=["method", "variant", "measure", "ours", "theirs", "difference", "verdict"])


def page(found: Comparison) -> str:
    """Return the page as Markdown."""
    limits = sorted({pair.limit for pair in published().pairs})
    runs = found.results.runs
    text = markdown(Path(__file__).with_name("replication.md.jinja")).render(
        found=found,
        published=published(),
        groups={
            "PCA": [cell for cell in found.cells if cell.pair.limit == limits[0]],
            "the other methods": [cell for cell in found.cells if cell.pair.limit != limits[0]],
        },
        limits=limits,
        errors=ERRORS,
        dataset=runs["dataset"].iloc[0],
        n={column: int(runs[column].max()) for column in ("n_train", "n_test")},
        changes=list(_changes(found)),
        trainings=list(_trainings(found)),
        plain=plain,
        signed=signed,
    )
    return text.strip() + "\n"


def _changes(found: Comparison) -> Iterator[tuple[str, ...]]:
    """Yield what each experiment does to each measure, and how far apart runs are that differ by chance alone."""

    def shown(values: Iterable[float | None], as_text: Callable[[float], str]) -> list[str]:
        return ["" if value is None else as_text(value) for value in values]

    measures = published().measures
    for key, experiment in published().experiments.items():
        effects = shown((found.effect(key, measure) for measure in measures), signed)
        if any(effects):
            yield experiment.what, found.between(key), *effects
    for role in dict.fromkeys(pair.chance for pair in published().pairs if pair.chance):
        spreads = shown((found.spread(role, measure) for measure in measures), plain)
        if any(spreads):
            yield "chance", f"{len(found.alike(role))} times {found.label(role)}", *spreads


def _trainings(found: Comparison) -> Iterator[dict[str, Any]]:
    """Yield how the loss falls in our training and in theirs, epoch by epoch, in nats a sample."""
    for training in published().trainings:
        ours = (found.value(training.ours, f"training_loss:{epoch}") for epoch in count(1))
        theirs = [training.unit * loss for loss in training.losses]
        both = [(a, b) for a, b in zip(ours, theirs, strict=False) if a is not None]
        if both:
            yield {
                "label": found.label(training.ours),
                "theirs": training.theirs,
                "n_epochs": training.n_epochs,
                "last": f"{training.unit * training.last:.2f}",
                "epochs": [(f"{a:.2f}", f"{b:.2f}", f"{signed(100 * (a / b - 1), 2)} %") for a, b in both],
            }
