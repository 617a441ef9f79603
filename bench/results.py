"""Everything a reader looks at, made anew from the store without one fit."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group

from bench import claims, comparisons, figures, noise, report, scaling, tables
from bench.datasets import Dataset
from bench.errors import StoreError
from bench.findings import Advice, Finding, advice, findings
from bench.reading import Reading, read
from bench.scores import REFERENCES
from bench.store import Store
from bench.tables import build, document
from bench.tables.footnotes import Footnote
from bench.tables.latex import to_latex
from bench.tables.model import Table

log = logging.getLogger(__name__)

COMPARED = (*build.QUALITY, "fit_s", "transform_s", "peak_mib")
"""Columns of which every comparison is written down."""


@dataclass(frozen=True)
class Results:
    """What was written, and what a terminal shows of it."""

    title: str
    headline: Sequence[Table]
    findings: Sequence[Finding]
    advice: Sequence[Advice]
    paths: list[Path]

    def to_rich(self) -> Group:
        """Return the headline and the findings for a terminal."""
        return document.terminal(self.title, self.headline, self.findings)

    def write_into(self, file: Path) -> None:
        """Write the headline between the markers of a file."""
        document.write_into(file, document.headline_markdown(self.headline))


def publish(store: Store, dataset: Dataset) -> Results:
    """Write tables and figures of the runs in a results folder.

    Parameters
    ----------
    dataset : Dataset
        The data of the study, for the colours of points and the names of classes.

    Raises
    ------
    StoreError
        If there is no run.
    """
    reading = read(store, dataset)
    if not reading.judged:
        raise StoreError(f"Got {store.folder}, but expected a results folder with at least one run.")
    found = build.tabulate(reading)
    families = build.by_family(found)
    runs = tables.runs_table(reading.judged)
    growing = scaling.series(runs, reading.study.variants)
    narrow = build.headline(found)
    headline = (*narrow, *noise.tables(reading.study, found.samples), *scaling.tables(growing))
    said, needs = findings(found), advice(found)
    pairs = comparisons.frame(found.standings[key] for key in COMPARED)
    paths = [
        store.write("runs.csv", runs.to_csv(index=False)),
        store.write("scores.csv", tables.scores_table(reading).to_csv(index=False)),
        store.write("summary.csv", tables.summary_table(reading).to_csv(index=False)),
        store.write("headline.csv", tables.narrow_table(narrow).to_csv(index=False)),
        store.write("comparisons.csv", pairs.to_csv(index=False)),
        store.write("summary.md", document.markdown(reading.title, headline, said, needs, families)),
        store.write("summary.tex", to_latex((*headline, *families))),
    ]
    if growing:
        paths.append(store.write("scaling.csv", scaling.frame(growing).to_csv(index=False)))
    for drawing, figure in figures.pictures(reading):
        name = f"figures/{drawing.name}"
        paths += [store.write(f"{name}.{kind}", figures.render(figure, kind)) for kind in ("png", "svg")]
    moving = figures.moving_interpolation(reading.pictured)
    if moving is not None:
        paths.append(store.write("figures/interpolations.gif", moving))
    paths += claims.write(store, reading, claims.CLAIMS)
    page = report.build(
        reading.pictured,
        headline,
        families,
        findings=[finding.sentence for finding in said],
        advice=[line.sentence for line in needs],
        doubts=_in_words(reading, found.footnotes),
        picture=next((path.read_bytes() for path in paths if path.name == "embeddings.png"), None),
    )
    for message in page.messages:
        log.warning("report.html: %s", message)
    paths.append(store.write("report.html", page.html))
    return Results(reading.title, headline, said, needs, paths)


def _in_words(reading: Reading, notes: Sequence[Footnote]) -> list[str]:
    """Return footnotes with the names of the rows that they concern, for where no row is beside them."""
    rows: dict[str, list[str]] = {}
    for note in notes:
        rows.setdefault(note.text, []).extend(note.rows)

    def name(row: str) -> str:
        return REFERENCES[row] if row in REFERENCES else reading.label(row)

    return [", ".join(dict.fromkeys(map(name, of))) + (": " if of else "") + text for text, of in rows.items()]
