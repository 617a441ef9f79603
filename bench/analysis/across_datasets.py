"""A study over several datasets: on how many of them a hypothesis holds, decided within each, and descriptive ranks.

Numbers of different datasets are neither averaged nor compared. Within a dataset the margin decides, as in every study;
over datasets decisions are counted. Ranks describe, and nothing is tested by them: they do not say how large a
difference is, and datasets that were picked by hand are no random sample of data.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from bench.analysis.comparisons import (
    Comparison,
    Decision,
    Design,
    Ranking,
    compare,
    comparisons_table,
    together,
    values_of,
)
from bench.analysis.quantities import QUANTITIES
from bench.analysis.summary import interval_of
from bench.metrics.registry import REFERENCES
from bench.store.results import Results
from bench.store.values import Values
from bench.studies.over_datasets import Hypothesis

Pair = tuple[str, str]


def suited(results: Results, key: str) -> str | None:
    """Return the quantity that stands for one of labels on a dataset: where classes are small that of one neighbour.

    A vote of 10 neighbours says nothing where a class has at most 10 training points. None if there is no other one.
    """
    k = re.fullmatch(r"(.+_k)(\d+)(_test)?", key)
    size = results.environment.class_size if results.environment else None
    if k is None or size is None or size > int(k[2]) or key not in QUANTITIES or QUANTITIES[key].family != "labels":
        return key
    of_one = f"{k[1]}1{k[3] or ''}"
    return of_one if of_one in QUANTITIES else None


@dataclass(frozen=True)
class Count:
    """What each dataset says of a hypothesis: a comparison for each of its pairs of methods."""

    hypothesis: Hypothesis
    comparisons: Mapping[str, Sequence[Comparison]]

    @cached_property
    def decisions(self) -> dict[str, Decision]:
        """The decision of all pairs together, by dataset."""
        return {name: _together(one.decision for one in pairs) for name, pairs in self.comparisons.items()}

    @property
    def n(self) -> int:
        """How many datasets compare all pairs."""
        return sum(one is not Decision.NOT_COMPARED for one in self.decisions.values())

    def on(self, decision: Decision) -> list[str]:
        """Return the datasets with a decision: `better` is where the hypothesis holds."""
        return [name for name, found in self.decisions.items() if found is decision]

    def by_pair(self) -> list[Count]:
        """Return what each dataset says of each pair of methods alone."""
        return [
            Count(
                self.hypothesis.model_copy(update={"better": (first,), "than": (second,)}),
                {name: pairs[place : place + 1] for name, pairs in self.comparisons.items()},
            )
            for place, (first, second) in enumerate(self.hypothesis.pairs())
        ]


def counts(results: Results) -> list[Count]:
    """Return what the datasets of a study say of each of its hypotheses.

    Within a dataset the intervals hold for all pairs of the study's hypotheses about one quantity at once.
    """
    stated = results.study.hypotheses
    found = {name: _compared(one, stated) for name, one in results.datasets.items()}
    return [
        Count(one, {name: [of[one.by, pair] for pair in one.pairs()] for name, of in found.items()}) for one in stated
    ]


def comparisons_frame(found: Iterable[Count]) -> pd.DataFrame:
    """Return one row a dataset and pair of a hypothesis, with the columns of `comparisons.csv`."""
    frames = [
        comparisons_table(Ranking(pair.quantity, {}, (pair,)) for pair in pairs).assign(
            dataset=name, hypothesis=count.hypothesis.text
        )
        for count in found
        for name, pairs in count.comparisons.items()
    ]
    if not frames:
        return pd.DataFrame(columns=["dataset", "hypothesis"])
    frame = pd.concat(frames, ignore_index=True)
    return frame[["dataset", "hypothesis", *frame.columns.drop(["dataset", "hypothesis"])]]


@dataclass(frozen=True)
class Rank:
    """Mean, best and worst rank of a method over datasets; 1 is the best."""

    mean: float
    best: float
    worst: float


def ranks(datasets: Mapping[str, Results], key: str) -> tuple[dict[str, Rank], int]:
    """Return the ranks of methods in one quantity over the datasets that have it of all of them, and their number."""
    means = {name: _means(one, suited(one, key)) for name, one in datasets.items()}
    frame = pd.DataFrame.from_dict(means, orient="index").dropna(axis="columns", how="all").dropna()
    placed = frame.rank(axis="columns", ascending=QUANTITIES[key].better == "lower")
    found = {str(name): Rank(of.mean(), of.min(), of.max()) for name, of in placed.items() if len(of)}
    return found, len(frame) if found else 0


def _means(results: Results, key: str | None) -> dict[str, float]:
    found = {row: interval_of(results, row, key) for row in results.methods if results.ok(row)} if key else {}
    return {row: one.mean for row, one in found.items() if one is not None}


def _compared(results: Results, stated: Iterable[Hypothesis]) -> dict[tuple[str, Pair], Comparison]:
    """Return the comparison of each pair on one dataset, by quantity and pair."""
    pairs: dict[str, list[Pair]] = {}
    for one in stated:
        pairs.setdefault(one.by, []).extend(one.pairs())
    found: dict[tuple[str, Pair], Comparison] = {}
    for key, of_key in pairs.items():
        compared = [_compare(results, suited(results, key), key, *pair) for pair in dict.fromkeys(of_key)]
        found |= {(key, (one.first, one.second)): one for one in together(compared)}
    return found


def _compare(results: Results, key: str | None, asked: str, first: str, second: str) -> Comparison:
    if key is None:
        return Comparison(QUANTITIES[asked], first, second, Design.NONE, 0)
    known = (row in REFERENCES or results.ok(row) for row in (first, second))
    a, b = (values_of(results, row, key) if of else Values() for row, of in zip((first, second), known, strict=True))
    return compare(QUANTITIES[key], first, a, second, b)


def _together(decisions: Iterable[Decision]) -> Decision:
    """Return what several decisions say of all being better: worse if one is, and better only if all are."""
    found: Collection[Decision] = {*decisions}
    for one in (Decision.WORSE, Decision.NOT_COMPARED, Decision.NO_MARGIN, Decision.INCONCLUSIVE, Decision.EQUIVALENT):
        if one in found:
            return one
    return Decision.BETTER
