"""Judges: how the order of methods changes with the score, and which scores agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import rankdata

from bench.figures import style, values
from bench.reading import Reading
from bench.scores import SCORES

JUDGES: tuple[tuple[str, int | None], ...] = (
    ("r_nx_auc", None),
    ("knn_recall", 15),
    ("trustworthiness", 15),
    ("continuity", 15),
    ("density_correlation", None),
    ("shepard_spearman", None),
    ("stress", None),
    ("triplet_accuracy", None),
    ("centroid_spearman", None),
    ("label_trustworthiness", None),
    ("knn_accuracy", 10),
    ("silhouette", None),
    ("kmeans_ari", None),
    ("hdbscan_ari", None),
)
"""Scores of fitted points that are compared, near neighbours first, then distances, then labels."""
FEWEST = 3
"""Methods below which an order says nothing."""


@dataclass(frozen=True)
class Order:
    """Medians of several scores for several methods, higher always the better.

    Attributes
    ----------
    medians : ndarray of shape (n_scores, n_methods)
        Of scores where lower is better, the negative.
    """

    names: tuple[str, ...]
    variants: tuple[str, ...]
    medians: np.ndarray

    @property
    def ranks(self) -> np.ndarray:
        """Rank of each method by each score, 1 the best; equal medians share the mean of their ranks."""
        return rankdata(-self.medians, axis=1)

    @property
    def correlation(self) -> np.ndarray:
        """Rank correlation of the scores over methods (Spearman 1904)."""
        return np.corrcoef(self.ranks)


def order(reading: Reading) -> Order | None:
    """Return the scores that all methods have, where the methods are enough and not all equal by it."""
    variants = tuple(values.labels(reading))
    if len(variants) < FEWEST:
        return None
    names, rows = [], []
    for key, k in JUDGES:
        found = [values.score(reading, variant, key, k) for variant in variants]
        medians = [one.median for one in found if one is not None]
        if len(medians) == len(variants) and np.ptp(medians) > 0:
            names.append(SCORES[key].label + (f", k = {k}" if k else ""))
            rows.append([-m if SCORES[key].higher_is_better is False else m for m in medians])
    return Order(tuple(names), variants, np.array(rows)) if len(names) > 1 else None


def draw(reading: Reading) -> Figure | None:
    """Draw the rank of each method by each score, and the rank correlation of the scores."""
    found = order(reading)
    if found is None:
        return None
    n = len(found.names)
    figure = Figure(figsize=(style.WIDTH, 1.2 + 0.2 * (len(found.variants) + n)), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=(0.2 * len(found.variants), 0.2 * n))
    _bumps(above, found, reading)
    sns.heatmap(
        found.correlation,
        ax=below,
        cmap="vlag",
        vmin=-1,
        vmax=1,
        annot=True,
        fmt=".1f",
        annot_kws={"fontsize": 6},
        xticklabels=False,
        yticklabels=found.names,
        linewidths=0.5,
        cbar=False,
    )
    below.tick_params(length=0)
    style.note(figure, values.missing(reading))
    return figure


def _bumps(ax: Axes, found: Order, reading: Reading) -> None:
    looks = style.looks(reading.variants)
    for variant, ranks in zip(found.variants, found.ranks.T, strict=True):
        look = looks[variant]
        ax.plot(ranks, color=look.colour, marker=look.marker, linestyle=look.stroke, gid=variant)
        ax.annotate(
            style.wrapped(reading.label(variant), 28),
            (len(ranks) - 1, ranks[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            color="0.2",
        )
    n = len(found.variants)
    ax.set(ylim=(n + 0.5, 0.5), yticks=range(1, n + 1), ylabel="rank", xlim=(-0.4, len(found.names) - 0.6))
    ax.set_xticks(range(len(found.names)), found.names, rotation=35, ha="left", rotation_mode="anchor")
    ax.xaxis.tick_top()
    ax.grid(axis="x", color="0.9", linewidth=0.5)
    sns.despine(ax=ax, left=True, bottom=True)
    ax.tick_params(length=0)
