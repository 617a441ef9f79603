"""Which attacks fool which score: a map pleases it as much as the best honest one, and shows less of something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any

import pandas as pd

from bench.metrics.attacks import HONEST, OF_DATA, attacked, usual_k
from bench.metrics.metric import Metric, column_name

Map = dict[str, Any]
"""A forged or honest map: its attack and setting, and its scores by column."""
SHOWS = {
    "neighbours": "knn_recall_k15",
    "distances": "shepard_spearman",
    "classes": "knn_accuracy_k10",
    "classes of the data": OF_DATA,
}
"""What a map can show, and the score that tells how much of it there is."""
CHANCE = "random positions"
"""Attack that shows what there is of each by chance."""
LEAST = 0.5
"""A map loses what it shows less of than this share, above chance, of what the worst honest map shows."""
COLUMNS = ["score", "attack", "setting", "value", "honest", "honest_map", "margin", "loses", "fooled"]


def table(measured: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each score and attack, at the setting that fools it best, or else pleases it best.

    A score is fooled if its value is not worse than that of the best honest map by more than its margin (none: not
    worse), and something is lost that the map should show.

    Parameters
    ----------
    measured : DataFrame
        A row a map: `attack`, `setting`, and each score by its column; see `bench.metrics.attacks.Candidate`.

    Returns
    -------
    DataFrame
        With `COLUMNS`; the rows of honest maps come first and have no `fooled`.
    """
    maps: list[Map] = [{str(name): value for name, value in row.items()} for row in measured.to_dict("records")]
    limits = _limits(maps)
    for one in maps:
        # What has no value is lost, too.
        one["loses"] = "; ".join(kind for kind, least in limits.items() if not one[SHOWS[kind]] >= least)
    rows = []
    for metric in attacked():
        column = column_name(metric.key, "train", usual_k(metric))
        if column in measured:
            rows += list(_of_score(metric, [one for one in maps if not isnan(one[column])], column))
    return pd.DataFrame(rows, columns=COLUMNS)


def fooled_by(found: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the attacks that fool each score, by the key of the score."""
    keys = {column_name(one.key, "train", usual_k(one)): one.key for one in attacked()}
    fooling: dict[str, tuple[str, ...]] = {keys[score]: () for score in found["score"]}
    for score, attack in found.loc[found["fooled"].eq(True), ["score", "attack"]].itertuples(index=False):
        fooling[keys[score]] += (attack,)
    return fooling


def _limits(maps: Sequence[Map]) -> dict[str, float]:
    """Return of each kind what a map shows at least that has not lost it."""
    honest = [one for one in maps if one["attack"] == HONEST]
    chance = next(one for one in maps if one["attack"] == CHANCE) | {OF_DATA: 0.0}
    worst = {key: min(one[key] for one in honest) for key in SHOWS.values()}
    return {kind: chance[key] + LEAST * (worst[key] - chance[key]) for kind, key in SHOWS.items()}


def _of_score(metric: Metric, maps: Sequence[Map], column: str) -> Iterator[Map]:
    sign, margin = 1 if metric.higher_is_better else -1, metric.margin

    def pleases(one: Map) -> float:
        return sign * float(one[column])

    honest = [one for one in maps if one["attack"] == HONEST]
    best = max(honest, key=pleases)
    least = pleases(best) - (margin or 0.0)
    common = {"score": column, "honest": best[column], "honest_map": best["setting"], "margin": margin}
    for one in honest:
        yield common | _cells(one, column) | {"fooled": None}
    for attack in dict.fromkeys(one["attack"] for one in maps if one["attack"] != HONEST):
        settings = [one for one in maps if one["attack"] == attack]
        fooling = [one for one in settings if one["loses"] and pleases(one) >= least]
        yield common | _cells(max(fooling or settings, key=pleases), column) | {"fooled": bool(fooling)}


def _cells(one: Map, column: str) -> Map:
    return {name: one[name] for name in ("attack", "setting", "loses")} | {"value": one[column]}
