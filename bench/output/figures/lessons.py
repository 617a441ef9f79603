"""Figures that teach how to read an embedding: what a silhouette and what a distance between clusters mean."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
from matplotlib.figure import SubFigure

from bench.analysis.quantities import QUANTITIES, number
from bench.output.figures import style, values
from bench.output.figures.clouds import colours_of, frame, name_classes, positions, scatter
from bench.output.figures.values import shown_array, shown_arrays
from bench.store.results import Results
from bench.studies.sweeps import sweeps

KEPT, SEPARATED = "knn_recall_k15", "silhouette"
NAMED_PAIRS = 3
"""Pairs of classes that are named in a panel: those whose distances differ most."""
MAX_CLASSES = 20
PANEL = 1.3
"""Inches of a panel, about."""


def trap(results: Results) -> tuple[str, str] | None:
    """Return two settings of one parameter, the first with the higher silhouette and fewer neighbours kept.

    Of all such pairs it is the one with the largest product of both differences; None if there is no pair.
    """
    found: dict[tuple[str, str], float] = {}
    drawn = shown_arrays(results, "embedding", "train")
    for sweep in sweeps(results.study):
        for pair in permutations([v for v in sweep.variants.values() if v in drawn], 2):
            (kept, kept_too), (separated, separated_too) = (
                [values.shown_score(results, variant, key) for variant in pair] for key in (KEPT, SEPARATED)
            )
            if None not in (kept, kept_too, separated, separated_too):
                gain, loss = separated - separated_too, kept_too - kept  # type: ignore[operator]
                found[pair] = gain * loss if gain > 0 and loss > 0 else 0.0
    best = max(found, key=found.__getitem__, default=None)
    return best if best and found[best] > 0 else None


def silhouette_trap(results: Results) -> SubFigure | None:
    """Draw silhouette against neighbours kept, and the two embeddings of which the first looks better and is worse."""
    pair, data = trap(results), results.data
    if pair is None or data is None:
        return None
    figure = style.sheet(style.WIDTH, 2.6)
    left, *maps = figure.subplots(1, 3, width_ratios=(1.15, 1, 1))
    looks = values.looks(results)
    for variant in results.methods:
        kept, separated = (values.shown_score(results, variant, key) for key in (KEPT, SEPARATED))
        if kept is not None and separated is not None:
            left.plot(kept, separated, looks[variant].marker, color=looks[variant].colour, gid=variant)
    left.set(xlabel=f"neighbours kept ({QUANTITIES[KEPT].title})", ylabel=QUANTITIES[SEPARATED].title)
    left.grid()
    left.margins(0.12)
    for name, variant, ax in zip("AB", pair, maps, strict=True):
        kept, separated = (values.shown_score(results, variant, key) for key in (KEPT, SEPARATED))
        style.annotate(left, name, (kept or 0.0, separated or 0.0), (5, 4), fontsize=9, weight="bold")
        Z = shown_array(results, "embedding", variant, "train")
        assert Z is not None
        scatter(ax, frame(positions(Z)), Z, colours_of(data, "train", len(Z)))
        name_classes(ax, Z, data, "train")
        lines = [f"{name}: {results.label(variant)}", values.seed(results, variant)]
        lines += [f"silhouette {_number(SEPARATED, separated)}", f"neighbours kept {_number(KEPT, kept)}"]
        ax.set_title("\n".join(map(style.wrapped, lines)))
    reducers = {results.variant(variant).reducer: variant for variant in reversed(results.methods)}
    handles = [style.handle(_base(results, v), looks[v].colour) for v in reversed(reducers.values())]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), handletextpad=0.1)
    return figure


def class_distances(results: Results) -> SubFigure | None:
    """Draw of each pair of classes the distance of their means in the embedding against that in the data."""
    of, data = results.only(values.bases(results)), results.data
    arrays = shown_arrays(of, "class_distances").items()
    found = {v: a for v, a in arrays if data and a.shape[1] == len(data.classes) <= MAX_CLASSES}
    if data is None or not found:
        return None

    def title(variant: str) -> str:
        value = values.shown_score(results, variant, "centroid_spearman")
        said = "" if value is None else f"\nrank correlation {number(QUANTITIES['centroid_spearman'], value)}"
        return f"{values.seed(results, variant)}{said}"

    size: Any = {"aspect": 0.78, "headroom": 0.75, "across": 4}
    figure, columns = values.panels(of, found, title, names=("in the embedding",), otherwise="no distances", **size)
    for variant, (ax,) in columns.items():
        upper = np.triu_indices(len(data.classes), 1)
        embedded, original = (distances[upper] for distances in found[variant])
        ax.axline((0, 0), slope=1, color="0.85", linewidth=0.8, zorder=0)
        ax.plot(original, embedded, "o", color=values.looks(results)[variant].colour, markersize=2.5, alpha=0.7, mew=0)
        ax.set(xlim=(0, 1.08), ylim=(0, 1.08), xlabel="in the data", aspect="equal")
        farthest = np.abs(embedded - original).argsort(kind="stable")[::-1][:NAMED_PAIRS]
        named = {f"{data.classes[upper[0][i]]}, {data.classes[upper[1][i]]}": i for i in farthest}
        style.label_ends(ax, {name: (original[i], embedded[i], style.GREY) for name, i in named.items()}, PANEL)
    return figure


def _base(results: Results, variant: str) -> str:
    """Return what the reducer of a variant is called where it is varied, else the variant's own label."""
    labels = {v: one.label for one in sweeps(results.study) for v in one.variants.values()}
    return labels.get(variant) or results.label(variant)


def _number(key: str, value: float | None) -> str:
    return "n/a" if value is None else number(QUANTITIES[key], value)
