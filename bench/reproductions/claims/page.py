"""The page of claims: one paragraph, one table, one small figure and one verdict each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from pathlib import Path

import pandas as pd

import reducers
from bench.analysis.statistics import Interval
from bench.output.figures.style import render as drawn
from bench.reproductions.claims import post1, post2, post3, post4
from bench.reproductions.claims.catalogue import Decided, Range, Verdict, claims
from bench.reproductions.claims.pictures import figure
from bench.reproductions.claims.roles import Posts
from bench.reproductions.pages import is_kept, mark_as_kept, render
from bench.store.results import Results
from bench.store.store import Store

PAGE = "claims.md"
FOLDER = "claims"
STUDY = "posts"
"""The study that the lessons were written for."""
MEASURES = {**post1.MEASURES, **post2.MEASURES, **post3.MEASURES, **post4.MEASURES}
MET = {Verdict.HOLDS: "met", Verdict.FAILS: "not met", Verdict.UNDECIDED: "undecided"}
SENTENCES = {
    Verdict.HOLDS: "The claim holds.",
    Verdict.FAILS: "The claim does not hold.",
    Verdict.UNDECIDED: "Undecided at this sample.",
}


def write(results: Results) -> list[Path]:
    """Write `claims.md`, its verdicts as `claims.csv`, and the figures of all claims that the study can decide.

    Nothing is written where it can decide none. Where no table has the measures, the page stays and is marked.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    if is_kept(results, PAGE):
        mark_as_kept(results, PAGE)
    decided = decided_claims(results)
    if not decided:
        return []
    store = Store(results.folder)
    rows = [{"claim": one.claim.key, "title": one.claim.title, "verdict": one.verdict.value} for one in decided]
    return [
        store.write(PAGE, page(results, decided)),
        store.write("claims.csv", pd.DataFrame(rows).to_csv(index=False)),
        *(store.write(f"{FOLDER}/{one.claim.key}.png", drawn(figure(one.measured.picture), "png")) for one in decided),
    ]


def decided_claims(results: Results) -> list[Decided]:
    """Return the claims whose variants have successful runs, in the order of the catalogue, with what was measured."""
    if not results.has("measures"):
        return []
    posts = Posts(results)
    return [Decided(claim, MEASURES[key](posts)) for key, claim in claims().items() if posts.has(claim.needs)]


def page(results: Results, decided: Sequence[Decided]) -> str:
    """Return the page as Markdown."""
    runs = results.runs
    return render(
        "claims/claims.md.jinja",
        decided=decided,
        data={
            "name": runs["dataset"].iloc[0],
            "n_train": int(runs["n_train"].max()),
            "n_test": int(runs["n_test"].max()),
            "n_seeds": int(runs["seed"].max()) + 1,
        },
        lessons_of=STUDY if results.study.name != STUDY else "",
        rows={one.claim.key: list(_rows(one)) for one in decided},
        sentences=SENTENCES,
        folder=FOLDER,
        systems=_systems(results),
    )


def _systems(results: Results) -> Mapping[str, reducers.Preset]:
    """Return the presets of the study that are as published."""
    used = {variant.preset.removesuffix("-fixed") for variant in results.study.variants.values()}
    return {name: preset for name, preset in reducers.presets().items() if name in used}


def _rows(one: Decided) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of a claim's table: what decides, in bold, then what is given for comparison."""
    for wanted, verdict in one.criteria.items():
        yield f"**{wanted.quantity}**", _number(one.intervals[wanted.quantity]), _range(wanted), MET[verdict]
    decides = {wanted.quantity for wanted in one.criteria}
    for text, found in one.intervals.items():
        if text not in decides:
            yield text, _number(found), "", ""


def _number(found: Interval | None) -> str:
    """Return a median with its interval as text."""
    if found is None:
        return "n/a"
    bounds = "" if found.low is None or found.high is None else f" [{_plain(found.low)}, {_plain(found.high)}]"
    return _plain(found.median) + bounds


def _range(wanted: Range) -> str:
    """Return a range as text."""
    least, most = (f"{bound:g}".replace("-", "−") for bound in (wanted.least, wanted.most))
    if wanted.least == wanted.most:
        return least
    if wanted.least == -inf:
        return f"at most {most}"
    return f"at least {least}" if wanted.most == inf else f"{least} to {most}"


def _plain(value: float) -> str:
    """Return a number with three decimals, more where it is small, none where it is whole."""
    digits = 0 if value == round(value) and abs(value) < 1_000 else 4 if abs(value) < 0.01 else 3
    return f"{value:.{digits}f}".replace("-", "−")
