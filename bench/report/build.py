"""The builder: one HTML file from a template, a style, a script and the payload, each with its sum in the policy."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bench.reading import Reading
from bench.report import colours, local, markup
from bench.report.payload import LOCAL, assemble
from bench.scores import Original, shelf
from bench.tables.model import Table
from bench.units import seconds_in_words

FOLDER = Path(__file__).parent
SCRIPTS = ("pure.js", "data.js", "panel.js", "page.js", "tables.js")
LIMIT = 15_000_000
"""Bytes that a report may have."""
RESERVED = 1_000_000
"""Bytes of it for words and tables."""
SHOWN_DOUBTS = 6
"""Doubts that stand open; the others are one click away."""
LIBRARIES = ("numpy", "scipy", "scikit-learn", "umap-learn", "pynndescent", "numba", "openTSNE", "torch")


@dataclass(frozen=True)
class Report:
    """The file, and what had to be left out of it to keep to its size."""

    html: bytes
    messages: tuple[str, ...]


def build(
    reading: Reading,
    headline: Sequence[Table],
    tables: Sequence[Table],
    *,
    findings: Sequence[str] = (),
    advice: Sequence[str] = (),
    doubts: Sequence[str] = (),
    picture: bytes | None = None,
    limit: int = LIMIT,
) -> Report:
    """Return the report of a study.

    Parameters
    ----------
    headline, tables : sequence of Table
        Those that stand beside the findings, and those below the embeddings.
    findings, advice, doubts : sequence of str
        What was found; what to take for which need; what makes the measurement doubtful.
    picture : bytes or None
        A PNG of the embeddings, for readers whose browser runs no scripts.
    limit : int
        Bytes that the file may have.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["duration"] = seconds_in_words
    room = limit - RESERVED - 2 * len(picture or b"")
    original = Original(reading.dataset, shelf.folder())
    payload = assemble(reading, original, local.of_runs(reading, original), room)
    script = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    style = (FOLDER / "page.css").read_text(encoding="utf-8") + colours.style(len(reading.dataset.classes))
    text = environment.get_template("page.html").render(
        reading=reading,
        dataset=reading.dataset,
        policy=_policy(script, style),
        script=script,
        style=style,
        meta=_json(payload.meta),
        payload=payload,
        seeds=payload.meta["seeds"],
        local=[name for name in LOCAL if name in payload.scales],
        headline=[markup.shown(table) for table in headline],
        tables=[markup.shown(table) for table in tables],
        runs=[markup.runs(reading, variant) for variant in reading.variants],
        findings=findings,
        advice=advice,
        doubts=doubts,
        shown_doubts=SHOWN_DOUBTS,
        most_runs=max((len(reading.runs(variant)) for variant in reading.variants), default=0),
        picture=b64encode(picture).decode() if picture else "",
        versions=_versions(reading),
    )
    return Report(text.encode(errors="replace"), tuple(payload.messages))


def _policy(script: str, style: str) -> str:
    """Return the content security policy: nothing is loaded from anywhere, and this script and style alone count."""
    script_sum, style_sum = (b64encode(sha256(text.encode()).digest()).decode() for text in (script, style))
    return (
        "default-src 'none'; img-src data: blob:; "
        f"script-src 'sha256-{script_sum}'; style-src 'sha256-{style_sum}'; base-uri 'none'; form-action 'none'"
    )


def _json(meta: dict[str, object]) -> str:
    """Return JSON that no text in it can end early."""
    return json.dumps(meta, ensure_ascii=False).replace("<", "\\u003c")


def _versions(reading: Reading) -> dict[str, str]:
    """Return the versions of the libraries that the numbers depend on."""
    if reading.environment is None:
        return {}
    return {name: reading.environment.versions[name] for name in LIBRARIES if name in reading.environment.versions}
