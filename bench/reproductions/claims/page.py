"""The page of claims: one paragraph, one table, one small figure and one verdict each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from pathlib import Path

import pandas as pd

import reducers
from bench.metrics.statistics import Interval
from bench.output.figures import values
from bench.output.figures.style import render
from bench.output.markdown import markdown
from bench.reproductions.claims import post1, post2, post3, post4
from bench.reproductions.claims.catalogue import Decided, Verdict, claims
from bench.reproductions.claims.pictures import Measured, figure
from bench.reproductions.claims.roles import Posts
from bench.store.results import Results
from bench.store.store import Store
from bench.store.tables import to_csv

STUDY = "posts"
"""The study that the lessons were written for."""
MET = {Verdict.HOLDS: "met", Verdict.FAILS: "not met", Verdict.UNDECIDED: "undecided"}
SENTENCES = {
    Verdict.HOLDS: "The claim holds.",
    Verdict.FAILS: "The claim does not hold.",
    Verdict.UNDECIDED: "Undecided at this sample.",
}


def write(results: Results) -> list[Path]:
    """Write `claims.md`, its verdicts as `claims.csv`, and the figures of all claims that the study can decide.

    Nothing is written where it can decide none.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    decided = decided_claims(results)
    if not decided:
        return []
    store = Store(results.folder)
    rows = [{"claim": one.claim.key, "title": one.claim.title, "verdict": one.verdict.value} for one in decided]
    return [
        store.write("claims.md", page(results, decided)),
        store.write("claims.csv", to_csv(pd.DataFrame(rows))),
        *(store.write(f"claims/{one.claim.key}.png", _drawn(one, results)) for one in decided),
    ]


def _drawn(one: Decided, results: Results) -> bytes:
    return render(figure(one.picture, f"{one.claim.title}: {one.verdict.value}", values.footer(results)), "png")


def decided_claims(results: Results) -> list[Decided]:
    """Return the claims whose variants have successful runs, in the order of the catalogue, with what was measured."""
    if not results.has("measures"):
        return []
    posts = Posts(results)
    known = [claim for claim in claims().values() if all(map(posts.find, claim.needs))]
    return [Decided(claim, *measured(claim.key, posts)) for claim in known]


def measured(key: str, posts: Posts) -> Measured:
    """Return what the function with the name of a claim measures."""
    name = key.replace("-", "_")
    [module] = [module for module in (post1, post2, post3, post4) if hasattr(module, name)]
    found: Measured = getattr(module, name)(posts)
    return found


def page(results: Results, decided: Sequence[Decided]) -> str:
    """Return the page as Markdown."""
    runs = results.runs
    used = {variant.preset.removesuffix("-fixed") for variant in results.study.variants.values()}
    text = markdown(Path(__file__).with_name("claims.md.jinja")).render(
        decided=decided,
        dataset=runs["dataset"].iloc[0],
        n={column: int(runs[column].max()) for column in ("n_train", "n_test", "seed")},
        lessons_of=STUDY if results.study.name != STUDY else "",
        rows={one.claim.key: list(_rows(one)) for one in decided},
        sentences=SENTENCES,
        systems={name: preset for name, preset in reducers.presets().items() if name in used},
    )
    return text.strip() + "\n"


def _rows(one: Decided) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of a claim's table: what decides, in bold, then what is given for comparison."""
    for text, verdict in one.criteria.items():
        yield f"**{text}**", _number(one.intervals[text]), _range(*one.claim.counts[text]), MET[verdict]
    for text, found in one.intervals.items():
        if text not in one.criteria:
            yield text, _number(found), "", ""


def _number(found: Interval | None) -> str:
    """Return a mean with its interval as text."""
    if found is None:
        return "n/a"
    bounds = "" if found.low is None or found.high is None else f" [{_plain(found.low)}, {_plain(found.high)}]"
    return _plain(found.mean) + bounds


def _range(lowest: float, highest: float) -> str:
    """Return a range as text."""
    least, most = (f"{bound:g}".replace("-", "−") for bound in (lowest, highest))
    if lowest == highest:
        return least
    if lowest == -inf:
        return f"at most {most}"
    return f"at least {least}" if highest == inf else f"{least} to {most}"


def _plain(value: float) -> str:
    """Return a number with three decimals, more where it is small, none where it is whole."""
    digits = 0 if value == round(value) and abs(value) < 1_000 else 4 if abs(value) < 0.01 else 3
    return f"{value:.{digits}f}".replace("-", "−")
