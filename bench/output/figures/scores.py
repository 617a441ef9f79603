"""Figures of scores: curves over neighbourhood sizes, classes, distances, ranks, stability, and training curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

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


def curves(results: Results, names: Mapping[str, str], size: tuple[float, float]) -> SubFigure | None:
    """Draw columns of `curves.csv`, each with its title, against the size of the neighbourhood."""
    found = results.curves if results.has("curves") else pd.DataFrame()
    if found.empty:
        return None
    figure = style.sheet(*size)
    looks, drawn = values.looks(results), list(dict.fromkeys(found["variant"]))
    look: Any = {"hue": "variant", "style": "variant", "palette": {name: looks[name].colour for name in drawn}}
    look["dashes"] = {name: "" if looks[name].stroke == "-" else looks[name].stroke[1] for name in drawn}
    half = (found.groupby("variant")["k"].transform("max") + 2) / 2
    for ax, (name, title) in zip(figure.subplots(1, len(names), squeeze=False)[0], names.items(), strict=True):
        # From half of the points on the published normalisers let these two leave their range.
        shown = found if name in ("r_nx", "recall") else found[found["k"] < half]
        band: Any = {"errorbar": ("pi", 100), "err_kws": {"linewidth": 0, "alpha": 0.25}}
        sns.lineplot(shown, x="k", y=name, **look, estimator="median", **band, legend=False, ax=ax)
        style.log_scale(ax)
        ax.set(xlabel="k, size of the neighbourhood", ylabel="", title=title)
        ax.grid()
    values.legend_of_methods(figure, results, drawn, marker="")
    return figure


r_nx = partial(curves, names={"r_nx": "R_NX"}, size=(0.75 * style.WIDTH, 3.6))
neighbourhoods = partial(
    curves,
    names={"recall": "recall Q_NX", "trustworthiness": "trustworthiness", "continuity": "continuity"},
    size=(style.WIDTH, 3.3),
)


def silhouettes(results: Results) -> SubFigure | None:
    """Draw the silhouette of each class in the embedding and in the data."""
    scores = results.scores
    of_classes = scores[(scores["score"] == "silhouette_of_classes") & (scores["split"] == "train")]
    spans = of_classes.groupby(["variant", "part"])["value"].agg(["median", "min", "max"]).dropna()
    found = [variant for variant in results.variants if variant in spans.index]
    if not found:
        return None
    classes = list(results.data.classes if results.data else dict.fromkeys(of_classes["part"]))
    known = spans[spans.index.isin([*found, "pixels"], level="variant")]
    before = known["median"].get("pixels", pd.Series(dtype=float)).reindex(classes)
    rows, colours = range(len(classes)), style.palette(len(classes))
    height = max(0.8, 0.08 * len(classes))
    figure, columns = values.panels(results, found, otherwise="no silhouette", aspect=height, headroom=0.6)
    for variant, (ax,) in columns.items():
        now = known.loc[variant].reindex(classes)
        ax.axvline(0, color="0.85", linewidth=0.8, zorder=0)
        ax.hlines(rows, before, now["median"], colors=colours, linewidth=0.8, alpha=0.6)
        ax.scatter(before, rows, s=12, c="white", edgecolors=colours, linewidths=1, zorder=2, gid="data")
        ax.hlines(rows, now["min"], now["max"], colors=colours, linewidth=2.2)
        ax.scatter(now["median"], rows, s=12, c=colours, zorder=3, gid="embedding")
        ax.set(xlim=(known["min"].min() - 0.05, known["max"].max() + 0.05), ylim=(len(classes) - 0.5, -0.5))
        ax.set_yticks(rows, classes if ax.get_subplotspec().is_first_col() else [""] * len(classes))
    fills = {"data": "white", "embedding (range over seeds)": style.GREY}
    handles = [style.handle(name, style.GREY, markerfacecolor=fill) for name, fill in fills.items()]
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

    named = range(0, len(data.classes), -(-len(data.classes) // MAX_NAMED))
    names = [data.classes[i] for i in named]
    figure, columns = values.panels(results, found, title, otherwise="no neighbours", headroom=0.75, side=0.85)
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
        return "" if spearman is None else f"rank correlation {spearman:.2f}"

    figure, columns = values.panels(results, found, title, names=("in the embedding",), headroom=0.8)
    for variant, (ax,) in columns.items():
        right, top = ends[variant]
        density = np.ma.masked_equal(np.log1p(found[variant].T.astype(float)), 0)
        box: Any = {"extent": (0, right, 0, top), "origin": "lower", "aspect": "auto", "interpolation": "nearest"}
        ax.imshow(density, cmap="mako_r", **box)
        centres = (np.arange(len(density)) + 0.5) * right / len(density)
        ax.plot(centres, medians[variant], color="#d55e00", linewidth=1.2)
        ax.set(xlim=(0, right), ylim=(0, top), yticks=[], xlabel="in the data")
    return figure


def ranked(results: Results) -> pd.DataFrame:
    """Return the rank of each method (row) by each score that all methods have and that tells them apart (column).

    The best has rank 1; equal medians share the mean of their ranks. There is no row with too few methods.
    """
    variants = values.successful(results)
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
    looks = values.looks(results)
    for variant, line in found.iterrows():
        look, label = looks[str(variant)], style.wrapped(results.label(str(variant)), 28)
        above.plot(line.to_numpy(), color=look.colour, marker=look.marker, linestyle=look.stroke, gid=variant)
        style.annotate(above, label, (len(line) - 1, line.iloc[-1]), (8, 0), va="center", fontsize=7, color="0.2")
    above.set(ylim=(n + 0.5, 0.5), yticks=range(1, n + 1), ylabel="rank", xlim=(-0.4, len(titles) - 0.6))
    above.set_xticks(range(len(titles)), titles, rotation=35, ha="left", rotation_mode="anchor")
    above.xaxis.tick_top()
    above.grid(axis="x")
    sns.despine(ax=above, left=True, bottom=True)
    table = {"annot": True, "fmt": ".1f", "annot_kws": {"fontsize": 6}, "linewidths": 0.5, "cbar": False}
    sns.heatmap(found.corr(), ax=below, cmap="vlag", vmin=-1, vmax=1, xticklabels=False, yticklabels=titles, **table)
    for ax in (above, below):
        ax.tick_params(length=0)
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
                ax.text(value + 0.03, row, f"{value:.3f}", va="center", fontsize=6.5)
        ax.set(xlim=(0, 1.12), xlabel=f"{quantity.title} ({quantity.better} is more stable)")
    return figure


def training(results: Results) -> SubFigure | None:
    """Draw the course of each term of the loss over epochs."""
    courses: dict[str, list[pd.DataFrame]] = {}
    for variant in results.variants:
        for run in results.run_ids(variant):
            course = results.arrays.get(array_name("history", variant, run))
            if course is not None:
                courses.setdefault(variant, []).append(pd.DataFrame(course, columns=HISTORY_COLUMNS))
    if not courses:
        return None
    figure = style.sheet(style.WIDTH, 2.9)
    looks = values.looks(results)
    lengths = {variant: max(map(len, of_seeds)) for variant, of_seeds in courses.items()}
    longest_first = sorted(courses, key=lambda variant: -lengths[variant])
    for ax, (term, title) in zip(figure.subplots(1, len(TERMS)), TERMS.items(), strict=True):
        for variant in longest_first:  # so that none covers a shorter one
            of_seeds, look = courses[variant], looks[variant]
            line: Any = {"color": look.colour, "linewidth": 1, "linestyle": look.stroke}
            for epochs in of_seeds:
                if term != "kl" or epochs["kl"].any():
                    ax.plot(epochs["epoch"], epochs[term], **line, gid=term)
                if term == "loss":
                    ax.plot(epochs["epoch"], epochs["validation"], **(line | {"linestyle": ":"}), gid="validation")
        ax.set(xlabel="epoch", title=title)
        ax.grid()
    values.legend_of_methods(figure, results, courses, marker="")
    return figure


def name_worst(ax: Axes, shares: np.ndarray, classes: Sequence[str]) -> None:
    """Write the most frequent mistake below a matrix."""
    off = shares - np.diag(np.diag(shares))
    true, taken = divmod(int(off.argmax()), len(off))
    if off[true, taken] > 0:
        ax.set_xlabel(f"{classes[true]} taken for {classes[taken]}: {off[true, taken]:.0%}", fontsize=7)
