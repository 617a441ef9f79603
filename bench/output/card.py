"""The reproducibility card of each method of a study that runs it again: as a table, and as a page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bench.analysis.card import Card, Line, cards, table
from bench.metrics.stability import NEIGHBOURS
from bench.output.markdown import markdown
from bench.output.tables.render import escaped
from bench.store.results import Results
from bench.store.store import Store
from bench.store.tables import to_csv
from bench.studies.study import Study
from bench.units import fixed

STUDY = "cards"
"""The study of all methods, whose page is the first one of its folder."""
LIBRARIES = ("numba", "numpy", "opentsne", "pacmap", "phate", "scikit-learn", "torch", "trimap", "umap-learn")
"""Libraries whose versions a card names: what stays depends on them."""


def write(results: Results) -> list[Path]:
    """Write `card.csv` and the page of a study with cards; nothing for others.

    Raises
    ------
    StoreError
        If a table is missing, or a file cannot be written.
    """
    found = cards(results)
    if not found:
        return []
    store = Store(results.folder)
    return [
        store.write("card.csv", to_csv(table(found))),
        store.write(page_of(results.study), page(results, found)),
    ]


def page_of(study: Study) -> str:
    """Return the name of the page with the cards of a study."""
    return "README.md" if study.name == STUDY else "card.md"


def page(results: Results, found: tuple[Card, ...]) -> str:
    """Return the cards as Markdown: one method in full, of several a row each."""
    known = [card for card in found if results.ok(card.variant)]
    runs = pd.concat([results.runs_of(card.variant) for card in found])
    text = markdown(Path(__file__).with_name("card.md.jinja"), escaped=escaped, number=number).render(
        title=results.title,
        cards=known,
        missing=[card for card in found if card not in known],
        changes=[line.change for line in found[0].lines.values()],
        lines=lines,
        k=NEIGHBOURS,
        chance=NEIGHBOURS / max(int(runs["n_train"].max()) - 1, 1),
        dataset=runs["dataset"].iloc[0],
        n_train=int(runs["n_train"].max()),
        seeds=results.study.seeds,
        versions=[
            f"{name} {version}"
            for name, version in (results.environment.versions.items() if results.environment else ())
            if name.lower() in LIBRARIES
        ],
    )
    return text.strip() + "\n"


def lines(card: Card) -> list[tuple[str, str, str, str]]:
    """Return what a card says, a line a change: the change, its number, the range of it, and whether bits are equal."""
    return [
        (line.change.title, number(line), _range(line), {True: "yes", False: "no", None: ""}[line.same_bits])
        for line in card.lines.values()
    ]


def number(line: Line) -> str:
    """Return the number of a change, or why there is none."""
    return line.reason if line.interval is None else fixed(line.interval.mean, 3)


def _range(line: Line) -> str:
    """Return lowest and highest value of a change, and how many there are."""
    if not line.values:
        return ""
    return f"{fixed(min(line.values), 3)} to {fixed(max(line.values), 3)}, n = {len(line.values)}"
