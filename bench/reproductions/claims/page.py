"""The page of claims: one table of all, then the details of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from pathlib import Path

import pandas as pd

import reducers
from bench.metrics.statistics import Interval
from bench.output.figures import values
from bench.output.figures.style import render
from bench.output.markdown import markdown
from bench.reproductions.claims import catalogue, post1, post2, post3, post4
from bench.reproductions.claims.catalogue import Claim, Decided, Origin, Result, claims
from bench.reproductions.claims.pictures import Measured, Picture, figure
from bench.reproductions.claims.roles import Posts
from bench.store.results import Results
from bench.store.store import Store
from bench.store.tables import to_csv

MET = {Result.HOLDS: "met", Result.FAILS: "not met", Result.OPEN: "open"}


def write(results: Results) -> list[Path]:
    """Write `claims.md`, its results as `claims.csv`, and the figures of all claims that the study has measured.

    Nothing is written of a study that has the variants of none.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    decided = decided_claims(results)
    if not decided:
        return []
    store = Store(results.folder)
    rows = [
        {"claim": c.key, "title": c.title, "verdict": one.said, "origin": c.origin.value, "post": c.post or ""}
        for one in decided
        for c in [one.claim]
    ]
    paths = [store.write("claims.md", page(results, decided)), store.write("claims.csv", to_csv(pd.DataFrame(rows)))]
    for one in decided:
        name = f"claims/{one.claim.key}.png"
        if one.is_measured and one.picture:
            paths.append(store.write(name, _drawn(one, one.picture, results)))
        else:
            store.remove(name)
    return paths


def _drawn(one: Decided, picture: Picture, results: Results) -> bytes:
    return render(figure(picture, f"{one.claim.title}: {one.said}", values.footer(results)), "png")


def decided_claims(results: Results) -> list[Decided]:
    """Return the claims whose variants have successful runs, in the order of the catalogue, with what was measured."""
    if not results.study.measures:
        return []
    posts = Posts(results)
    return [_decided(claim, posts) for claim in claims().values() if posts.knows(claim)]


def _decided(claim: Claim, posts: Posts) -> Decided:
    return Decided(claim, *measured(claim.key, posts)) if posts.has_budget(claim) else Decided(claim, {}, None)


def measured(key: str, posts: Posts) -> Measured:
    """Return what the function with the name of a claim measures."""
    name = key.replace("-", "_")
    [module] = [module for module in (post1, post2, post3, post4) if hasattr(module, name)]
    found: Measured = getattr(module, name)(posts)
    return found


def counts(decided: Sequence[Decided]) -> Mapping[str, int]:
    """Return how many of the conclusions that the posts themselves draw have each result."""
    found = Counter(one.result for one in decided if one.claim.origin is Origin.POST)
    return {result.value: found[result] for result in Result}


def page(results: Results, decided: Sequence[Decided]) -> str:
    """Return the page as Markdown."""
    runs = results.runs
    used = {variant.preset.removesuffix("-fixed") for variant in results.study.variants.values()}
    text = markdown(Path(__file__).with_name("claims.md.jinja")).render(
        decided=decided,
        counts=counts(decided),
        posts={number: post for number, post in catalogue.posts().items() if number in {d.claim.post for d in decided}},
        dataset=runs["dataset"].iloc[0],
        n={column: int(runs[column].max()) for column in ("n_train", "n_test", "seed")},
        parts=list(_parts(decided)),
        rows={one.claim.key: list(_rows(one)) for one in decided},
        pilot={one.claim.key: list(_pilot(one.claim)) for one in decided},
        pilot_seeds=catalogue.PILOT_SEEDS,
        systems={name: preset for name, preset in reducers.presets().items() if name in used},
    )
    return text.strip() + "\n"


def _parts(decided: Sequence[Decided]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table of all claims: one a criterion, the claim itself in its first row alone."""
    for number, one in enumerate(decided, start=1):
        claim = one.claim
        said = f"[{claim.title}](#{claim.key})", claim.origin.value, str(claim.post or ""), f"**{one.said}**"
        for line, (text, result) in enumerate(one.criteria.items()):
            found = one.intervals.get(text) if one.is_measured else None
            cells = (_number(found), MET[result]) if found else ("", "")
            first = (str(number), *said) if line == 0 else ("",) * 5
            yield *first, text, cells[0], _range(*claim.criteria[text].range), cells[1]


def _rows(one: Decided) -> Iterator[tuple[str, str]]:
    """Yield what was measured of a claim and does not decide it."""
    for text, found in one.intervals.items():
        if text not in one.claim.criteria and found is not None:
            yield text, _number(found)


def _pilot(claim: Claim) -> Iterator[tuple[str, str, str, str]]:
    """Yield what the pilot had of each criterion, its margin, and the seeds that follow."""
    for text, criterion in claim.criteria.items():
        if criterion.pilot and criterion.seeds_needed:
            low, high = criterion.pilot
            yield text, f"{_plain(low)} to {_plain(high)}", f"{criterion.margin:g}", str(criterion.seeds_needed)


def _number(found: Interval) -> str:
    """Return a mean with its interval as text."""
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
