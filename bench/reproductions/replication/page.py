"""The page of the replication: ours compared with theirs, and what experiments say of the differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from bench.metrics.statistics import Interval
from bench.output.markdown import markdown
from bench.reproductions.replication.comparison import Comparison, Verdict, is_effect, plain, signed
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
    store, found = Store(results.folder), Comparison(results)
    if not asked <= set(results.study.measures) or not found.cells:
        return []
    return [
        store.write("replication.csv", to_csv(table(found))),
        store.write("replication.md", page(found)),
    ]


def table(found: Comparison) -> pd.DataFrame:
    """Return one row a published cell; `low` and `high` end the 95 % prediction interval of `n_runs` runs of ours."""
    rows = [
        {
            "method": cell.pair.theirs,
            "variant": found.alike(cell.pair.ours)[0],
            "measure": cell.measure,
            "ours": cell.ours.mean,
            "theirs": cell.theirs,
            "difference": round(cell.difference, 6),
            "verdict": cell.verdict.value,
            "low": cell.ours.low,
            "high": cell.ours.high,
            "n_runs": cell.ours.n,
        }
        for cell in found.counted
    ]
    return pd.DataFrame(rows)


def page(found: Comparison) -> str:
    """Return the page as Markdown."""
    runs = found.results.runs
    counts = Counter(cell.verdict for cell in found.counted)
    text = markdown(Path(__file__).with_name("replication.md.jinja")).render(
        found=found,
        published=published(),
        counts={verdict.name: counts[verdict] for verdict in Verdict},
        farthest=max(found.counted, key=lambda cell: cell.size),
        outside=[cell for cell in found.cells if cell.verdict in (Verdict.EXPLAINED, Verdict.UNEXPLAINED)],
        dataset=runs["dataset"].iloc[0],
        n={column: int(runs[column].max()) for column in ("n_train", "n_test")},
        changes=list(_changes(found)),
        trainings=list(_trainings(found)),
        plain=plain,
        signed=signed,
    )
    return text.strip() + "\n"


def _changes(found: Comparison) -> Iterator[tuple[str, ...]]:
    """Yield what each experiment does to each measure."""
    for key, experiment in published().experiments.items():
        effects = [found.effect(key, measure) for measure in published().measures]
        if any(effects):
            yield experiment.what, found.between(key), *map(_effect, effects)


def _effect(effect: Interval | None) -> str:
    """Return an effect with its interval as text, in bold if it is larger than the noise."""
    if effect is None or effect.low is None or effect.high is None:
        return ""
    bold = "**" if is_effect(effect) else ""
    return f"{bold}{signed(effect.mean)}{bold} [{signed(effect.low)}, {signed(effect.high)}]"


def _trainings(found: Comparison) -> Iterator[dict[str, Any]]:
    """Yield how the loss falls in our training and in theirs, epoch by epoch, in nats a sample."""
    for training in published().trainings:
        ours = (next(iter(found.values(training.ours, f"training_loss:{epoch}")), None) for epoch in count(1))
        theirs = [training.unit * loss for loss in training.losses]
        both = [(a, b) for b, a in zip(theirs, ours, strict=False) if a is not None]
        if both:
            yield {
                "label": found.label(training.ours),
                "theirs": training.theirs,
                "n_epochs": training.n_epochs,
                "last": f"{training.unit * training.last:.2f}",
                "epochs": [(f"{a:.2f}", f"{b:.2f}", f"{signed(100 * (a / b - 1), 2)} %") for a, b in both],
            }
