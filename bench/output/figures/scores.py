"""Figures of scores: curves over neighbourhood sizes, classes, distances, ranks, stability, and training curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from bench.analysis.quantities import QUANTITIES
from bench.output.figures import style, values
from bench.output.figures.values import shown_arrays
from bench.store.arrays import array_name
from bench.store.results import Results
from reducers import HISTORY_COLUMNS

RANKED = (
    "r_nx_auc",
    "knn_recall_k15",
    "trustworthiness_k15",
    "continuity_k15",
    "density_correlation",
    "shepard_spearman",
    "stress",
    "triplet_accuracy",
    "centroid_spearman",
    "label_trustworthiness",
    "knn_accuracy_k10",
    "silhouette",
    "kmeans_ari",
    "hdbscan_ari",
)
"""Scores of training points that are compared, near neighbours first, then distances, then labels."""
MIN_RANKED = 3
"""Methods below which an order says nothing."""
STABILITY = ("procrustes_residual", "knn_jaccard_k15")
MAX_NAMED = 12
"""Classes up to which each has its name beside a matrix."""
TERMS = {"loss": "loss", "reconstruction": "reconstruction error", "kl": "KL divergence (nats)"}


def r_nx(results: Results) -> SubFigure | None:
    """Draw the share of neighbours kept beyond chance."""
    return _curves(results, {"r_nx": "R_NX"}, (0.75 * style.WIDTH, 3.6))


def neighbourhoods(results: Results) -> SubFigure | None:
    """Draw recall, trustworthiness and continuity."""
    names = {"recall": "recall Q_NX", "trustworthiness": "trustworthiness", "continuity": "continuity"}
    return _curves(results, names, (style.WIDTH, 3.3))


def silhouettes(results: Results) -> SubFigure | None:
    """Draw the silhouette of each class in the embedding beside that in the data."""
    before = pd.Series(results.parts("pixels", None, "silhouette_of_classes", "train"), dtype=float)
    of_runs = {
        variant: [results.parts(variant, run, "silhouette_of_classes", "train") for run in results.run_ids(variant)]
        for variant in results.variants
    }
    found = {variant: pd.DataFrame([one for one in parts if one]) for variant, parts in of_runs.items() if any(parts)}
    if not found:
        return None
    classes = list(results.data.classes if results.data else next(iter(found.values())).columns)
    known = pd.concat([before, *(parts.stack() for parts in found.values())])
    height = max(0.8, 0.08 * len(classes))
    figure, columns = values.panels(results, found, otherwise="no silhouette", aspect=height, headroom=0.6)
    for variant, (ax,) in columns.items():
        _dumbbells(ax, classes, before, found[variant])
        ax.set(xlim=(known.min() - 0.05, known.max() + 0.05), ylim=(len(classes) - 0.5, -0.5))
        ax.set_yticks(range(len(classes)), classes if ax.get_subplotspec().is_first_col() else [""] * len(classes))
    names = {"data": "white", "embedding (range over seeds)": style.GREY}
    handles = [
        Line2D([], [], linestyle="", marker="o", color=style.GREY, markerfacecolor=colour, label=name)
        for name, colour in names.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, handletextpad=0.1)
    return figure


def confusions(results: Results) -> SubFigure | None:
    """Draw which classes are taken for which by their neighbours in the shown embedding."""
    of_test = shown_arrays(results, "confusion", "test")
    found, data = shown_arrays(results, "confusion", "train") | of_test, results.data
    if data is None or not found:
        return None

    def title(variant: str) -> str:
        return "test" if variant in of_test else "train, leave-one-out" if variant in found else ""

    figure, columns = values.panels(results, found, title, otherwise="no neighbours", headroom=0.75, side=0.85)
    for variant, (ax,) in columns.items():
        shares = found[variant] / np.maximum(found[variant].sum(axis=1, keepdims=True), 1)
        image = ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
        _name_classes(ax, data.classes)
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
        return "" if spearman is None else f"rank correlation {spearman:.2f}"

    figure, columns = values.panels(results, found, title, headroom=0.8)
    for variant, (ax,) in columns.items():
        right, top = ends[variant]
        density = np.ma.masked_equal(np.log1p(found[variant].T.astype(float)), 0)
        box: Any = {"extent": (0, right, 0, top), "origin": "lower", "aspect": "auto"}
        ax.imshow(density, cmap="mako_r", interpolation="nearest", **box)
        centres = (np.arange(len(density)) + 0.5) * right / len(density)
        ax.plot(centres, medians[variant], color="#d55e00", linewidth=1.2)
        ax.set(xlim=(0, right), ylim=(0, top), yticks=[], xlabel="in the data")
        if ax.get_subplotspec().is_first_col():
            ax.set_ylabel("in the embedding")
    return figure


def ranked(results: Results) -> pd.DataFrame:
    """Return the rank of each method (row) by each score that all methods have and that tells them apart (column).

    The best has rank 1; equal medians share the mean of their ranks. There is no row with too few methods.
    """
    variants = list(values.labels(results))
    columns = {}
    for quantity in (QUANTITIES[key] for key in RANKED if len(variants) >= MIN_RANKED):
        found = {variant: results.values(variant, quantity.key).array for variant in variants}
        medians = pd.Series({variant: np.median(one) if len(one) else np.nan for variant, one in found.items()})
        if medians.notna().all() and medians.nunique() > 1:
            columns[quantity.title] = medians.rank(ascending=quantity.better == "lower")
    return pd.DataFrame(columns)


def ranks(results: Results) -> SubFigure | None:
    """Draw the rank of each method by each score, and the rank correlation of the scores (Spearman 1904)."""
    found = ranked(results)
    n, titles = len(found), list(found)
    if len(titles) < 2:
        return None
    heights = (0.2 * n, 0.2 * len(titles))
    figure = style.sheet(style.WIDTH, 1.2 + sum(heights))
    above, below = figure.subplots(2, 1, height_ratios=heights)
    looks = style.looks(results.variants)
    for variant, line in found.iterrows():
        look, label = looks[str(variant)], style.wrapped(results.label(str(variant)), 28)
        above.plot(line.to_numpy(), color=look.colour, marker=look.marker, linestyle=look.stroke, gid=variant)
        style.annotate(above, label, (len(line) - 1, line.iloc[-1]), (8, 0), va="center", fontsize=7, color="0.2")
    above.set(ylim=(n + 0.5, 0.5), yticks=range(1, n + 1), ylabel="rank", xlim=(-0.4, len(titles) - 0.6))
    above.set_xticks(range(len(titles)), titles, rotation=35, ha="left", rotation_mode="anchor")
    above.xaxis.tick_top()
    above.grid(axis="x", color="0.9", linewidth=0.5)
    sns.despine(ax=above, left=True, bottom=True)
    table = {"annot": True, "fmt": ".1f", "annot_kws": {"fontsize": 6}, "linewidths": 0.5, "cbar": False}
    sns.heatmap(found.corr(), ax=below, cmap="vlag", vmin=-1, vmax=1, xticklabels=False, yticklabels=titles, **table)
    for ax in (above, below):
        ax.tick_params(length=0)
    return figure


def stability(results: Results) -> SubFigure | None:
    """Draw by how much the embeddings of a method's seeds differ."""
    found = {(v, key): results.single(v, key) for v in results.variants for key in STABILITY}
    if all(value is None for value, _ in found.values()):
        return None
    variants = results.variants
    figure = style.sheet(style.WIDTH, 0.24 * len(variants) + 1.1)
    axes = figure.subplots(1, len(STABILITY), sharey=True)
    for ax, quantity in zip(axes, (QUANTITIES[key] for key in STABILITY), strict=True):
        for row, variant in enumerate(variants):
            value, reason = found[variant, quantity.key]
            if value is None:
                text = (reason or "n/a") if results.ok(variant) else values.failure(results, variant)
                ax.text(0.01, row, text[:44], va="center", fontsize=6.5, color=style.GREY)
                continue
            ax.hlines(row, 0, value, color="0.8", linewidth=1.5, zorder=1)
            ax.plot(value, row, "o", color=style.METHODS[0])
            ax.text(value + 0.03, row, f"{value:.3f}", va="center", fontsize=6.5)
        ax.set(xlim=(0, 1.12), xlabel=f"{quantity.title} ({quantity.better} is more stable)")
    axes[0].set(yticks=range(len(variants)), ylim=(len(variants) - 0.5, -0.5))
    axes[0].set_yticklabels([style.wrapped(results.label(variant), 28) for variant in variants])
    return figure


