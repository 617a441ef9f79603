"""False structure: the clusters that are found in embeddings of pure noise."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import SubFigure

from bench.output.colours import palette
from bench.output.figures import values
from bench.output.figures.clouds import frame, positions, scatter
from bench.output.figures.values import shown_array, shown_arrays
from bench.store.results import Results
from bench.units import counted

NOISE = "noise"
"""The dataset that has no clusters."""
OUTSIDE = (0.8, 0.8, 0.8)
"""Colour of points of no cluster."""


def false_structure(results: Results) -> SubFigure | None:
    """Draw the shown embedding of pure noise of each method, coloured by the clusters that HDBSCAN finds in it."""
    found, data = shown_arrays(results, "clusters"), results.data
    if data is None or data.name != NOISE or not found:
        return None

    def title(variant: str) -> str:
        clusters = found.get(variant)
        return "" if clusters is None else counted(int(clusters.max()) + 1, "cluster")

    figure, columns = values.panels(results, found, title, headroom=0.55)
    for variant, (ax,) in columns.items():
        Z, clusters = shown_array(results, "embedding", variant, "train"), found[variant]
        if Z is not None:
            scatter(ax, frame(positions(Z)), Z, colours_of(clusters))
            ax.set_xlabel(f"{values.seed(results, variant)}; {np.mean(clusters < 0):.0%} in no cluster", fontsize=7)
    return figure


def colours_of(clusters: np.ndarray) -> np.ndarray:
    """Return the colour of each point: that of its cluster, the largest cluster first; grey if it is in none."""
    sizes = np.bincount(clusters[clusters >= 0], minlength=1)
    rank = sizes.argsort(kind="stable")[::-1].argsort(kind="stable")
    of_clusters = np.array([*palette(len(sizes)), OUTSIDE])
    return of_clusters[np.append(rank, len(sizes))[clusters]]
