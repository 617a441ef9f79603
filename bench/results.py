"""Everything a reader looks at, made anew from the store without one fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import doubts, figures, judge, noise, tables
from bench.datasets import Dataset
from bench.doubts import Doubt
from bench.headline import QUALITY, Headline, headline
from bench.store import Store
from bench.tables import Judged
from bench.units import seconds_in_words

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
    study = store.study()
    judged = [Judged(record, judge.verdict(store, record)) for record in store.records(study)]
    references = judge.reference(store)
    across = {
        variant: judge.across(store, [item.record for item in judged if item.record.variant == variant])
        for variant in dict.fromkeys(item.record.variant for item in judged)
    }
    summary = tables.summary_table(judged, references, across)
    budget = judged[0].record.thread_budget
    head = headline(study.title or study.name, summary, budget, _doubts(judged))
    for pair in noise.twins(study):
        floors = noise.floors(*(_samples(judged, variant) for variant in pair))
        head.parts.append(noise.table(pair, floors))
    paths = [
        store.write("runs.csv", tables.runs_table(judged).to_csv(index=False)),
        store.write("scores.csv", tables.scores_table(judged, references, across).to_csv(index=False)),
        store.write("summary.csv", summary.to_csv(index=False)),
        store.write("summary.md", head.to_markdown()),
    ]
    figure = figures.embeddings(_panels(store, judged), dataset, _caption(dataset))
    paths += [store.write(f"figures/embeddings.{kind}", figures.render(figure, kind)) for kind in ("png", "svg")]
    return Results(head, paths)


def _caption(dataset: Dataset) -> str:
    return (
        f"{dataset.name}: the {len(dataset.X):,} fitted points. Of each method the seed with the median score is "
        "shown; axes have no unit and panels no common scale."
    )


def _doubts(judged: Sequence[Judged]) -> list[Doubt]:
    found = doubts.of_times([item.record for item in judged])
    for variant, label in {item.record.variant: item.record.label for item in judged}.items():
        scores = _samples(judged, variant)
        found += doubts.of_precision(variant, label, {name: scores[name] for name in QUALITY if name in scores})
    return found


def _samples(judged: Sequence[Judged], variant: str) -> dict[str, list[float]]:
    """Return the values over seeds of everything that the headline shows of a variant."""
    well = [item for item in judged if item.record.variant == variant and item.record.ok]
    costs = tables.runs_table(well)
    samples = {name: costs[name].dropna().tolist() for name in REPEATED_COSTS if name in costs}
    for item in well:
        for value in item.values:
            if value.value is not None and not value.part:
                samples.setdefault(tables.column_name(value.score, value.split, value.k), []).append(value.value)
    return samples


def _panels(store: Store, judged: Sequence[Judged]) -> list[figures.Panel]:
    variants = dict.fromkeys(item.record.variant for item in judged)
    return [_panel(store, [item for item in judged if item.record.variant == variant]) for variant in variants]


def _panel(store: Store, items: Sequence[Judged]) -> figures.Panel:
    well = [item for item in items if item.record.ok]
    if not well:
        outcome = items[0].record.outcome
        return figures.Panel(items[0].record.label, outcome.status.value.replace("_", " "), None)
    shown = well[_median_place([_deciding_score(item)[1] for item in well])]
    name, score = _deciding_score(shown)
    fit = shown.record.outcome.fit
    assert fit is not None
    median_fit = float(np.median([item.record.outcome.fit.wall_s for item in well if item.record.outcome.fit]))
    subtitle = f"{name} {score:.3f}, fit {seconds_in_words(median_fit)}"
    return figures.Panel(shown.record.label, subtitle, store.arrays(shown.record)["fit"])


def _deciding_score(item: Judged) -> tuple[str, float]:
    """Return the score that a panel shows: kNN accuracy, or trustworthiness where there are no labels."""
    for key, k, name in (("knn_accuracy", 10, "10-NN accuracy"), ("trustworthiness", 5, "trustworthiness")):
        for value in item.values:
            if (value.score, value.split, value.k) == (key, "fit", k) and value.value is not None:
                return name, value.value
    return "score", float("nan")


def _median_place(values: Sequence[float]) -> int:
    """Return where the median stands; of an even number the lower of the two in the middle."""
    return int(np.argsort(values, kind="stable")[(len(values) - 1) // 2])
