"""Colours of classes and of methods, the same in figures and report, and the markers and strokes that go with them.

Colours of ten classes, and those of the reducers that come with this program, stay apart under protanopia,
deuteranopia and tritanopia; `tests/bench/output/test_colours.py` states by how much.
"""

from __future__ import annotations

import colorsys
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import seaborn as sns
from matplotlib.colors import to_rgb

LIGHT = ("#124e86", "#bf7d0c", "#249266", "#b1480e", "#964ac5", "#7f5026", "#dc499c", "#5c5555", "#9b903f", "#329bd6")
DARK = ("#097ab8", "#ecaa39", "#0fb484", "#f1713b", "#ba7ee3", "#d6bb83", "#d390c6", "#6d8788", "#efe61b", "#7cd0fa")
"""Colours of classes on a light and on a dark page: each stands out from it at 3 : 1."""

METHODS = {
    "pca": "#332288",
    "tsne": "#cc6677",
    "umap": "#117733",
    "vae": "#88ccee",
    "opentsne": "#882255",
    "autoencoder": "#ddaa33",
    "pacmap": "#00d889",
    "localmap": "#003b00",
    "parametric_umap": "#7676b1",
    "densmap": "#b19d4e",
    "trimap": "#d8003b",
    "phate": "#d862ff",
    "auto_decoder": "#9d00ff",
    "chained": "#9d7600",
    "convolutional_vae": "#c489eb",
    "convolutional_autoencoder": "#c40089",
    "cross_entropy_autoencoder": "#3b004e",
    "neighbour_placement": "#6d37c7",
    "random_gaussian": "#101010",
    "random_projection": "#b8b8b8",
}
"""Colour of each bundled reducer, the same in every study; controls are grey."""
AFTER_PCA = "_after_pca"
"""What ends the name of a reducer that differs from another by its input alone: it has the colour of that one."""
SPARE = ("#6699cc", "#aa4466", "#cc8866", "#557755", "#9977dd", "#bb9900")
"""Colours of other reducers, in the order of the study."""
MARKERS = "osD^vP*Xph<>"
STROKES = ("-", (0, (4, 1.2)), (0, (6, 1, 1, 1)), (0, (1, 1)))


class Look(NamedTuple):
    """How a method looks in every figure."""

    colour: tuple[float, float, float]
    marker: str
    stroke: Any


def class_colours(n_classes: int) -> list[tuple[str, str]]:
    """Return of each class the colour for light and the one for dark pages; up to ten they are chosen by hand."""
    if n_classes <= len(LIGHT):
        return list(zip(LIGHT, DARK, strict=True))[: max(n_classes, 1)]
    return list(zip(_around(n_classes, 0.34), _around(n_classes, 0.70), strict=True))


def palette(n_classes: int) -> list[tuple[float, float, float]]:
    """Return the colour of each class on white."""
    return [to_rgb(light) for light, _ in class_colours(n_classes)]


def looks(reducers: Mapping[str, str]) -> dict[str, Look]:
    """Return how each method looks, from the name of its reducer.

    A bundled reducer has one colour in all studies; its variants differ by marker and stroke.
    """
    families = {name: reducer.removesuffix(AFTER_PCA) for name, reducer in reducers.items()}
    others = [family for family in dict.fromkeys(families.values()) if family not in METHODS]
    spare = SPARE if len(others) <= len(SPARE) else sns.husl_palette(len(others)).as_hex()
    known = METHODS | dict(zip(others, spare, strict=False))
    places, found, seen = list(known), {}, Counter[str]()
    for name, family in families.items():
        place, variant = places.index(family) + seen[family], seen[family]
        found[name] = Look(to_rgb(known[family]), MARKERS[place % len(MARKERS)], STROKES[variant % len(STROKES)])
        seen[family] += 1
    return found


def _around(n_colours: int, lightness: float) -> list[str]:
    """Return colours spread over the hues; neighbours in the list are far from each other."""
    hues = [(place * 0.618034) % 1 for place in range(n_colours)]
    triples = [colorsys.hls_to_rgb(hue, lightness, 0.65) for hue in hues]
    return ["#" + "".join(f"{round(255 * part):02x}" for part in triple) for triple in triples]
