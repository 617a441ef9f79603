"""The report as one HTML file: a template, a style, a script and the payload, each with its hash in the policy."""

from __future__ import annotations

import colorsys
import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.datasets import Dataset
from bench.output.report import markup
from bench.output.report.payload import assemble
from bench.output.tables.model import Table
from bench.store.results import Results
from bench.units import seconds_as_text

FOLDER = Path(__file__).parent
SCRIPTS = ("pure.js", "data.js", "panel.js", "page.js", "tables.js")
LIMIT = 15_000_000
"""Bytes that a report may have."""
RESERVED = 1_000_000
"""Bytes of it for text and tables."""
OPEN_CAVEATS = 6
"""Caveats that stand open; the others are one click away."""
LIBRARIES = ("numpy", "scipy", "scikit-learn", "umap-learn", "pynndescent", "numba", "openTSNE", "torch")
"""Libraries that the numbers depend on."""
LIGHT = ("#0173b2", "#b87503", "#028f68", "#d55e00", "#a64fb8", "#96613a", "#e0409f", "#767676", "#8a8200", "#2790cc")
DARK = ("#3d93d9", "#f0ac3c", "#2fc79a", "#ff7d42", "#bd86ec", "#d0a07a", "#fba6dd", "#a8a8a8", "#ece133", "#86d3fa")
"""Colours of classes: the hues of the figures, until they stand out at 3 : 1 from a light and from a dark page."""


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
        Those beside the findings, and those below the embeddings.
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
    payload = assemble(results, load_data, limit - RESERVED - 2 * len(picture or b""))
    classes = payload.meta["classes"]
    script = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    style = (FOLDER / "page.css").read_text(encoding="utf-8") + _style_of_classes(len(classes))
    versions = results.environment.versions if results.environment else {}
    text = templates.get_template("page.html").render(
        results=results,
        environment=results.environment,
        classes=classes,
        n_features=results.arrays["data/n_features"],
        policy=_policy(script, style),
        script=script,
        style=style,
        meta=json.dumps(payload.meta, ensure_ascii=False).replace("<", "\\u003c"),  # no text in it can end it early
        payload=payload,
        headline=[markup.shown(table) for table in headline],
        tables=[markup.shown(table) for table in tables],
        runs=[markup.runs(results, variant) for variant in results.variants],
        findings=findings,
        advice=advice,
        caveats=caveats,
        open_caveats=OPEN_CAVEATS,
        max_runs=results.runs["variant"].value_counts().max(),
        picture=b64encode(picture).decode() if picture else "",
        versions={name: versions[name] for name in LIBRARIES if name in versions},
    )
    return Report(text.encode(errors="replace"), tuple(payload.messages))


def class_colours(n_classes: int) -> list[tuple[str, str]]:
    """Return of each class the colour for light and the one for dark pages; up to ten they are chosen by hand."""
    if n_classes <= len(LIGHT):
        return list(zip(LIGHT, DARK, strict=True))[: max(n_classes, 1)]
    return list(zip(_around(n_classes, 0.34), _around(n_classes, 0.70), strict=True))


def _around(n_colours: int, lightness: float) -> list[str]:
    """Return colours spread over the hues; neighbours in the list are far from each other."""
    hues = [(place * 0.618034) % 1 for place in range(n_colours)]
    triples = [colorsys.hls_to_rgb(hue, lightness, 0.65) for hue in hues]
    return ["#" + "".join(f"{round(255 * part):02x}" for part in triple) for triple in triples]


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
