"""Who keeps neighbours, near ones and far ones: the study `full`."""

from __future__ import annotations

from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.compared import ALIKE, ranked
from bench.answers.stored import Stored
from bench.tables.build import CONTROL_REDUCERS

SIZES = (5, 15, 30, 100)
JUDGES = {"knn_recall": "kNN recall", "trustworthiness": "trustworthiness"}

Order = dict[frozenset[str], str]
"""Of each pair of methods that can be told apart the better one."""


def over_sizes(stored: Stored) -> Told:
    """Tell who leads at which size of the neighbourhood, and which methods change places."""
    methods = [name for name in stored.variants if stored.study.variants[name].reducer not in CONTROL_REDUCERS]
    sentences, columns = [], []
    for judge, name in JUDGES.items():
        leaders = {k: _leaders(stored, methods, f"{judge}_k{k}") for k in SIZES}
        columns.append([_cell(stored, leaders[k], f"{judge}_k{k}") for k in SIZES])
        sentences += [_lead(stored, name, leaders), _crossings(stored, methods, judge, name)]
    header = ("k", *(f"leads in {name}" for name in JUDGES.values()))
    rows = tuple((str(k), *(column[place] for column in columns)) for place, k in enumerate(SIZES))
    return Told(tuple(sentences), header, rows)


def _leaders(stored: Stored, methods: list[str], column: str) -> list[str]:
    """Return the method with the best median and those that cannot be told apart from it."""
    order, pairs = ranked(stored, methods, column)
    first = order[:1]
    tied = [{one.first, one.second} for one in pairs if not one.told_apart]
    return first + [name for name in order[1:] if {*first, name} in tied]


def _cell(stored: Stored, leaders: list[str], column: str) -> str:
    if not leaders:
        return "n/a"
    first, *tied = leaders
    also = f"; {listed([stored.label(name) for name in tied])} {ALIKE}" if tied else ""
    return f"{stored.label(first)} {in_words(stored.interval(first, column))}{also}"


def _lead(stored: Stored, name: str, leaders: dict[int, list[str]]) -> str:
    always = [one for one in leaders[SIZES[0]] if all(one in leaders[k] for k in SIZES)]
    if always:
        named = listed([stored.label(one) for one in always])
        lead = "lead" if len(always) > 1 else "leads"
        return f"In {name} {named} {lead}, or {ALIKE} from who does, at every k."
    parts = [f"{listed([stored.label(one) for one in leaders[k]])} at k = {k}" for k in SIZES if leaders[k]]
    return f"In {name} nobody leads at every k: {'; '.join(parts)}."


def _crossings(stored: Stored, methods: list[str], judge: str, name: str) -> str:
    """Tell which pairs stand one way round at the smallest size and the other way at the largest, both beyond doubt."""
    near, far = (_better(stored, methods, f"{judge}_k{k}") for k in (SIZES[0], SIZES[-1]))
    crossing = [pair for pair in near if pair in far and near[pair] != far[pair]]
    where = f"between k = {SIZES[0]} and k = {SIZES[-1]}"
    if not crossing:
        return f"No two curves of {name} cross beyond doubt {where}."
    named = [f"{stored.label(near[pair])} (better at {SIZES[0]}) and {stored.label(far[pair])}" for pair in crossing]
    return f"Curves of {name} that cross beyond doubt {where}: {'; '.join(named)}."


def _better(stored: Stored, methods: list[str], column: str) -> Order:
    order, pairs = ranked(stored, methods, column)
    return {
        frozenset((one.first, one.second)): min(one.first, one.second, key=order.index)
        for one in pairs
        if one.told_apart
    }


ANSWERS = (Answer(3, "Who keeps neighbours, at which k?", "full", "figures/neighbourhoods.png", over_sizes),)
