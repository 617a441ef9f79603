"""Distances and sizes: what the gap between two clusters, or the size of one, says of the data."""

from __future__ import annotations

from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.stored import Stored
from bench.statistics import Interval
from bench.tables.build import CONTROL_REDUCERS

QUESTIONS = {
    "shepard_spearman": "the distance between two points",
    "centroid_spearman": "the distance between two classes",
    "density_correlation": "how densely points lie",
}
"""Correlations with the original space, and what each is of."""


def meaning(stored: Stored) -> Told:
    """Tell how far distances and densities in each embedding go with those in the data."""
    methods = [v for v in stored.variants if stored.study.variants[v].reducer not in CONTROL_REDUCERS]
    sentences = [_sentence(stored, methods, column) for column in QUESTIONS]
    sentences.append(
        "Rank correlations of fitted points' distances with those in pixels, over all pairs of points and over the "
        "pairs of class means, and the correlation of local radii: 1 where an embedding says what the data say, 0 "
        "where it says nothing. With ten classes there are 45 pairs of class means."
    )
    header = ("method", *(f"{name} (correlation)" for name in QUESTIONS.values()))
    shown = [v for v in stored.variants if any(stored.sample(v, column) for column in QUESTIONS)]
    rows = tuple((stored.label(v), *(in_words(stored.interval(v, column)) for column in QUESTIONS)) for v in shown)
    return Told(tuple(sentences), header, rows)


def _sentence(stored: Stored, methods: list[str], column: str) -> str:
    found = {v: one for v in methods if (one := stored.interval(v, column)) is not None}
    if not found:
        return f"Of {QUESTIONS[column]} nothing is known."
    most, least = (choose(found, key=lambda v: found[v].median) for choose in (max, min))
    none = [v for v in found if _may_be_none(found[v])]
    unsettled = f" With {listed([stored.label(v) for v in none])} it cannot be told from none." if none else ""
    return (
        f"{QUESTIONS[column].capitalize()} goes most with the data in {stored.label(most)}, correlation "
        f"{in_words(found[most])}, and least in {stored.label(least)}, {in_words(found[least])}.{unsettled}"
    )


def _may_be_none(found: Interval) -> bool:
    return found.low is not None and found.high is not None and found.low <= 0 <= found.high


ANSWERS = (Answer(10, "Do distances and sizes in an embedding mean anything?", "full", "figures/shepard.png", meaning),)
