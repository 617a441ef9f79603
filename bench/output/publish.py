"""Everything a reader looks at, made from the results of a study without computing anything from its data."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from rich.console import Group

from bench.analysis import scaling, test_set
from bench.analysis.caveats import as_text, caveats
from bench.analysis.comparisons import comparisons_table, ranking
from bench.analysis.quantities import QUANTITIES
from bench.analysis.summary import summary_table
from bench.datasets import Dataset
from bench.errors import StoreError
from bench.output import figures, manifest, report
from bench.output.findings import NEEDS, advice, findings
from bench.output.tables import build, derived, document
from bench.output.tables.model import Table
from bench.output.tables.render import to_latex
from bench.store.results import Results
from bench.store.store import Store

log = logging.getLogger(__name__)

COMPARED = tuple(dict.fromkeys((*build.QUALITY, *NEEDS.values(), "transform_s")))
"""Quantities of which every comparison is written down."""
LoadData = Callable[[], Dataset | None]


@dataclass(frozen=True)
class Published:
    """What was written, and what a terminal shows of it.

    Attributes
    ----------
    are_new : bool
        Whether it was written now; if not, nothing has changed since it was.
    needs_runs : tuple of str
        What could not be made without the runs and is kept as it was.
    """

    title: str
    headline: Sequence[Table]
    findings: Sequence[str]
    advice: Sequence[str]
    paths: list[Path]
    are_new: bool = True
    needs_runs: tuple[str, ...] = ()

    def to_rich(self) -> Group:
        """Return the headline and the findings for a terminal."""
        return document.terminal(self.title, self.headline, self.findings)

    def write_into(self, file: Path) -> None:
        """Write the headline between the markers of a file.

        Raises
        ------
        StoreError
            If the file has no such markers.
        """
        document.write_into(file, document.headline_markdown(self.headline))


def publish(
    results: Results,
    load_data: LoadData,
    pages: Sequence[Callable[[Results], list[Path]]] = (),
    *,
    force: bool = True,
) -> Published:
    """Write tables, figures and pages of a results folder.

    Parameters
    ----------
    load_data : function
        Returns the data of the study, for the images that figures and report show; None if they are not at hand.
    pages : sequence of function
        Writers of other pages; each returns where it wrote.
    force : bool
        Whether to write again what would not change.

    Raises
    ------
    StoreError
        If there is no run, or a file cannot be written.
    """
    if not results.exists or results.runs.empty:
        raise StoreError(f"Got {results.folder}, but expected a results folder with at least one run.")
    store = Store(results.folder)
    rankings = {key: ranking(results, key) for key in QUANTITIES}
    notes = caveats(results, build.QUALITY)
    growing = scaling.series(results)
    narrow = build.headline(results, rankings, notes)
    headline = (*narrow, *derived.noise_floors(results), *derived.growth(growing))
    said, needs = findings(results, rankings), advice(results, rankings)
    inputs = manifest.input_hash(results)
    if not force and (known := manifest.unchanged(results, inputs)):
        return Published(results.title, headline, said, needs, known, are_new=False)

    def write_table(name: str, table: pd.DataFrame) -> Path:
        return store.write(name, table.to_csv(index=False))

    paths = [
        write_table("summary.csv", summary_table(results)),
        write_table("headline.csv", build.headline_frame(narrow)),
        write_table("comparisons.csv", comparisons_table(rankings[key] for key in COMPARED)),
    ]
    needs_runs = []
    over_points = test_set.over_points(results)
    if over_points is None:
        needs_runs.append("the accuracy over test points (test_accuracy.csv, test_comparisons.csv)")
    else:
        paths.append(write_table("test_accuracy.csv", test_set.accuracy_table(over_points, results)))
        paths.append(write_table("test_comparisons.csv", test_set.pairs_table(over_points)))
    if growing:
        paths.append(write_table("scaling.csv", scaling.scaling_table(growing)))
    else:
        store.remove("scaling.csv")
    both = derived.over_points(results, rankings[test_set.KEY])
    families = build.by_family(results, rankings, notes)
    paths += [
        store.write("summary.md", document.markdown(results.title, headline, said, needs, both, families)),
        store.write("summary.tex", to_latex((*headline, *both, *families))),
    ]
    paths += _figures(results)
    kept = figures.missing(results)
    if kept:
        needs_runs.append(f"the figures {', '.join(map(repr, kept))}")
    for write_page in pages:
        paths += write_page(results)
    published = Published(results.title, headline, said, needs, paths, needs_runs=tuple(needs_runs))
    if results.arrays:
        paths += _report(results, load_data, families, as_text(results, notes), published)
    elif (results.folder / "report.html").is_file():
        published = replace(published, needs_runs=(*needs_runs, "report.html"))
    manifest.note(results, inputs, paths)
    return published


def _figures(results: Results) -> list[Path]:
    """Write every figure that the results have something for, remove those that they no longer have; return where."""
    store = Store(results.folder)
    made = {name: store.write(f"figures/{name}", content) for name, content in figures.files(results)}
    for name in figures.outdated(results, made):
        store.remove(f"figures/{name}")
    return list(made.values())


def _report(
    results: Results, load_data: LoadData, families: Sequence[Table], notes: Sequence[str], published: Published
) -> list[Path]:
    """Write the report if the study shows embeddings side by side to point at; return where."""
    store = Store(results.folder)
    if not results.pictured.variants:
        store.remove("report.html")
        return []
    page = report.build(
        results.pictured,
        load_data,
        published.headline,
        families,
        findings=published.findings,
        advice=published.advice,
        caveats=notes,
        picture=next((path.read_bytes() for path in published.paths if path.name == "embeddings.png"), None),
    )
    for message in page.messages:
        log.warning("report.html: %s", message)
    return [store.write("report.html", page.html)]
