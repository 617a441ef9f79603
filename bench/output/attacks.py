"""The page of attacks on scores, `results/attacks/README.md`: which fool which, with the values behind it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from bench.analysis.attacks import fooled_by
from bench.analysis.quantities import QUANTITIES, number
from bench.metrics.attacks import ATTACKS, HONEST, OTHER_DATA
from bench.output.faq.numbers import listed
from bench.output.markdown import markdown


def page(found: pd.DataFrame, data: str) -> str:
    """Return the page as Markdown, from the table of `bench.analysis.attacks` and what the data are."""
    by_score = fooled_by(found)
    every = [attack for attack in ATTACKS if attack in set(found["attack"])]
    facts = {
        "data": data,
        "fooled": _fooled(found),
        "values": _values(found, every),
        "attacks": _attacks(found, every),
        "n_fooled": sum(map(bool, by_score.values())),
        "n_scores": len(by_score),
        "safe": [QUANTITIES[score].title for score in _not_fooled(found[~found["attack"].isin(OTHER_DATA)])],
        "never": [QUANTITIES[score].title for score in _not_fooled(found)],
        "other_data": OTHER_DATA,
    }
    return markdown(Path(__file__).with_name("attacks.md.jinja"), listed=listed).render(**facts).strip() + "\n"


def _not_fooled(found: pd.DataFrame) -> list[str]:
    """Return the scores that none of these attacks fools."""
    fooled = set(found.loc[found["fooled"].eq(True), "score"])
    return [score for score in found["score"].unique() if score not in fooled]


def _fooled(found: pd.DataFrame) -> str:
    """Return a table with a row a score: the best honest map, and the attacks that fool it with their values."""
    rows = []
    for score, of_score in found.groupby("score", sort=False):
        best, flags = of_score.iloc[0], of_score["fooled"].eq(True)
        fooling = [f"{one['attack']} {_number(score, one['value'])}" for one in of_score[flags].to_dict("records")]
        honest = f"{_number(score, best['honest'])} ({best['honest_map']})"
        rows.append((QUANTITIES[str(score)].header, honest, "; ".join(fooling) or "none of these"))
    return _markdown(("score", "best honest map", "fooled by"), rows)


def _values(found: pd.DataFrame, every: Sequence[str]) -> str:
    """Return a table with a row a score and a column an attack; bold is what fools."""
    honest = list(found[found["attack"] == HONEST]["setting"].unique())
    header, rows = ("score", *honest, *every), []
    for score, of_score in found.groupby("score", sort=False):
        cells: Mapping[str, str] = {
            str(one["setting"] if one["attack"] == HONEST else one["attack"]): _cell(str(score), one)
            for one in of_score.to_dict("records")
        }
        rows.append((QUANTITIES[str(score)].header, *(cells.get(name, "") for name in header[1:])))
    return _markdown(header, rows, "--:")


def _cell(score: str, one: Mapping[Hashable, object]) -> str:
    text = _number(score, one["value"])
    return f"**{text}**" if one["fooled"] is True else text


def _attacks(found: pd.DataFrame, every: Sequence[str]) -> str:
    """Return a table with a row an attack: what it is, what its maps lose, and how many scores it fools."""
    rows = []
    for attack in every:
        of_attack = found[found["attack"] == attack]
        lost = [kind for text in of_attack["loses"].fillna("") for kind in text.split("; ") if kind]
        fooled = f"{of_attack['fooled'].eq(True).sum()} of {len(of_attack)}"
        rows.append((attack, ATTACKS[attack], listed(dict.fromkeys(lost)) if lost else "nothing", fooled))
    return _markdown(("attack", "what it is", "what its maps lose", "scores fooled"), rows)


def _markdown(header: Sequence[str], rows: Iterable[Sequence[str]], others: str = ":--") -> str:
    """Return a table as Markdown, its first column at the left and the others as they are asked for."""
    lines = [header, (":--", *[others] * (len(header) - 1)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(score: object, value: object) -> str:
    return number(QUANTITIES[str(score)], float(str(value)))
