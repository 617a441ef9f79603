"""Curves over the size of the neighbourhood."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.figures import style, values
from bench.reading import Reading


def r_nx(reading: Reading) -> Figure | None:
    """Draw the share of neighbours kept beyond chance."""
    return _draw(reading, {"r_nx": "R_NX"}, (0.75 * style.WIDTH, 3.6))


def neighbourhoods(reading: Reading) -> Figure | None:
    """Draw recall, trustworthiness and continuity."""
    names = {"recall": "recall Q_NX", "trustworthiness": "trustworthiness", "continuity": "continuity"}
    return _draw(reading, names, (style.WIDTH, 3.3))


def _draw(reading: Reading, names: Mapping[str, str], size: tuple[float, float]) -> Figure | None:
    curves = {
        variant: [found for item in reading.well(variant) if (found := reading.curves(item))]
        for variant in reading.variants
    }
    curves = {variant: found for variant, found in curves.items() if found}
    if not curves:
        return None
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(1, len(names), squeeze=False)[0]
    looks = style.looks(reading.variants)
    for ax, (name, label) in zip(axes, names.items(), strict=True):
        for variant, of_seeds in curves.items():
            _band(ax, of_seeds, name, looks[variant])
        ax.set(xscale="log", xlabel="k, size of the neighbourhood", title=label)
        style.plain_ticks(ax)
        ax.grid(color="0.92", linewidth=0.5)
    style.legend_of_methods(figure, {variant: reading.label(variant) for variant in curves}, looks, lines=True)
    style.note(figure, values.missing(reading))
    return figure


def _band(ax: Axes, of_seeds: list[dict[str, list[float]]], name: str, look: style.Look) -> None:
    ks = np.array(of_seeds[0]["k"])
    # From half of the points on the published normalisers let these two leave their range.
    last = len(ks) if name in ("r_nx", "recall") else int(np.searchsorted(ks, (ks[-1] + 2) / 2))
    lines = np.array([one[name] for one in of_seeds])[:, :last]
    ax.plot(ks[:last], np.median(lines, axis=0), color=look.colour, linestyle=look.stroke)
    if len(lines) > 1:
        band = (lines.min(axis=0), lines.max(axis=0))
        ax.fill_between(ks[:last], *band, color=look.colour, alpha=0.25, linewidth=0)
