"""Everything a reader looks at, made anew from the store without one fit."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group

from bench import claims, comparisons, drawn, figures, held_out, noise, replication, report, sameness, scaling, tables
from bench.datasets import Dataset
from bench.errors import StoreError
from bench.findings import NEEDS, Advice, Finding, advice, findings
from bench.reading import Reading, read
from bench.scaling import Series
from bench.scores import REFERENCES
from bench.store import Store
from bench.tables import build, document, over_points
from bench.tables.build import Tabulation
from bench.tables.footnotes import Footnote
from bench.tables.latex import to_latex
from bench.tables.model import Table

log = logging.getLogger(__name__)

COMPARED = tuple(dict.fromkeys((*build.QUALITY, *NEEDS.values(), "transform_s")))
"""Columns of which every comparison is written down."""


@dataclass(frozen=True)
class Results:
    """What was written, and what a terminal shows of it.

    Attributes
    ----------
    are_new : bool
        Whether it was written now; if not, nothing has changed since it was.
    """

    title: str
    headline: Sequence[Table]
    findings: Sequence[Finding]
    advice: Sequence[Advice]
    paths: list[Path]
    are_new: bool = True

    def to_rich(self) -> Group:
        """Return the headline and the findings for a terminal."""
        return document.terminal(self.title, self.headline, self.findings)

    def write_into(self, file: Path) -> None:
        """Write the headline between the markers of a file."""
        document.write_into(file, document.headline_markdown(self.headline))


def publish(store: Store, dataset: Dataset, *, anew: bool = True) -> Results:
    """Write tables and figures of the runs in a results folder.

    Parameters
    ----------
    dataset : Dataset
        The data of the study, for the colours of points and the names of classes.
    anew : bool
        Whether to write what is there already and would be written alike.

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
    origin = drawn.origin(reading)
    if not anew and (known := drawn.unchanged(store, origin)):
        return Results(reading.title, headline, said, needs, known, are_new=False)
    of_points = held_out.held_out(reading)
    both_intervals = over_points.tables(of_points, found)
    paths = [
        store.write("runs.csv", runs.to_csv(index=False)),
        store.write("scores.csv", tables.scores_table(reading).to_csv(index=False)),
        store.write("summary.csv", tables.summary_table(reading).to_csv(index=False)),
        store.write("headline.csv", tables.narrow_table(narrow).to_csv(index=False)),
        store.write("comparisons.csv", pairs.to_csv(index=False)),
        store.write("held_out_accuracy.csv", held_out.accuracies_frame(of_points, reading).to_csv(index=False)),
        store.write("held_out_comparisons.csv", held_out.pairs_frame(of_points).to_csv(index=False)),
        store.write("summary.md", document.markdown(reading.title, headline, said, needs, both_intervals, families)),
        store.write("summary.tex", to_latex((*headline, *both_intervals, *families))),
    ]
    paths += _sameness(reading)
    paths += _scaling(store, growing)
    paths += _figures(reading)
    paths += claims.write(store, reading, claims.CLAIMS)
    paths += replication.write(store, reading)
    paths += _report(reading, found, headline, next((path for path in paths if path.name == "embeddings.png"), None))
    drawn.note(store, origin, paths)
    return Results(reading.title, headline, said, needs, paths)


def _sameness(reading: Reading) -> list[Path]:
    """Write how far runs are apart that should be the same, where a study has such; return where."""
    found = sameness.table(reading)
    if found.empty:
        reading.store.remove("sameness.csv")
        return []
    return [reading.store.write("sameness.csv", found.to_csv(index=False))]


def _scaling(store: Store, growing: Sequence[Series]) -> list[Path]:
    """Write how costs grow with the number of points, where a study has such series; return where."""
    if not growing:
        store.remove("scaling.csv")
        return []
    return [store.write("scaling.csv", scaling.frame(growing).to_csv(index=False))]


def _figures(reading: Reading) -> Iterator[Path]:
    """Write every figure that the study has something for, yield where, and remove those that it no longer has."""
    gone = set(figures.FILES)
    for name, content in figures.files(reading):
        gone.discard(name)
        yield reading.store.write(f"figures/{name}", content)
    for name in gone:
        reading.store.remove(f"figures/{name}")


def _report(reading: Reading, found: Tabulation, headline: Sequence[Table], picture: Path | None) -> list[Path]:
    """Write the report where the study shows embeddings side by side to point at; return where."""
    if not reading.pictured.judged:
        reading.store.remove("report.html")
        return []
    page = report.build(
        reading.pictured,
        headline,
        build.by_family(found),
        findings=[finding.sentence for finding in findings(found)],
        advice=[line.sentence for line in advice(found)],
        doubts=_in_words(reading, found.footnotes),
        picture=picture.read_bytes() if picture else None,
    )
    for message in page.messages:
        log.warning("report.html: %s", message)
    return [reading.store.write("report.html", page.html)]


def _in_words(reading: Reading, notes: Sequence[Footnote]) -> list[str]:
    """Return footnotes with the names of the rows that they concern, for where no row is beside them."""
    rows: dict[str, list[str]] = {}
    for note in notes:
        rows.setdefault(note.text, []).extend(note.rows)

    def name(row: str) -> str:
        return REFERENCES[row] if row in REFERENCES else reading.label(row)

    return [", ".join(dict.fromkeys(map(name, of))) + (": " if of else "") + text for text, of in rows.items()]
