"""Everything a reader looks at, made anew from the store without one fit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench import claims, doubts, figures, noise, tables
from bench.datasets import Dataset
from bench.doubts import Doubt
from bench.headline import QUALITY, Headline, headline
from bench.reading import Reading, read
from bench.store import Store

REPEATED_COSTS = ("fit_s", "transform_s", "peak_mib")
"""Costs that every run pays anew; a cold start is paid once by a worker."""


@dataclass(frozen=True)
class Results:
    """What was written, and the table that a terminal shows."""

    headline: Headline
    paths: list[Path]


def publish(store: Store, dataset: Dataset) -> Results:
    """Write tables and figures of the runs in a results folder.

    Parameters
    ----------
    dataset : Dataset
        The data of the study, for the colours of points and the names of classes.
    """
    reading = read(store, dataset)
    summary = tables.summary_table(reading)
    budget = reading.judged[0].record.thread_budget
    head = headline(reading.title, summary, budget, _doubts(reading))
    for pair in noise.twins(reading.study):
        floors = noise.floors(*(_samples(reading, variant) for variant in pair))
        head.parts.append(noise.table(pair, floors))
    paths = [
        store.write("runs.csv", tables.runs_table(reading.judged).to_csv(index=False)),
        store.write("scores.csv", tables.scores_table(reading).to_csv(index=False)),
        store.write("summary.csv", summary.to_csv(index=False)),
        store.write("summary.md", head.to_markdown()),
    ]
    for drawing, figure in figures.pictures(reading.pictured):
        name = f"figures/{drawing.name}"
        paths += [store.write(f"{name}.{kind}", figures.render(figure, kind)) for kind in ("png", "svg")]
    moving = figures.moving_interpolation(reading.pictured)
    if moving is not None:
        paths.append(store.write("figures/interpolations.gif", moving))
    paths += claims.write(store, reading, claims.CLAIMS)
    return Results(head, paths)


def _doubts(reading: Reading) -> list[Doubt]:
    found = doubts.of_times([item.record for item in reading.judged])
    for variant in reading.variants:
        scores = _samples(reading, variant)
        found += doubts.of_precision(
            variant, reading.label(variant), {name: scores[name] for name in QUALITY if name in scores}
        )
    return found


def _samples(reading: Reading, variant: str) -> dict[str, list[float]]:
    """Return the values over seeds of everything that the headline shows of a variant."""
    well = reading.well(variant)
    costs = tables.runs_table(well)
    samples = {name: costs[name].dropna().tolist() for name in REPEATED_COSTS if name in costs}
    for item in well:
        for value in item.values:
            if value.value is not None and not value.part:
                samples.setdefault(tables.column_name(value.score, value.split, value.k), []).append(value.value)
    return samples
