"""Everything a reader looks at, made from the results of a study without computing anything from its data."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from rich.console import Group
from rich.text import Text

from bench.analysis import scaling
from bench.analysis.caveats import Caveat, as_text, caveats
from bench.analysis.comparisons import comparisons_table, ranking
from bench.analysis.quantities import QUANTITIES
from bench.analysis.summary import summary_table
from bench.analysis.variance import variance_table
from bench.datasets import Dataset
from bench.errors import StoreError
from bench.output import figures, manifest, report
from bench.output.findings import NEEDS, advice, findings
from bench.output.tables import build, derived, power, render, structure, variance
from bench.output.tables.model import Table
from bench.output.tables.other_machines import other_machines
from bench.output.tables.terminal import TerminalTable, brief
from bench.store import protocol, test_set
from bench.store.results import Results
from bench.store.store import Store
from bench.store.tables import to_csv

log = logging.getLogger(__name__)

COMPARED = tuple(
    dict.fromkeys((*build.QUALITY[:3], "silhouette_test", *build.QUALITY[3:], *NEEDS.values(), "transform_s"))
)
"""Quantities of which every comparison is written down."""
LoadData = Callable[[], Dataset | None]


@dataclass(frozen=True)
class Published:
    """What was written, and what a terminal shows of it.

    `are_new` says whether it was written now, or nothing has changed since it was; `needs_runs` what could not be made
    without the runs and is kept as it was.
    """

    title: str
    headline: Sequence[Table]
    findings: Sequence[str]
    advice: Sequence[str]
    paths: list[Path]
    are_new: bool = True
    needs_runs: tuple[str, ...] = ()

    def to_rich(self) -> Group:
        """Return the tables for a terminal, no wider than it shows at once, and where the files are, a line a kind."""
        tables = map(TerminalTable, map(brief, self.headline))
        return Group(Text(self.title, style="bold"), Text(""), *tables, *self.places())

    def places(self) -> Iterator[Text]:
        """Yield where report, tables and figures are."""
        drawn = [path for path in self.paths if path.parent.name == "figures" and path.suffix == ".png"]
        for kind, name in (("report", "report.html"), ("tables", "summary.md")):
            if path := next((path for path in self.paths if path.name == name), None):
                yield Text(f"{kind:8}{path}", overflow="fold", no_wrap=True)
        if drawn:
            yield Text(f"figures {drawn[0].parent} ({len(drawn)})", overflow="fold", no_wrap=True)

    def write_into(self, file: Path) -> None:
        """Write the headline between the markers of a file; StoreError if it has none."""
        render.write_into(file, render.to_markdown(self.headline).strip())


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
        Returns the data of the study, for the images that the report shows; None if they are not at hand.
    pages : sequence of function
        Writers of other pages; each returns where it wrote.
    force : bool
        Whether to write again what would not change.

    Raises
    ------
    StoreError
        If there is no run, or a file cannot be written.
    """
    _check(results)
    results, store = results.tabled, Store(results.folder)
    rankings = {key: ranking(results, key) for key in QUANTITIES}
    notes = caveats(results)
    inputs = manifest.input_hash(results)
    known = [] if force else manifest.unchanged(results, inputs)
    drawn, kept, failed = ([], [], []) if known else figures.write(results)
    notes += [Caveat(sentence) for sentence in failed]
    growing = scaling.series(results)
    narrow = _cited(results, build.headline(results, rankings, notes))
    more = (*structure.clusters_found(results), *derived.noise_floors(results), *derived.growth(growing))
    headline = (*narrow, *_cited(results, more))
    said, needs = findings(results, rankings), advice(results, rankings)
    if known:
        return Published(results.title, headline, said, needs, known, are_new=False)
    frames = _frames(results, rankings, narrow, growing)
    paths = [store.write(name, to_csv(frame)) for name, frame in frames.items()]
    if not growing:
        store.remove("scaling.csv")
    if "variance.csv" not in frames:
        store.remove("variance.csv")
    split = _cited(results, variance.split_of_variance(results, frames.get("variance.csv")))
    seeds = _cited(results, power.seeds_needed(results))
    machines = _cited(results, other_machines(results))
    both = (*_cited(results, derived.over_points(results, rankings[test_set.KEY])), *split, *seeds, *machines)
    families = _cited(results, build.by_family(results, rankings, notes))
    page = render.page(results.title, headline, said, needs, both, families, as_text(results, notes))
    paths += [
        store.write("summary.md", page),
        store.write("summary.tex", render.to_latex((*headline, *both, *families))),
    ]
    paths += drawn
    for write_page in pages:
        paths += write_page(results)
    needs_runs = []
    if kept:
        needs_runs.append(f"the figures {', '.join(map(repr, kept))}")
    if not results.arrays and (results.folder / "report.html").is_file():
        needs_runs.append("report.html")
    published = Published(results.title, headline, said, needs, paths, needs_runs=tuple(needs_runs))
    if results.arrays:
        paths += _report(results, load_data, (*families, *split, *seeds, *machines), as_text(results, notes), published)
    manifest.note(results, inputs)
    return published


def publish_partly(results: Results, load_data: LoadData) -> None:
    """Write table, picture and report of a study that is not complete; see `publish`."""
    store = Store(results.folder)
    rankings = {key: ranking(results, key) for key in QUANTITIES}
    notes = caveats(results)
    headline = _cited(results, build.headline(results, rankings, notes))
    picture = next(drawing for drawing in figures.DRAWINGS if drawing.name == "embeddings")
    paths = [store.write(f"figures/{name}", content) for name, content in picture.files(results).items()]
    said = findings(results, rankings)
    store.write("summary.md", render.page(results.title, headline, said, (), (), (), as_text(results, notes)))
    _report(results, load_data, (), as_text(results, notes), Published(results.title, headline, said, (), paths))


def main_table(results: Results, keys: Sequence[str] = ()) -> Table:
    """Return the table that is shown first, or with the `keys` of some quantities one of these.

    Raises StoreError if there is no run.
    """
    _check(results)
    results = results.tabled
    rankings = {key: ranking(results, key) for key in keys or QUANTITIES}
    [table] = _cited(results, build.headline(results, rankings, caveats(results), keys))
    return table


def _check(results: Results) -> None:
    """Raise StoreError if there is nothing to show."""
    if not results.exists or results.runs.empty:
        raise StoreError(f"Got {results.folder}, but expected a results folder with at least one run.")


def _cited(results: Results, tables: Sequence[Table]) -> tuple[Table, ...]:
    """Return tables with the version of the protocol by which they were made, as far as it is known."""
    version = protocol.cited(results.study, results.environment)
    line = (f"Protocol {version}.",) if version else ()
    return tuple(replace(table, notes=(*table.notes, *line)) for table in tables)


def _frames(
    results: Results, rankings: build.Rankings, headline: Sequence[Table], growing: Sequence[scaling.Series]
) -> dict[str, pd.DataFrame]:
    """Return the tables for programs by their file."""
    frames = {
        "summary.csv": summary_table(results),
        "headline.csv": build.headline_frame(headline),
        "comparisons.csv": comparisons_table(rankings[key] for key in COMPARED),
    }
    split = variance_table(results)
    frames |= {} if split.empty else {"variance.csv": split}
    return frames | ({"scaling.csv": scaling.scaling_table(growing)} if growing else {})


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
