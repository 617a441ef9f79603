"""The table of scores: one record each, from which tables and the command line explain themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bench.scores import labels, neighbourhood
from bench.scores.case import Case, Original

Split = Literal["fit", "test"]
Function = Callable[[Case, int | None], float]


@dataclass(frozen=True)
class Score:
    """What a score is and how to read it.

    Attributes
    ----------
    key : str
        Name in files and on the command line.
    fit, test : function or None
        Its value on the fitted points and on the held-out points; None where it is not defined for them. The two
        never share a column.
    ks : tuple of int or None
        Sizes of the neighbourhood; (None,) where there is none.
    chance : float or None
        Its value for points thrown at random; None where that depends on the data and is not computed.
    needs_labels : bool
        Whether it looks at the labels.
    version : int
        Raised whenever its value changes.
    """

    key: str
    label: str
    family: str
    fit: Function | None
    test: Function | None
    ks: tuple[int | None, ...]
    low: float
    high: float
    higher_is_better: bool
    chance: str
    needs_labels: bool
    reference: str
    meaning: str
    weakness: str
    version: int = 1


@dataclass(frozen=True)
class Value:
    """One number: a score of one embedding on one split at one k, or the reason why there is none."""

    score: str
    split: Split
    k: int | None
    value: float | None
    reason: str = ""


SCORES = {
    score.key: score
    for score in (
        Score(
            key="knn_accuracy",
            label="kNN accuracy",
            family="labels",
            fit=labels.knn_accuracy_fit,
            test=labels.knn_accuracy_test,
            ks=(1, 5, 10),
            low=0,
            high=1,
            higher_is_better=True,
            chance="share of the largest class",
            needs_labels=True,
            reference="Cover and Hart 1967",
            meaning="How often the nearest neighbours in the embedding tell a point's label: leave-one-out on fitted "
            "points; on held-out points their neighbours are fitted ones.",
            weakness="Blind to everything beyond k neighbours: clusters may be torn apart at no cost.",
        ),
        Score(
            key="silhouette",
            label="silhouette",
            family="labels",
            fit=labels.silhouette_fit,
            test=labels.silhouette_test,
            ks=(None,),
            low=-1,
            high=1,
            higher_is_better=True,
            chance="0 or a little below",
            needs_labels=True,
            reference="Rousseeuw 1987",
            meaning="How much nearer a point lies to its own class than to the next one.",
            weakness="Rewards round, compact islands whether or not the data have them; not evidence of fidelity.",
        ),
        Score(
            key="trustworthiness",
            label="trustworthiness",
            family="neighbourhood",
            fit=neighbourhood.trustworthiness,
            test=None,
            ks=(5,),
            low=0,
            high=1,
            higher_is_better=True,
            chance="0.5",
            needs_labels=False,
            reference="Venna and Kaski 2001",
            meaning="How few strangers stand among the nearest neighbours in the embedding.",
            weakness="Punishes false neighbours only; neighbours that were torn away cost nothing.",
        ),
    )
}


def evaluate(case: Case) -> list[Value]:
    """Return every score of an embedding on both splits; where one is not to be had, with the reason."""
    return [_value(score, split, k, case) for score in SCORES.values() for split in _splits(score) for k in score.ks]


def reference_values(original: Original) -> list[Value]:
    """Return the scores of the data themselves, without any reduction, where that says something."""
    case = Case(original, original.points, original.held_out)
    return [value for value in evaluate(case) if SCORES[value.score].needs_labels]


def _splits(score: Score) -> list[Split]:
    splits: list[Split] = []
    if score.fit is not None:
        splits.append("fit")
    if score.test is not None:
        splits.append("test")
    return splits


def _value(score: Score, split: Split, k: int | None, case: Case) -> Value:
    function = score.fit if split == "fit" else score.test
    assert function is not None
    if score.needs_labels and case.y is None:
        return Value(score.key, split, k, None, "n/a (no labels)")
    if split == "test" and case.Z_test is None:
        return Value(score.key, split, k, None, "n/a (transductive)")
    if split == "test" and not len(case.Z_test if case.Z_test is not None else ()):
        return Value(score.key, split, k, None, "n/a (nothing held out)")
    number = function(case, k)
    if number != number:
        return Value(score.key, split, k, None, "n/a (too few points)")
    return Value(score.key, split, k, number)
