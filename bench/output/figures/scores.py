"""Figures of scores: curves over neighbourhood sizes, classes, distances, ranks and stability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bench.analysis.comparisons import ranking
from bench.analysis.quantities import QUANTITIES, number
from bench.analysis.summary import interval_of, interval_over
from bench.output.colours import palette
from bench.output.figures import style, values
from bench.output.figures.values import shown_arrays
from bench.store.results import Results
from bench.store.values import ALL_SEEDS, RunId

RANKED = (
    "r_nx_auc",
    "trustworthiness_k15",
    "continuity_k15",
    "density_correlation",
    "shepard_spearman",
    "centroid_spearman",
    "knn_accuracy_k10",
    "silhouette",
)
"""Scores of training points that are compared: near neighbours first, then distances, then labels."""
MIN_RANKED = 3
"""Methods below which an order says nothing."""
DARKEST = 0.55
"""Shade of the first rank; the last one is white, and numbers are read on both."""
SPACING = 4
"""Sizes of the neighbourhood from one marker of a line to the next."""
STABILITY = ("procrustes_residual", "knn_jaccard_k15")
MAX_NAMED = 12
"""Classes up to which each has its name beside a matrix."""


def curves(results: Results, names: Mapping[str, str], height: float) -> SubFigure | None:
    """Draw columns of `curves.csv`, each with its title, against the size of the neighbourhood."""
    found = results.curves if results.has("curves") else pd.DataFrame()
    # From half of the points on, normalisers let scores leave their range, and chance comes near to 1.
    found = found[found["k"] < (found.groupby("variant")["k"].transform("max") + 2) / 2] if len(found) else found
    if found.empty:
        return None
    looks, drawn = values.looks(results), list(dict.fromkeys(found["variant"]))
    height = max(height, 1.15 * style.LABEL_STEP * len(drawn))
    figure = style.sheet(style.WIDTH, height + 0.6)
    for ax, (name, title) in zip(figure.subplots(1, len(names), squeeze=False)[0], names.items(), strict=True):
        ends = {}
        for place, variant in enumerate(drawn):
            line = values.mean_curve(results, variant, name)
            line, look = line[line.index.isin(found.loc[found["variant"] == variant, "k"])], looks[variant]
            ax.fill_between(line.index, line["low"], line["high"], color=look.colour, alpha=0.2, linewidth=0)
            # Markers of two lines in one place stand at different sizes, so that neither hides the other.
            marked: Any = {"marker": look.marker, "markevery": (place % SPACING, SPACING), "markersize": 3.5}
            ax.plot(line["mean"], color=look.colour, linestyle=look.stroke, **marked, gid=variant)
            ends[results.label(variant)] = (float(line.index[-1]), float(line["mean"].iloc[-1]), look.colour)
        style.log_scale(ax)
        ax.set(xlabel="k, size of the neighbourhood", title=title, xlim=ax.get_xlim(), ylim=ax.get_ylim())
        ax.grid()
        if len(names) == 1:
            style.label_ends(ax, ends, height)
    if len(names) > 1:
        values.legend_of_methods(figure, results, drawn)
    return figure


r_nx = partial(curves, names={"r_nx": "R_NX, from 0 at chance to 1"}, height=3.0)
neighbourhoods = partial(
    curves,
    names={"recall": "recall Q_NX", "trustworthiness": "trustworthiness", "continuity": "continuity"},
    height=2.2,
)


def silhouettes(results: Results) -> SubFigure | None:
    """Draw the silhouette of each class in the embedding and in the data."""
    of_each = {variant: _of_classes(results, variant) for variant in results.variants}
    found = {variant: of for variant, of in of_each.items() if len(of)}
    if not found:
        return None
    samples = [(int(s), ALL_SEEDS) for s in results.runs["sample"].unique()] if results.is_resampled else [None]
    parts = [results.parts("pixels", run, "silhouette_of_classes", "train") for run in samples]
    of_data = pd.DataFrame(parts, dtype=float).mean()
    classes = list(results.data.classes if results.data else next(iter(found.values())).index)
    before = of_data.reindex(classes)
    every = np.concatenate([before, *(of[["mean", "low", "high"]].to_numpy().ravel() for of in found.values())])
    ends = float(np.nanmin(every)) - 0.05, float(np.nanmax(every)) + 0.05
    rows, colours = range(len(classes)), palette(len(classes))
    height = max(0.8, 0.08 * len(classes))
    figure, columns = values.panels(results, found, otherwise="no silhouette", aspect=height, headroom=0.6)
    for variant, (ax,) in columns.items():
        now = found[variant].reindex(classes)
        ax.axvline(0, color="0.85", linewidth=0.8, zorder=0)
        ax.hlines(rows, before, now["mean"], colors=colours, linewidth=0.8, alpha=0.6)
        ax.scatter(before, rows, s=12, c="white", edgecolors=colours, linewidths=1, zorder=2.5, gid="data")
        ax.hlines(rows, now["low"], now["high"], colors=colours, linewidth=2.2)
        ax.scatter(now["mean"], rows, s=12, c=colours, zorder=3, gid="embedding")
        ax.set(xlim=ends, ylim=(len(classes) - 0.5, -0.5))
        ax.set_yticks(rows, classes if ax.get_subplotspec().is_first_col() else [""] * len(classes))
    fills = {"data": "white", f"embedding (mean {results.over}, 95 % interval)": style.GREY}
    handles = [style.handle(name, style.GREY, markerfacecolor=fill) for name, fill in fills.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, handletextpad=0.1)
    return figure


def _of_classes(results: Results, variant: str) -> pd.DataFrame:
    """Return the silhouette of each class in a method's embedding: its mean with the ends of its interval."""
    by_class: dict[str, dict[RunId, float]] = {}
    for run in results.run_ids(variant):
        for name, value in results.parts(variant, run, "silhouette_of_classes", "train").items():
            by_class.setdefault(name, {})[run] = value
    found = {
        name: interval_over(results.of_runs(variant, by_run), QUANTITIES["silhouette"])
        for name, by_run in by_class.items()
    }
    return pd.DataFrame({name: asdict(one) for name, one in found.items() if one is not None}).T.astype(float)