def training(results: Results) -> SubFigure | None:
    """Draw the course of each term of the loss over epochs."""
    courses = {
        variant: [
            results.arrays[name]
            for run in results.run_ids(variant)
            if (name := array_name("history", variant, run)) in results.arrays
        ]
        for variant in results.variants
    }
    labels = {variant: results.label(variant) for variant, found in courses.items() if found}
    if not labels:
        return None
    figure = style.sheet(style.WIDTH, 2.9)
    looks = style.looks(results.variants)
    for ax, (term, title) in zip(figure.subplots(1, len(TERMS)), TERMS.items(), strict=True):
        for variant in labels:
            for course in courses[variant]:
                _course(ax, course, term, looks[variant].colour)
        ax.set(xlabel="epoch", title=title)
        ax.grid(**style.GRID)
    solid = {variant: style.Look(look.colour, look.marker, "-") for variant, look in looks.items()}
    style.legend_of_methods(figure, labels, solid, lines=True)
    return figure


def name_worst(ax: Axes, shares: np.ndarray, classes: Sequence[str]) -> None:
    """Write the most frequent mistake below a matrix."""
    off = shares - np.diag(np.diag(shares))
    true, taken = divmod(int(off.argmax()), len(off))
    if off[true, taken] > 0:
        ax.set_xlabel(f"{classes[true]} taken for {classes[taken]}: {off[true, taken]:.0%}", fontsize=7)


