"""Which method for what, and whether the difference is real."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from bench.answers.answer import Answer, Told, listed
from bench.answers.stored import Stored
from bench.findings import NEEDS
from bench.tables.build import CONTROL_REDUCERS
from bench.tables.columns import COLUMNS, number
from bench.tables.model import Column

STUDY = "full"
ACCURACY = "knn_accuracy_k10_test"
MOST = 8
"""Pairs that are named in one sentence."""
OVER_SEEDS = ("knn_accuracy_k10", "silhouette", "trustworthiness_k5", "fit_s")
"""Columns of which it is said how many pairs the seeds cannot tell apart."""


@dataclass(frozen=True)
class _Step:
    """Two methods in the accuracy on held-out points, the better one first.

    Attributes
    ----------
    points, seeds : bool or None
        Whether the points and the seeds tell them apart; None where there is no verdict.
    over_points, over_seeds : str
        95 % intervals of the difference.
    """

    ahead: str
    behind: str
    difference: str
    over_points: str
    over_seeds: str
    points: bool
    seeds: bool | None

    @property
    def is_real(self) -> str:
        """Whether the difference would be there again, in words."""
        if self.points:
            return {True: "yes", False: "other seeds may turn it", None: "no verdict over seeds"}[self.seeds]
        return "cannot be told apart" if self.seeds is False else "other points may turn it"


def which_for_what(stored: Stored) -> Told:
    """Return for each need the best method, and those that cannot be told apart from it."""
    compared = set(stored.frame("comparisons")["column"])
    best = {need: found for need, column in NEEDS.items() if column in compared and (found := _best(stored, column))}
    rows = []
    for need, (leader, *equal) in best.items():
        column = NEEDS[need]
        fastest = min((v for v in (leader, *equal) if stored.interval(v, "fit_s")), key=lambda v: _fit_s(stored, v))
        rows.append(
            (
                need,
                stored.label(leader),
                COLUMNS[column].title,
                _value(stored, leader, column),
                ", ".join(map(stored.label, equal)) or "none",
                f"{stored.label(fastest)}, {_fit(stored, fastest)}",
            )
        )
    header = ("if you need", "take", "measured by", "median [over seeds]", "not told apart from it", "fastest of these")
    return Told(tuple([_all_round(stored, best), *_price_of_speed(stored, best)]), header, tuple(rows))


def _best(stored: Stored, column: str) -> list[str]:
    """Return the method with the best median and those that cannot be told apart from it; empty where none has one."""
    medians = {}
    for variant in _methods(stored):
        found = stored.interval(variant, column)
        if found is not None and found.low is not None:
            medians[variant] = found.median
    ranked = sorted(medians, key=lambda variant: medians[variant], reverse=COLUMNS[column].better == "higher")
    pairs = {variant: stored.between(ranked[0], variant, column) for variant in ranked[1:]}
    return ranked[:1] + [variant for variant, pair in pairs.items() if pair is not None and pair.told_apart is False]


def _all_round(stored: Stored, best: dict[str, list[str]]) -> str:
    """Return which methods are among the best for the most needs."""
    needs = {variant: sum(variant in of_need for of_need in best.values()) for variant in _methods(stored)}
    most = max(needs.values())
    names = listed([stored.label(variant) for variant, count in needs.items() if count == most])
    if most == len(best):
        return f"Among the best for all {most} needs: {names}."
    return f"No method is among the best for all {len(best)} needs; among the best for {most} of them: {names}."


def _price_of_speed(stored: Stored, best: dict[str, list[str]]) -> list[str]:
    """Return what the fastest method gives up in the separation of classes; nothing where it is the best in that."""
    fastest, of_classes = best.get("speed", [""])[0], best.get("classes that stand apart", [])
    if not fastest or not of_classes or fastest in of_classes:
        return []
    column = NEEDS["classes that stand apart"]
    return [
        f"The fastest is not the best: {stored.label(fastest)} fits in {_fit(stored, fastest)} and has "
        f"{_value(stored, fastest, column)} in {COLUMNS[column].title}, where {stored.label(of_classes[0])} has "
        f"{_value(stored, of_classes[0], column)} after {_fit(stored, of_classes[0])}."
    ]


def is_it_real(stored: Stored) -> Told:
    """Return step by step down the ranks whether other points and other seeds would show the difference again."""
    accuracies = stored.frame("held_out_accuracy")
    methods = accuracies[accuracies["kind"] == "method"].sort_values("mean", ascending=False, kind="stable")
    ranked = list(methods["variant"])
    steps = _steps(stored, ranked)
    counts = {words: sum(step.is_real == words for step in steps.values()) for words in _words(steps)}
    n_points = int(methods["n_points"].iloc[0])
    said = listed([f"{words}: {count}" for words, count in counts.items()])
    what = COLUMNS[ACCURACY].title
    sentences = [
        f"The {len(ranked)} methods that place new points make {len(steps)} pairs. Each was compared in "
        f"{what}, over seeds and over the {n_points:,} held-out points. Is the difference real? {said}.",
        "Over points: 95 % interval had other digits been held out, with these fits. Over seeds: had other seeds been "
        "drawn, with these digits. A difference is real where both tests, Holm-corrected over all pairs, say so.",
    ]
    adjacent = [steps[pair] for pair in pairwise(ranked)]
    further = [step for pair, step in steps.items() if step.is_real != "yes" and step not in adjacent]
    if further:
        names = [f"{step.ahead} and {step.behind} ({step.is_real})" for step in further]
        more = [f"{len(names) - MOST} more"] if len(names) > MOST else []
        sentences.append(f"In doubt though not next to each other in rank: {listed([*names[:MOST], *more])}.")
    sentences += _over_seeds_alone(stored)
    header = ("ahead", "behind", "difference", "over points", "over seeds", "real?")
    rows = [(s.ahead, s.behind, s.difference, s.over_points, s.over_seeds, s.is_real) for s in adjacent]
    return Told(tuple(sentences), header, tuple(rows))


def _steps(stored: Stored, ranked: list[str]) -> dict[tuple[str, str], _Step]:
    """Return every two methods by their names, the better one first."""
    places, column, found = {variant: place for place, variant in enumerate(ranked)}, COLUMNS[ACCURACY], {}
    for row in stored.frame("held_out_comparisons").to_dict("records"):
        first, second, sign = str(row["first"]), str(row["second"]), 1
        low, high = float(row["over_points_low"]), float(row["over_points_high"])
        if places[first] > places[second]:
            first, second, sign, low, high = second, first, -1, -high, -low
        seeds = stored.between(first, second, ACCURACY)
        found[first, second] = _Step(
            ahead=stored.label(first),
            behind=stored.label(second),
            difference=number(column, sign * float(row["difference"])),
            over_points=_ends(column, low, high),
            over_seeds=_ends(column, seeds.low, seeds.high) if seeds else "",
            points=row["verdict"] == "told apart",
            seeds=None if seeds is None else seeds.told_apart,
        )
    return found


def _words(steps: dict[tuple[str, str], _Step]) -> list[str]:
    return sorted({step.is_real for step in steps.values()}, key=lambda words: (words != "yes", words))


def _over_seeds_alone(stored: Stored) -> list[str]:
    """Return of how many pairs the seeds say nothing in columns that have no value for each point."""
    frame, said = stored.frame("comparisons"), []
    for key in OVER_SEEDS:
        verdicts = frame[frame["column"] == key]["verdict"]
        if len(verdicts):
            tied = int((verdicts == "cannot be told apart").sum())
            said.append(f"{tied} of {len(verdicts)} in {_named(COLUMNS[key])}")
    return [f"Pairs that seeds cannot tell apart, transductive methods included: {listed(said)}."] if said else []


def _named(column: Column) -> str:
    return f"{column.title} ({column.unit})" if column.unit == "s" else column.title


def _methods(stored: Stored) -> list[str]:
    return [v for v in stored.variants if stored.study.variants[v].reducer not in CONTROL_REDUCERS]


def _fit_s(stored: Stored, variant: str) -> float:
    found = stored.interval(variant, "fit_s")
    return float("inf") if found is None else found.median


def _fit(stored: Stored, variant: str) -> str:
    return f"{number(COLUMNS['fit_s'], _fit_s(stored, variant))} s"


def _value(stored: Stored, variant: str, key: str) -> str:
    """Return a median with its interval and unit, with the digits that tables show."""
    found, column = stored.interval(variant, key), COLUMNS[key]
    if found is None:
        return "n/a"
    unit = f" {column.unit}" if column.unit in ("s", "MiB") else ""
    return f"{number(column, found.median)}{unit} {_ends(column, found.low, found.high)}".strip()


def _ends(column: Column, low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"[{number(column, low)}, {number(column, high)}]"


ANSWERS = (
    Answer(1, "Which method for what?", STUDY, "summary.md", which_for_what),
    Answer(2, "Is the difference real, or noise?", STUDY, "held_out_comparisons.csv", is_it_real),
)