def confusions(results: Results) -> SubFigure | None:
    """Draw which classes are taken for which by their neighbours in the shown embedding.

    All panels are of test points if one method has some, else of training points.
    """
    of_test, data = shown_arrays(results, "confusion", "test"), results.data
    found = of_test or shown_arrays(results, "confusion", "train")
    if data is None or not found:
        return None
    split = "test points" if of_test else "training points, leave-one-out"

    def title(variant: str) -> str:
        return f"{values.seed(results, variant)}\n{split}" if variant in found else ""

    otherwise = "no transform for test points" if of_test else "no neighbours"
    named = range(0, len(data.classes), -(-len(data.classes) // MAX_NAMED))
    names = [data.classes[i] for i in named]
    figure, columns = values.panels(results, found, title, otherwise=otherwise, headroom=0.85, side=0.85)
    for variant, (ax,) in columns.items():
        shares = found[variant] / np.maximum(found[variant].sum(axis=1, keepdims=True), 1)
        image = ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
        ax.set(xticks=named, yticks=named, yticklabels=names)
        ax.set_xticklabels(names, rotation=90 if max(map(len, names)) > 2 else 0)
        ax.tick_params(length=0, pad=2, labelsize=6)
        name_worst(ax, shares, data.classes)
    figure.colorbar(image, ax=figure.axes, label="share of the true class", shrink=0.6, aspect=30)
    return figure


def shepard(results: Results) -> SubFigure | None:
    """Draw for each shown embedding how distances in it go with those in the data, for a sample of pairs."""
    found = shown_arrays(results, "shepard", "counts")
    ends, medians = (shown_arrays(results, "shepard", part) for part in ("ends", "medians"))
    if not found:
        return None

    def title(variant: str) -> str:
        spearman = values.shown_score(results, variant, "shepard_spearman")
        below = "" if spearman is None else f"\nrank correlation {number(QUANTITIES['shepard_spearman'], spearman)}"
        return f"{values.seed(results, variant)}{below}"

    figure, columns = values.panels(results, found, title, names=("distance in the embedding",), headroom=0.9)
    for variant, (ax,) in columns.items():
        right, top = ends[variant]
        density = np.ma.masked_equal(np.log1p(found[variant].T.astype(float)), 0)
        box: Any = {"extent": (0, right, 0, top), "origin": "lower", "aspect": "auto", "interpolation": "nearest"}
        ax.imshow(density, cmap="mako_r", **box)
        centres = (np.arange(len(density)) + 0.5) * right / len(density)
        ax.plot(centres, medians[variant], color="#d55e00", linewidth=1.2)
        ax.set(xlim=(0, right), ylim=(0, top), yticks=[], xlabel="distance in the data")
    return figure


def ranked(results: Results) -> pd.DataFrame:
    """Return the mean of each method (row) by each score that all methods have and that tells them apart (column).

    There is no row with too few methods.
    """
    variants = [variant for variant in results.methods if results.ok(variant)]
    columns = {}
    for key in RANKED if len(variants) >= MIN_RANKED else ():
        found = {variant: interval_of(results, variant, key) for variant in variants}
        means = pd.Series({variant: one.mean if one else np.nan for variant, one in found.items()})
        if means.notna().all() and means.nunique() > 1:
            columns[key] = means
    return pd.DataFrame(columns)


def ranks(results: Results) -> SubFigure | None:
    """Draw the mean of each method by each score, shaded by its rank."""
    found = ranked(results)
    if len(found.columns) < 2:
        return None
    quantities = [QUANTITIES[str(key)] for key in found]
    signs = pd.Series({one.key: 1 if one.better == "lower" else -1 for one in quantities})
    places = (found * signs).rank()
    shades = DARKEST * (len(found) - places) / (len(found) - 1)
    figure = style.sheet(style.WIDTH, 0.9 + 0.22 * len(found))
    ax = figure.subplots()
    ax.imshow(shades, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for column, quantity in enumerate(quantities):
        bold = ranking(results, quantity.key).bold
        for row, variant in enumerate(found.index):
            text = number(quantity, found.loc[variant, quantity.key])
            weight = "bold" if variant in bold else "normal"
            ax.text(column, row, text, ha="center", va="center", weight=weight)
    ax.set_xticks(range(len(quantities)), [style.wrapped(one.title, 16) for one in quantities])
    ax.xaxis.tick_top()
    ax.set_yticks(range(len(found)), [style.wrapped(results.label(str(variant)), 28) for variant in found.index])
    ax.set_xticks(np.arange(len(quantities) - 1) + 0.5, minor=True)
    ax.grid(which="minor", axis="x", color="white", linewidth=2)
    ax.tick_params(which="both", length=0)
    sns.despine(ax=ax, left=True, bottom=True)
    return figure


def stability(results: Results) -> SubFigure | None:
    """Draw by how much the embeddings of a method's seeds differ."""
    if all(results.single(variant, key)[0] is None for variant in results.variants for key in STABILITY):
        return None
    figure, axes = values.rows(results, len(STABILITY), 1.1)
    for ax, quantity in zip(axes, (QUANTITIES[key] for key in STABILITY), strict=True):
        for row, variant in enumerate(results.variants):
            value, reason = results.single(variant, quantity.key)
            if value is None:
                said = (reason or "n/a") if results.ok(variant) else values.failure(results, variant)
                values.reason(ax, row, said[:44])
            else:
                ax.hlines(row, 0, value, color="0.8", linewidth=1.5, zorder=1)
                ax.plot(value, row, "o", color=style.INK)
                ax.text(value + 0.03, row, number(quantity, value), va="center", fontsize=6.5)
        ax.set(xlim=(0, 1.12), xlabel=f"{quantity.title} ({quantity.better} is more stable)")
    return figure


def name_worst(ax: Axes, shares: np.ndarray, classes: Sequence[str]) -> None:
    """Write the most frequent mistake below a matrix."""
    off = shares - np.diag(np.diag(shares))
    true, taken = divmod(int(off.argmax()), len(off))
    if off[true, taken] > 0:
        ax.set_xlabel(f"{classes[true]} taken for {classes[taken]}: {off[true, taken]:.0%}", fontsize=7)
