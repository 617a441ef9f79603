"""The report as one HTML file: a template, a style, a script and the payload, each with its hash in the policy."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.datasets import Dataset
from bench.output.colours import class_colours
from bench.output.figures import CAPTIONS, SHOWN
from bench.output.report import charts, markup
from bench.output.report.payload import assemble
from bench.output.tables.model import Table
from bench.store.results import Results
from bench.units import seconds_as_text

FOLDER = Path(__file__).parent
SCRIPTS = ("pure.js", "data.js", "panel.js", "page.js", "chart.js", "tables.js")
LIMIT = 15_000_000
"""Bytes that a report may have."""
RESERVED = 1_000_000
"""Bytes of it for text and tables."""
FIRST_FINDINGS = 3
"""Findings above the embeddings; the others are below the tables."""
FIGURES = ("r-nx", "shepard", "stability", "training", "interpolations")
"""Figures that are shown as they are."""
OPEN_CAVEATS = 6
"""Caveats that stand open; the others are one click away."""
LIBRARIES = ("numpy", "scipy", "scikit-learn", "umap-learn", "pynndescent", "numba", "openTSNE", "torch")
"""Libraries that the numbers depend on."""


@dataclass(frozen=True)
class Figure:
    """A figure of the study, as base64 of its PNG."""

    title: str
    caption: str
    png: str


@dataclass(frozen=True)
class Report:
    """The file, and what had to be left out of it."""

    html: bytes
    messages: tuple[str, ...]


def build(
    results: Results,
    load_data: Callable[[], Dataset | None],
    headline: Sequence[Table],
    tables: Sequence[Table],
    *,
    findings: Sequence[str] = (),
    advice: Sequence[str] = (),
    caveats: Sequence[str] = (),
    picture: bytes | None = None,
    limit: int = LIMIT,
) -> Report:
    """Return the report of a study.

    Parameters
    ----------
    results : Results
        Of which those variants are shown that figures show side by side.
    load_data : function
        Returns the data of the study for their images; None if they are not at hand.
    headline, tables : sequence of Table
        Those right below the embeddings, and those of all numbers.
    findings, advice, caveats : sequence of str
        What was found; which method suits which need; what a reader of the numbers must know.
    picture : bytes or None
        A PNG of the embeddings, for readers whose browser runs no scripts.
    limit : int
        Bytes that the file may have.

    Raises
    ------
    StoreError
        If `arrays.npz` has no embeddings.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    results = results.pictured
    settings: Any = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    templates = Environment(loader=FileSystemLoader(FOLDER), **settings)
    templates.filters["duration"] = seconds_as_text
    figures = list(_figures(results))
    taken = 2 * len(picture or b"") + sum(len(figure.png) for figure in figures)
    payload = assemble(results, load_data, limit - RESERVED - taken)
    drawn, methods = charts.against_time(results)
    classes = payload.meta["classes"]
    script = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    style = (FOLDER / "page.css").read_text(encoding="utf-8") + _style_of_classes(len(classes))
    versions = results.environment.versions if results.environment else {}
    text = templates.get_template("page.html").render(
        results=results,
        environment=results.environment,
        machines=results.machine_names if results.has_machines else {},
        classes=classes,
        n_features=results.arrays["data/n_features"],
        policy=_policy(script, style),
        script=script,
        style=style,
        meta=json.dumps(payload.meta, ensure_ascii=False).replace("<", "\\u003c"),  # no text in it can end it early
        payload=payload,
        headline=[markup.shown(table) for table in headline],
        tables=tables,
        pieces=markup.pieces,
        runs=[markup.runs(results, variant) for variant in results.variants],
        charts=drawn,
        methods=methods,
        size=(charts.WIDTH, charts.HEIGHT),
        box=(charts.LEFT, charts.TOP, charts.WIDTH - charts.RIGHT, charts.HEIGHT - charts.BOTTOM),
        figures=figures,
        findings=findings,
        first_findings=FIRST_FINDINGS,
        advice=advice,
        caveats=caveats,
        open_caveats=OPEN_CAVEATS,
        max_runs=results.runs["variant"].value_counts().max(),
        picture=b64encode(picture).decode() if picture else "",
        versions={name: versions[name] for name in LIBRARIES if name in versions},
    )
    return Report(text.encode(errors="replace"), tuple(payload.messages))


def _figures(results: Results) -> Iterator[Figure]:
    """Yield the figures that the study has."""
    for name in FIGURES:
        path = results.folder / "figures" / f"{name}.png"
        if path.is_file():
            caption = CAPTIONS[name]["caption"].format(shown=SHOWN, over=results.over)
            yield Figure(CAPTIONS[name]["title"], caption, b64encode(path.read_bytes()).decode())


def _style_of_classes(n_classes: int) -> str:
    """Return the colours as a style sheet: `--class-N` for scripts, `.class-N` for what has a class's colour."""
    pairs = list(enumerate(class_colours(n_classes)))
    variables = "".join(f" --class-{place}: light-dark({light}, {dark});" for place, (light, dark) in pairs)
    rules = "".join(f".class-{place} {{ --colour: var(--class-{place}); }}\n" for place, _ in pairs)
    return f":root {{{variables} }}\n{rules}"


def _policy(script: str, style: str) -> str:
    """Return the content security policy: nothing is loaded from anywhere, and only this script and style count."""
    script_hash, style_hash = (b64encode(sha256(text.encode()).digest()).decode() for text in (script, style))
    return (
        "default-src 'none'; img-src data: blob:; "
        f"script-src 'sha256-{script_hash}'; style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'"
    )