def _curves(results: Results, names: Mapping[str, str], size: tuple[float, float]) -> SubFigure | None:
    curves = results.curves if results.has("curves") else None
    if curves is None or curves.empty:
        return None
    figure = style.sheet(*size)
    axes = figure.subplots(1, len(names), squeeze=False)[0]
    looks = style.looks(results.variants)
    drawn = [variant for variant in results.variants if variant in set(curves["variant"])]
    half = (curves.groupby("variant")["k"].transform("max") + 2) / 2
    for ax, (name, title) in zip(axes, names.items(), strict=True):
        # From half of the points on the published normalisers let these two leave their range.
        shown = curves if name in ("r_nx", "recall") else curves[curves["k"] < half]
        sns.lineplot(
            shown,
            x="k",
            y=name,
            hue="variant",
            style="variant",
            hue_order=drawn,
            style_order=drawn,
            palette={variant: looks[variant].colour for variant in drawn},
            dashes={variant: "" if looks[variant].stroke == "-" else looks[variant].stroke[1] for variant in drawn},
            estimator="median",
            errorbar=("pi", 100),
            err_kws={"linewidth": 0, "alpha": 0.25},
            legend=False,
            ax=ax,
        )
        style.log_ticks(ax)
        ax.set(xlabel="k, size of the neighbourhood", ylabel="", title=title)
        ax.grid(**style.GRID)
    style.legend_of_methods(figure, {variant: results.label(variant) for variant in drawn}, looks, lines=True)
    return figure


def _dumbbells(ax: Axes, classes: Sequence[str], before: pd.Series, now: pd.DataFrame) -> None:
    rows = [row for row, name in enumerate(classes) if name in now]
    palette, names = style.palette(len(classes)), [classes[row] for row in rows]
    colours = [palette[row] for row in rows]
    data, medians = before.reindex(names), now[names].median()
    ax.axvline(0, color="0.85", linewidth=0.8, zorder=0)
    ax.hlines(rows, data, medians, colors=colours, linewidth=0.8, alpha=0.6)
    ax.scatter(data, rows, s=12, facecolors="white", edgecolors=colours, linewidths=1, zorder=2, gid="data")
    ax.hlines(rows, now[names].min(), now[names].max(), colors=colours, linewidth=2.2)
    ax.scatter(medians, rows, s=12, c=colours, zorder=3, gid="embedding")


def _name_classes(ax: Axes, classes: Sequence[str]) -> None:
    named = range(0, len(classes), -(-len(classes) // MAX_NAMED))
    ax.set(xticks=named, yticks=named)
    ax.set_xticklabels([classes[i] for i in named], rotation=90 if max(map(len, classes), default=0) > 2 else 0)
    ax.set_yticklabels([classes[i] for i in named])
    ax.tick_params(length=0, pad=2, labelsize=6)


def _course(ax: Axes, course: np.ndarray, term: str, colour: tuple[float, float, float]) -> None:
    columns = dict(zip(HISTORY_COLUMNS, course.T, strict=True))
    if term == "kl" and not np.any(columns[term]):
        return
    ax.plot(columns["epoch"], columns[term], color=colour, linewidth=1, gid=term)
    if term == "loss" and np.isfinite(columns["validation"]).any():
        ax.plot(columns["epoch"], columns["validation"], color=colour, linewidth=1, linestyle=":", gid="validation")
