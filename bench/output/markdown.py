"""Templates of Markdown, by one set of rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


def markdown(path: Path, **filters: Callable[..., str]) -> Template:
    """Return a template in which no value may be missing; `filters` are known to it besides Jinja's own."""
    # Markdown is not HTML: nothing is escaped.
    environment = Environment(
        loader=FileSystemLoader(path.parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters |= filters
    return environment.get_template(path.name)
