"""Colours of classes, one set for light and one for dark pages: each is told from its ground at 3 : 1 or more."""

from __future__ import annotations

import colorsys

LIGHT_GROUND, DARK_GROUND = "#ffffff", "#15181c"
LIGHT = ("#0173b2", "#b87503", "#028f68", "#d55e00", "#a64fb8", "#96613a", "#e0409f", "#767676", "#8a8200", "#2790cc")
DARK = ("#3d93d9", "#f0ac3c", "#2fc79a", "#ff7d42", "#bd86ec", "#d0a07a", "#fba6dd", "#a8a8a8", "#ece133", "#86d3fa")
"""The hues of the figures in their order, darkened or lightened until they can be seen."""


def palette(n_classes: int) -> list[tuple[str, str]]:
    """Return of each class the colour for light and the one for dark pages; up to ten they are chosen by hand."""
    if n_classes <= len(LIGHT):
        return list(zip(LIGHT, DARK, strict=True))[: max(n_classes, 1)]
    return list(zip(_around(n_classes, 0.34), _around(n_classes, 0.70), strict=True))


def style(n_classes: int) -> str:
    """Return the colours as a style sheet: `--class-N` for scripts, `.class-N` for what has a class's colour."""
    pairs = list(enumerate(palette(n_classes)))
    variables = "".join(f" --class-{place}: light-dark({light}, {dark});" for place, (light, dark) in pairs)
    rules = "".join(f".class-{place} {{ --colour: var(--class-{place}); }}\n" for place, _ in pairs)
    return f":root {{{variables} }}\n{rules}"


def _around(n_colours: int, lightness: float) -> list[str]:
    """Return colours spread over the hues; neighbours in the list are far from each other."""
    hues = [(place * 0.618034) % 1 for place in range(n_colours)]
    triples = [colorsys.hls_to_rgb(hue, lightness, 0.65) for hue in hues]
    return ["#" + "".join(f"{round(255 * part):02x}" for part in triple) for triple in triples]
